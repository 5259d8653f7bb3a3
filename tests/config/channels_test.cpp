// The file of channels: what it may say, the line of every fault, secrets, and the timeout tree.
#include "config/channels.hpp"

#include "config/channel_settings.hpp"
#include "tests/config/folder.hpp"

#include <algorithm>
#include <set>
#include <sstream>

using namespace suanpan;
using namespace suanpan::config;

namespace {

/// A sound channel of eight lines.
std::string sound(std::string_view name = "alpha") {
  return "[[channel]]\nname = \"" + std::string(name) +
         "\"\nurl = \"https://bank.example.org:8443\"\nmerchant_at_bank = \"M001\"\n"
         "secret_file = \"secret\"\nproducts = [\"quick_pay\", \"payout\"]\n"
         "currencies = [\"CNY\"]\npriority = 7\n";
}

struct read_channels {
  std::vector<channel_config> channels;
  std::vector<std::string> lines;
};

read_channels read(std::string_view text, const environment& variables = {},
                   const node_config& settings = {}) {
  const folder in;
  in.write("secret", "a secret of the bank\n");
  std::vector<fault> faults;
  const std::string file = in.write("channels.toml", text);
  auto channels = load_channels({file, &variables, &settings}, faults);
  return {std::move(channels), lines_of(faults, in)};
}

std::vector<std::string> faults_of(std::string_view more) {
  return read(sound() + std::string(more)).lines;
}

}  // namespace

TEST_CASE("a sound channel is read with its lists, lanes, and the secret of its file") {
  const auto [channels, lines] =
      read(sound() +
           "amount_most = 5_000\nfast = { concurrency = 8 }\nslow_operations = [\"query\"]\n"
           "dedupes = true\ncallbacks = false\n[channel.breaker]\nfailures = 3\n");
  CHECK(lines == std::vector<std::string>{});
  REQUIRE(channels.size() == 1);
  const auto& read_one = channels.front();
  CHECK(read_one.name.value == "alpha");
  CHECK(read_one.secret == "a secret of the bank");
  CHECK(read_one.products == std::vector{payment_kind::quick_pay, payment_kind::payout});
  CHECK(read_one.currencies == std::vector{*parse_currency("CNY")});
  CHECK(read_one.amount_most.value == 5'000);
  CHECK(read_one.priority == 7);
  CHECK(read_one.fast.concurrency == 8);
  CHECK(read_one.slow.concurrency == channel_config{}.slow.concurrency);
  CHECK(read_one.slow_operations == std::vector{channel_operation::query});
  CHECK(read_one.dedupes);
  CHECK_FALSE(read_one.callbacks);
  CHECK(read_one.breaker.failures == 3);
}

TEST_CASE("every fault of a channel is told with its line, key and reason") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"colour = 1\n", "channels.toml:9: channel.colour: is not a setting of a channel"},
      {"adapter = \"telex\"\n",
       "channels.toml:9: channel.adapter: \"telex\" is no adapter; there is bank_http"},
      {"burst = \"many\"\n",
       "channels.toml:9: channel.burst: expected a whole number, found a text"},
      {"skew_s = 0\n", "channels.toml:9: channel.skew_s: 0 is out of range: 1 … 86400 s"},
      {"dedupes = 1\n",
       "channels.toml:9: channel.dedupes: expected true or false, found a whole number"},
      {"slow_operations = [\"pray\"]\n",
       "channels.toml:9: channel.slow_operations: \"pray\" is no operation"},
      {"slow_operations = [\"query\", \"query\"]\n",
       "channels.toml:9: channel.slow_operations: \"query\" is there twice"},
      {"slow_operations = \"query\"\n",
       "channels.toml:9: channel.slow_operations: expected a list of texts, found a text"},
      {"fast = 3\n", "channels.toml:9: channel.fast: is not a setting of a channel"},
      {"fast = { speed = 3 }\n",
       "channels.toml:9: channel.fast.speed: is not a setting of a channel"},
      {"fast = { timeout_ms = 30001 }\n",
       "channels.toml:9: channel.fast.timeout_ms: 30001 is out of range: 100 … 30000 ms"},
      {"amount_least = 10\namount_most = 9\n",
       "channels.toml:10: channel.amount_most: must be at least amount_least"},
  };
  for (const auto& [text, line] : rows) {
    CAPTURE(text);
    CHECK(faults_of(text) == std::vector<std::string>{line});
  }
}

