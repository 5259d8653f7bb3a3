// The whole path, as a user walks it: a day is made, imported, imported again and verified, over a
// real node and a real PostgreSQL.
#include "tests/cli/programs.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace suanpan::testing;
using nlohmann::json;

namespace {

struct ledger {
  std::string dsn = private_postgres::instance().fresh_database();
  running_node node{dsn};

  [[nodiscard]] program_end suanpan(std::vector<std::string> words) const {
    words.insert(words.begin(), "suanpan");
    words.insert(words.end(), {"--endpoint", node.grpc(), "--dsn", dsn});
    return run_program(words);
  }
  [[nodiscard]] json document(std::vector<std::string> words) const {
    words.emplace_back("--json");
    const auto end = suanpan(words);
    INFO(end.err);
    REQUIRE(end.status == 0);
    return json::parse(end.out);
  }
};

json make_day(const std::string& file, const std::string& lines) {
  const auto end = run_program(
      {"suanpan-bench", "day", "--lines", lines, "--seed", "11", "--out", file, "--json"});
  REQUIRE(end.status == 0);
  return json::parse(end.out);
}

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.rfind('\n', end);
  return text.substr(begin + 1, end - begin);
}

}  // namespace

TEST_CASE(
    "import: a day is booked once, bad lines alone are rejected, and a second import books "
    "nothing") {
  const ledger books;
  const scratch_directory directory;
  const std::string file = directory.path() + "/day.csv";
  const auto made = make_day(file, "20000");

  const auto first =
      books.document({"import", file, "--rejected-file", directory.path() + "/bad.csv"});
  CHECK(first["lines"] == made["lines"]);
  CHECK(first["posted"] == made["good"]);
  CHECK(first["exists"] == 0);
  CHECK(first["rejected"] == made["bad"]);
  CHECK(first["rejected_by_ledger"] == made["bad_by_ledger"]);
  CHECK(first["reasons"] == made["kinds"]);
  CHECK(first["balanced"] == true);
  std::ifstream bad(directory.path() + "/bad.csv");
  std::string line;
  std::size_t bad_lines = 0;
  while (std::getline(bad, line)) ++bad_lines;
  CHECK(bad_lines == made["bad"].get<std::size_t>() + 1);

  const auto second = books.document({"import", file, "--batch", "777", "--in-flight", "3"});
  CHECK(second["posted"] == 0);
  CHECK(second["exists"] == made["good"]);
  CHECK(second["reasons"] == first["reasons"]);
  CHECK(second["accounts_opened"] == 0);
  CHECK(second["trial_balance"]["lines"] == first["trial_balance"]["lines"]);

  const auto verified = books.suanpan({"verify"});
  CHECK(verified.status == 0);
  CHECK(last_line(verified.out) ==
        "verify: ok accounts=" + std::to_string(first["accounts"].get<int>()) + " transfers=" +
            std::to_string(made["good"].get<int>()) + " vouchers=0 holds=0 differences=0");

  const auto strict = books.suanpan({"import", file, "--max-rejected", "0"});
  CHECK(strict.status == 1);
  CHECK(strict.out.find("nothing was booked twice") != std::string::npos);
}

TEST_CASE("commands: accounts and transfers answer, and refusals are status 1") {
  const ledger books;
  const auto open = [&books](const std::string& owner, const std::string& subject) {
    const auto answer = books.document({"account", "open", "--owner", owner, "--subject", subject,
                                        "--currency", "CNY", "--no-overdraft"});
    return answer["results"][0]["number"].get<std::string>();
  };
  const auto shop = open("merchant:M1", "2001");
  CHECK(open("merchant:M1", "2001") == shop);
  const auto user = open("user:7", "2002");
  const auto bank = books
                        .document({"account", "open", "--owner", "internal", "--subject", "1012",
                                   "--currency", "CNY"})["results"][0]["number"]
                        .get<std::string>();

  const auto pay = [&books](const std::string& from, const std::string& to, const std::string& id) {
    return books.suanpan({"transfer", "--debit", from, "--credit", to, "--amount", "1,250.50",
                          "--currency", "CNY", "--id", id, "--reference", "Q1", "--json"});
  };
  const auto booked = books.document(
      {"transfer", "--debit", bank, "--credit", shop, "--amount", "2000", "--currency", "CNY"});
  const auto id = booked["id"].get<std::string>();
  CHECK(booked["result"] == "TRANSFER_RESULT_POSTED");
  CHECK(books.document({"transfer", "--debit", bank, "--credit", shop, "--amount", "2000",
                        "--currency", "CNY", "--id", id})["result"] == "TRANSFER_RESULT_EXISTS");
  const auto other = pay(shop, user, id);
  CHECK(other.status == 1);
  CHECK(json::parse(other.out)["result"] == "TRANSFER_RESULT_EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT");
  const auto refused = books.suanpan(
      {"transfer", "--debit", user, "--credit", shop, "--amount", "1", "--currency", "CNY"});
  CHECK(refused.status == 1);
  CHECK(refused.out.find("debit_insufficient_funds") != std::string::npos);

  CHECK(books.document({"account", "show", shop})["totals"]["balance"] == "200000");
  CHECK(books.suanpan({"account", "show", shop}).out.find("CNY 2,000.00") != std::string::npos);
  CHECK(books.document({"transfer", "show", id})["transfer"]["amount"] == "200000");
  CHECK(books.suanpan({"transfer", "show", "0190b5c2-7a3e-7cc1-8f00-0123456789ab"}).status == 1);
  CHECK(books.suanpan({"account", "show", "999999999"}).status == 1);
  CHECK(books.document({"account", "list", "--owner", "merchant:M1"})["accounts"].size() == 1);
  CHECK(books.suanpan({"subjects"}).out.find("客户备付金") != std::string::npos);
  CHECK(books.document({"status", "--http", books.node.http()})["health"] == "SERVING");
}

