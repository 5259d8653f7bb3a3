// One transaction of what has gathered, and the hunt for a row that the database refuses (R12).
#include "actors/fault_points.hpp"
#include "actors/journal/journal.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

// The entries of an item or voucher; of an opening none.
std::span<const entry> journal::unit_of(const row_ref& r) {
  if (r.kind != row_kind::unit) return {};
  return std::span(r.in->entries).subspan(r.index, r.in->entries[r.index].unit_size);
}

// Through the mailbox: batches that are already in it join the transaction.
void journal::take_batch(const commit_batch& m) {
  if (m.decided->session != incarnation_ || !session_) return;
  gathered_.push_back(m.decided);
  pump_soon();
}

void journal::pump_soon() {
  if (commit_pending_) return;
  commit_pending_ = true;
  send(this, pump_batches{});
}

void journal::commit_gathered() {
  commit_pending_ = false;
  while (!gathered_.empty() && session_) {
    std::vector<batch_ptr> group;
    std::size_t transfers = 0;
    while (!gathered_.empty() && (group.empty() || transfers + gathered_.front()->entries.size() <=
                                                       options_.transfers_per_commit_max)) {
      transfers += gathered_.front()->entries.size();
      group.push_back(std::move(gathered_.front()));
      gathered_.pop_front();
    }
    write_gathered(group);
    made_round_trip_ = true;
  }
  commit_payments();
  answer_fences();
}

void journal::write_gathered(const std::vector<batch_ptr>& group) {
  rows all;
  for (const auto& b : group) {
    for (std::uint32_t i = 0; i < b->openings.size(); ++i)
      all.push_back({b.get(), i, row_kind::opening});
    for (std::uint32_t i = 0; i < b->entries.size(); i += b->entries[i].unit_size)
      if (leaves_row(b->entries[i])) all.push_back({b.get(), i, row_kind::unit});
    for (std::uint32_t i = 0; i < b->changes.size(); ++i)
      if (b->changes[i].writes) all.push_back({b.get(), i, row_kind::change});
  }
  const ticket settled = group.back()->at;
  before_group_ = {group.front()->at.micros - 1};
  const auto began = std::chrono::steady_clock::now();
  SUANPAN_FAULT_POINT("journal.before_commit");
  if (!write_rows(all, settled)) return;  // the session is lost; the teller knows
  SUANPAN_FAULT_POINT("journal.after_commit");
  if (!failed_.empty() &&
      !std::holds_alternative<storage::committed>(session_->write_watermark(settled)))
    return lose("the watermark was not stored");
  last_round_trip_ = std::chrono::steady_clock::now();
  if (counters_ != nullptr) {
    counters_->commit_seconds.Observe(
        std::chrono::duration<double>(last_round_trip_ - began).count());
    counters_->batch_transfers.Observe(static_cast<double>(all.size()));
  }
  for (const auto& b : group) {
    batch_settled fate{incarnation_, b, {}};
    for (auto& [in, row] : failed_)
      if (in == b.get()) fate.failed.push_back(std::move(row));
    send(peers_.teller, std::move(fate));
  }
  failed_.clear();
}

// False: the session is lost. A ticket settles only when all parts have; until then the watermark
// stays below the group's first ticket, which a newly taken shard's newest may well be above (R14).
bool journal::write_rows(std::span<row_ref> part, ticket settled) {
  if (part.empty()) return true;
  const auto result = write(part, settled);
  if (std::holds_alternative<storage::committed>(result)) return true;
  if (const auto* why = std::get_if<storage::rejected>(&result)) return split(part, settled, *why);
  if (const auto* why = std::get_if<storage::failed>(&result)) {
    if (why->fenced && counters_ != nullptr) counters_->fencing_rejections.Increment();
    lose(why->reason);
  } else {
    lose(std::get<storage::in_doubt>(result).reason);
  }
  return false;
}

