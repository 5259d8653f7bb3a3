// Actors in place of payment supervisors, payment reader, registrar and notifier. What they are
// asked is visible to the test, and what they answer is the test's to say.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "protocol/messages/notifier_messages.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "protocol/messages/payment_reads.hpp"
#include "protocol/messages/registry_requests.hpp"

#include <caf/actor_system.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace suanpan::testing {

/// "pay_…": the id that stand-ins give to each order.
inline constexpr const char* some_payment = "pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y";
inline constexpr const char* some_card = "card_01J8ZQ4K2M7N9P0R1S2T3V4W5X";

/// An order of M001 that is paid.
[[nodiscard]] payment_state paid_order();

/// How the stand-ins answer; shared between them and the test, thread-safe.
class payment_script {
 public:
  /// In place of "succeeded at once". The function fills the answer; finish() follows.
  void on_call(std::function<void(payment_call&)> answer);
  void on_read(std::function<void(payment_read&)> answer);
  /// Calls are not answered, until release().
  void keep();
  [[nodiscard]] bool kept(std::size_t count);
  void release();
  /// How calls of the registry end from now on; `field` likewise.
  void registry_ends(registry_result with, std::string field = {});

  struct told_call {
    shard_id shard;
    payment_verb verb = payment_verb::create;
    payment_order asked;
    merchant_id merchant;
    payment_id id;
    card_id card;
    std::int64_t answer_by_micros = 0;
  };
  /// The last one; waits for it, ten seconds at most.
  [[nodiscard]] told_call last_call();
  [[nodiscard]] std::size_t calls() const;

  // Called by the stand-ins.
  void take(const payment_call_ptr& call, shard_id shard);
  void take(const payment_read_ptr& read);
  void end(registry_call& call);

 private:
  mutable std::mutex guard_;
  std::condition_variable changed_;
  std::function<void(payment_call&)> answer_;
  std::function<void(payment_read&)> read_;
  bool keeps_ = false;
  std::vector<payment_call_ptr> kept_;
  std::vector<told_call> told_;
  registry_result registry_ = registry_result::done;
  std::string field_;
};

/// Handles to a stand-in for each shard, and for the others.
[[nodiscard]] endpoint::payment_actors spawn_payment_stand_ins(
    caf::actor_system& system, const std::shared_ptr<payment_script>& told, std::uint32_t shards);

}  // namespace suanpan::testing
