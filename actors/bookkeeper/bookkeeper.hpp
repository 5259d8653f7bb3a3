// BOOKKEEPER. Accounting days, the general ledger and balance monitors, on database sessions of its
// own. Detached: a close sums up a whole day and blocks its thread, and only its thread. It writes
// what can be computed again from the rows and nothing that a transfer waits for, so it is no
// journal (R7); that a day is over it knows from stored watermarks alone, so it may run on any node
// (R28).
#pragma once

#include "actors/metrics/metrics.hpp"
#include "protocol/messages/messages.hpp"
#include "storage/balance_monitors.hpp"
#include "storage/day_books.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

class bookkeeper final : public caf::event_based_actor {
 public:
  /// `counters` may be null.
  bookkeeper(caf::actor_config& cfg, storage::day_books_options days,
             storage::balance_monitors_options monitors, metrics* counters);
  const char* name() const override { return "bookkeeper"; }
  caf::behavior make_behavior() override;

 private:
  void list(day_list_read& read);
  void turn(day_turn& turn);
  void sum_up(ledger_read& read);
  void change(monitor_change& change);
  void list(monitor_list_read& read);
  void list(monitor_events_read& read);
  void count();
  /// The date that is today for the ledger; nothing while the database is away.
  [[nodiscard]] std::optional<accounting_date> today();

  storage::day_books books_;
  storage::balance_monitors monitors_;
  metrics* counters_;
};

}  // namespace suanpan
