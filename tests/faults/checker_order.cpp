// Order: what was acknowledged before something else was asked for must stand before it in the
// books, and every look must show it.
#include "tests/faults/checker_parts.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace suanpan::faults {
namespace {

constexpr auto never = std::numeric_limits<std::int64_t>::max();

/// Of one id: when it was first asked for, when it was first known to be decided, and its place.
struct known_fate {
  std::string where;
  std::int64_t asked = never;
  std::int64_t decided = never;
  std::int64_t ticket = 0;
};

const stored_row* row_of(const rows_of_id& rows) {
  if (!rows.booked.empty()) return rows.booked.front();
  return rows.refused.empty() ? nullptr : rows.refused.front();
}

std::map<transfer_id, known_fate> fates_of(const history& told,
                                           const std::map<transfer_id, rows_of_id>& rows) {
  std::map<transfer_id, known_fate> fates;
  for (const auto& a : told.attempts) {
    const auto* row = row_of(rows.at(a.what.id));
    if (row == nullptr) continue;
    auto& fate = fates[a.what.id];
    fate.where = to_string(a.what.id);
    fate.ticket = row->ticket;
    fate.asked = std::min(fate.asked, a.when.began);
    const bool told_place = a.ticket == row->ticket && a.ticket != 0;
    if (told_place) fate.decided = std::min(fate.decided, a.when.ended);
  }
  return fates;
}

// Sweep over the clients' clock: the highest ticket known so far must be below what is asked for
// later.
void judge_real_time(findings& found, const std::map<transfer_id, known_fate>& fates) {
  std::vector<const known_fate*> asked;
  std::vector<const known_fate*> decided;
  for (const auto& [id, fate] : fates) {
    asked.push_back(&fate);
    if (fate.decided != never) decided.push_back(&fate);
  }
  std::ranges::sort(asked, {}, &known_fate::asked);
  std::ranges::sort(decided, {}, &known_fate::decided);
  std::int64_t highest = 0;
  auto next = decided.begin();
  for (const auto* one : asked) {
    for (; next != decided.end() && (*next)->decided < one->asked; ++next)
      highest = std::max(highest, (*next)->ticket);
    if (one->ticket <= highest)
      found.push_back({"reordered", one->where,
                       "at ticket " + std::to_string(one->ticket) + ", though " +
                           std::to_string(highest) + " was acknowledged before it was asked for"});
  }
}

void judge_places(findings& found, const books& held) {
  std::map<std::pair<std::int64_t, std::int32_t>, const stored_row*> places;
  for (const auto* rows : {&held.transfers, &held.refusals})
    for (const auto& row : *rows) {
      const auto [at, fresh] = places.try_emplace({row.ticket, row.index}, &row);
      if (!fresh && at->second->what.id != row.what.id)
        found.push_back({"same_place", to_string(row.what.id),
                         "stands where " + to_string(at->second->what.id) + " stands"});
    }
}

void judge_look(findings& found, const fate_seen& seen, const rows_of_id* rows,
                const known_fate* fate) {
  const auto where = to_string(seen.id);
  const auto* row = rows == nullptr ? nullptr : row_of(*rows);
  if (seen.told == not_found) {
    if (fate != nullptr && fate->decided < seen.when.began)
      found.push_back({"stale_read", where, "not found after it was acknowledged"});
  } else if (row == nullptr || row->result != seen.told || row->ticket != seen.ticket) {
    found.push_back({"wrong_read", where, "looked up as " + std::to_string(seen.told)});
  }
}

}  // namespace

void judge_order(findings& found, const history& told, const books& held,
                 const std::map<transfer_id, rows_of_id>& rows) {
  judge_places(found, held);
  const auto fates = fates_of(told, rows);
  judge_real_time(found, fates);
  for (const auto& seen : told.fates) {
    const auto r = rows.find(seen.id);
    const auto f = fates.find(seen.id);
    judge_look(found, seen, r == rows.end() ? nullptr : &r->second,
               f == fates.end() ? nullptr : &f->second);
  }
}

}  // namespace suanpan::faults
