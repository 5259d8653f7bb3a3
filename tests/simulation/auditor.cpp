#include "tests/simulation/auditor.hpp"

#include "tests/simulation/auditor_rows.hpp"
#include "tests/support/sequential_model.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace suanpan::simulation {
namespace {

std::string text(const transfer_id& id) {
  return to_string(id);
}

bool is_conflict(item_result r) {
  return r != item_result::linked_exists && r >= item_result::exists_with_different_debit_account &&
         r <= item_result::exists_with_different_content;
}

// Nothing was booked on behalf of this request, whatever else became of the id.
bool says_nothing_happened(item_result r) {
  return r == item_result::unavailable || r == item_result::internal ||
         r == item_result::id_expired || r == item_result::id_in_future ||
         r == item_result::linked_invalid;
}

account_totals fold(const simulated_database& database, account_number number, ticket upto) {
  account_totals totals;
  for (const auto& [id, row] : database.rows()) {
    if (row.result != item_result::posted || row.at > upto) continue;
    if (row.what.debit == number) totals.debits_posted += row.amount().value;
    if (row.what.credit == number) totals.credits_posted += row.amount().value;
  }
  return totals;
}

}  // namespace

void auditor::check_checkpoints() {
  std::map<account_number, account_totals> sums;
  for (const auto& [id, row] : database_.rows()) {
    if (row.result != item_result::posted) continue;
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      const auto number = side == leg_side::debit ? row.what.debit : row.what.credit;
      const auto& account = database_.accounts().at(number);
      if (row.at <= account.covers)
        apply_leg(sums[number], side, row.amount());
      else if (row.at <= database_.position_of(number.shard()))
        breach("R13: row " + text(id) + " is below the position of its shard, and the balance of " +
               std::to_string(number.value) + " does not cover it");
    }
  }
  for (const auto& [number, account] : database_.accounts())
    if (account.totals != sums[number])
      breach("R13: balance of " + std::to_string(number.value) +
             " is not the sum of its rows up to " + std::to_string(account.covers.micros));
}

void auditor::check_all() {
  check_checkpoints();
  check_serial_meaning();
  check_places();
  check_vouchers();
  check_overdraft();
  check_conservation();
  check_order();
  check_watermarks();
  check_answers();
  check_not_booked();
  check_replays();
  check_reads();
  check_owners();
  check_openings();
  check_changes();
  check_everything_ended();
}

// A reversal that names other accounts than its original's may be decided by a node that does not
// own those: whether it saw the original is then not a matter of order. Refused it is.
bool auditor::is_foreign_original(const stored_transfer& row, item_result expected) const {
  const auto names_none = [](item_result r) {
    return r >= item_result::original_not_found && r <= item_result::reversal_accounts_differ;
  };
  if (!names_none(row.result) || !names_none(expected)) return false;
  const auto original = database_.rows().find(row.what.related);
  return original != database_.rows().end() && (original->second.what.debit != row.what.credit ||
                                                original->second.what.credit != row.what.debit);
}

// R1: each row is what one run, item by item, in (ticket, index) order would have said.
void auditor::check_serial_meaning() {
  samples::sequential_model model;
  std::vector<account_row> to_open;
  for (const auto& [number, row] : database_.accounts()) {
    to_open.push_back(row);
    to_open.back().totals = {};
    to_open.back().flags = database_.first_terms(number).flags;
    to_open.back().limits = database_.first_terms(number).limits;
  }
  std::ranges::sort(to_open, {}, &account_row::opened);
  auto next = to_open.begin();
  auto changes = database_.changes();
  std::ranges::stable_sort(changes, {}, &account_change::at);
  auto change = changes.begin();
  const auto judge = [&](const stored_transfer& row, item_result expected) {
    if (expected != row.result && !is_foreign_original(row, expected))
      breach("R1: " + text(row.what.id) + " at " + std::to_string(row.at.micros) + "." +
             std::to_string(row.index) + " is " + std::string(name_of(row.result)) +
             ", one by one it is " + std::string(name_of(expected)));
  };
  const auto vouchers = vouchers_of(database_);
  for (const auto* row : in_order(database_)) {
    for (; next != to_open.end() && next->opened < row->at; ++next) model.open(*next);
    for (; change != changes.end() && change->at < row->at; ++change)
      model.change(change->number, change->terms);
    if (row->voucher == transfer_id{}) {
      judge(*row, model.run(row->what, row->at));
      if (row->result == item_result::posted && model.moved() != row->amount())
        breach("R1: " + text(row->what.id) + " moved " + std::to_string(row->amount().value) +
               ", one by one it moves " + std::to_string(model.moved().value));
    } else if (row->voucher == row->what.id) {  // its first: the others are judged with it
      const auto& rows = vouchers.at(row->voucher);
      std::vector<transfer> items;
      for (const auto* r : rows) items.push_back(r->what);
      const auto expected = model.run_voucher(items, row->at);
      for (std::size_t i = 0; i < rows.size(); ++i) judge(*rows[i], expected[i]);
    }
  }
}

