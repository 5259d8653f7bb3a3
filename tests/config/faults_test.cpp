// One row per fault of a single setting: what is written, and the line that people read.
#include "tests/config/folder.hpp"

#include <iterator>
#include <random>
#include <utility>

using namespace suanpan::config;

namespace {

struct faulty_text {
  std::string_view text;  // after dev_head, so that its first line is line 5
  std::vector<std::string> faults;
};

void check(const std::vector<faulty_text>& rows) {
  for (const auto& r : rows) {
    CAPTURE(std::string(r.text));
    const folder in;
    const auto read = load_text(in, std::string(dev_head) + std::string(r.text));
    CHECK(lines_of(read.faults, in) == r.faults);
  }
}

}  // namespace

TEST_CASE("a sound file has no fault") {
  check({{"", {}}, {"[grpc]\nport = 1\n", {}}});
}

TEST_CASE("a key that is none is a fault, and the nearest one is named") {
  check({
      {"[grpc]\nprot = 1\n", {"node.toml:6: grpc.prot: is not a setting; did you mean grpc.port?"}},
      {"[grcp]\nport = 1\n", {"node.toml:6: grcp.port: is not a setting; did you mean grpc.port?"}},
      {"[ledger]\nid_window = 1\n",
       {"node.toml:6: ledger.id_window: is not a setting; did you mean ledger.id_window_s?"}},
      {"[nonsense]\nxyzzyxyzzy = 1\n", {"node.toml:6: nonsense.xyzzyxyzzy: is not a setting"}},
      {"[nonsense]\n", {"node.toml:5: nonsense: is not a setting"}},
      {"[grpc.port]\nvalue = 1\n",
       {"node.toml:5: grpc.port: expected a whole number, found a table"}},
      {"[grpc.port]\n", {"node.toml:5: grpc.port: expected a whole number, found a table"}},
  });
  const folder in;
  const auto read =
      load_text(in, "grpc = 5\n[node]\ndev = true\n[database]\ndsn = \"host=/run\"\n");
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{"node.toml:1: grpc: is a section, not a setting"});
}

TEST_CASE("a value of the wrong type is a fault that says what was expected and found") {
  check({
      {"[grpc]\nport = \"7400\"\n",
       {"node.toml:6: grpc.port: expected a whole number, found \"7400\""}},
      {"[grpc]\nport = 74.5\n",
       {"node.toml:6: grpc.port: expected a whole number, found a number with decimals"}},
      {"[grpc]\nport = true\n", {"node.toml:6: grpc.port: expected a whole number, found true"}},
      {"[grpc]\nport = [1]\n", {"node.toml:6: grpc.port: expected a whole number, found a list"}},
      {"[grpc]\nport = 2026-11-23\n",
       {"node.toml:6: grpc.port: expected a whole number, found a date"}},
      {"[grpc]\nport_search = 1\n",
       {"node.toml:6: grpc.port_search: expected true or false, found 1"}},
      {"[grpc]\naddress = 1\n", {"node.toml:6: grpc.address: expected a text, found 1"}},
      {"[grpc]\nmessage_bytes_max = \"4 MB\"\n",
       {"node.toml:6: grpc.message_bytes_max: expected a whole number of bytes or a text like "
        "\"64 MiB\", found \"4 MB\""}},
      {"[grpc]\nmessage_bytes_max = \"99999999999 GiB\"\n",
       {"node.toml:6: grpc.message_bytes_max: expected a whole number of bytes or a text like "
        "\"64 MiB\", found \"99999999999 GiB\""}},
  });
}

