// STATEMENT_DESK. Answers GetStatement, GetBalanceAt and ListTransfers, one after the other, from a
// session that only reads. Detached. A node has two: one is for lists alone, which look long.
#pragma once

#include "protocol/messages/messages.hpp"
#include "storage/statement_reader.hpp"

#include <caf/event_based_actor.hpp>

namespace suanpan {

class statement_desk final : public caf::event_based_actor {
 public:
  statement_desk(caf::actor_config& cfg, storage::reader_options session);
  const char* name() const override { return "statement_desk"; }
  caf::behavior make_behavior() override;

 private:
  void answer(const statement_read_ptr& read);
  void answer(const past_balance_read_ptr& read);
  void answer(const transfer_list_read_ptr& read);

  storage::statement_reader session_;
};

}  // namespace suanpan
