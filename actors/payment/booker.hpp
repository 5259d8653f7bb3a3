// BOOKER. One per shard: turns intents into vouchers and sees them booked (R22). It finds or opens
// the accounts, posts under the intent's ids through the teller, and asks again until the answer is
// certain. What the target refuses is booked on the shard's suspense under the same ids, unless the
// refusal is what the order wants to know. It goes on with an order's next intent by itself while
// all goes as intended, so that the order records what was booked in one commit.
#pragma once

#include "actors/payment/order_messages.hpp"
#include "actors/payment/voucher.hpp"

#include <absl/container/flat_hash_map.h>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace suanpan {

struct booker_options {
  shard_id shard;
  std::uint32_t shards = 64;
  subject_side side_of;                          // by the chart of accounts
  std::chrono::milliseconds again_first{50};     // after an answer that says nothing
  std::chrono::milliseconds again_most{10'000};  // pauses double up to this
};

/// A voucher on its way through the teller; answered to the booker by voucher_posted.
class voucher_request final : public posting_request,
                              public std::enable_shared_from_this<voucher_request> {
 public:
  voucher_request(caf::actor booker, std::uint64_t serial, voucher what);
  void finish() noexcept override;
  std::uint64_t serial = 0;

 private:
  caf::actor booker_;
  std::string reference_;
  std::string memo_;
};
struct voucher_posted {
  std::shared_ptr<voucher_request> request;
};

/// Accounts that an intent names and nobody knew; answered to the booker by voucher_accounts.
class voucher_opening final : public opening_request,
                              public std::enable_shared_from_this<voucher_opening> {
 public:
  voucher_opening(caf::actor booker, std::uint64_t serial, std::vector<account_opening> what);
  void finish() noexcept override;
  std::uint64_t serial = 0;

 private:
  caf::actor booker_;
};
struct voucher_accounts {
  std::shared_ptr<voucher_opening> request;
};

class booker final : public caf::event_based_actor {
 public:
  booker(caf::actor_config& cfg, booker_options options, caf::actor teller);
  const char* name() const override { return "booker"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct work {
    book_intents what;
    std::size_t at = 0;  // which of its intents
    std::vector<booking_result> settled;
    voucher_form form = voucher_form::as_intended;
    std::chrono::milliseconds pause{0};
    std::string trouble;  // why it went to suspense

    [[nodiscard]] const intent_to_book& next() const { return what.intents[at]; }
  };

  void begin(const book_intents& m);
  void go_on(std::uint64_t serial);
  [[nodiscard]] bool open_accounts_of(std::uint64_t serial, const work& w);
  void opened(const voucher_accounts& m);
  void posted(const voucher_posted& m);
  void judge(std::uint64_t serial, work& w, item_result said);
  void later(std::uint64_t serial, work& w);
  void settle(std::uint64_t serial, work& w, item_result as);
  void answer(std::uint64_t serial);

  booker_options options_;
  caf::actor teller_;
  absl::flat_hash_map<std::uint64_t, work> open_;           // by serial
  absl::flat_hash_map<account_key, account_number> known_;  // numbers never change
  std::uint64_t serials_ = 0;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::voucher_posted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::voucher_accounts)
