// The command line as people meet it, compared with sessions recorded in golden/.
#include "tests/cli/golden.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace suanpan::testing;

TEST_CASE("golden: every help text is as recorded") {
  run_session("help", {}, {});
}

TEST_CASE("golden: misuse, faults and absence are told as recorded") {
  const scratch_directory directory;
  std::ofstream(directory.path() + "/good.toml")
      << "[node]\ndev = true\n[database]\ndsn = \"host=x\"\n";
  std::ofstream(directory.path() + "/bad.toml")
      << "[grpc]\nport = 70000\n[ledger]\nshards = 3\ncut_off_minutes = 1440\n[database]\n"
         "dsn = \"host=x\"\n";
  for (const std::string name : {"/chart_of_accounts.toml", "/posting_rules.toml"})
    std::ofstream(directory.path() + name)
        << std::ifstream(SUANPAN_SOURCE_DIR "/config" + name).rdbuf();
  run_session("misuse", {{"dir", directory.path()}}, {});
}

TEST_CASE("golden: a difference is named with its command; what varies keeps its width") {
  CHECK(words_of("a 'b c' {x} ''", {{"x", "y z"}}) ==
        std::vector<std::string>{"a", "b c", "y z", ""});
  CHECK(normalised("as of 2026-11-23 21:54:53.993917 UTC at 127.0.0.1:43287", {}) ==
        "as of 0000-00-00 00:00:00.000000 UTC at 127.0.0.1:00000");
  CHECK(normalised("2026-01-05  open  2026-01-04 16:00:00 UTC", {}) ==
        "2026-01-05  open  2026-01-04 16:00:00 UTC");
  CHECK(normalised("k_cc081b0c336b9902 01a20a67-a3a6-74bd-8bde-ca33dddb7ff6", {}) ==
        "k_0000000000000000 00000000-0000-0000-0000-000000000000");
}
