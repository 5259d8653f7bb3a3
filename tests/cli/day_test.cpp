// The generated day: the same bytes from the same seed, exactly as many bad lines as it says, and
// good lines that succeed in any order of nearby batches.
#include "tools/bench/day.hpp"

#include "tools/cli/posting_file.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>

using namespace suanpan;
using namespace suanpan::bench;

namespace {

constexpr std::int32_t day = 20'780;  // 2026-11-23
constexpr std::int64_t day_millis = 86'400'000;

struct made_day {
  std::string text;
  day_summary summary;
};

made_day make(std::uint32_t lines, std::uint64_t seed, std::int32_t on = day) {
  made_day made;
  made.summary =
      write_day({lines, seed, on, 2'000}, [&made](std::string_view line) { made.text += line; });
  return made;
}

bool in_chart(std::string_view code) {
  const auto& s = default_day_subjects();
  for (const auto subject : {s.bank_deposit, s.channel_receivable, s.transit, s.merchant_payable,
                             s.user_balance, s.fee_income, s.channel_cost})
    if (subject == code) return true;
  return false;
}

std::uint32_t count_of(const day_summary& summary, std::string_view reason) {
  for (const auto& kind : summary.kinds)
    if (kind.reason == reason) return kind.lines;
  return 0;
}

/// What a ledger with empty accounts answers to a well-formed line that is not fit to be booked;
/// judged here from the file alone.
std::string ledger_reason(const cli::posting& line,
                          const std::map<transfer_id, std::int64_t>& amounts,
                          std::string_view debit_owner) {
  const std::int64_t millis = line.id.unix_millis();
  if (millis < day * day_millis) return "id_expired";
  if (millis >= (day + 1) * day_millis) return "id_in_future";
  const auto known = amounts.find(line.id);
  if (known != amounts.end())
    return known->second == line.amount.value ? "exists" : "exists_with_different_amount";
  return debit_owner.starts_with("merchant:N") ? "debit_insufficient_funds" : "";
}

}  // namespace

TEST_CASE("day: same seed and date give the same bytes, another seed or date other ids") {
  const auto first = make(5'000, 7);
  CHECK(first.text == make(5'000, 7).text);
  CHECK(first.text != make(5'000, 8).text);
  CHECK(first.text != make(5'000, 7, day + 1).text);
}

TEST_CASE("day: the first bytes of seed 1 are those of every release") {
  const auto made = make(1'000, 1);
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char c : made.text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  // From the program itself: a change here means that a day made before can't be made again.
  CHECK(hash == 4'204'807'127'206'805'001ULL);
}

TEST_CASE("day: the bad lines are exactly those that it says, by reason") {
  for (const std::uint32_t lines : {200U, 1'000U, 50'000U}) {
    CAPTURE(lines);
    const auto made = make(lines, 3);
    const auto file = cli::read_postings(made.text, in_chart);
    REQUIRE(file.lines == lines);
    CHECK(made.summary.lines == lines);

    std::map<std::string, std::uint32_t> reasons;
    for (const auto& line : file.rejected) ++reasons[line.reason];
    std::map<transfer_id, std::int64_t> amounts;
    for (const auto& line : file.postings) {
      const auto reason = ledger_reason(line, amounts, file.accounts[line.debit].owner);
      if (!reason.empty()) ++reasons[reason];
      amounts.emplace(line.id, line.amount.value);
    }
    std::uint32_t bad = 0;
    for (const auto& [reason, count] : reasons) {
      CAPTURE(reason);
      CHECK(count == count_of(made.summary, reason));
      bad += count;
    }
    CHECK(bad == made.summary.bad);
    CHECK(reasons.size() == made.summary.kinds.size());
  }
}

TEST_CASE("day: good ids are distinct, rise, and lie in the first four minutes of the day") {
  const auto made = make(50'000, 3);
  const auto file = cli::read_postings(made.text, in_chart);
  transfer_id last;
  std::size_t rising = 0;
  std::set<transfer_id> ids;
  for (const auto& line : file.postings) {
    const auto millis = line.id.unix_millis() - day * day_millis;
    if (millis < 0 || millis >= day_millis || !ids.insert(line.id).second) continue;
    CHECK(millis < 240'000);
    CHECK((line.id.bytes[6] >> 4U) == 7);
    CHECK((line.id.bytes[8] >> 6U) == 2);
    CHECK(last < line.id);
    last = line.id;
    ++rising;
  }
  CHECK(rising > 49'000);
}

TEST_CASE("day: a debit that could be refused relies only on credits that lie ripe_lines back") {
  const auto made = make(50'000, 3);
  const auto file = cli::read_postings(made.text, in_chart);
  struct credit {
    std::size_t line;
    std::int64_t amount;
  };
  std::map<std::uint32_t, std::vector<credit>> credits;
  std::map<std::uint32_t, std::int64_t> spent;
  std::size_t debits = 0;
  for (const auto& line : file.postings) {
    const auto& payer = file.accounts[line.debit].owner;
    const bool limited = payer.starts_with("merchant:M") || payer.starts_with("user:");
    if (limited) {
      std::int64_t ripe = 0;
      for (const auto& in : credits[line.debit])
        if (in.line + ripe_lines(50'000) <= line.line) ripe += in.amount;
      CHECK(spent[line.debit] + line.amount.value <= ripe);
      spent[line.debit] += line.amount.value;
      ++debits;
    }
    credits[line.credit].push_back({line.line, line.amount.value});
  }
  CHECK(debits > 5'000);
}

TEST_CASE("day: merchants are skewed, and payments and refunds cross transit in opposite orders") {
  const auto made = make(50'000, 3);
  const auto file = cli::read_postings(made.text, in_chart);
  std::map<std::string, std::size_t> lines_of;
  std::size_t transit_first = 0;
  std::size_t merchant_first = 0;
  for (std::size_t i = 0; i < file.postings.size(); ++i) {
    const auto& line = file.postings[i];
    ++lines_of[file.accounts[line.credit].owner];
    if (i + 1 == file.postings.size() || file.postings[i + 1].reference != line.reference) continue;
    const auto& next = file.postings[i + 1];
    transit_first += line.event_code == 1'001 && next.event_code == 1'002;
    merchant_first += line.event_code == 3'001 && next.event_code == 3'002;
  }
  CHECK(transit_first > 1'000);
  CHECK(merchant_first > 500);
  CHECK(lines_of["merchant:M00001"] > 20 * lines_of["merchant:M01000"]);
}

TEST_CASE("day: a number of lines that makes no day is refused") {
  CHECK_THROWS_AS(make(day_lines_min - 1, 1), std::invalid_argument);
}
