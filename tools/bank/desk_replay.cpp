// How the desk becomes again what the journal says it was, and goes on from there.
#include "tools/bank/desk.hpp"

#include <algorithm>

namespace suanpan::bank {

std::string desk::replay(const std::vector<std::string>& lines) {
  const std::lock_guard lock(mutex_);
  if (lines.empty()) keep(journal_begun{});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto record = read_line(lines[i]);
    const bool first = record && std::holds_alternative<journal_begun>(*record);
    if (!record || first != (i == 0) || !recall(*record))
      return "line " + std::to_string(i + 1) + " is not one of this bank's journal";
  }
  return {};
}

bool desk::recall(const journal_record& what) {
  if (const auto* r = std::get_if<request_received>(&what)) return recall_received(*r);
  if (const auto* r = std::get_if<request_booked>(&what)) return recall_booked(*r);
  if (const auto* r = std::get_if<callback_ended>(&what)) return recall_called(*r);
  if (const auto* r = std::get_if<day_advanced>(&what)) bank_.next_day(r->at);
  if (const auto* r = std::get_if<card_bound>(&what)) cards_.bind(r->what);
  if (const auto* r = std::get_if<card_unbound>(&what)) return cards_.unbind(r->merchant, r->token);
  if (const auto* r = std::get_if<online_placed>(&what)) online_.place(r->what);
  return true;
}

bool desk::recall_received(const request_received& what) {
  const auto number = bank_.taken().size();
  unfinished u;
  u.steps = bank_.take_again(what.what, what.at);
  for (const auto& s : u.steps)
    u.over.push_back(s.kind == step_kind::say && s.how != saying_kind::callback);
  callback_urls_.push_back(what.callback_url);
  after_taking(what.online);
  if (std::ranges::count(u.over, false) != 0) unfinished_[number] = std::move(u);
  return true;
}

bool desk::recall_booked(const request_booked& what) {
  const auto it = unfinished_.find(what.of);
  if (it == unfinished_.end()) return false;
  auto& [steps, over] = it->second;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (over[i] || steps[i].kind != step_kind::book) continue;
    bank_.carry_out(steps[i], what.at);
    over[i] = true;
    if (std::ranges::count(over, false) == 0) unfinished_.erase(it);
    return true;
  }
  return false;
}

bool desk::recall_called(const callback_ended& what) {
  const auto it = unfinished_.find(what.of);
  if (it == unfinished_.end() || what.step >= it->second.over.size()) return false;
  it->second.over[what.step] = true;
  if (std::ranges::count(it->second.over, false) == 0) unfinished_.erase(it);
  return true;
}

void desk::go_on() {
  const std::lock_guard lock(mutex_);
  for (const auto& [of, u] : std::exchange(unfinished_, {}))
    for (std::uint64_t i = 0; i < u.steps.size(); ++i)
      if (!u.over[i])
        hands_.wakes->at(u.steps[i].due, [this, s = u.steps[i], i] { carry_out(s, i, {}); });
  for (const auto& [handle, order] : online_.orders())
    if (order.open) expect_expiry(order);
}

}  // namespace suanpan::bank