TEST_CASE("a value out of its bounds is a fault that names the bounds and the unit") {
  check({
      {"[grpc]\nport = 65536\n", {"node.toml:6: grpc.port: 65536 is out of range: 0 … 65535 port"}},
      {"[grpc]\nport = -1\n", {"node.toml:6: grpc.port: -1 is out of range: 0 … 65535 port"}},
      {"[journal]\nkeepalive_ms = 501\n",
       {"node.toml:6: journal.keepalive_ms: 501 is out of range: 50 … 500 ms"}},
      {"[ledger]\nbatch_transfers_max = 65537\n",
       {"node.toml:6: ledger.batch_transfers_max: 65537 is out of range: 1 … 65536 transfers"}},
      {"[grpc]\nmessage_bytes_max = \"1 KiB\"\n",
       {"node.toml:6: grpc.message_bytes_max: 1024 is out of range: 65536 … 67108864 bytes"}},
      {"[ledger]\nshards = 48\n", {"node.toml:6: ledger.shards: 48 is not a power of two"}},
      {"[ledger]\nshards = 2048\n",
       {"node.toml:6: ledger.shards: 2048 is out of range: 1 … 1024 shards"}},
  });
}

TEST_CASE("a text that is not what the setting wants is a fault that quotes it") {
  const std::string not_a_name =
      " is not a name: a letter, then letters, digits and hyphens, all small, at most 31";
  check({
      {"[grpc]\naddress = \"example.org\"\n",
       {"node.toml:6: grpc.address: \"example.org\" is not an IPv4 or IPv6 address"}},
      {"[grpc]\naddress = \"127.0.0.1:7400\"\n",
       {"node.toml:6: grpc.address: \"127.0.0.1:7400\" is not an IPv4 or IPv6 address"}},
      {"[http]\naddress = \"127.0.0.1\\n\"\n",
       {"node.toml:6: http.address: contains a control character"}},
  });
  const std::vector<std::pair<std::string, std::string>> nodes = {
      {"name = \"Node-1\"", "node.name: \"Node-1\"" + not_a_name},
      {"name = \"\"", "node.name: \"\"" + not_a_name},
      {"name = \"1a\"", "node.name: \"1a\"" + not_a_name},
      {"name = \"a/b\"", "node.name: \"a/b\"" + not_a_name},
      {"log_level = \"loud\"", "node.log_level: \"loud\" is none of: trace debug info warn error"},
      {"log_level = \"\"", "node.log_level: \"\" is none of: trace debug info warn error"},
      {"log_level = \"info warn\"",
       "node.log_level: \"info warn\" is none of: trace debug info warn error"},
  };
  for (const auto& [line, expected] : nodes) {
    CAPTURE(line);
    const folder in;
    const auto read =
        load_text(in, "[node]\ndev = true\n" + line + "\n[database]\ndsn = \"host=/run\"\n");
    CHECK(lines_of(read.faults, in) == std::vector<std::string>{"node.toml:3: " + expected});
  }
}

TEST_CASE("every fault is told in one go, in the order of the lines, then of the sources") {
  const folder in;
  const auto read = load_text(in,
                              "[node]\ndev = true\n"
                              "[http]\nport = -1\n"
                              "[grpc]\nwrong = 1\nport = 99999\n",
                              {{"SUANPAN_LEDGER__SHARDS", "3"}, {"SUANPAN_NO__SUCH_KEY", "1"}},
                              {"journal.keepalive_ms=1", "nonsense", "grpc.port"});
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{
            "node.toml:4: http.port: -1 is out of range: 0 … 65535 port",
            "node.toml:6: grpc.wrong: is not a setting",
            "node.toml:7: grpc.port: 99999 is out of range: 0 … 65535 port",
            "environment SUANPAN_LEDGER__SHARDS: ledger.shards: 3 is not a power of two",
            "environment SUANPAN_NO__SUCH_KEY: no.such_key: is not a setting",
            "--set: journal.keepalive_ms: 1 is out of range: 50 … 500 ms",
            "--set: nonsense: is not a setting",
            "--set: grpc.port: has no value: write grpc.port=VALUE",
            "node.toml:1: database.dsn: required: state database.dsn or database.dsn_file",
        });
}

