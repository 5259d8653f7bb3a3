// PAYMENT_SUPERVISOR. One per shard: knows the shard's orders that are in work by id and by
// merchant and number, finds the others in the rows, and makes their actors and lets them go. It
// owns their times, fences what they answer from memory, bounds what they may be asked, and ends
// the node's hold on the shard when one of them fails (R11).
//
// payment_supervisor.cpp   serve, forget, orders   supervisor_calls.cpp    what callers ask
// supervisor_finding.cpp   orders from the rows    supervisor_times.cpp    due times, fences
#pragma once

#include "actors/metrics/metrics.hpp"
#include "actors/payment/due_heap.hpp"
#include "actors/payment/order_content.hpp"
#include "actors/payment/order_messages.hpp"
#include "actors/payment/payment_links.hpp"
#include "protocol/messages/messages.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace suanpan {

struct payment_supervisor_options {
  shard_id shard;
  std::uint64_t id_seed = 0;         // of payment ids; drawn anew at each start
  std::size_t orders_max = 200'000;  // with an actor; beyond: overloaded
  std::size_t finds_max = 10'000;    // calls and answers that wait for an order from the rows
  std::size_t finds_at_once = 1'000;
  std::size_t quiet_max = 10'000;  // orders that are done and kept for repetitions
  std::chrono::milliseconds quiet_for{2'000};
  std::chrono::milliseconds tick{500};          // the longest nap; clocks may step
  std::chrono::milliseconds due_again{30'000};  // what was due and changed nothing
  std::chrono::milliseconds load_again{500};
  std::chrono::microseconds order_expiry{std::chrono::seconds{1'800}};
  std::uint32_t restart_intensity = 3;      // recoveries …
  std::chrono::seconds restart_window{60};  // … within this; one more is too many
};

/// Who it talks to beside those in payment_links.
struct payment_supervisor_peers {
  caf::actor keeper;
  caf::actor reader;  // PAYMENT_READER
};

class payment_supervisor final : public caf::event_based_actor {
 public:
  /// `links` but for the supervisor itself, which it enters.
  payment_supervisor(caf::actor_config& cfg, payment_supervisor_options options,
                     payment_links links, payment_supervisor_peers peers, metrics* counters);
  const char* name() const override { return "payment_supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  [[nodiscard]] caf::message_handler from_outside();
  [[nodiscard]] caf::message_handler from_orders();

  using time_point = caf::actor_clock::time_point;
  using order_key = std::pair<merchant_id, order_number>;
  struct child {
    caf::actor actor;
    order_key key;
    std::uint64_t sent = 0;  // messages that count as seen
    order_stands stands;
    bool counted = false;      // in the gauge of open orders
    time_point quiet_since{};  // while it is quiet
  };
  /// An order, or why there is none.
  enum class finding : std::uint8_t { found, absent, unavailable };
  using found_then = std::function<void(finding, child*)>;
  struct search {
    std::optional<payment_id> id;  // else by key
    order_key key;
    found_then then;
  };

  // payment_supervisor.cpp
  void serve(const serve_payments& m);
  void load();
  void take_loaded(const open_payments_loaded& m);
  void forget();
  void escalate(const order_failed& m);
  child* add(payment_birth birth);
  void remove(const payment_id& order);
  template <class Message>
  void tell(child& to, Message m);
  template <class Message>
  void say_again(Message m);
  [[nodiscard]] bool serves() const { return serving_; }

  // supervisor_calls.cpp
  void take_call_of(const payment_call_ptr& call);
  void create(const payment_call_ptr& call);
  void create_absent(const payment_call_ptr& call);
  void change(const payment_call_ptr& call);
  void create_refund(const payment_call_ptr& call);
  void take_checked(const refund_checked& m);
  void start_surplus(const start_surplus_refund& m);
  void take_taken(const order_taken& m);
  [[nodiscard]] bool card_is_known(const payment_call_ptr& call, const card_id& card);
  [[nodiscard]] payment_refusal judge_card(const payment_call_ptr& call, const card_id& id,
                                           bool needs_mandate);
  [[nodiscard]] bool is_routable(const payment_order& order);
  [[nodiscard]] order_terms terms_now();
  void refuse(const payment_call_ptr& call, payment_refusal why);
  void read_book(const payment_call_ptr& call, const card_id* card);

  // supervisor_finding.cpp
  void find_by_key(order_key key, found_then then);
  void find_by_id(const payment_id& id, found_then then);
  void find_next();
  void take_found(const payments_found& m);
  void give_up_searches();

  // supervisor_times.cpp
  void note(const order_stands& m);
  void count(child& of, const order_stands& now);
  void come_due();
  void arm();
  void fence(const fence_call& m);
  void fence(const fence_act& m);
  void fence_next();
  void take_fenced(const payments_fenced& m);
  void passivate();
  void publish();

  payment_supervisor_options options_;
  payment_links_ptr links_;
  payment_supervisor_peers peers_;
  metrics* counters_;
  payment_hold hold_;
  incarnation lost_;  // the newest session that is known to be gone
  bool serving_ = false;
  bool loading_ = false;
  bool failing_ = false;  // escalated; more failures of the same incident are expected
  std::deque<time_point> restarts_;
  std::uint64_t ids_ = 0;

  absl::btree_map<payment_id, child> orders_;  // ordered: replays need an order
  absl::flat_hash_map<order_key, payment_id> by_key_;
  std::deque<search> searches_;
  std::vector<search> searching_;  // the round under way
  std::uint64_t search_round_ = 0;

  due_heap due_;
  due_heap callers_due_;
  std::deque<std::pair<time_point, payment_id>> quiet_;                         // as they became so
  absl::btree_map<payment_id, std::pair<channel_name, std::int64_t>> unknown_;  // since when
  std::uint64_t armed_ = 0;     // timers that were set, counted: only the last one counts
  std::int64_t armed_for_ = 0;  // 0: none is set
  std::int64_t published_ = 0;

  std::vector<payment_call_ptr> fence_calls_;  // for the next round trip
  std::vector<fence_act> fence_acts_;
  std::vector<payment_call_ptr> fenced_calls_;  // of the one under way
  std::vector<fence_act> fenced_acts_;
  std::uint64_t fence_round_ = 0;
  bool fencing_ = false;
};

}  // namespace suanpan
