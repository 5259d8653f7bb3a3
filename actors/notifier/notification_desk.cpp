#include "actors/notifier/notification_desk.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace suanpan {

notification_desk::notification_desk(caf::actor_config& cfg, storage::reader_options session)
    : event_based_actor(cfg), session_(std::move(session)) {}

caf::behavior notification_desk::make_behavior() {
  make_quiet(this);
  return {[this](const find_notifications& m) {
    const auto& asked = m.what;
    auto rows = session_.find({.merchant = asked.merchant,
                               .order = asked.order,
                               .sequence = asked.sequence,
                               .from_micros = asked.from_micros,
                               .to_micros = asked.to_micros,
                               .limit = asked.limit});
    notifications_found answer{m.round, {}, !rows};
    if (!rows) spdlog::warn("notifications: {}", rows.reason());
    if (rows)
      for (auto& row : *rows) answer.found.push_back({std::move(row.what), row.acknowledged});
    send(m.answer_to, std::move(answer));
  }};
}

}  // namespace suanpan
