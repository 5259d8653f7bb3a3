// The judge judged: a true history passes, and each doctored one is rejected under its law's name.
#include "tests/faults/checker.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

using namespace suanpan::faults;

namespace {

constexpr std::int64_t cash = 1025;   // debit side, may be overdrawn
constexpr std::int64_t payer = 2049;  // no_overdraft
constexpr std::int64_t payee = 3073;  // no_overdraft

/// What a run leaves behind: client 1 tops up the payer with 100 (ticket 1000), pays 60 (2000),
/// is refused 70 (3000); each call takes 10 of the clients' clock, one after the other.
struct record {
  history told;
  books held;

  record() {
    held.accounts = {account(cash, true, false), account(payer, false, true),
                     account(payee, false, true)};
    add(1, cash, payer, 100, 1, 1000);
    add(2, payer, payee, 60, 1, 2000);
    add(3, payer, payee, 70, 100, 3000);
    checkpoint(3000);
  }

  static account_seen account(std::int64_t number, bool debit_side, bool no_overdraft) {
    return {.number = number,
            .currency = "CNY",
            .debit_side = debit_side,
            .no_overdraft = no_overdraft,
            .opened = 1};
  }
  static item asked(int n, std::int64_t debit, std::int64_t credit, std::int64_t amount) {
    auto id = suanpan::transfer_id::first_of(1'000'000);
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return {.id = id, .debit = debit, .credit = credit, .amount = amount, .currency = "CNY"};
  }
  /// Asked for, answered and stored.
  void add(int n, std::int64_t debit, std::int64_t credit, std::int64_t amount, int result,
           std::int64_t ticket) {
    const auto what = asked(n, debit, credit, amount);
    tell(what, result, ticket);
    (result == 1 ? held.transfers : held.refusals).push_back({what, result, ticket, 0});
  }
  void tell(const item& what, int result, std::int64_t ticket = 0) {
    told.attempts.push_back({1, what, result, ticket, {clock, clock + 10}});
    clock += 20;
  }
  /// Stored totals as of `covers`.
  void checkpoint(std::int64_t covers) {
    for (auto& a : held.accounts) {
      a.debits = a.credits = 0;
      a.covers = covers;
      for (const auto& t : held.transfers) {
        if (t.ticket > covers) continue;
        if (t.what.debit == a.number) a.debits += t.what.amount;
        if (t.what.credit == a.number) a.credits += t.what.amount;
      }
    }
  }
  [[nodiscard]] bool breaks(const std::string& law) const {
    const auto found = judge(told, held);
    const bool named =
        std::ranges::any_of(found, [&law](const violation& v) { return v.law == law; });
    INFO(text_of(found));
    CHECK(named);
    return named;
  }

  std::int64_t clock = 100;
};

}  // namespace

TEST_CASE("checker: a true history breaks no law") {
  record r;
  r.tell(r.held.transfers[1].what, 2, 2000);       // a retry: exists
  r.tell(r.held.refusals[0].what, 100, 3000);      // a refusal replayed
  r.tell(record::asked(2, payer, payee, 61), 42);  // other content under a booked id
  r.tell(record::asked(3, payer, payee, 71), 59);  // and under a refused one
  r.tell(record::asked(4, payer, payee, 5), 200);  // nothing was booked, and it was not
  r.tell(record::asked(5, payer, payee, 0), 12);   // malformed
  r.told.balances.push_back({payer, 60, 100, 3000, {1000, 1010}});
  r.told.fates.push_back({r.held.transfers[0].what.id, 1, 1000, {1000, 1010}});
  r.told.fates.push_back({record::asked(4, payer, payee, 5).id, not_found, 0, {1000, 1010}});
  CHECK(text_of(judge(r.told, r.held)) == "");
  CHECK(acknowledged(r.told) == 2);
}

TEST_CASE("checker: doctored — an acknowledged transfer that is not there is lost") {
  record r;
  r.held.transfers.erase(r.held.transfers.begin() + 1);
  r.checkpoint(3000);
  CHECK(r.breaks("lost"));
}

TEST_CASE("checker: doctored — a transfer that is there twice is doubled") {
  record r;
  auto copy = r.held.transfers[0];
  copy.ticket = 2500;
  r.held.transfers.push_back(copy);
  r.checkpoint(3000);
  CHECK(r.breaks("doubled"));
}

TEST_CASE("checker: doctored — a read of old memory is stale") {
  record r;
  r.told.balances.push_back({payer, 0, 100, 1000, {1000, 1010}});  // true once, before the payment
  CHECK(r.breaks("stale_read"));
  record looked;
  looked.told.fates.push_back(
      {looked.held.transfers[0].what.id, not_found, 0, {looked.clock, looked.clock + 10}});
  CHECK(looked.breaks("stale_read"));
}

