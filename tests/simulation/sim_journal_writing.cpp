// One transaction of what has gathered, its fate, and the hunt for a refused row (R12).
#include "tests/simulation/sim_journal.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>

namespace suanpan::simulation {
namespace {

stored_transfer stored(const batch& in, std::uint32_t index) {
  const entry& e = in.entries[index];
  stored_transfer t;
  t.what = *e.what;
  t.reference = e.what->reference;
  t.memo = e.what->memo;
  t.what.reference = t.reference;
  t.what.memo = t.memo;
  t.metadata = e.what->metadata;
  t.what.metadata = t.metadata;
  t.at = in.at;
  t.index = static_cast<std::int32_t>(index);
  t.result = e.result;
  t.moved = in.moved_by(index);
  t.date = in.date;
  if (e.unit_size > 1) t.voucher = in.entries[e.unit].what->id;
  return t;
}

}  // namespace

// Through the queue: batches that are already in it join the transaction.
void sim_journal::take_batch(const batch_ptr& b) {
  if (b->session == incarnation_ && session_ != 0) {
    gathered_.push_back(b);
    if (!commit_pending_) {
      commit_pending_ = true;
      queue_.emplace_back([this] { commit_gathered(); });
    }
  }
  finished();
}

void sim_journal::commit_gathered() {
  commit_pending_ = false;
  if (gathered_.empty() || session_ == 0) return finished();
  group_ = std::exchange(gathered_, {});
  rows all;
  for (const auto& b : group_) {
    for (std::uint32_t i = 0; i < b->openings.size(); ++i)
      all.push_back({b.get(), i, row_kind::opening});
    for (std::uint32_t i = 0; i < b->entries.size(); i += b->entries[i].unit_size)
      if (leaves_row(b->entries[i])) all.push_back({b.get(), i, row_kind::unit});
    for (std::uint32_t i = 0; i < b->changes.size(); ++i)
      if (b->changes[i].writes) all.push_back({b.get(), i, row_kind::change});
  }
  parts_ = {std::move(all)};
  whole_ = true;
  write_next_part();
}

sim_write sim_journal::write_of(const rows& part) const {
  sim_write what;
  std::vector<shard_id> shards;
  for (const auto& r : part) {
    shards.insert(shards.end(), r.in->shards.begin(), r.in->shards.end());
    if (r.kind == row_kind::opening) {
      what.openings.push_back(r.in->openings[r.index].row);
      continue;
    }
    if (r.kind == row_kind::change) {
      const auto& change = r.in->changes[r.index];
      what.changes.push_back(
          {change.request->number, r.in->at, change.terms, change.request->metadata});
      continue;
    }
    const auto end = r.index + r.in->entries[r.index].unit_size;
    for (auto i = r.index; i < end; ++i) what.transfers.push_back(stored(*r.in, i));
  }
  for (const auto& c : claims_)
    if (std::ranges::find(shards, c.shard) != shards.end()) what.claims.push_back(c);
  return what;
}

void sim_journal::write_next_part() {
  if (parts_.empty()) return group_written();
  auto part = std::move(parts_.back());
  parts_.pop_back();
  if (part.empty()) return write_next_part();
  auto what = write_of(part);
  if (whole_) what.settled = group_.back()->at;
  transact([this, what = std::move(what), s = session_] { return database_.write(s, what); },
           [this, part = std::move(part)](const sim_outcome& o) { part_answered(part, o); });
}

void sim_journal::part_answered(const rows& part, const sim_outcome& outcome) {
  if (const auto* why = std::get_if<sim_rejected>(&outcome)) split(part, *why);
  write_next_part();
}

void sim_journal::split(rows part, const sim_rejected& why) {
  whole_ = false;
  world_.count(why.duplicate ? misfortune("duplicate in COPY") : misfortune("poison row"));
  if (part.size() == 1)
    return failed_.push_back({part[0].in, {part[0].index, part[0].kind, why.duplicate, why.what}});
  if (why.duplicate) {
    const auto known = [this](const row_ref& r) {
      if (r.kind != row_kind::unit) return false;
      const auto unit = std::span(r.in->entries).subspan(r.index, r.in->entries[r.index].unit_size);
      return std::ranges::any_of(
          unit, [this](const entry& e) { return database_.rows().contains(e.what->id); });
    };
    const auto aside =
        std::ranges::stable_partition(part, [&](const auto& r) { return !known(r); });
    for (const auto& r : aside)
      failed_.push_back({r.in, {r.index, r.kind, true, "the id is stored already"}});
    const bool helped = !aside.empty();
    part.erase(aside.begin(), aside.end());
    if (helped) return parts_.push_back(std::move(part));
  }
  const auto half = part.begin() + static_cast<std::ptrdiff_t>(part.size() / 2);
  parts_.emplace_back(half, part.end());
  parts_.emplace_back(part.begin(), half);
}

// A ticket whose rows all failed is told by a watermark alone, as the real journal does.
void sim_journal::group_written() {
  if (failed_.empty()) return answer_group();
  transact(
      [this, s = session_, settled = group_.back()->at]() -> sim_outcome {
        database_.write_watermark(s, settled);
        return sim_committed{};
      },
      [this](const sim_outcome&) { answer_group(); });
}

void sim_journal::answer_group() {
  for (const auto& b : group_) {
    batch_settled settled{incarnation_, b, {}};
    for (auto& [in, row] : failed_)
      if (in == b.get()) settled.failed.push_back(std::move(row));
    send(peers_.teller, std::move(settled));
  }
  group_.clear();
  failed_.clear();
  finished();
}

sim_journal::fate sim_journal::draw_fate() {
  const auto& f = faults_;
  if (happens(f.lost_before, misfortune("commit lost"))) return fate::lost_before;
  if (happens(f.in_doubt_with, misfortune("commit in doubt, it happened")))
    return fate::in_doubt_with;
  if (happens(f.in_doubt_without, misfortune("commit in doubt, it did not happen")))
    return fate::in_doubt_without;
  if (happens(f.late, misfortune("late commit"))) return fate::late;
  if (happens(f.warning_with, misfortune("warning, it happened"))) return fate::warning_with;
  if (happens(f.warning_without, misfortune("warning, it did not happen")))
    return fate::warning_without;
  return fate::good;
}

// The server does what it was sent at a moment of its own, whether or not its client still lives;
// the answer comes later, if it comes. `then` hears of a commit, or of the content's refusal.
void sim_journal::transact(std::function<sim_outcome()> apply,
                           std::function<void(const sim_outcome&)> then) {
  const auto drawn = draw_fate();
  const auto takes = happens(faults_.slow, misfortune("slow commit"))
                         ? world_.chance.between(0, faults_.slow_commit_max)
                         : world_.chance.between(100, 3'000);
  const auto back = world_.chance.between(50, 1'000);
  const auto result = std::make_shared<std::optional<sim_outcome>>();
  const bool happens_at_all = drawn != fate::lost_before && drawn != fate::in_doubt_without &&
                              drawn != fate::warning_without;
  const auto linger = drawn == fate::late ? world_.chance.between(1'000, 4 * seconds) : 0;
  if (happens_at_all) {
    world_.after(takes + linger, [&database = database_, s = session_, apply = std::move(apply),
                                  result, warned = drawn == fate::warning_with] {
      if (!database.alive(s)) return;
      if (warned)
        database.without_standby([&] { *result = apply(); });
      else
        *result = apply();
    });
  }
  after(takes + back, [this, drawn, result, linger, then = std::move(then)] {
    if (drawn == fate::good && *result && !std::holds_alternative<sim_fenced>(**result))
      return then(**result);
    const bool fenced = *result && std::holds_alternative<sim_fenced>(**result);
    const auto frees = drawn == fate::late ? linger + world_.chance.between(0, 1 * seconds)
                                           : world_.chance.between(0, 1'500 * millis);
    lose(fenced ? "fenced" : "a commit is in doubt", frees);
    finished();
  });
}

}  // namespace suanpan::simulation
