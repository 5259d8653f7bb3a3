// What was told of each id against the row that is there. The order of the rows, balances and
// reads: checker_order.cpp.
#include "tests/faults/checker.hpp"

#include "tests/faults/checker_parts.hpp"

#include <algorithm>
#include <set>

namespace suanpan::faults {
namespace {

// Numbers of the .proto's TransferResult, written down here a second time.
constexpr int told_posted = 1;
constexpr int told_exists = 2;
constexpr int told_unavailable = 200;
constexpr int told_unknown = 201;

bool is_done(int told) {
  return told == told_posted || told == told_exists;
}
bool is_malformed(int told) {
  return told >= 10 && told < 40;
}
bool is_difference(int told) {
  return told >= 40 && told < 60;
}
bool is_outside_window(int told) {
  return told == 60 || told == 61;
}
bool is_refusal(int told) {
  return told >= 80 && told < told_unavailable;
}

// The first field that differs, as the .proto numbers it; 0: none.
int first_difference(const item& stored, const item& asked) {
  if (stored.debit != asked.debit) return 40;
  if (stored.credit != asked.credit) return 41;
  if (stored.amount != asked.amount) return 42;
  if (stored.currency != asked.currency) return 43;
  if (stored.event_code != asked.event_code) return 44;
  if (stored.reference != asked.reference) return 46;
  if (stored.memo != asked.memo) return 47;
  return 0;
}

class fate_judge {
 public:
  fate_judge(findings& found, const rows_of_id& rows, const std::vector<const attempt*>& attempts)
      : found_(found), rows_(rows), attempts_(attempts), where_(to_string(rows.id)) {}

  void judge() {
    if (rows_.booked.size() > 1) say("doubled", "it is booked more than once");
    if (!rows_.booked.empty() && !rows_.refused.empty())
      say("refused_then_booked", "a refusal is recorded beside the booking");
    for (const auto* a : attempts_) judge_answer(*a);
    judge_answers_together();
    if (!rows_.booked.empty()) judge_origin(*rows_.booked.front());
  }

 private:
  void say(const char* law, const std::string& what) { found_.push_back({law, where_, what}); }

  void judge_answer(const attempt& a) {
    if (is_done(a.told)) return judge_done(a);
    if (is_refusal(a.told)) return judge_refusal(a);
    if (is_difference(a.told)) return judge_difference(a);
    if (is_malformed(a.told) && !rows_.booked.empty() && rows_.booked.front()->what == a.what)
      say("refused_then_booked", "told malformed (" + std::to_string(a.told) + ")");
  }

  void judge_done(const attempt& a) {
    if (rows_.booked.empty()) return say("lost", "told " + std::to_string(a.told));
    const auto& row = *rows_.booked.front();
    if (!(row.what == a.what))
      say("altered", "told " + std::to_string(a.told) + " of other content");
    if (row.ticket != a.ticket)
      say("wrong_ticket",
          "told " + std::to_string(a.ticket) + ", booked at " + std::to_string(row.ticket));
  }

  void judge_refusal(const attempt& a) {
    const auto told = "told " + std::to_string(a.told);
    if (!rows_.booked.empty()) return say("refused_then_booked", told + ", and it is booked");
    if (rows_.refused.empty()) return say("refusal_lost", told + ", and nothing is recorded");
    const auto& row = *rows_.refused.front();
    if (row.result != a.told || row.ticket != a.ticket || !(row.what == a.what))
      say("refusal_changed", told + " at " + std::to_string(a.ticket) + ", recorded " +
                                 std::to_string(row.result) + " at " + std::to_string(row.ticket));
  }

  void judge_difference(const attempt& a) {
    const auto told = "told " + std::to_string(a.told);
    if (!rows_.booked.empty()) {
      const int truth = first_difference(rows_.booked.front()->what, a.what);
      if (truth != a.told) say("wrong_difference", told + ", truly " + std::to_string(truth));
    } else if (rows_.refused.empty()) {
      say("wrong_difference", told + ", and nothing is recorded");
    } else if (a.told != 59 || rows_.refused.front()->what == a.what) {
      say("wrong_difference", told + " of what was refused");
    }
  }

  void judge_answers_together() {
    const attempt* booked_now = nullptr;
    for (const auto* a : attempts_) {
      if (a->told != told_posted) continue;
      if (booked_now != nullptr) say("posted_twice", "two calls were told that it was booked now");
      booked_now = a;
    }
    for (const auto* yes : attempts_) {
      if (!is_done(yes->told)) continue;
      const bool denied = std::ranges::any_of(attempts_, [yes](const attempt* no) {
        const bool failed = is_refusal(no->told) ||
                            (is_outside_window(no->told) && no->when.began > yes->when.ended);
        return failed && no->what == yes->what;
      });
      if (denied) return say("contradicted", "told that it succeeded, and that it failed");
    }
  }

  // A booking needs somebody who asked for just this and was not told that nothing was booked.
  void judge_origin(const stored_row& row) {
    if (attempts_.empty()) return say("invented", "no client sent it");
    bool sent = false;
    bool open = false;
    for (const auto* a : attempts_) {
      if (!(a->what == row.what)) continue;
      sent = true;
      open = open || is_done(a->told) || a->told == no_answer || a->told == told_unknown;
    }
    if (!sent) return say("altered", "booked with content that no client sent");
    if (!open) say("denied_but_booked", "every caller was told that nothing was booked");
  }

  findings& found_;
  const rows_of_id& rows_;
  const std::vector<const attempt*>& attempts_;
  std::string where_;
};

}  // namespace

std::vector<violation> judge(const history& told, const books& held) {
  std::map<transfer_id, rows_of_id> rows;
  std::map<transfer_id, std::vector<const attempt*>> attempts;
  for (const auto& r : held.transfers) rows[r.what.id].booked.push_back(&r);
  for (const auto& r : held.refusals) rows[r.what.id].refused.push_back(&r);
  for (const auto& a : told.attempts) attempts[a.what.id].push_back(&a);
  for (const auto& [id, of_id] : attempts) rows.try_emplace(id);
  findings found;
  for (auto& [id, of_id] : rows) {
    of_id.id = id;
    fate_judge(found, of_id, attempts[id]).judge();
  }
  judge_order(found, told, held, rows);
  judge_balances(found, told, held);
  return found;
}

std::size_t acknowledged(const history& told) {
  std::set<transfer_id> ids;
  for (const auto& a : told.attempts)
    if (is_done(a.told)) ids.insert(a.what.id);
  return ids.size();
}

std::string text_of(const std::vector<violation>& violations, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < violations.size() && i < most; ++i)
    text += violations[i].law + ": " + violations[i].where + ": " + violations[i].what + '\n';
  if (violations.size() > most)
    text += "and " + std::to_string(violations.size() - most) + " more\n";
  return text;
}

}  // namespace suanpan::faults
