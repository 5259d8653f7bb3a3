// The command line as programs rely on it: help, exit statuses, where what is printed. No ledger
// needed.
#include "tests/cli/programs.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace suanpan::testing;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Nobody listens here: port 1 is reserved.
const std::vector<std::string> nowhere = {"--endpoint", "127.0.0.1:1", "--deadline", "1"};

program_end run_at_nowhere(std::vector<std::string> words) {
  words.insert(words.end(), nowhere.begin(), nowhere.end());
  return run_program(words);
}

}  // namespace

TEST_CASE("command line: --version and --help answer on stdout with status 0") {
  for (const std::string program : {"suanpan", "suanpan-bench"}) {
    CAPTURE(program);
    const auto version = run_program({program, "--version"});
    CHECK(version.status == 0);
    CHECK(version.out.starts_with(program + " "));
    const auto help = run_program({program, "--help"});
    CHECK(help.status == 0);
    CHECK(holds(help.out, "Examples:"));
    CHECK(help.out.ends_with("\n"));
    CHECK(help.err.empty());
  }
}

TEST_CASE("command line: every command has a help with examples") {
  const std::vector<std::vector<std::string>> commands = {
      {"suanpan", "import"},          {"suanpan", "verify"},
      {"suanpan", "trial-balance"},   {"suanpan", "subjects"},
      {"suanpan", "status"},          {"suanpan", "account", "open"},
      {"suanpan", "account", "show"}, {"suanpan", "account", "list"},
      {"suanpan", "transfer"},        {"suanpan", "transfer", "show"},
      {"suanpan", "migrate"},         {"suanpan", "key", "create"},
      {"suanpan", "key", "list"},     {"suanpan", "key", "revoke"},
      {"suanpan", "config", "check"}, {"suanpan-bench", "day"},
      {"suanpan-bench", "transfers"}, {"suanpan-bench", "prepare"},
      {"suanpan-bench", "echo"}};
  for (auto words : commands) {
    const std::string name = words.back();
    CAPTURE(name);
    words.emplace_back("--help");
    const auto help = run_program(words);
    CHECK(help.status == 0);
    CHECK(holds(help.out, "Examples:\n  suanpan"));
    CHECK(holds(help.out, "  " + words[0] + ' ' + words[1]));
  }
}

TEST_CASE("command line: misuse is status 2 with the reason on stderr") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"suanpan"}, "subcommand is required"},
      {{"suanpan", "frobnicate"}, "frobnicate"},
      {{"suanpan", "import"}, "file is required"},
      {{"suanpan", "import", "x.csv", "--batch", "10001"}, "--batch"},
      {{"suanpan", "transfer"}, "--debit is required"},
      {{"suanpan", "transfer", "show", "not-an-id"}, "UUID or a ULID"},
      {{"suanpan", "transfer", "--debit", "2049", "--credit", "3073", "--amount", "1.005",
        "--currency", "CNY"},
       "too many decimals"},
      {{"suanpan", "key", "create", "--role", "merchant", "--dsn", "x"}, "--merchant"},
      {{"suanpan", "key", "create", "--role", "king"}, "--role"},
      {{"suanpan", "migrate", "--shards", "3"}, "--shards"},
      {{"suanpan-bench", "day", "--lines", "10", "--out", "x"}, "--lines"},
      {{"suanpan-bench", "day", "--date", "2026-02-30", "--out", "x"}, "YYYY-MM-DD"},
      {{"suanpan-bench", "transfers", "--pattern", "odd"}, "--pattern"},
  };
  for (const auto& [words, reason] : cases) {
    CAPTURE(reason);
    const auto end = run_program(words);
    CHECK(end.status == 2);
    CHECK(holds(end.err, reason));
    CHECK(end.out.empty());
  }
}

TEST_CASE("command line: a ledger that is away is status 4, and says where it was sought") {
  const std::vector<std::vector<std::string>> commands = {
      {"suanpan", "trial-balance"},
      {"suanpan", "subjects"},
      {"suanpan", "account", "show", "1025"},
      {"suanpan", "account", "list"},
      {"suanpan", "transfer", "show", "0190b5c2-7a3e-7cc1-8f00-0123456789ab"}};
  for (const auto& words : commands) {
    CAPTURE(words.back());
    const auto end = run_at_nowhere(words);
    CHECK(end.status == 4);
    CHECK(holds(end.err, "127.0.0.1:1: UNAVAILABLE"));
    CHECK(end.out.empty());
  }
  CHECK(run_at_nowhere({"suanpan", "status", "--http", "127.0.0.1:1"}).status == 4);
}

TEST_CASE("command line: a transfer whose answer is lost names its id, to be sent again") {
  const auto end =
      run_at_nowhere({"suanpan", "transfer", "--debit", "2049", "--credit", "3073", "--amount",
                      "1.00", "--currency", "CNY", "--id", "0190b5c2-7a3e-7cc1-8f00-0123456789ab"});
  CHECK(end.status == 4);
  CHECK(holds(end.err, "0190b5c2-7a3e-7cc1-8f00-0123456789ab"));
}

TEST_CASE("command line: without a database, database commands are status 3; an absent one is 4") {
  for (const std::string command : {"verify", "migrate"})
    CHECK(run_program({"suanpan", command}).status == 3);
  const std::string absent = "host=127.0.0.1 port=1 connect_timeout=1 dbname=none user=none";
  const auto verify = run_program({"suanpan", "verify", "--dsn", absent});
  CHECK(verify.status == 4);
  CHECK(verify.out.starts_with("verify: FAILED "));
  CHECK(run_program({"suanpan", "migrate"}, {{"SUANPAN_DATABASE__DSN", absent}}).status == 4);
  CHECK(run_program({"suanpan", "key", "list", "--dsn", absent}).status == 4);
}

TEST_CASE("command line: a key is never sent in plain text to another machine") {
  const auto end = run_program({"suanpan", "subjects", "--endpoint", "192.0.2.1:7400"},
                               {{"SUANPAN_KEY", "sk_test_x"}});
  CHECK(end.status == 3);
  CHECK(holds(end.err, "--ca"));
  CHECK_FALSE(holds(end.err, "sk_test_x"));
}

TEST_CASE(
    "command line: config check prints every fault as file:line: key: reason, with status 3") {
  const scratch_directory directory;
  const std::string file = directory.path() + "/node.toml";
  std::ofstream(file)
      << "[grpc]\nport = 70000\n[ledger]\nshards = 3\n[database]\ndsn = \"host=x\"\n";
  const auto end = run_program({"suanpan", "config", "check", file});
  CHECK(end.status == 3);
  CHECK(holds(end.out, file + ":2: grpc.port: "));
  CHECK(holds(end.out, file + ":4: ledger.shards: "));
  const auto as_json = run_program({"suanpan", "config", "check", file, "--json"});
  CHECK(as_json.status == 3);
  CHECK(as_json.out.starts_with("{\"faults\":["));
}
