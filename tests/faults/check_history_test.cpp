// suanpan-check-history as others use it: a file of what clients were told, and a database. A true
// history passes; of each doctored one the program says which law it breaks, and fails.
#include "tests/faults/history.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

using namespace suanpan;
using namespace suanpan::faults;
using testing::sql;

namespace {

constexpr std::int64_t cash = 1025;   // debit side, may be overdrawn
constexpr std::int64_t payer = 2049;  // no_overdraft
constexpr std::int64_t payee = 3073;  // no_overdraft

struct verdict {
  int exit = -1;
  std::string said;
};

/// Whether the program failed and named the law.
bool named(const verdict& v, const std::string& law) {
  const bool found = v.exit == 1 && v.said.find(law) != std::string::npos &&
                     v.said.find("check-history: FAILED attempts=") != std::string::npos;
  CHECK_MESSAGE(found, v.said);
  return found;
}

verdict run_checker(const std::string& file, const std::string& dsn) {
  const std::string command = std::string("'") +
                              SUANPAN_BINARY_DIR "/bin/suanpan-check-history' '" + file + "' \"" +
                              dsn + "\" 2>&1";
  std::FILE* pipe = popen(command.c_str(), "re");
  REQUIRE(pipe != nullptr);
  verdict v;
  std::array<char, 4096> part{};
  while (const auto bytes = std::fread(part.data(), 1, part.size(), pipe))
    v.said.append(part.data(), bytes);
  const int status = pclose(pipe);
  v.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return v;
}

/// A database and a history: client 1 tops up the payer with 100 (ticket 1000), pays 60 (2000), is
/// refused 70 (3000), one call after the other. A case changes one of the two.
struct doctored {
  std::string dsn = testing::private_postgres::instance().fresh_database();
  std::string file = (std::filesystem::temp_directory_path() /
                      ("suanpan-doctored-" + std::to_string(getpid()) + ".jsonl"))
                         .string();
  std::vector<attempt> attempts;
  std::vector<balance_seen> balances;
  std::int64_t clock = 100;

  doctored() {
    open(cash, 1, 0);
    open(payer, 2, 1);
    open(payee, 2, 1);
  }
  ~doctored() { std::filesystem::remove(file); }
  doctored(const doctored&) = delete;
  doctored& operator=(const doctored&) = delete;

  void open(std::int64_t number, int side, int flags) const {
    sql(dsn,
        "INSERT INTO suanpan.account(number,opened,flags,shard,currency,side,owner,subject) "
        "VALUES(" +
            std::to_string(number) + ",1," + std::to_string(flags) + ",1,156," +
            std::to_string(side) + ",'user:" + std::to_string(number) + "','2001')");
  }
  static item asked(int n, std::int64_t debit, std::int64_t credit, std::int64_t amount) {
    using namespace std::chrono;
    static const auto now =
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    auto id = transfer_id::first_of(now);
    id.bytes[15] = static_cast<std::uint8_t>(n);
    return {.id = id, .debit = debit, .credit = credit, .amount = amount, .currency = "CNY"};
  }
  void tell(const item& what, int result, std::int64_t ticket) {
    attempts.push_back({1, what, result, ticket, {clock, clock + 10}});
    clock += 20;
  }
  void store(const item& what, int result, std::int64_t ticket, int leg = 0) const {
    sql(dsn,
        "INSERT INTO suanpan.transfer(ticket,debit_account,credit_account,amount,idx,event_code,"
        "accounting_date,leg,kind,result,currency,id,reference,memo) VALUES(" +
            std::to_string(ticket) + "," + std::to_string(what.debit) + "," +
            std::to_string(what.credit) + "," + std::to_string(what.amount) + ",0,0,'2026-11-23'," +
            std::to_string(leg) + ",1," + std::to_string(result) + ",156,'" + to_string(what.id) +
            "','','')");
  }
  void both(const item& what, int result, std::int64_t ticket) {
    tell(what, result, ticket);
    store(what, result, ticket);
  }
  [[nodiscard]] verdict judge() const {
    history_writer writer(file);
    for (const auto& a : attempts) writer.write(a);
    for (const auto& b : balances) writer.write(b);
    writer.flush();
    return run_checker(file, dsn);
  }
  const item top_up = asked(1, cash, payer, 100);
  const item payment = asked(2, payer, payee, 60);
  const item too_much = asked(3, payer, payee, 70);
};

}  // namespace

