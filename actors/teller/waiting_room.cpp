#include "actors/teller/waiting_room.hpp"

#include <algorithm>

namespace suanpan {
namespace {

// Items behind one that waits are looked at again in each batch: at most so many.
constexpr std::size_t visits_max = 32'768;

}  // namespace

waiting_room::place& waiting_room::join(arrival item, const unit_accounts& accounts) {
  const auto [at, fresh] = places_.try_emplace(item, place{.accounts = accounts, .missing = {}});
  if (fresh)
    for (const auto n : accounts) lines_[n].items.insert(item);
  return at->second;
}

void waiting_room::enter(arrival item, const unit_accounts& accounts, const unit_accounts& missing,
                         std::uint32_t reasons) {
  auto& p = join(item, accounts);
  p.missing = missing;
  p.reasons = reasons;
}

void waiting_room::fulfil(arrival item) {
  const auto it = places_.find(item);
  if (it == places_.end() || it->second.reasons == 0) return;
  --it->second.reasons;
  admit_if_free(item, it->second);
}

void waiting_room::resolve(arrival item, account_number account) {
  const auto it = places_.find(item);
  if (it == places_.end()) return;
  auto& missing = it->second.missing;
  const auto at = std::ranges::find(missing, account);
  if (at == missing.end()) return;
  missing.erase(at);
  admit_if_free(item, it->second);
}

void waiting_room::admit_if_free(arrival item, const place& p) {
  if (p.reasons == 0 && p.missing.empty()) first_.insert(item);
}

void waiting_room::defer(arrival item, const unit_accounts& accounts, ticket at) {
  auto& p = join(item, accounts);
  p.judged = true;
  p.away = false;
  unsettled_.emplace_back(at, item);
}

void waiting_room::leave(arrival item) {
  const auto it = places_.find(item);
  if (it == places_.end()) return;
  for (const auto n : it->second.accounts) quit(n, item);
  places_.erase(it);
  returning_.erase(item);
  first_.erase(item);
}

void waiting_room::quit(account_number account, arrival item) {
  const auto it = lines_.find(account);
  if (it == lines_.end()) return;
  it->second.items.erase(item);
  if (it->second.items.empty()) lines_.erase(it);
}

void waiting_room::clear() {
  places_.clear();
  lines_.clear();
  unsettled_.clear();
  returning_.clear();
  first_.clear();
}

// --- batches
// --------------------------------------------------------------------------------------

void waiting_room::begin_batch(ticket settled) {
  ++batch_;
  looked_at_ = 0;
  visited_ = 0;
  for (; !unsettled_.empty() && unsettled_.front().first <= settled; unsettled_.pop_front()) {
    const auto it = places_.find(unsettled_.front().second);
    if (it != places_.end() && it->second.judged && !it->second.away) returning_.insert(it->first);
  }
}

bool waiting_room::has_ready(ticket settled) const {
  return !returning_.empty() || !first_.empty() ||
         (!unsettled_.empty() && unsettled_.front().first <= settled);
}

std::optional<arrival> waiting_room::take_returning() {
  auto it = returning_.upper_bound(looked_at_);
  for (; it != returning_.end() && visited_ < visits_max; ++it, ++visited_) {
    looked_at_ = *it;
    auto& p = places_.at(looked_at_);
    const auto which = looked_at_;
    const auto comes = [this, which](account_number n) { return is_next(n, which); };
    if (!std::ranges::all_of(p.accounts, comes)) continue;
    for (const auto n : p.accounts) pass(n, which);
    p.away = true;
    returning_.erase(it);
    return looked_at_;
  }
  return std::nullopt;
}

std::optional<arrival> waiting_room::take_first() {
  if (first_.empty()) return std::nullopt;
  const auto item = *first_.begin();
  first_.erase(first_.begin());
  places_.at(item).away = true;
  return item;
}

// Whether all that are ahead of it in the line go into this batch before it.
bool waiting_room::is_next(account_number account, arrival item) {
  const auto& l = lines_.at(account);
  const auto next = l.items.upper_bound(l.batch == batch_ ? l.passed : 0);
  return next != l.items.end() && *next == item;
}

void waiting_room::pass(account_number account, arrival item) {
  auto& l = lines_.at(account);
  l.batch = batch_;
  l.passed = item;
}

// --- views
// ----------------------------------------------------------------------------------------

bool waiting_room::waits(arrival item) const {
  const auto it = places_.find(item);
  return it != places_.end() && !it->second.away;
}

std::vector<arrival> waiting_room::waiting_at(account_number account) const {
  std::vector<arrival> found;
  const auto it = lines_.find(account);
  if (it == lines_.end()) return found;
  for (const auto item : it->second.items)
    if (waits(item)) found.push_back(item);
  return found;
}

}  // namespace suanpan
