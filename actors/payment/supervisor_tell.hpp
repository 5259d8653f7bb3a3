// How the supervisor speaks to an order: counted, so that one which says that it is quiet is let go
// only if it had heard everything.
#pragma once

#include "actors/payment/payment_supervisor.hpp"

#include <caf/send.hpp>

#include <utility>

namespace suanpan {

template <class Message>
void payment_supervisor::tell(child& to, Message m) {
  ++to.sent;
  send(to.actor, std::move(m));
}

// The rows could not be asked for whom it is for. While the shard is ours nobody else brings it up.
template <class Message>
void payment_supervisor::say_again(Message m) {
  if (serves()) delayed_send(this, options_.load_again, std::move(m));
}

}  // namespace suanpan
