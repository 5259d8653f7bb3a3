// Resends by hand: what is asked for is read from the rows and takes its turn like any other event.
#include "actors/notifier/notifier.hpp"

namespace suanpan {
namespace {

constexpr std::size_t resends_max = 16;  // questions at the desk at a time

void end(const notification_resend_ptr& call, read_result result) {
  call->result = result;
  call->finish();
}

}  // namespace

void notifier::resend(const resend_notifications& m) {
  if (resends_.size() >= resends_max) return end(m.call, read_result::unavailable);
  const auto& c = *m.call;
  const auto limit = std::min(c.limit, notification_resend::resend_most);
  const auto round = ++numbers_;
  resends_.emplace(round, m.call);
  send(peers_.desk, find_notifications{.round = round,
                                       .what = {.merchant = c.merchant,
                                                .order = c.order,
                                                .sequence = c.sequence,
                                                .from_micros = c.from_micros,
                                                .to_micros = c.to_micros,
                                                .limit = limit + 1},
                                       .answer_to = caf::actor_cast<caf::actor>(this)});
}

void notifier::resend_found(const notifications_found& m) {
  const auto found = resends_.find(m.round);
  if (found == resends_.end()) return;
  const auto call = std::move(found->second);
  resends_.erase(found);
  if (m.unavailable) return end(call, read_result::unavailable);
  if (m.found.empty() && call->order) return end(call, read_result::not_found);
  const auto limit = std::min(call->limit, notification_resend::resend_most);
  for (const auto& each : m.found) {
    const bool room =
        call->taken < limit && queue_.send_again({each.what, each.acknowledged}, now());
    if (!room) {
      call->more = true;
      break;
    }
    ++call->taken;
    call->last_micros = each.what.what.caused_micros;
  }
  // Not one: its shard is not served here, or too much is waiting.
  const bool none = call->taken == 0 && call->more;
  end(call, none ? read_result::unavailable : read_result::found);
  pump();
}

}  // namespace suanpan