TEST_CASE("check-history: a true history passes, and the last line says what was judged") {
  doctored d;
  d.both(d.top_up, 1, 1000);
  d.both(d.payment, 1, 2000);
  d.both(d.too_much, 100, 3000);
  d.tell(d.payment, 2, 2000);
  d.balances.push_back({payer, 60, 100, 3000, {1000, 1010}});
  const auto v = d.judge();
  CHECK(v.exit == 0);
  CHECK(v.said.ends_with("check-history: ok attempts=4 acknowledged=2 violations=0\n"));
}

TEST_CASE("check-history: an acknowledged transfer that is not stored is lost") {
  doctored d;
  d.both(d.top_up, 1, 1000);
  d.tell(d.payment, 1, 2000);
  CHECK(named(d.judge(), "lost"));
}

TEST_CASE("check-history: a transfer that is stored twice is doubled") {
  doctored d;
  sql(d.dsn, "ALTER TABLE suanpan.transfer DROP CONSTRAINT transfer_kind_known");
  d.both(d.top_up, 1, 1000);
  d.store(d.top_up, 1, 1500, 1);
  CHECK(named(d.judge(), "doubled"));
}

TEST_CASE("check-history: a read of old memory is stale") {
  doctored d;
  d.both(d.top_up, 1, 1000);
  d.both(d.payment, 1, 2000);
  d.balances.push_back({payer, 0, 100, 1000, {1000, 1010}});
  CHECK(named(d.judge(), "stale_read"));
}

TEST_CASE("check-history: an account below zero at any place of the order is an overdraft") {
  doctored d;
  d.attempts.push_back({1, d.payment, 1, 2000, {100, 200}});  // at the same time as the top-up
  d.attempts.push_back({2, d.top_up, 1, 2500, {100, 200}});
  d.store(d.payment, 1, 2000);
  d.store(d.top_up, 1, 2500);
  CHECK(named(d.judge(), "overdraft"));
}

TEST_CASE("check-history: what was acknowledged before the other was asked for stands before it") {
  doctored d;
  d.both(d.top_up, 1, 1000);
  d.both(d.payment, 1, 2000);
  d.both(doctored::asked(6, cash, payee, 1), 1, 500);
  CHECK(named(d.judge(), "reordered"));
}

TEST_CASE("check-history: a refused transfer that is booked all the same") {
  doctored d;
  d.both(d.top_up, 1, 1000);
  d.tell(d.too_much, 100, 3000);
  d.store(d.too_much, 1, 3000);
  CHECK(named(d.judge(), "refused_then_booked"));
}

TEST_CASE("check-history: what nobody asked for is invented, other content is altered") {
  doctored invented;
  invented.store(invented.top_up, 1, 1000);
  CHECK(named(invented.judge(), "invented"));
  doctored altered;
  altered.tell(altered.top_up, 1, 1000);
  altered.store(doctored::asked(1, cash, payer, 101), 1, 1000);
  CHECK(named(altered.judge(), "altered"));
}

TEST_CASE("check-history: a file that is no history fails with its line, and so does none at all") {
  doctored d;
  std::ofstream(d.file) << "{\"kind\":\"attempt\"}\n";
  const auto v = run_checker(d.file, d.dsn);
  CHECK(v.exit == 1);
  CHECK(v.said.find(":1:") != std::string::npos);
  CHECK(run_checker("/nowhere/history", d.dsn).exit == 1);
}
