#include "tests/simulation/sim_words.hpp"

#include "actors/account/expiry_voids.hpp"
#include "protocol/messages/messages.hpp"
#include "tests/simulation/sim_journal.hpp"
#include "tests/simulation/sim_world.hpp"

#include <caf/system_messages.hpp>

#include <array>
#include <cstdio>
#include <string_view>

namespace suanpan::simulation {
namespace {

std::string number(std::int64_t n) {
  return std::to_string(n);
}

std::string money(int128 amount) {
  return to_string(amount);
}

std::string say(const transfer& t) {
  return to_string(t.id) + " " + number(t.debit.value) + " -> " + number(t.credit.value) + " " +
         number(t.amount.value);
}

std::string say(account_number n) {
  return number(n.value);
}
std::string say(shard_id s) {
  return number(s.value);
}
std::string say(const transfer_id& id) {
  return to_string(id);
}
std::string say(const shard_claim& c) {
  return "shard " + say(c.shard) + " at epoch " + number(c.at_epoch.value) + " above " +
         words_of(c.position);
}
std::string say(const stored_transfer& t) {
  return say(t.what) + " " + std::string(name_of(t.result)) + " at " + words_of(t.at);
}
std::string say(const account_row& r) {
  return say(r.number) + " " + r.key.owner + " -" + money(r.totals.debits_posted) + " +" +
         money(r.totals.credits_posted) + " covers " + words_of(r.covers);
}
std::string say(const account_key& k) {
  return k.owner;
}
std::string say(const balance_checkpoint& b) {
  return say(b.number) + " -" + money(b.totals.debits_posted) + " +" +
         money(b.totals.credits_posted) + " covers " + words_of(b.covers);
}
std::string say(const shard_position& p) {
  return "position of " + say(p.shard) + " " + words_of(p.position);
}
std::string say(const failed_row& f) {
  return "row " + number(f.index) + (f.duplicate ? " is there already" : " refused: " + f.what);
}
std::string say(const account_opening& o) {
  return o.key.owner;
}
std::string say(const std::pair<account_number, caf::actor>& a) {
  return say(a.first) + " is #" + number(static_cast<std::int64_t>(a.second.id()));
}
std::string say(const original_facts& o) {
  return say(o.id) + " less " + number(o.reversed.value);
}

template <class Range>
std::string list(const Range& items) {
  std::string text;
  for (const auto& i : items) text += (text.empty() ? "" : ", ") + say(i);
  return text.empty() ? "nothing" : text;
}

std::string side_words(leg_side side) {
  return side == leg_side::debit ? "debit" : "credit";
}

std::string_view verdict_words(verdict v) {
  constexpr std::array<std::string_view, 5> words = {"undecided", "accepted", "refused", "deferred",
                                                     "unavailable"};
  return words.at(static_cast<std::size_t>(v));
}

std::string say(const account_change_request& c) {
  const auto& w = c.wanted;
  return "changes " + say(c.number) + " by +" + number(static_cast<std::int64_t>(w.set)) + " -" +
         number(static_cast<std::int64_t>(w.clear)) +
         (w.credit_limit ? " limit " + number(*w.credit_limit) : "") +
         (w.maximum_balance ? " maximum " + number(*w.maximum_balance) : "") +
         (w.no_maximum ? " no maximum" : "");
}
std::string say(const batch& b) {
  std::string text = "batch " + words_of(b.at);
  for (std::size_t i = 0; i < b.entries.size(); ++i) {
    const auto& e = b.entries[i];
    text += (i == 0 ? ": " : "; ") + say(*e.what);
    if (e.result != item_result::none) {
      text += " " + std::string(name_of(e.result));
    } else if (b.legs.size() > 2 * i + 1) {
      text += " " + std::string(verdict_words(b.legs[2 * i].said)) + "/" +
              std::string(verdict_words(b.legs[2 * i + 1].said));
    }
  }
  for (const auto& o : b.openings) text += "; opens " + say(o.row);
  for (const auto& c : b.changes) text += "; " + say(*c.request);
  return text;
}

std::string chain(const decide_legs& m) {
  std::string text;
  for (auto i = m.first_leg; i != no_leg; i = m.in->legs[i].next)
    text +=
        (text.empty() ? "" : "; ") + side_words(batch::side_of(i)) + " of " + say(m.in->what_of(i));
  return text;
}

std::string leg_words(const leg_claim& leg) {
  return side_words(leg.side) + " of " + number(leg.amount.value) +
         (leg.hold == transfer_id{} ? "" : " about the hold " + to_string(leg.hold));
}

std::string say(const post_transfers& m) {
  return "please post " + list(m.request->items);
}
std::string say(const open_accounts& m) {
  return "please open " + list(m.request->items);
}
std::string say(const read_account& m) {
  return "please read account " + say(m.read->number);
}
std::string say(const decide_legs& m) {
  return "decide in " + words_of(m.in->at) + ", all up to " + words_of(m.settled) +
         " is durable: " + chain(m);
}
std::string say(const undo_leg& m) {
  return "undo at " + words_of(m.at) + " the " + leg_words(m.leg) +
         (m.was_accepted ? ", accepted" : "") + (m.will_return ? ", it will return" : "");
}
std::string say(const expect_legs& m) {
  return "expect debits of " + money(m.debits) + " and credits of " + money(m.credits) +
         (m.about_holds.empty()
              ? ""
              : " and " + number(static_cast<std::int64_t>(m.about_holds.size())) +
                    " legs about holds");
}
std::string say(const watch_holds& m) {
  std::string text = "watch the holds";
  for (const auto& hold : m.made) text += " " + to_string(hold.id);
  text += ", ended are";
  for (const auto& id : m.ended) text += " " + to_string(id);
  return text;
}
std::string say(const voids_answered& m) {
  std::string text = "voids of expired holds:";
  for (std::size_t i = 0; i < m.request->items.size(); ++i)
    text += " " + to_string(m.request->items[i].related) + " " +
            std::string(name_of(m.request->answers[i].result));
  return text;
}
std::string say(const drop_deferred& m) {
  return "drop the deferred " + leg_words(m.leg) + " in " + to_string(m.unit);
}
std::string say(const report_balance& m) {
  return "report your balance at " + words_of(m.settled) + " for round " +
         number(static_cast<std::int64_t>(m.round));
}
std::string say(const answer_read& m) {
  return "answer a read of " + say(m.read->number) + " at " + words_of(m.settled);
}
std::string say(const batch_decided& m) {
  return "decided " + say(*m.decided);
}
std::string say(const balance_reported& m) {
  return "balance " + say(m.balance);
}
std::string say(const account_failed& m) {
  return "account " + say(m.number) + " failed: " + m.what;
}
std::string say(const commit_batch& m) {
  return "commit " + say(*m.decided);
}
std::string say(const batch_settled& m) {
  return "durable: " + say(*m.settled) + (m.failed.empty() ? "" : "; but " + list(m.failed));
}
std::string say(const append_watermark& m) {
  return "append the watermark " + words_of(m.at);
}
std::string say(const fence_read& m) {
  return "fence a read of " + say(m.read->number);
}
std::string say(const fence_answers& m) {
  if (m.change) return "fence what " + say(*m.change);
  return m.posting ? "fence the answers to " + list(m.posting->items)
                   : "fence the opening of " + list(m.opening->items);
}
std::string say(const change_account& m) {
  return "whoever asks " + say(*m.request);
}
std::string say(const decide_change& m) {
  return "decide in batch " + words_of(m.in->at) + " what " + say(*m.in->changes[m.index].request);
}
std::string say(const session_lost& m) {
  return "the session is lost: " + m.reason;
}
std::string say(const take_shards& m) {
  return "take shards " + list(m.wanted);
}
std::string say(const shards_taken& m) {
  return m.unavailable.empty() ? "took " + list(m.claims) : "took nothing: " + m.unavailable;
}
std::string say(const release_shards& m) {
  return "release shards " + list(m.shards);
}
std::string say(const shards_released& m) {
  return "released shards " + list(m.shards);
}
std::string say(const recover_shards& m) {
  return "recover " + list(m.claims);
}
std::string say(const recovered_shards& m) {
  if (!m.unavailable.empty()) return "not recovered: " + m.unavailable;
  return "recovered " + list(m.claims) + "; touched " + list(m.touched) + "; " +
         number(static_cast<std::int64_t>(m.recent.size())) + " recent ids; newest ticket " +
         words_of(m.newest);
}
std::string say(const serve_shards& m) {
  return "serve " + list(m.recovered->claims);
}
std::string say(const drain_shard& m) {
  return "drain shard " + say(m.shard);
}
std::string say(const shard_drained& m) {
  return "drained shard " + say(m.shard);
}
std::string say(const look_up_ids& m) {
  return "look up " + list(m.ids) +
         (m.originals.empty() ? "" : ", and what is left of " + list(m.originals));
}
std::string say(const ids_looked_up& m) {
  return m.unavailable ? "no look-up now"
                       : "found " + list(m.found) +
                             (m.originals.empty() ? "" : "; originals " + list(m.originals));
}
std::string say(const load_accounts& m) {
  return "load accounts " + list(m.numbers);
}
std::string say(const accounts_loaded& m) {
  return m.unavailable ? "no accounts now" : "accounts are " + list(m.found);
}
std::string say(const look_up_keys& m) {
  return "look up keys " + list(m.keys);
}
std::string say(const keys_looked_up& m) {
  return m.unavailable ? "no keys now" : "keys are " + list(m.found);
}
std::string say(const activate_accounts& m) {
  return "activate " + list(m.rows);
}
std::string say(const accounts_active& m) {
  return "active: " + list(m.actors);
}
std::string say(const passivate_accounts& m) {
  return "let go of accounts " + list(m.numbers);
}
std::string say(const forget_accounts& /*m*/) {
  return "forget your accounts";
}
std::string say(const shard_failed& m) {
  return "shard " + say(m.shard) + " failed: " + m.what + (m.exhausted ? ", once too often" : "");
}
std::string say(const begin_checkpoint& m) {
  return "begin checkpoint round " + number(static_cast<std::int64_t>(m.round));
}
std::string say(const checkpoint_begun& m) {
  return "round " + number(static_cast<std::int64_t>(m.round)) + " waits for " + number(m.reports) +
         " reports up to " + words_of(m.settled) + "; " + list(m.positions);
}
std::string say(const write_checkpoint& m) {
  return "store balances " + list(m.balances) + "; " + list(m.positions);
}
std::string say(const checkpoint_written& m) {
  return "stored round " + number(static_cast<std::int64_t>(m.round));
}
std::string say(const caf::exit_msg& /*m*/) {
  return "exit";
}

// The words of the first of these types that the message is; empty: none of them.
template <class... Types>
std::string first_of(const caf::type_erased_tuple& content) {
  std::string text;
  static_cast<void>(
      ((content.match_elements<Types>() ? (text = say(content.get_as<Types>(0)), true) : false) ||
       ...));
  return text;
}

template <class... Types>
bool is_timer(const caf::type_erased_tuple& content) {
  return (content.match_elements<Types>() || ...);
}

}  // namespace

std::string words_of(const account_terms& terms) {
  return "flags " + number(static_cast<std::int64_t>(terms.flags)) + ", limit " +
         number(terms.limits.credit_limit) +
         (terms.limits.maximum_balance ? ", maximum " + number(*terms.limits.maximum_balance) : "");
}

std::string words_of(ticket at) {
  const auto since = at.micros - unix_micros_at_start;
  std::array<char, 48> text{};
  const auto size = since < 0 ? -since : since;
  std::snprintf(text.data(), text.size(), "%c%lld.%06lld", since < 0 ? '-' : '+',
                static_cast<long long>(size / seconds), static_cast<long long>(size % seconds));
  return at == ticket{} ? "the beginning" : text.data();
}

std::string words_of(const caf::mailbox_element& message) {
  const auto& m = message.content();
  auto text =
      first_of<decide_legs, batch_decided, commit_batch, batch_settled, post_transfers,
               report_balance, balance_reported, undo_leg, expect_legs, drop_deferred,
               fence_answers, fence_read, answer_read, read_account, look_up_ids, ids_looked_up,
               load_accounts, accounts_loaded, activate_accounts, accounts_active>(m);
  if (text.empty())
    text = first_of<begin_checkpoint, checkpoint_begun, write_checkpoint, checkpoint_written,
                    append_watermark, passivate_accounts, open_accounts, look_up_keys,
                    keys_looked_up, take_shards, shards_taken, recover_shards, recovered_shards,
                    serve_shards, session_lost, release_shards, shards_released, drain_shard,
                    shard_drained, account_failed, shard_failed, forget_accounts, watch_holds,
                    voids_answered, change_account, decide_change, caf::exit_msg>(m);
  if (!text.empty()) return text;
  if (m.match_elements<sim_wake>()) return "what I waited for is over";
  if (m.match_elements<pump_batches>()) return "make batches of what has gathered";
  const bool tick =
      is_timer<teller_tick, journal_tick, keeper_tick, checkpoint_tick, expiry_tick>(m);
  return tick ? "tick" : "your peers";
}

}  // namespace suanpan::simulation