TEST_CASE("an unknown product, currency or name is a fault, and products without a channel are") {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text = sound();
    return read(text.replace(text.find(from), from.size(), to)).lines;
  };
  CHECK(with("\"payout\"", "\"barter\"") ==
        std::vector<std::string>{"channels.toml:6: channel.products: \"barter\" is not a product"});
  CHECK(with("\"payout\"", "\"transfer\"") ==
        std::vector<std::string>{"channels.toml:6: channel.products: \"transfer\" is not routed: "
                                 "it has no channel, or its original's"});
  CHECK(with("\"CNY\"", "\"XYZ\"") ==
        std::vector<std::string>{
            "channels.toml:7: channel.currencies: \"XYZ\" is not a currency of ISO 4217"});
  CHECK(with("\"CNY\"", "") ==
        std::vector<std::string>{"channels.toml:7: channel.currencies: is empty"});
  CHECK(
      with("\"alpha\"", "\"Alpha\"") ==
      std::vector<std::string>{"channels.toml:2: channel.name: \"Alpha\" is not a channel's name: "
                               "a-z, 0-9 and _, at most 32"});
  CHECK(with("https://bank.example.org:8443", "https://user@bank/path") ==
        std::vector<std::string>{"channels.toml:3: channel.url: expected http:// or https:// with "
                                 "host and port, without a path or a user"});
  CHECK(with("https://", "http://").size() == 1);  // without node.dev
}

TEST_CASE("what is missing is told, all of it, and a file without a channel is a fault") {
  CHECK(read("[[channel]]\n").lines.size() == 5);
  CHECK(read("").lines ==
        std::vector<std::string>{"channels.toml:1: channel: expected 1 to 256 [[channel]] tables"});
  CHECK(read("[[chanel]]\n").lines.size() == 2);
  CHECK(read("channel = [1]\n").lines.front() ==
        "channels.toml:1: channel: expected a table, found a whole number");
  CHECK(read("[[channel]\n").lines.size() == 1);
}

TEST_CASE("a name that is there twice is told with where it was first") {
  const auto lines = read(sound("alpha") + sound("beta") + sound("alpha")).lines;
  CHECK(lines == std::vector<std::string>{"channels.toml:18: channel.name: \"alpha\" is declared "
                                          "already at channels.toml:2"});
}

TEST_CASE("secret and address may come from the environment, and no fault shows a secret") {
  const auto [channels, lines] = read(sound(), {{"SUANPAN_CHANNEL_SECRET_ALPHA", "of the machine"},
                                                {"SUANPAN_CHANNEL_URL_ALPHA", "https://other:1"}});
  CHECK(lines.empty());
  CHECK(channels.at(0).secret == "of the machine");
  CHECK(channels.at(0).url == "https://other:1");
  std::string without = sound();
  without.erase(without.find("url"), without.find("merchant_at_bank") - without.find("url"));
  CHECK(read(without).lines ==
        std::vector<std::string>{"channels.toml:1: channel.url: is missing"});
  CHECK(read(without, {{"SUANPAN_CHANNEL_URL_ALPHA", "https://other:1"}}).lines.empty());
  const auto told = read(sound(), {{"SUANPAN_CHANNEL_SECRET_ALPHA", "short"},
                                   {"SUANPAN_CHANNEL_SECRET_GAMMA", "who is that"},
                                   {"SUANPAN_CHANNEL_URL_ALPHA", "ftp://x"}})
                        .lines;
  REQUIRE(told.size() == 3);
  CHECK(told[0].find("the secret is shorter than 8 bytes") != std::string::npos);
  CHECK(told[1].find("environment SUANPAN_CHANNEL_URL_ALPHA: channel.url: expected http") == 0);
  CHECK(told[2] ==
        "environment SUANPAN_CHANNEL_SECRET_GAMMA: channel.name: there is no such channel");
  for (const auto& line : told) {
    CHECK(line.find("who is that") == std::string::npos);
    CHECK(line.find("short\"") == std::string::npos);
  }
}

