// Opening accounts: idempotent by key. A key in flight is claimed like an id; the index is asked
// before a number is given; numbers leave only when the row is durable.
#include "actors/teller/teller.hpp"

#include <caf/send.hpp>

namespace suanpan {
namespace {

constexpr std::int64_t sequence_max = (std::int64_t{1} << 52) - 1;

}  // namespace

void teller::take_openings(const open_accounts& m) {
  auto& r = *m.request;
  r.unanswered = 0;
  for (const auto& a : r.answers) r.unanswered += a.result == opening_result::none ? 1 : 0;
  if (r.unanswered == 0) return r.finish();
  std::vector<account_key> ask;
  for (std::uint32_t i = 0; i < r.items.size(); ++i) {
    if (r.answers[i].result != opening_result::none) continue;
    const auto& key = r.items[i].key;
    const auto shard = key.shard.value;
    if (shard >= shards_.size() || shards_[shard] != shard_stage::serving) {
      answer_opening({m.request, i}, {opening_result::unavailable, {}});
      continue;
    }
    auto& claims = opening_keys_[key];
    if (claims.empty()) ask.push_back(key);
    claims.push_back({m.request, i});
  }
  if (ask.empty()) return;
  key_rounds_[++last_round_] = ask;
  send(peers_.reader, look_up_keys{session_, last_round_, std::move(ask)});
}

void teller::take_keys(const keys_looked_up& m) {
  const auto it = key_rounds_.find(m.round);
  if (m.session != session_ || it == key_rounds_.end()) return;
  const auto keys = std::move(it->second);
  key_rounds_.erase(it);
  absl::flat_hash_map<account_key, const account_row*> found;
  for (const auto& row : m.found) found.emplace(row.key, &row);
  for (const auto& key : keys) {
    if (m.unavailable) {
      answer_key(key, {opening_result::unavailable, {}}, nullptr, false);
    } else if (const auto row = found.find(key); row != found.end()) {
      answer_key(key, {opening_result::exists, row->second->number}, row->second, false);
    } else {
      openings_ready_.push_back(key);
    }
  }
  pump_soon();
}

void teller::fill_openings(batch& b) {
  while (!openings_ready_.empty() && b.openings.size() < options_.batch_transfers_max) {
    const auto key = std::move(openings_ready_.front());
    openings_ready_.pop_front();
    const auto claimant = opening_keys_.at(key).front();
    const auto& item = claimant.request->items[claimant.item];
    if (shards_[key.shard.value] != shard_stage::serving) {
      answer_key(key, {opening_result::unavailable, {}}, nullptr, false);
      continue;
    }
    auto& sequence = last_sequence_[key.shard.value];
    if (sequence >= sequence_max) {
      answer_key(key, {opening_result::shard_full, {}}, nullptr, false);
      continue;
    }
    batch_opening o{.request = claimant.request,
                    .item = claimant.item,
                    .row = {},
                    .result = opening_result::none};
    o.row = {.number = account_number::make(key.shard, ++sequence),
             .key = key,
             .side = item.side,
             .flags = item.flags,
             .opened = b.at,
             .totals = {},
             .covers = b.at,
             .limits = item.limits,
             .holds = {},
             .held = {}};
    // A caller that guesses the number waits for the row, whatever the index says meanwhile (R1).
    auto* e = directory_.find(o.row.number);
    if (e == nullptr)
      directory_.make(o.row.number, stage::opening);
    else if (e->at == stage::loading)
      e->load_again = true;
    else
      e->at = stage::opening;
    b.openings.push_back(std::move(o));
  }
}

bool teller::is_being_opened(account_number n) const {
  return std::ranges::any_of(flights_, [n](const flight& f) {
    return std::ranges::any_of(f.made->openings,
                               [n](const batch_opening& o) { return o.row.number == n; });
  });
}

void teller::settle_opening(batch_opening& o) {
  const bool opened = o.result == opening_result::none;
  if (auto* e = directory_.find(o.row.number); e != nullptr && e->at == stage::opening) {
    if (!room_.has_line(o.row.number)) {
      directory_.erase(*e);
    } else {
      e->at = stage::loading;
      loads_.push_back(o.row.number);
    }
  }
  if (opened)
    answer_key(o.row.key, {opening_result::opened, o.row.number}, &o.row, true);
  else
    answer_key(o.row.key, {o.result, {}}, &o.row, true);
}

// Everybody who waits for the key: the claimant first, if the account is new it alone is told
// `opened`. `row`: the account that is there, if one is.
void teller::answer_key(const account_key& key, opening_answer with, const account_row* row,
                        bool fresh) {
  const auto it = opening_keys_.find(key);
  if (it == opening_keys_.end()) return;
  const auto waiting = std::move(it->second);
  opening_keys_.erase(it);
  const bool there = with.result == opening_result::opened || with.result == opening_result::exists;
  bool first = fresh;
  for (const auto& o : waiting) {
    opening_answer own = with;
    if (there && !first) {
      const auto& asked = o.request->items[o.item];
      own.result = asked.flags != (row->flags & flags_of_opening)
                       ? opening_result::exists_with_different_flags
                   : asked.limits != row->limits ? opening_result::exists_with_different_limits
                                                 : opening_result::exists;
    }
    first = false;
    answer_opening(o, own);
  }
}

void teller::answer_opening(const opening_ref& o, opening_answer with) {
  auto& r = *o.request;
  r.answers[o.item] = with;
  if (--r.unanswered > 0) return;
  send(peers_.journal, fence_answers{session_, nullptr, o.request, nullptr});
}

void teller::void_openings(opening_result why) {
  std::vector<account_key> keys;
  for (const auto& [key, waiting] : opening_keys_) keys.push_back(key);
  std::ranges::sort(keys);
  for (const auto& key : keys) answer_key(key, {why, {}}, nullptr, false);
  openings_ready_.clear();
  key_rounds_.clear();
}

}  // namespace suanpan
