// What is asked of channels beside ask_channel (payment_messages.hpp): cards. Local only.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "protocol/messages/payment_messages.hpp"

namespace suanpan {

// --- REGISTRAR -> CHANNEL_SUPERVISOR
// -------------------------------------------------------------------------------------------------
/// Goes through the lane of `bind`. `done` is called exactly once unless the node ends, on any
/// thread; beyond the lane's bound at once, with unknown and the code "channel_overloaded".
struct ask_binding {
  channel_name channel;
  std::shared_ptr<const binding_request> what;
  channel_adapter::bound done;
};
/// Likewise.
struct ask_unbinding {
  channel_name channel;
  std::string token;  // secret
  std::int64_t deadline_micros = 0;
  channel_adapter::answered done;
};

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::ask_binding)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::ask_unbinding)
