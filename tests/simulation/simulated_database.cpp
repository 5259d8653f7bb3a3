#include "tests/simulation/simulated_database.hpp"

#include "protocol/model/leg_claim.hpp"
#include "tests/simulation/sim_words.hpp"

#include <algorithm>

namespace suanpan::simulation {

simulated_database::simulated_database(sim_world& world, std::uint32_t shards) : world_(world) {
  for (std::uint16_t s = 0; s < shards; ++s) is_.shards[{s}];
}

// --- sessions and ownership ---

session_id simulated_database::open_session() {
  sessions_[++last_session_] = {};
  lifetimes_[last_session_] = {world_.acting(), world_.now(), {}};
  world_.log("database: session " + std::to_string(last_session_) + " begins");
  return last_session_;
}

void simulated_database::end_session(session_id session, std::string_view why) {
  if (sessions_.erase(session) == 0) return;
  lifetimes_.at(session).ended = world_.now();
  std::erase_if(locks_, [&](const auto& lock) { return lock.second == session; });
  world_.log("database: session " + std::to_string(session) + " ends: " + std::string(why));
}

bool simulated_database::had_session(party_id whose, sim_time from, sim_time to) const {
  return std::ranges::any_of(lifetimes_, [&](const auto& one) {
    const lifetime& l = one.second;
    return l.of == whose && l.began <= to && (!l.ended || *l.ended >= from);
  });
}

// --- the server ---

void simulated_database::go_away(std::string_view why) {
  available_ = false;
  while (!sessions_.empty()) end_session(sessions_.begin()->first, why);
}

bool simulated_database::fail_over() {
  go_away("fail-over");
  ++timeline_;
  const bool undone =
      standby_ && (standby_->rows.size() != is_.rows.size() ||
                   standby_->payments.steps().size() != is_.payments.steps().size());
  if (standby_) is_ = std::move(*standby_);
  standby_.reset();
  available_ = true;
  world_.log("database: the standby is promoted, timeline " + std::to_string(timeline_) +
             (undone ? "; what was only warned of is undone" : ""));
  return undone;
}

void simulated_database::without_standby(const std::function<void()>& commit) {
  auto before = standby_ ? std::move(*standby_) : is_;
  commit();
  standby_ = std::move(before);
}

bool simulated_database::try_lock(session_id session, shard_id shard) {
  return locks_.try_emplace(shard, session).second;
}

bool simulated_database::unlock(session_id session, shard_id shard) {
  const auto it = locks_.find(shard);
  if (it == locks_.end() || it->second != session) return false;
  locks_.erase(it);
  return true;
}

std::optional<session_id> simulated_database::holder(shard_id shard) const {
  const auto it = locks_.find(shard);
  if (it == locks_.end()) return std::nullopt;
  return it->second;
}

std::vector<shard_claim> simulated_database::raise_epochs(session_id session,
                                                          std::span<const shard_id> shards) {
  for (const auto s : shards)
    if (holder(s) != session) return {};
  ticket newest = is_.newest;
  for (const auto& [shard, row] : is_.shards) newest = std::max(newest, row.position);
  for (const auto& [id, row] : is_.rows) newest = std::max(newest, row.at);
  std::vector<shard_claim> claims;
  for (const auto s : shards) {
    auto& row = is_.shards.at(s);
    row.at = {row.at.value + 1};
    row.owner = session;
    claims.push_back({s, row.at, row.position, newest});
    world_.log("database: shard " + std::to_string(s.value) + " at epoch " +
               std::to_string(row.at.value) + " of session " + std::to_string(session));
  }
  standby_.reset();  // acknowledged: the standby has it, and all that came before it
  return claims;
}

bool simulated_database::owns(session_id session, std::span<const shard_claim> claims) const {
  return std::ranges::all_of(claims, [&](const shard_claim& c) {
    const auto& row = is_.shards.at(c.shard);
    return row.at == c.at_epoch && row.owner == session;
  });
}

// --- writes ---

bool simulated_database::attached(const transfer_id& id) const {
  return id.unix_millis() >= is_.detached_before;
}

std::optional<sim_rejected> simulated_database::refuse(const sim_write& what) const {
  for (const auto& change : what.changes) {
    const auto it = is_.accounts.find(change.number);
    if (it == is_.accounts.end() || has(it->second.flags, account_flags::closed))
      return sim_rejected{false, "an account that is not there, or closed, is changed"};
  }
  for (const auto& row : what.openings) {
    if (is_.keys.contains(row.key)) return sim_rejected{true, "account_key"};
    if (is_.accounts.contains(row.number)) return sim_rejected{false, "account_pkey"};
  }
  std::set<transfer_id> own;
  for (const auto& t : what.transfers) {
    std::int64_t reversed = 0;
    if (!attached(t.what.id)) return sim_rejected{false, "no partition for the id"};
    if (t.what.event_code == poison_event_code) return sim_rejected{false, "poison"};
    if (is_.rows.contains(t.what.id) || !own.insert(t.what.id).second)
      return sim_rejected{true, "transfer_pkey"};
    if (is_booked(t.result) && ends_hold(t.what.kind) && !is_.holds.contains(t.what.related))
      return sim_rejected{false, "a hold that is not open is ended"};
    if (is_booked(t.result) && t.what.kind == transfer_kind::reverse) {
      const std::vector facts = find_originals({&t.what.related, 1});
      for (const auto& other : what.transfers)
        if (is_booked(other.result) && other.what.kind == transfer_kind::reverse &&
            other.what.related == t.what.related)
          reversed += other.what.amount.value;
      if (facts.empty() || facts.front().reversed.value + reversed > facts.front().amount.value)
        return sim_rejected{false, "more is reversed than is there"};
    }
  }
  return std::nullopt;
}

sim_outcome simulated_database::write(session_id session, const sim_write& what) {
  if (!owns(session, what.claims)) return sim_fenced{};
  if (auto why = refuse(what)) return *why;
  ticket newest = std::max(sessions_.at(session).newest, what.settled);
  for (const auto& row : what.openings) {
    auto stored = row;
    stored.totals = {};
    stored.covers = {};
    is_.accounts[row.number] = stored;
    is_.keys.insert(row.key);
    is_.first_terms[row.number] = {row.flags, row.limits};
    newest = std::max(newest, row.opened);
  }
  for (const auto& t : what.transfers) {
    is_.rows.emplace(t.what.id, t);
    change_holds(t);
    newest = std::max(newest, t.at);
    if (t.at <= sessions_.at(session).settled) below_.push_back(t.what.id);
    world_.log("database: row " + to_string(t.what.id) + " " + std::string(name_of(t.result)) +
               " at " + words_of(t.at) + "/" + std::to_string(t.index));
  }
  for (const auto& change : what.changes) {
    auto& account = is_.accounts.at(change.number);
    account.flags = change.terms.flags;
    account.limits = change.terms.limits;
    if (change.metadata) account.metadata = *change.metadata;
    is_.changes.push_back(change);
    newest = std::max(newest, change.at);
    world_.log("database: account " + std::to_string(change.number.value) + " has " +
               words_of(change.terms) + " from " + words_of(change.at));
  }
  auto& mine = sessions_.at(session);
  mine.settled = std::max(mine.settled, what.settled);
  note_commit(session, newest);
  return sim_committed{};
}

void simulated_database::change_holds(const stored_transfer& row) {
  if (row.result == item_result::held) is_.holds[row.what.id] = hold_of(row.what, row.at);
  if (is_booked(row.result) && ends_hold(row.what.kind)) is_.holds.erase(row.what.related);
}

account_row simulated_database::with_holds(account_row row) const {
  for (const auto& [id, hold] : is_.holds) {
    if (hold.debit == row.number) row.held.debits += hold.amount.value;
    if (hold.credit == row.number) row.held.credits += hold.amount.value;
    if (hold.debit == row.number || hold.credit == row.number) row.holds.push_back(hold);
  }
  return row;
}

sim_outcome simulated_database::write_payments(session_id session, const sim_payment_write& what) {
  if (!owns(session, what.claims)) return sim_fenced{};
  const auto conflict = is_.payments.conflict_of(what);
  if (!conflict.what.empty()) return sim_rejected{conflict.duplicate, conflict.what};
  is_.payments.write(what);
  for (const auto& unit : what.units)
    for (const auto& step : unit)
      world_.log("database: " + to_string(step.order) + " " + std::to_string(step.head.version) +
                 " " + std::string(name_of(step.event)) + " " +
                 std::string(name_of(step.head.stage)));
  standby_.reset();
  ++commits_;
  return sim_committed{};
}

sim_outcome simulated_database::write_checkpoint(session_id session, const sim_checkpoint& what) {
  if (!owns(session, what.claims)) return sim_fenced{};
  for (const auto& b : what.balances) {
    auto& row = is_.accounts.at(b.number);
    if (row.covers >= b.covers) continue;
    row.totals = b.totals;
    row.covers = b.covers;
    world_.log("database: balance " + std::to_string(b.number.value) + " covers " +
               words_of(b.covers));
  }
  for (const auto& p : what.positions) {
    auto& row = is_.shards.at(p.shard);
    if (row.position >= p.position) continue;
    row.position = p.position;
    world_.log("database: position " + std::to_string(p.shard.value) + " " + words_of(p.position));
  }
  standby_.reset();
  if (on_checkpoint) on_checkpoint();
  return sim_committed{};
}

void simulated_database::write_watermark(session_id session, ticket settled) {
  auto& mine = sessions_.at(session);
  mine.settled = std::max(mine.settled, settled);
  note_commit(session, std::max(mine.newest, settled));
}

void simulated_database::note_commit(session_id session, ticket newest) {
  sessions_.at(session).newest = newest;
  is_.newest = std::max(is_.newest, newest);
  standby_.reset();
  ++commits_;
}

void simulated_database::detach_before(std::int64_t unix_millis) {
  is_.detached_before = unix_millis;
  world_.log("database: ids before " + std::to_string(unix_millis) + " are detached");
}

// --- reads ---

std::vector<stored_transfer> simulated_database::find_transfers(
    std::span<const transfer_id> ids) const {
  std::vector<stored_transfer> found;
  for (const auto& id : ids) {
    const auto it = is_.rows.find(id);
    if (it != is_.rows.end() && attached(id)) found.push_back(it->second);
  }
  return found;
}

std::vector<original_facts> simulated_database::find_originals(
    std::span<const transfer_id> ids) const {
  std::vector<original_facts> found;
  for (const auto& row : find_transfers(ids)) {
    if (!is_booked(row.result)) continue;
    original_facts facts{.id = row.what.id,
                         .kind = row.what.kind,
                         .debit = row.what.debit,
                         .credit = row.what.credit,
                         .amount = row.amount(),
                         .reversed = {0}};
    for (const auto& [id, other] : is_.rows)
      if (other.what.kind == transfer_kind::reverse && is_booked(other.result) &&
          other.what.related == row.what.id)
        facts.reversed.value += other.what.amount.value;
    found.push_back(facts);
  }
  return found;
}

std::vector<account_row> simulated_database::load_accounts(
    std::span<const account_number> numbers) const {
  std::vector<account_row> found;
  for (const auto n : std::set<account_number>(numbers.begin(), numbers.end()))
    if (const auto it = is_.accounts.find(n); it != is_.accounts.end())
      found.push_back(with_holds(it->second));
  return found;
}

std::vector<account_row> simulated_database::find_accounts(
    std::span<const account_key> keys) const {
  std::vector<account_row> found;
  for (const auto& key : keys)
    for (const auto& [number, row] : is_.accounts)
      if (row.key == key) found.push_back(row);
  return found;
}

// As storage/recovery.cpp does it: rows above the positions, leg by leg where ticket > covers.
sim_recovery simulated_database::recover(std::span<const shard_claim> claims,
                                         std::int64_t since_millis, std::size_t most) const {
  sim_recovery into;
  into.newest = is_.newest;
  into.recent_complete_since_millis = since_millis;
  std::map<shard_id, ticket> positions;
  for (const auto& c : claims) positions[c.shard] = c.position;
  std::map<account_number, account_row> touched;
  for (const auto& [id, row] : is_.rows) {
    if (!is_booked(row.result)) continue;
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      const auto number = side == leg_side::debit ? row.what.debit : row.what.credit;
      const auto position = positions.find(number.shard());
      if (position == positions.end() || row.at <= position->second) continue;
      into.newest = std::max(into.newest, row.at);
      const auto& stored = is_.accounts.at(number);
      if (row.at <= stored.covers) continue;
      auto& account = touched.try_emplace(number, stored).first->second;
      if (row.result == item_result::posted) apply_leg(account.totals, side, row.amount());
      account.covers = std::max(account.covers, row.at);
    }
  }
  for (auto& [number, row] : touched) into.touched.push_back(with_holds(row));
  for (const auto& [id, hold] : is_.holds)
    if (hold.expires_at != 0 && positions.contains(hold.debit.shard()))
      into.expiring.push_back(hold);
  for (auto it = is_.rows.rbegin(); it != is_.rows.rend(); ++it) {
    if (it->first.unix_millis() < since_millis || !attached(it->first)) break;
    if (into.recent.size() == most) {
      into.recent_complete_since_millis = it->first.unix_millis() + 1;
      break;
    }
    into.recent.push_back(it->second);
  }
  while (!into.recent.empty() &&
         into.recent.back().what.id.unix_millis() < into.recent_complete_since_millis)
    into.recent.pop_back();
  for (const auto& c : claims) {
    std::int64_t last = 0;
    for (const auto& [number, row] : is_.accounts)
      if (number.shard() == c.shard) last = std::max(last, number.sequence());
    into.last_sequence.emplace_back(c.shard, last);
  }
  return into;
}

}  // namespace suanpan::simulation