// R2: all rows of a voucher are booked or none is; they follow each other in one ticket, and all
// but the last are linked.
void auditor::check_vouchers() {
  for (const auto& [id, row] : database_.rows())
    if (row.voucher == transfer_id{} && row.what.linked)
      breach("R2: " + text(id) + " is linked, and of no voucher");
  for (const auto& [id, rows] : vouchers_of(database_)) {
    const auto& first = *rows.front();
    bool whole = first.what.id == id && !rows.back()->what.linked;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = *rows[i];
      whole = whole && row.at == first.at &&
              row.index == first.index + static_cast<std::int32_t>(i) &&
              is_booked(row.result) == is_booked(first.result) &&
              (i + 1 == rows.size() || row.what.linked);
    }
    if (!whole) breach("R2: the voucher " + text(id) + " is not whole");
  }
}

// R3: a shard sees a place in the order once. Owners of different shards may come to the same one.
void auditor::check_places() {
  std::set<std::tuple<shard_id, ticket, std::uint32_t>> taken;
  for (const auto& [id, row] : database_.rows())
    for (const auto shard : std::set{row.what.debit.shard(), row.what.credit.shard()})
      if (!taken.emplace(shard, row.at, row.index).second)
        breach("R3: two rows at " + std::to_string(row.at.micros) + " of shard " +
               std::to_string(shard.value));
}

// What the balances hold, with the rows that they don't cover yet: no currency is made or lost.
void auditor::check_conservation() {
  std::map<currency, int128> sums;
  for (const auto& [number, account] : database_.accounts())
    sums[account.key.ccy] += account.totals.debits_posted - account.totals.credits_posted;
  for (const auto& [id, row] : database_.rows()) {
    if (row.result != item_result::posted) continue;
    const auto& debit = database_.accounts().at(row.what.debit);
    const auto& credit = database_.accounts().at(row.what.credit);
    if (row.at > debit.covers) sums[debit.key.ccy] += row.amount().value;
    if (row.at > credit.covers) sums[credit.key.ccy] -= row.amount().value;
  }
  for (const auto& [ccy, sum] : sums)
    if (sum != 0) breach("conservation: currency " + std::to_string(ccy.code) + " is off");
}

// R3: what was first asked for after an answer came is judged after it, wherever their accounts
// meet, whoever owned them then and now.
void auditor::check_order() {
  struct moment {
    sim_time when = 0;
    bool answer = false;  // else: an id is asked for, for the first time
    ticket at;
    const asked_item* item = nullptr;
  };
  std::map<transfer_id, const asked_item*> first;
  for (const auto& item : told_.items) {
    const auto row = database_.rows().find(item.what.id);
    if (row == database_.rows().end() ||
        compare_content(row->second.what, item.what) != item_result::exists)
      continue;  // other content under the id: that is not what was judged
    const auto [it, fresh] = first.try_emplace(item.what.id, &item);
    if (!fresh && item.sent < it->second->sent) it->second = &item;
  }
  std::vector<moment> moments;
  for (const auto& [id, item] : first)
    moments.push_back({item->sent, false, database_.rows().at(id).at, item});
  for (const auto& item : told_.items)
    if (item.answered && item.answer.at != ticket{})
      moments.push_back({*item.answered, true, item.answer.at, &item});
  std::ranges::stable_sort(moments, {}, [](const moment& m) {
    return std::pair{m.when, m.answer};
  });
  std::map<account_number, ticket> newest;  // that somebody was told of
  for (const auto& m : moments)
    for (const auto number : {m.item->what.debit, m.item->what.credit}) {
      auto& known = newest[number];
      if (m.answer)
        known = std::max(known, m.at);
      else if (m.at <= known)
        breach("R3: " + text(m.item->what.id) + " was asked for after an answer from " +
               std::to_string(number.value) + " and has an earlier ticket");
    }
}

// R14: above a watermark that a session stored it writes only newer tickets.
void auditor::check_watermarks() {
  for (const auto& id : database_.below_watermark())
    breach("R14: " + text(id) + " was written at or below a settled watermark");
}

void auditor::check_answers() {
  for (const auto& item : told_.items)
    if (item.answered) check_answer(item);
}