TEST_CASE("checker: doctored — a balance below zero at any place of the order is an overdraft") {
  record r;  // the end is fine, the way there is not: payment before top-up
  r.held.transfers[0].ticket = 2500;
  r.told.attempts[0].ticket = 2500;
  CHECK(r.breaks("overdraft"));
}

TEST_CASE("checker: doctored — what was acknowledged first must stand first") {
  record r;
  r.add(6, cash, payee, 1, 1, 500);  // asked for last, booked before everything
  CHECK(r.breaks("reordered"));
}

TEST_CASE("checker: doctored — a refused transfer is never booked") {
  record r;
  auto row = r.held.refusals[0];
  row.result = 1;
  r.held.refusals.clear();
  r.held.transfers.push_back(row);
  CHECK(r.breaks("refused_then_booked"));
}

TEST_CASE("checker: doctored — success and failure of one id contradict each other") {
  record r;
  r.tell(r.held.transfers[1].what, 100, 2000);
  CHECK(r.breaks("contradicted"));
}

TEST_CASE("checker: doctored — a refusal replays as it was, or not at all") {
  record changed;
  changed.tell(changed.held.refusals[0].what, 80, 3000);
  CHECK(changed.breaks("refusal_changed"));
  record gone;
  gone.held.refusals.clear();
  CHECK(gone.breaks("refusal_lost"));
}

TEST_CASE("checker: doctored — what nobody asked for is invented, other content is altered") {
  record invented;
  invented.held.transfers.push_back({record::asked(9, cash, payer, 5), 1, 2500, 0});
  invented.checkpoint(3000);
  CHECK(invented.breaks("invented"));
  record altered;
  altered.held.transfers[0].what.amount = 101;
  altered.checkpoint(3000);
  CHECK(altered.breaks("altered"));
}

TEST_CASE("checker: doctored — booked though every caller was told that nothing was") {
  record r;
  r.add(7, cash, payer, 5, 1, 4000);
  r.told.attempts.back().told = 200;
  r.told.attempts.back().ticket = 0;
  CHECK(r.breaks("denied_but_booked"));
}

TEST_CASE("checker: doctored — booked now, told to two callers, or under another ticket") {
  record twice;
  twice.tell(twice.held.transfers[0].what, 1, 1000);
  CHECK(twice.breaks("posted_twice"));
  record other;
  other.tell(other.held.transfers[0].what, 2, 1001);
  CHECK(other.breaks("wrong_ticket"));
}

TEST_CASE("checker: doctored — a refusal without cause at its place is wrong") {
  record r;
  r.add(8, payer, payee, 30, 100, 4000);  // the payer has 40
  CHECK(r.breaks("wrongly_refused"));
}

TEST_CASE("checker: doctored — totals that the rows do not give are unbalanced or wrong") {
  record stored;
  stored.held.accounts[1].debits += 1;
  CHECK(stored.breaks("unbalanced"));
  record seen;
  seen.told.balances.push_back({payer, 61, 100, 3000, {1000, 1010}});
  CHECK(seen.breaks("wrong_read"));
}

TEST_CASE("checker: doctored — the named difference must be the true one, places are unique") {
  record named;
  named.tell(record::asked(2, payer, payee, 61), 47);  // it is the amount
  CHECK(named.breaks("wrong_difference"));
  record placed;
  placed.held.transfers[1].ticket = placed.told.attempts[1].ticket = 1000;
  CHECK(placed.breaks("same_place"));
}

TEST_CASE("checker: a history on disk is the one that was recorded") {
  const auto path = std::filesystem::temp_directory_path() /
                    ("suanpan-history-" + std::to_string(getpid()) + ".jsonl");
  const record r;
  {
    history_writer writer(path);
    for (const auto& a : r.told.attempts) writer.write(a);
    writer.write(balance_seen{payer, 60, 100, 3000, {1, 2}});
    writer.write(fate_seen{r.held.transfers[0].what.id, 1, 1000, {1, 2}});
    writer.flush();
  }
  const auto read = read_history(path);
  std::filesystem::remove(path);
  REQUIRE(read.attempts.size() == 3);
  CHECK(read.attempts[2].what == r.told.attempts[2].what);
  CHECK(read.attempts[2].told == 100);
  CHECK(read.attempts[2].when.ended == r.told.attempts[2].when.ended);
  REQUIRE(read.balances.size() == 1);
  CHECK(read.balances[0].credits == 100);
  REQUIRE(read.fates.size() == 1);
  CHECK(read.fates[0].ticket == 1000);
}
