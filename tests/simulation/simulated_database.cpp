#include "tests/simulation/simulated_database.hpp"

#include <algorithm>

namespace suanpan::simulation {

simulated_database::simulated_database(sim_world& world, std::uint32_t shards) : world_(world) {
  for (std::uint16_t s = 0; s < shards; ++s) shards_[{s}];
}

// --- sessions and ownership ---

session_id simulated_database::open_session() {
  sessions_[++last_session_] = {};
  world_.log("database: session " + std::to_string(last_session_) + " begins");
  return last_session_;
}

void simulated_database::end_session(session_id session, std::string_view why) {
  if (sessions_.erase(session) == 0) return;
  std::erase_if(locks_, [&](const auto& lock) { return lock.second == session; });
  world_.log("database: session " + std::to_string(session) + " ends: " + std::string(why));
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
  ticket newest = newest_;
  for (const auto& [shard, row] : shards_) newest = std::max(newest, row.position);
  for (const auto& [id, row] : rows_) newest = std::max(newest, row.at);
  std::vector<shard_claim> claims;
  for (const auto s : shards) {
    auto& row = shards_.at(s);
    row.at = {row.at.value + 1};
    row.owner = session;
    claims.push_back({s, row.at, row.position, newest});
    world_.log("database: shard " + std::to_string(s.value) + " at epoch " +
               std::to_string(row.at.value) + " of session " + std::to_string(session));
  }
  return claims;
}

bool simulated_database::owns(session_id session, std::span<const shard_claim> claims) const {
  return std::ranges::all_of(claims, [&](const shard_claim& c) {
    const auto& row = shards_.at(c.shard);
    return row.at == c.at_epoch && row.owner == session;
  });
}

// --- writes ---

bool simulated_database::attached(const transfer_id& id) const {
  return id.unix_millis() >= detached_before_;
}

std::optional<sim_rejected> simulated_database::refuse(const sim_write& what) const {
  for (const auto& row : what.openings)
    if (keys_.contains(row.key) || accounts_.contains(row.number))
      return sim_rejected{true, "account_key"};
  std::set<transfer_id> own;
  for (const auto& t : what.transfers) {
    if (!attached(t.what.id)) return sim_rejected{false, "no partition for the id"};
    if (t.what.event_code == poison_event_code) return sim_rejected{false, "poison"};
    if (rows_.contains(t.what.id) || !own.insert(t.what.id).second)
      return sim_rejected{true, "transfer_pkey"};
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
    accounts_[row.number] = stored;
    keys_.insert(row.key);
    newest = std::max(newest, row.opened);
  }
  for (const auto& t : what.transfers) {
    rows_.emplace(t.what.id, t);
    newest = std::max(newest, t.at);
    world_.log("database: row " + to_string(t.what.id) + " " + std::string(name_of(t.result)) +
               " at " + std::to_string(t.at.micros) + "." + std::to_string(t.index));
  }
  note_commit(session, newest);
  return sim_committed{};
}

sim_outcome simulated_database::write_checkpoint(session_id session, const sim_checkpoint& what) {
  if (!owns(session, what.claims)) return sim_fenced{};
  for (const auto& b : what.balances) {
    auto& row = accounts_.at(b.number);
    if (row.covers >= b.covers) continue;
    row.totals = b.totals;
    row.covers = b.covers;
    world_.log("database: balance " + std::to_string(b.number.value) + " covers " +
               std::to_string(b.covers.micros));
  }
  for (const auto& p : what.positions) {
    auto& row = shards_.at(p.shard);
    if (row.position >= p.position) continue;
    row.position = p.position;
    world_.log("database: position " + std::to_string(p.shard.value) + " " +
               std::to_string(p.position.micros));
  }
  if (on_checkpoint) on_checkpoint();
  return sim_committed{};
}

void simulated_database::write_watermark(session_id session, ticket settled) {
  note_commit(session, std::max(sessions_.at(session).newest, settled));
}

void simulated_database::note_commit(session_id session, ticket newest) {
  sessions_.at(session).newest = newest;
  newest_ = std::max(newest_, newest);
  ++commits_;
}

void simulated_database::detach_before(std::int64_t unix_millis) {
  detached_before_ = unix_millis;
  world_.log("database: ids before " + std::to_string(unix_millis) + " are detached");
}

// --- reads ---

std::vector<stored_transfer> simulated_database::find_transfers(
    std::span<const transfer_id> ids) const {
  std::vector<stored_transfer> found;
  for (const auto& id : ids) {
    const auto it = rows_.find(id);
    if (it != rows_.end() && attached(id)) found.push_back(it->second);
  }
  return found;
}

std::vector<account_row> simulated_database::load_accounts(
    std::span<const account_number> numbers) const {
  std::vector<account_row> found;
  for (const auto n : std::set<account_number>(numbers.begin(), numbers.end()))
    if (const auto it = accounts_.find(n); it != accounts_.end()) found.push_back(it->second);
  return found;
}

std::vector<account_row> simulated_database::find_accounts(
    std::span<const account_key> keys) const {
  std::vector<account_row> found;
  for (const auto& key : keys)
    for (const auto& [number, row] : accounts_)
      if (row.key == key) found.push_back(row);
  return found;
}

// As storage/recovery.cpp does it: rows above the positions, leg by leg where ticket > covers.
sim_recovery simulated_database::recover(std::span<const shard_claim> claims,
                                         std::int64_t since_millis, std::size_t most) const {
  sim_recovery into;
  into.newest = newest_;
  into.recent_complete_since_millis = since_millis;
  std::map<shard_id, ticket> positions;
  for (const auto& c : claims) positions[c.shard] = c.position;
  std::map<account_number, account_row> touched;
  for (const auto& [id, row] : rows_) {
    if (row.result != item_result::posted) continue;
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      const auto number = side == leg_side::debit ? row.what.debit : row.what.credit;
      const auto position = positions.find(number.shard());
      if (position == positions.end() || row.at <= position->second) continue;
      into.newest = std::max(into.newest, row.at);
      const auto& stored = accounts_.at(number);
      if (row.at <= stored.covers) continue;
      auto& account = touched.try_emplace(number, stored).first->second;
      apply_leg(account.totals, side, row.what.amount);
      account.covers = std::max(account.covers, row.at);
    }
  }
  for (auto& [number, row] : touched) into.touched.push_back(row);
  for (auto it = rows_.rbegin(); it != rows_.rend(); ++it) {
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
    for (const auto& [number, row] : accounts_)
      if (number.shard() == c.shard) last = std::max(last, number.sequence());
    into.last_sequence.emplace_back(c.shard, last);
  }
  return into;
}

}  // namespace suanpan::simulation