// What a client was told about an id is in the rows: same fate, same ticket, its own content.
void auditor::check_answer(const asked_item& item) {
  const auto result = item.answer.result;
  const auto it = database_.rows().find(item.what.id);
  const bool stored = it != database_.rows().end();
  const auto lie = [&](const std::string& what) {
    breach(what + ": " + text(item.what.id) + " was told " + std::string(name_of(result)));
  };
  if (result == item_result::none) return lie("answered with nothing");
  if (says_nothing_happened(result) || result == item_result::unknown || item.unrecorded) return;
  if (result == item_result::linked_exists) return check_linked_exists(item);
  if (!stored) return lie("no row");
  const auto& row = it->second;
  const auto same = compare_content(row.what, item.what);
  if (is_conflict(result)) {
    const auto expected = is_booked(row.result) ? same : item_result::exists_with_different_content;
    if (same == item_result::exists || expected != result) lie("R4: not how they differ");
    return;
  }
  if (same != item_result::exists) return lie("R4: other content is stored");
  if (item.answer.at != row.at) lie("not the row's ticket");
  if (item.answer.moved != row.moved) lie("not what the row moved");
  const bool booked = is_booked(row.result);
  if (is_done(result) != booked) return lie(booked ? "booked" : "not booked");
  if (!booked && result != row.result) lie("R5: another refusal is recorded");
}

// R2: some ids of the voucher are known, but not all of them with equal content.
void auditor::check_linked_exists(const asked_item& item) {
  std::size_t known = 0;
  std::size_t equal = 0;
  for (auto i = item.unit; i < item.unit + item.unit_size; ++i) {
    const auto& what = told_.items[i].what;
    const auto row = database_.rows().find(what.id);
    if (row == database_.rows().end()) continue;
    ++known;
    if (compare_content(row->second.what, what) == item_result::exists) ++equal;
  }
  if (known == 0 || equal == item.unit_size)
    breach("R2: " + text(item.what.id) + " was told linked_exists");
}

// An id of which every copy was told that nothing happened is not booked.
void auditor::check_not_booked() {
  std::map<transfer_id, bool> nothing;
  for (const auto& item : told_.items) {
    const bool says = item.answered && says_nothing_happened(item.answer.result);
    const auto [it, fresh] = nothing.try_emplace(item.what.id, says);
    it->second = it->second && says;
  }
  for (const auto& [id, row] : database_.rows()) {
    const auto it = nothing.find(id);
    if (is_booked(row.result) && it != nothing.end() && it->second)
      breach("R9: " + text(id) + " is booked, and all who asked were told that nothing happened");
  }
}

// R4, R5: asked after somebody was told a fate, the same content gets that fate or no judgement.
void auditor::check_replays() {
  std::map<transfer_id, std::vector<const asked_item*>> by_id;
  for (const auto& item : told_.items) by_id[item.what.id].push_back(&item);
  for (const auto& [id, asked] : by_id) {
    for (const auto* first : asked) {
      const auto fate = first->answer.result;
      if (!first->answered || first->unrecorded) continue;
      if (!is_done(fate) && !is_recorded_refusal(fate)) continue;
      for (const auto* later : asked) {
        if (!later->answered || later->sent <= *first->answered) continue;
        const auto now = later->answer.result;
        if (now == item_result::unavailable || now == item_result::unknown || is_conflict(now) ||
            now == item_result::linked_exists)
          continue;
        const bool same = is_done(fate) ? now == item_result::exists : now == fate;
        if (!same)
          breach("R4: " + text(id) + " was told " + std::string(name_of(fate)) + ", then " +
                 std::string(name_of(now)));
      }
    }
  }
}

// R8: a read is exactly the rows up to what it covers, and nothing acknowledged before is missing.
void auditor::check_reads() {
  for (const auto& read : told_.reads) {
    if (read.result != read_result::found) continue;
    const auto name = std::to_string(read.number.value);
    if (read.row.totals != fold(database_, read.number, read.row.covers))
      breach("R8: a read of " + name + " is not the sum of its rows up to " +
             std::to_string(read.row.covers.micros));
    for (const auto& item : told_.items) {
      const bool concerns = item.what.debit == read.number || item.what.credit == read.number;
      if (concerns && item.answered && *item.answered < read.sent && is_done(item.answer.result) &&
          item.answer.at > read.row.covers)
        breach("R8: a read of " + name + " misses " + text(item.what.id) +
               ", which was acknowledged before");
    }
  }
}

// R8: who says anything but "nobody knows" or "not now" held a session to the database after it was
// asked. A node that was stopped meanwhile, and lost its shards, has nothing to say.
void auditor::check_owners() {
  const auto check = [this](const auto& asked, bool says_something, const std::string& what) {
    if (!asked.answered || !says_something) return;
    if (!database_.had_session(asked.to, asked.sent, *asked.answered))
      breach("R8: " + what + " was answered by a node that owned nothing since it was asked");
  };
  for (const auto& item : told_.items)
    check(item,
          item.answer.result != item_result::unavailable &&
              item.answer.result != item_result::unknown,
          text(item.what.id));
  for (const auto& read : told_.reads)
    check(read, read.result != read_result::unavailable,
          "a read of " + std::to_string(read.number.value));
  for (const auto& opening : told_.openings)
    check(opening,
          opening.answer.result != opening_result::unavailable &&
              opening.answer.result != opening_result::unknown,
          "the opening of " + opening.what.key.owner);
}

}  // namespace suanpan::simulation
