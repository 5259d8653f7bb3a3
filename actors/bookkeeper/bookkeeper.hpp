// BOOKKEEPER. Accounting days and the general ledger, on a database session of its own. Detached: a
// close sums up a whole day and blocks its thread, and only its thread. It writes what can be
// computed again from the rows and nothing that a transfer waits for, so it is no journal (R7);
// that a day is over it knows from stored watermarks alone, so it may run on any node (R28).
#pragma once

#include "protocol/messages/messages.hpp"
#include "storage/day_books.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

class bookkeeper final : public caf::event_based_actor {
 public:
  bookkeeper(caf::actor_config& cfg, storage::day_books_options options);
  const char* name() const override { return "bookkeeper"; }
  caf::behavior make_behavior() override;

 private:
  void list(day_list_read& read);
  void turn(day_turn& turn);
  void sum_up(ledger_read& read);
  /// The date that is today for the ledger; nothing while the database is away.
  [[nodiscard]] std::optional<accounting_date> today();

  storage::day_books books_;
};

}  // namespace suanpan
