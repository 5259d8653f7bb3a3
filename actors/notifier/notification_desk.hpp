// NOTIFICATION_DESK. Reads a merchant's events for a resend by hand, on a database session of its
// own. Detached: a long range blocks its thread, and nobody who delivers.
#pragma once

#include "protocol/messages/notifier_messages.hpp"
#include "storage/notification_reader.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

class notification_desk final : public caf::event_based_actor {
 public:
  notification_desk(caf::actor_config& cfg, storage::reader_options session);
  const char* name() const override { return "notification_desk"; }
  caf::behavior make_behavior() override;

 private:
  storage::notification_reader session_;
};

}  // namespace suanpan