TEST_CASE("a secret's file that is absent or open to others is a fault") {
  std::string text = sound();
  text.replace(text.find("\"secret\""), 8, "\"nowhere\"");
  CHECK(read(text).lines.size() == 1);
  const folder in;
  in.write("secret", "a secret of the bank\n");
  std::filesystem::permissions(in.path("secret"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  std::vector<fault> faults;
  const environment none;
  node_config settings;
  (void)load_channels({in.write("channels.toml", sound()), &none, &settings}, faults);
  CHECK(faults.size() == 1);
  faults.clear();
  settings.node.dev = true;
  (void)load_channels({in.write("channels.toml", sound()), &none, &settings}, faults);
  CHECK(faults.empty());
}

TEST_CASE("timeout tree: connect below lane, and the sum of attempts below the caller's answer") {
  CHECK(faults_of("fast = { timeout_ms = 1_000 }\n") ==
        std::vector<std::string>{"channels.toml:9: channel.fast.timeout_ms: 1000 ms must be above "
                                 "connect_timeout_ms = 1000"});
  // 4 × (t + 1,000) + 3 × 500 < 27,000: at most 5,374.
  CHECK(faults_of("slow = { timeout_ms = 5_374 }\n").empty());
  const auto lines = faults_of("slow = { timeout_ms = 5_375 }\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "channels.toml:9: channel.slow.timeout_ms: payments.unsent_attempts_max × (slow.timeout_ms "
        "+ connect_timeout_ms) + pauses = 4 × (5375 + 1000) + 1500 = 27000 ms must be below "
        "payments.answer_deadline_ms = 27000: a caller waits for the sum of what is below it");
  node_config patient;
  patient.payments.unsent_attempts_max = 1;
  CHECK(read(sound() + "slow = { timeout_ms = 25_999 }\n", {}, patient).lines.empty());
  CHECK(read(sound() + "slow = { timeout_ms = 26_000 }\n", {}, patient).lines.size() == 1);
}

TEST_CASE("the lanes of all channels fit into what the node may have at banks at once") {
  node_config settings;
  settings.payments.http_in_flight_max = 127;
  const auto lines = read(sound("alpha") + sound("beta"), {}, settings).lines;
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find("adds up to 128, more than payments.http_in_flight_max = 127") !=
        std::string::npos);
}

TEST_CASE("a node's configuration names its channels, and its faults are the node's") {
  const folder in;
  in.write("secret", "a secret of the bank\n");
  const std::string file = in.write("channels.toml", sound());
  const auto told = load_text(in, dev_head, {}, {"payments.channels=" + file});
  CHECK(told.faults.empty());
  REQUIRE(told.channels.size() == 1);
  in.write("channels.toml", sound() + "colour = 1\n");
  CHECK(load_text(in, dev_head, {}, {"payments.channels=" + file}).faults.size() == 1);
  CHECK(load_text(in, dev_head, {}, {"payments.channels=" + file + "x"}).faults.size() == 1);
}

TEST_CASE("the channels of tools/up are sound in development, and not without it") {
  const std::string file = SUANPAN_SOURCE_DIR "/config/channels.dev.toml";
  const environment none;
  node_config settings;
  settings.node.dev = true;
  std::vector<fault> faults;
  const auto channels = load_channels({file, &none, &settings}, faults);
  for (const auto& f : faults) MESSAGE(to_string(f));
  CHECK(faults.empty());
  CHECK(channels.size() == 2);
  settings.node.dev = false;
  (void)load_channels({file, &none, &settings}, faults);
  CHECK_FALSE(faults.empty());
}

TEST_CASE("every setting of a channel has a sentence, bounds that hold its default, a unit") {
  std::set<std::string_view> keys;
  for (const auto& s : all_channel_settings()) {
    CAPTURE(std::string(s.key));
    CHECK(keys.insert(s.key).second);
    CHECK(find_channel_setting(s.key) == &s);
    CHECK(s.sentence.ends_with('.'));
    if (const auto* number = std::get_if<channel_number>(&s.value)) {
      channel_config preset;
      CHECK(number->least <= number->field(preset));
      CHECK(number->field(preset) <= number->most);
      CHECK_FALSE(number->unit.empty());
    }
  }
}

TEST_CASE("the README's table of a channel's settings is the one that the list prints") {
  std::ifstream file(SUANPAN_SOURCE_DIR "/config/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  const std::string readme = text.str();
  const std::string begin = "<!-- channels: printed by the list, compared by tests/config -->\n";
  const std::size_t from = readme.find(begin);
  const std::size_t to = readme.find("<!-- end of channels -->");
  const std::string fresh = std::string(SUANPAN_BINARY_DIR) + "/channels_table.md";
  std::ofstream(fresh) << channel_settings_table();
  INFO("put this between the marks of config/README.md: " << fresh);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  CHECK(readme.substr(from + begin.size(), to - from - begin.size()) == channel_settings_table());
}