bool journal::split(std::span<row_ref> part, ticket settled, const storage::rejected& why) {
  if (part.size() == 1) {
    note_failed(part.front(), why.duplicate, why.sqlstate + ": " + why.message);
    return true;
  }
  if (why.duplicate) {
    const auto before = part.size();
    if (!set_duplicates_aside(part)) return false;
    if (part.size() < before) return write_rows(part, settled);
  }
  const auto half = part.size() / 2;
  return write_rows(part.first(half), before_group_) &&
         write_rows(part.subspan(half), before_group_);
}

// Ids that are stored already are known by one look; halving would cost a transaction a step.
bool journal::set_duplicates_aside(std::span<row_ref>& part) {
  std::vector<transfer_row> asked;
  for (const auto& r : part)
    for (const auto& e : unit_of(r)) asked.push_back({.date = {}, .what = e.what, .moved = {}});
  const auto stored = session_->stored_among(asked);
  if (!stored) {
    lose(stored.reason());
    return false;
  }
  const auto is_stored = [&stored](const row_ref& r) {
    return std::ranges::any_of(unit_of(r), [&stored](const entry& e) {
      return std::ranges::find(*stored, e.what->id) != stored->end();
    });
  };
  const auto duplicates =
      std::ranges::stable_partition(part, [&is_stored](const row_ref& r) { return !is_stored(r); });
  for (const auto& r : duplicates) note_failed(r, true, "the id is stored already");
  part = part.first(part.size() - duplicates.size());
  return true;
}

storage::write_outcome journal::write(std::span<const row_ref> part, ticket settled) {
  encoded_.clear();
  opened_.clear();
  changed_.clear();
  std::vector<shard_id> shards;
  std::vector<const batch*> seen;  // a handful: batches in flight
  for (const auto& r : part) {
    if (std::ranges::find(seen, r.in) == seen.end()) {
      seen.push_back(r.in);
      shards.insert(shards.end(), r.in->shards.begin(), r.in->shards.end());
    }
    if (r.kind == row_kind::opening) {
      opened_.push_back(r.in->openings[r.index].row);
    } else if (r.kind == row_kind::change) {
      const auto& change = r.in->changes[r.index];
      changed_.push_back(
          {change.request->number, r.in->at, change.terms, change.request->metadata});
    } else {
      encode(r);
    }
  }
  // In id order: writers in opposite orders deadlock on the unique index (R12).
  const auto id_of = [](const transfer_row& row) -> const transfer_id& { return row.what->id; };
  if (!std::ranges::is_sorted(encoded_, {}, id_of)) std::ranges::stable_sort(encoded_, {}, id_of);
  std::ranges::sort(shards);
  shards.erase(std::ranges::unique(shards).begin(), shards.end());
  const auto claims = claims_of(shards);
  if (claims.size() != shards.size())
    return storage::failed{"a shard of the batch is not owned", true};
  return session_->write({claims, opened_, encoded_, settled, changed_});
}

void journal::encode(const row_ref& unit) {
  const auto entries = unit_of(unit);
  const auto* voucher = entries.size() > 1 ? &entries.front().what->id : nullptr;
  auto index = unit.index;
  for (const auto& e : entries) {
    encoded_.push_back({.at = unit.in->at,
                        .index = static_cast<std::int32_t>(index),
                        .result = e.result,
                        .date = unit.in->date,
                        .what = e.what,
                        .voucher = voucher,
                        .moved = unit.in->moved_by(index)});
    ++index;
  }
}

void journal::note_failed(const row_ref& row, bool duplicate, const std::string& what) {
  if (!duplicate) {
    spdlog::error("journal: poison row refused by the database, ticket {} index {}: {}",
                  row.in->at.micros, row.index, what);
    if (counters_ != nullptr) counters_->poison_rows.Increment();
  }
  failed_.push_back({row.in, {row.index, row.kind, duplicate, what}});
}

}  // namespace suanpan
