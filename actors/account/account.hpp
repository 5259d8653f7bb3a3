// ACCOUNT. The single decider over one balance: its mailbox is the queue that others need a row
// lock for. Thin: account_rules decides, this file carries messages.
#pragma once

#include "actors/account/account_rules.hpp"
#include "protocol/messages/messages.hpp"

#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/event_based_actor.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace suanpan {

/// Whom every account of a node talks to. Shared by all of them; lives as long as any does.
struct account_links {
  caf::actor teller;
  caf::actor checkpointer;
  caf::actor journal;
  std::uint16_t defer_rounds = account_rules::defer_rounds_default;
  std::atomic<std::size_t>* deepest_mailbox =
      nullptr;  // raised by accounts, read and reset by the teller
};
using account_links_ptr = std::shared_ptr<const account_links>;

class account final : public caf::event_based_actor {
 public:
  account(caf::actor_config& cfg, account_links_ptr links, caf::actor supervisor,
          const account_row& row);
  const char* name() const override { return "account"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  void decide(const decide_legs& m);
  void decide_chain(batch& in, std::uint32_t first);
  std::uint32_t decide_unit(batch& in, account_rules::batch_decider& decider, std::uint32_t first);
  void judge(const decide_change& m);
  void note_depth();
  void undo(const undo_leg& m);
  void answer(const answer_read& m);
  void fail(const std::string& what);

  account_links_ptr links_;
  caf::actor supervisor_;
  account_rules::state state_;
  bool failed_ =
      false;  // caught an exception: answers unavailable until the shard is recovered (R11)
};

}  // namespace suanpan