TEST_CASE("keys: a key is shown once, only its hash is stored, and a revoked one stays listed") {
  const std::string dsn = private_postgres::instance().fresh_database();
  const auto made = run_program(
      {"suanpan", "key", "create", "--role", "operator", "--note", "job", "--dsn", dsn, "--json"});
  REQUIRE(made.status == 0);
  const auto document = json::parse(made.out);
  const auto key = document["key"].get<std::string>();
  CHECK(key.starts_with("sk_live_"));
  CHECK(key.size() == 8 + 43);
  CHECK(sql_value(dsn, "select sha256 from suanpan.api_key") ==
        sql_value(dsn, "select encode(sha256('" + key + "'), 'hex')"));
  const auto id = document["key_id"].get<std::string>();
  const auto list = run_program({"suanpan", "key", "list", "--dsn", dsn});
  CHECK(list.out.find(id) != std::string::npos);
  CHECK(list.out.find(key) == std::string::npos);
  CHECK(run_program({"suanpan", "key", "revoke", id, "--dsn", dsn}).status == 0);
  CHECK(run_program({"suanpan", "key", "revoke", id, "--dsn", dsn}).status == 1);
  const auto sandbox = run_program({"suanpan", "key", "create", "--role", "merchant", "--merchant",
                                    "M1", "--test", "--dsn", dsn});
  CHECK(sandbox.status == 0);
  CHECK(sandbox.out.starts_with("sk_test_"));
}

TEST_CASE("bench: a short run agrees with the rows and reports COPY beside it") {
  const ledger books;
  const auto end = run_program({"suanpan-bench", "transfers", "--batch", "500", "--accounts", "100",
                                "--seconds", "1", "--warmup", "0", "--json", "--endpoint",
                                books.node.grpc(), "--dsn", books.dsn});
  INFO(end.err);
  REQUIRE(end.status == 0);
  const auto found = json::parse(end.out);
  CHECK(found["transfers"].get<int>() > 0);
  CHECK(found["rows_found"] == found["acknowledged"]);
  CHECK(found["balanced"] == true);
  CHECK(found["copy_rows_per_second"].get<int>() > 0);
  CHECK(sql_value(books.dsn,
                  "select count(*) from pg_tables where tablename like 'suanpan_copy%'") == "0");
  CHECK(found["statements"]["agree"] == true);
  CHECK(found["statements"]["lines"].get<int>() > 0);
}

TEST_CASE(
    "bench: each pattern agrees with the rows and with statements, as a stream and as calls") {
  const ledger books;
  for (const std::string pattern : {"uniform", "hot", "two-way", "zipf", "holds", "vouchers"})
    for (const bool unary : {false, true}) {
      CAPTURE(pattern);
      CAPTURE(unary);
      std::vector<std::string> words{
          "suanpan-bench", "transfers", "--pattern",  pattern,  "--batch",    "60",
          "--in-flight",   "8",         "--accounts", "50",     "--seconds",  "1",
          "--warmup",      "0",         "--no-copy",  "--json", "--endpoint", books.node.grpc(),
          "--dsn",         books.dsn};
      if (unary) words.emplace_back("--unary");
      const auto end = run_program(words);
      INFO(end.err);
      REQUIRE(end.status == 0);
      const auto found = json::parse(end.out);
      CHECK(found["pattern"] == pattern);
      CHECK(found["transfers"].get<int>() > 0);
      CHECK(found["refused"] == 0);
      CHECK(found["rows_found"] == found["acknowledged"]);
      CHECK(found["statements"]["agree"] == true);
    }
}

TEST_CASE("bench: a load with a rate keeps to it, and windows tell of each second") {
  const ledger books;
  const auto end = run_program(
      {"suanpan-bench", "transfers", "--batch",   "10",     "--rate",     "500",
       "--windows",     "1",         "--seconds", "2",      "--warmup",   "0",
       "--accounts",    "50",        "--no-copy", "--json", "--endpoint", books.node.grpc(),
       "--dsn",         books.dsn});
  INFO(end.err);
  REQUIRE(end.status == 0);
  const auto found = json::parse(end.out);
  CHECK(found["windows"].size() == 2);
  CHECK(found["transfers"].get<int>() <= 1'100);
  CHECK(found["windows"][0]["transfers"].get<int>() > 0);
}

TEST_CASE("bench: pages of a statement are measured") {
  const ledger books;
  const auto load = run_program({"suanpan-bench", "transfers", "--batch", "10", "--seconds", "1",
                                 "--warmup", "0", "--accounts", "4", "--no-copy", "--endpoint",
                                 books.node.grpc(), "--dsn", books.dsn});
  REQUIRE(load.status == 0);
  const auto account = sql_value(books.dsn, "select min(number) from suanpan.account");
  const auto end = run_program({"suanpan-bench", "statement", account, "--pages", "3", "--json",
                                "--endpoint", books.node.grpc()});
  INFO(end.err);
  REQUIRE(end.status == 0);
  CHECK(json::parse(end.out).size() == 3);
}