TEST_CASE(
    "a file that is not TOML is one fault with line and column, and hides no other source's") {
  const folder in;
  const auto read = load_text(in, "[node]\ndev = true\nname = \n", {{"SUANPAN_GRPC__PORT", "x"}});
  const auto lines = lines_of(read.faults, in);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("node.toml:3: toml: column "));
  CHECK(lines[1] ==
        "environment SUANPAN_GRPC__PORT: grpc.port: expected a whole number, found \"x\"");
}

TEST_CASE("a section that is written twice is told where it comes again") {
  const folder in;
  const auto read = load_text(in, std::string(dev_head) + "[node]\n");
  REQUIRE(read.faults.size() == 1);
  CHECK(lines_of(read.faults, in)[0].starts_with("node.toml:5: toml: column "));
}

TEST_CASE("a file that can't be read is a fault that says why") {
  const folder in;
  const auto missing = load({in.path("none.toml"), {}, {}, true});
  CHECK(lines_of(missing.faults, in) ==
        std::vector<std::string>{"none.toml:1: file: can't be read: No such file or directory"});
  std::filesystem::create_directory(in.path("folder.toml"));
  const auto folder_read = load({in.path("folder.toml"), {}, {}, true});
  CHECK(lines_of(folder_read.faults, in) ==
        std::vector<std::string>{"folder.toml:1: file: can't be read: Is a directory"});
  const std::string huge = "# " + std::string(5'000'000, 'x');
  const auto too_large = load({in.write("huge.toml", huge), {}, {}, true});
  CHECK(lines_of(too_large.faults, in) ==
        std::vector<std::string>{"huge.toml:1: file: can't be read: File too large"});
}

TEST_CASE("bytes that are no UTF-8, a NUL, or nothing at all end in faults, never in a crash") {
  const folder in;
  for (const std::string& text :
       {std::string("[node]\nname = \"\xff\xfe\"\n"), std::string("a\0b", 3), std::string("[[["),
        std::string("= 1"), std::string(10'000, '['),
        std::string("a = ") + std::string(5'000, '[')}) {
    const auto read = load_text(in, text);
    CHECK_FALSE(read.faults.empty());
  }
  CHECK_FALSE(load_text(in, "").faults.empty());
}

TEST_CASE("a fault is one line, whatever a key holds") {
  const folder in;
  const auto read = load_text(in, std::string(dev_head) + "\"a\\nb\\u0000\" = 1\n");
  CHECK(lines_of(read.faults, in) ==
        std::vector<std::string>{
            "node.toml:5: database.a?b?: is not a setting; did you mean database.dsn?"});
  const auto huge = load_text(in, std::string(dev_head) + std::string(100'000, 'k') + " = 1\n");
  CHECK(huge.faults.size() == 1);
}

TEST_CASE("a damaged file ends in faults of one line each, or in a configuration") {
  std::ifstream example(SUANPAN_SOURCE_DIR "/config/production.example.toml");
  const std::string sound((std::istreambuf_iterator<char>(example)), {});
  REQUIRE(sound.size() > 500);
  std::mt19937_64 random(5);
  const folder in;
  for (int i = 0; i < 1'000; ++i) {
    std::string text = sound;
    for (auto damages = 1 + random() % 4; damages > 0; --damages) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 40);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 60));
          break;
        default:
          text.insert(at, 1, "=[]\"\n.#{}\\"[random() % 10]);
          break;
      }
      if (text.empty()) text = "#";
    }
    CAPTURE(text);
    for (const auto& line :
         lines_of(load({in.write("node.toml", text), {}, {}, false}).faults, in)) {
      CHECK(line.find('\n') == std::string::npos);
      CHECK(line.find(": ") != std::string::npos);
    }
  }
}

TEST_CASE("check_file tells the same lines as a start") {
  const folder in;
  const std::string text = "[grpc]\nport = 99999\n";
  const auto read = load_text(in, text);
  std::vector<std::string> started;
  for (const auto& f : read.faults) started.push_back(to_string(f));
  CHECK(started.size() >= 3);  // also no TLS, no database
  CHECK(check_file(in.path("node.toml"), {}, {}) == started);
}
