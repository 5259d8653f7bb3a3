// File, then environment, then --set: each over the one before; relations judge the whole.
#include "tests/config/folder.hpp"

using namespace suanpan::config;

namespace {

std::string dev(std::string_view rest) {
  return std::string(dev_head) + std::string(rest);
}

}  // namespace

TEST_CASE("a setting that nobody states has its default") {
  const folder in;
  const auto read = load_text(in, dev(""));
  REQUIRE(read.faults.empty());
  CHECK(read.settings.grpc.port == 7400);
  CHECK(read.settings.ledger.shards == 64);
  CHECK(read.settings.ledger.id_window_s == 604'800);
  CHECK(read.settings.grpc.message_bytes_max == 4'194'304);
  CHECK(read.settings.security.require_keys);
}

TEST_CASE("the file overrides the default, the environment the file, --set the environment") {
  const folder in;
  const std::string text = dev("[http]\nport = 1\n[grpc]\nport = 2\n[cluster]\nport = 3\n");
  const environment variables = {{"SUANPAN_GRPC__PORT", "20"}, {"SUANPAN_CLUSTER__PORT", "30"}};
  const auto read = load_text(in, text, variables, {"cluster.port=300"});
  REQUIRE(lines_of(read.faults, in).empty());
  CHECK(read.settings.http.port == 1);
  CHECK(read.settings.grpc.port == 20);
  CHECK(read.settings.cluster.port == 300);
}

TEST_CASE("of two --set of one key the later counts") {
  const folder in;
  const auto read = load_text(in, dev(""), {}, {"grpc.port=1", "grpc.port=2"});
  REQUIRE(read.faults.empty());
  CHECK(read.settings.grpc.port == 2);
}

TEST_CASE("text from outside the file becomes every type of setting") {
  const folder in;
  const auto read = load_text(in, dev(""),
                              {{"SUANPAN_GRPC__PORT_SEARCH", "false"},
                               {"SUANPAN_LEDGER__UTC_OFFSET_MINUTES", "-300"},
                               {"SUANPAN_GRPC__MESSAGE_BYTES_MAX", "8 MiB"}},
                              {"node.log_level=warn", "grpc.address=::1",
                               "admission.bytes_max=536870912", "node.log_file=a=b"});
  REQUIRE(lines_of(read.faults, in).empty());
  CHECK_FALSE(read.settings.grpc.port_search);
  CHECK(read.settings.ledger.utc_offset_minutes == -300);
  CHECK(read.settings.grpc.message_bytes_max == 8 * mebibyte);
  CHECK(read.settings.node.log_level == "warn");
  CHECK(read.settings.grpc.address == "::1");
  CHECK(read.settings.admission.bytes_max == 512 * mebibyte);
  CHECK(read.settings.node.log_file == "a=b");
}

TEST_CASE("a value that a stronger source overrides is still checked") {
  const folder in;
  const auto read = load_text(in, dev("[grpc]\nport = -1\n"), {}, {"grpc.port=1"});
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{"node.toml:6: grpc.port: -1 is out of range: 0 … 65535 port"});
}

TEST_CASE("variables that are no settings are left alone") {
  const folder in;
  const auto read = load_text(
      in, dev(""), {{"SUANPAN_ENDPOINT", "127.0.0.1:7400"}, {"PATH__X", "y"}, {"_", "z"}});
  CHECK(read.faults.empty());
}

TEST_CASE("the process's own environment is read") {
  REQUIRE(setenv("SUANPAN_GRPC__PORT", "7499", 1) == 0);
  const auto variables = process_environment();
  unsetenv("SUANPAN_GRPC__PORT");
  REQUIRE(variables.contains("SUANPAN_GRPC__PORT"));
  CHECK(variables.at("SUANPAN_GRPC__PORT") == "7499");
  for (const auto& [name, value] : variables) CHECK(name.starts_with("SUANPAN_"));
}

TEST_CASE("without a file the environment, --set and --dev are enough") {
  const folder in;
  const std::string chart = in.write("chart.toml", delivered("chart_of_accounts.toml"));
  in.write("posting_rules.toml", delivered("posting_rules.toml"));
  const auto read = load({std::nullopt,
                          {{"SUANPAN_DATABASE__DSN", "host=/run"}},
                          {"ledger.chart_of_accounts=" + chart},
                          true});
  CHECK(lines_of(read.faults, in).empty());
  CHECK(read.settings.node.dev);
  CHECK(read.settings.ledger.chart_of_accounts == chart);
  CHECK(read.chart.find("1002") != nullptr);
}

TEST_CASE("without a file a missing setting is told of the configuration as a whole") {
  const folder in;
  const std::string chart = in.write("chart.toml", delivered("chart_of_accounts.toml"));
  in.write("posting_rules.toml", delivered("posting_rules.toml"));
  const auto read = load({std::nullopt, {}, {"ledger.chart_of_accounts=" + chart}, true});
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{
            "configuration: database.dsn: required: state database.dsn or database.dsn_file"});
}

TEST_CASE("the chart of accounts is that beside the file unless another is named") {
  const folder in;
  const auto beside = load_text(in, dev(""));
  REQUIRE(beside.faults.empty());
  CHECK(beside.settings.ledger.chart_of_accounts == in.path("chart_of_accounts.toml"));
  CHECK(beside.chart.all().size() > 20);

  const auto missing = load_text(in, dev("[ledger]\nchart_of_accounts = \"/nonexistent/chart\"\n"));
  CHECK(
      lines_of(missing.faults, in) ==
      std::vector<std::string>{"node.toml:6: ledger.chart_of_accounts: \"/nonexistent/chart\": No "
                               "such file or directory"});
}

TEST_CASE("the posting rules are those beside the chart unless others are named") {
  const folder in;
  const auto beside = load_text(in, dev(""));
  REQUIRE(beside.faults.empty());
  CHECK(beside.settings.payments.posting_rules == in.path("posting_rules.toml"));
  CHECK(!beside.rules.all().empty());

  const auto missing = load_text(in, dev("[payments]\nposting_rules = \"/nonexistent/rules\"\n"));
  CHECK(lines_of(missing.faults, in) ==
        std::vector<std::string>{"node.toml:6: payments.posting_rules: \"/nonexistent/rules\": No "
                                 "such file or directory"});

  in.write("other.toml", "merchant_balance = \"2001\"\nuser_balance = \"2\"\n");
  const auto broken =
      load_text(in, dev("[payments]\nposting_rules = \"" + in.path("other.toml") + "\"\n"));
  CHECK(lines_of(broken.faults, in) ==
        std::vector<std::string>{
            "other.toml:2: user_balance: \"2\" is no subject of the chart of accounts",
            "other.toml:1: rule: there is no [[rule]]"});
}

TEST_CASE("faults of the chart of accounts stop the start like those of the file") {
  const folder in;
  in.write("chart_of_accounts.toml",
           "[[subject]]\ncode = \"12\"\nname = \"a\"\nname_zh = \"b\"\n"
           "class = \"asset\"\n");
  const auto read = load({in.write("node.toml", dev("")), {}, {}, false});
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{
            "chart_of_accounts.toml:2: subject.code: \"12\" is not a code: 4 to 16 digits"});
}
