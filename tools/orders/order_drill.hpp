// The drill: a merchant registers, and one order of each kind meets each lie of the bank. Watched
// until every order has come to its end and every event was heard; then judged. What tools/up shows
// and the scenario tests hold to.
#pragma once

#include "tools/orders/merchant_client.hpp"
#include "tools/orders/order_cases.hpp"
#include "tools/orders/reconcile.hpp"
#include "tools/orders/successes.hpp"
#include "tools/orders/webhook_receiver.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::orders {

struct drill_options {
  std::string endpoint;      // host:port of a node's gRPC
  std::string bank_address;  // host:port of the bank simulator
  std::string serial;        // [A-Za-z0-9]: tells this run's merchant from others'
  std::vector<order_case> cases = order_cases();
  int workers = 64;                      // orders that are created and watched at once
  milliseconds order_patience{90'000};   // from an order's creation to its end
  milliseconds settle_patience{30'000};  // from the last end to the last booking and notification
};

/// One order of the drill, as it stands.
struct drilled_order {
  order_case plan;
  order_number number;
  v1::Payment seen;     // as last told
  std::string trouble;  // what was not as it should be; empty: nothing
  bool ended = false;
};

struct drill_result {
  std::vector<drilled_order> orders;
  std::vector<std::string> faults;       // a sentence for each thing that is not as it should be
  std::vector<std::string> differences;  // between our orders and the bank's ledger
  std::vector<std::string> interesting;  // ids of payments that are worth an explanation
  std::uint64_t notifications = 0;       // verified deliveries
  std::uint64_t refused_notifications = 0;
};

/// Told to the bank with each card, and to nobody else.
inline constexpr std::string_view card_holder_name = "Ouyang Drill-Cardholder";

class order_drill {
 public:
  explicit order_drill(drill_options options);

  /// Blocks until all is done. `show` is called about twice a second with the orders so far, on
  /// this thread. Throws std::runtime_error where the drill itself can't go on.
  [[nodiscard]] drill_result run(
      const std::function<void(const std::vector<drilled_order>&)>& show);

  [[nodiscard]] merchant_client& client() { return merchant_; }
  [[nodiscard]] webhook_receiver& receiver() { return receiver_; }
  /// What signs the notifications.
  [[nodiscard]] const std::string& webhook_secret() const { return webhook_secret_; }
  /// All that were bound, whole.
  [[nodiscard]] const std::vector<std::string>& card_numbers() const { return card_numbers_; }

 private:
  void fund();
  void bind_cards();
  void work();
  void play(std::size_t n);
  [[nodiscard]] order_wish wish_of(std::size_t n);
  [[nodiscard]] v1::Payment see_through(const order_wish& wish, const order_case& plan,
                                        std::size_t n);
  [[nodiscard]] v1::Payment paid_original(std::size_t n);
  [[nodiscard]] bool all_told(const std::vector<v1::Payment>& all, std::string* missing) const;
  void judge(drill_result& result);
  void note(std::size_t n, const v1::Payment& seen);
  void fail(std::size_t n, const std::string& why);

  drill_options options_;
  webhook_receiver receiver_;
  merchant_client merchant_;
  std::string user_;
  std::string webhook_secret_;
  std::vector<std::string> card_numbers_;
  std::map<bank::behaviour, card_id> cards_;
  std::atomic<std::size_t> next_{0};
  mutable std::mutex guard_;
  std::vector<drilled_order> orders_;
};

}  // namespace suanpan::orders
