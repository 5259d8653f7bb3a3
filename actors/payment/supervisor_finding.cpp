// Orders that have no actor: looked for in the rows, many at once, one round after the other.
#include "actors/fault_points.hpp"
#include "actors/payment/payment.hpp"
#include "actors/payment/payment_supervisor.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

void payment_supervisor::find_by_key(order_key key, found_then then) {
  if (!serves()) return then(finding::unavailable, nullptr);
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) return then(finding::found, &orders_.at(known->second));
  if (searches_.size() >= options_.finds_max) return then(finding::unavailable, nullptr);
  searches_.push_back({std::nullopt, std::move(key), std::move(then)});
  find_next();
}

void payment_supervisor::find_by_id(const payment_id& id, found_then then) {
  if (!serves()) return then(finding::unavailable, nullptr);
  const auto known = orders_.find(id);
  if (known != orders_.end()) return then(finding::found, &known->second);
  if (searches_.size() >= options_.finds_max) return then(finding::unavailable, nullptr);
  searches_.push_back({id, {}, std::move(then)});
  find_next();
}

// One round at a time: what comes meanwhile is the next one.
void payment_supervisor::find_next() {
  if (!searching_.empty() || searches_.empty()) return;
  find_payments ask{hold_.session, ++search_round_, {}, {}, {}, this};
  while (!searches_.empty() && searching_.size() < options_.finds_at_once) {
    searching_.push_back(std::move(searches_.front()));
    searches_.pop_front();
    const auto& s = searching_.back();
    if (s.id)
      ask.ids.push_back(*s.id);
    else
      ask.numbers.push_back(s.key);
  }
  SUANPAN_FAULT_POINT("payments.before_find");
  send(peers_.reader, std::move(ask));
}

// Meanwhile an order may have got an actor; then that is what counts. One that is not found by now
// can't come from elsewhere: the shard is ours (R24).
void payment_supervisor::take_found(const payments_found& m) {
  if (m.round != search_round_ || m.session != hold_.session || searching_.empty()) return;
  SUANPAN_FAULT_POINT("payments.before_found");
  const auto asked = std::exchange(searching_, {});
  for (const auto& state : m.found) {
    if (state.shard != options_.shard) continue;
    add({.hold = hold_,
         .stored = std::make_shared<payment_state>(state),
         .order = {},
         .call = nullptr,
         .original = nullptr});
  }
  for (const auto& s : asked) {
    if (!serves()) {
      s.then(finding::unavailable, nullptr);
      continue;
    }
    auto order = orders_.end();
    if (s.id) {
      order = orders_.find(*s.id);
    } else if (const auto key = by_key_.find(s.key); key != by_key_.end()) {
      order = orders_.find(key->second);
    }
    if (order != orders_.end())
      s.then(finding::found, &order->second);
    else
      s.then(m.unavailable ? finding::unavailable : finding::absent, nullptr);
  }
  find_next();
}

void payment_supervisor::give_up_searches() {
  ++search_round_;
  for (const auto& s : std::exchange(searching_, {})) s.then(finding::unavailable, nullptr);
  for (const auto& s : std::exchange(searches_, {})) s.then(finding::unavailable, nullptr);
}

}  // namespace suanpan
