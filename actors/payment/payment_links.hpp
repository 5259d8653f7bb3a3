// What every order of a shard is given: whom it talks to, by which rules, and what it may ask
// without waiting.
#pragma once

#include "actors/channel/channel_health.hpp"
#include "actors/payment/boot_clock.hpp"
#include "actors/payment/order_messages.hpp"
#include "actors/payment/payment_metrics.hpp"
#include "actors/payment/payment_rules.hpp"
#include "actors/registry/merchant_book.hpp"
#include "protocol/model/clock.hpp"

#include <caf/actor.hpp>

#include <memory>

namespace suanpan {

/// Owned by whoever wires the node; outlives every actor.
struct payment_means {
  payment_policy policy;
  const posting_rules* rules = nullptr;
  const wall_clock* clock = nullptr;
  const boot_clock* boot = nullptr;
  std::shared_ptr<merchant_book> book;
  std::shared_ptr<const channel_health> channels;  // may be empty: the node has no channel
  payment_metrics* counters = nullptr;             // may be null
};

/// Emptied by the supervisor when it ends: orders hold its handle, and it theirs.
struct payment_links {
  payment_means means;
  caf::actor journal;
  caf::actor channels;  // CHANNEL_SUPERVISOR; may be empty
  caf::actor booker;
  caf::actor notifier;  // may be empty
  caf::actor supervisor;
};
using payment_links_ptr = std::shared_ptr<payment_links>;

/// Under whose hold on the shard an order lives.
struct payment_hold {
  incarnation session;
  shard_id shard;
  epoch at_epoch;
  bool operator==(const payment_hold&) const = default;
};

/// With what an order's actor begins: a stored order, or one that is to be recorded.
struct payment_birth {
  payment_hold hold;
  payment_state_ptr stored;    // null: new
  payment_order order;         // of a new one
  payment_call_ptr call;       // who waits for a new one; may be null
  payment_state_ptr original;  // of a refund, where it is at hand
};

}  // namespace suanpan
