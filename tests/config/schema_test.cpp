// Every setting is declared once, with a unit, bounds, a default within them and a sentence; the
// documentation is what the schema prints.
#include "config/schema.hpp"

#include "config/relations.hpp"
#include "tests/config/folder.hpp"

#include <algorithm>
#include <set>
#include <sstream>

using namespace suanpan::config;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The bytes of a node_config that a setting reaches.
void mark(std::vector<bool>& covered, const setting& s, node_config& of) {
  const auto* base = reinterpret_cast<const char*>(&of);
  const auto span = [base, &covered](const auto& field) {
    const auto begin = static_cast<std::size_t>(reinterpret_cast<const char*>(&field) - base);
    for (std::size_t i = begin; i < begin + sizeof(field); ++i) {
      CHECK_FALSE(covered[i]);  // no two settings share a field
      covered[i] = true;
    }
  };
  std::visit([&span, &of](auto field) { span(field(of)); }, s.field);
}

}  // namespace

TEST_CASE("every setting has one key in a section, and a sentence that ends") {
  std::set<std::string_view> keys;
  for (const auto& s : all_settings()) {
    CAPTURE(std::string(s.key));
    CHECK(keys.insert(s.key).second);
    CHECK(std::ranges::count(s.key, '.') == 1);
    CHECK(find_setting(s.key) == &s);
    CHECK(is_section(s.key.substr(0, s.key.find('.'))));
    CHECK(s.sentence.size() > 15);
    CHECK(s.sentence.ends_with('.'));
    CHECK(s.sentence.find('|') == std::string_view::npos);
  }
}

TEST_CASE("every number has a unit that its key agrees with, bounds, and a default within") {
  const std::vector<std::pair<std::string_view, std::string_view>> suffixes = {
      {"_ms", "ms"}, {"_s", "s"}, {"_minutes", "minutes"}, {"port", "port"}};
  const node_config preset;
  for (const auto& s : all_settings()) {
    const bool counts = s.type == value_type::integer || s.type == value_type::bytes;
    CAPTURE(std::string(s.key));
    CHECK(s.unit.empty() == !counts);
    if (!counts) continue;
    CHECK(s.least < s.most);
    for (const auto& [suffix, unit] : suffixes) {
      if (s.key.ends_with(suffix)) CHECK(s.unit == unit);
    }
    if (s.unit == "ms" || s.unit == "s") CHECK(s.key.ends_with("_" + std::string(s.unit)));
    CHECK((s.type == value_type::bytes) == (s.key.find("bytes") != std::string_view::npos));
    // Both bounds are accepted, one step beyond is not, and the default is its own sound value.
    node_config to;
    CHECK_FALSE(assign_text(s, value_text(s, preset), to).has_value());
    CHECK_FALSE(assign(s, s.least, to).has_value());
    CHECK_FALSE(assign(s, s.most, to).has_value());
    CHECK(assign(s, s.least - 1, to).has_value());
    CHECK(assign(s, s.most + 1, to).has_value());
  }
}

TEST_CASE("every field of the configuration is a setting") {
  node_config config;
  std::vector<bool> covered(sizeof(config));
  for (const auto& s : all_settings()) mark(covered, s, config);
  // What remains is padding behind a bool, at most seven bytes; a forgotten field leaves eight.
  std::size_t gap = 0;
  for (const bool byte : covered) {
    gap = byte ? 0 : gap + 1;
    CHECK(gap < alignof(std::int64_t));
  }
}

TEST_CASE("a value that is refused changes nothing") {
  node_config config;
  const auto before = describe(config);
  for (const auto& s : all_settings()) {
    CAPTURE(std::string(s.key));
    CHECK(assign(s, other_value{"a list"}, config).has_value());
    CHECK(assign_text(s, "\x01", config).has_value());
    CHECK(assign_text(s, std::string(5'000, '1'), config).has_value());
  }
  CHECK(describe(config) == before);
}

TEST_CASE("bytes are read with and without a unit") {
  const setting& s = *find_setting("grpc.message_bytes_max");
  for (const auto& [text, bytes] :
       std::vector<std::pair<std::string, std::int64_t>>{{"1048576", mebibyte},
                                                         {"1048576 B", mebibyte},
                                                         {"1024KiB", mebibyte},
                                                         {"1024  KiB", mebibyte},
                                                         {"1 MiB", mebibyte},
                                                         {"16 MiB", 16 * mebibyte}}) {
    CAPTURE(text);
    node_config to;
    CHECK_FALSE(assign_text(s, text, to).has_value());
    CHECK(to.grpc.message_bytes_max == bytes);
  }
  for (const auto* text : {"", "MiB", "1.5 MiB", "1 mib", "1 M", "-1 MiB x", "0x100000"}) {
    CAPTURE(text);
    node_config to;
    CHECK(assign_text(s, text, to).has_value());
  }
}

TEST_CASE("a misspelt key finds its neighbour, a stranger none") {
  CHECK(nearest_key("ledger.shard") == "ledger.shards");
  CHECK(nearest_key("checkpoints.interval_ms") == "checkpoint.interval_ms");
  CHECK(nearest_key("admision.items_max") == "admission.items_max");
  CHECK(nearest_key("colour").empty());
  CHECK(nearest_key("").empty());
}

TEST_CASE("loopback is 127.0.0.0/8, ::1 and localhost") {
  for (const auto* text : {"127.0.0.1", "127.255.1.2", "::1", "localhost"})
    CHECK(is_loopback(text));
  for (const auto* text : {"0.0.0.0", "::", "128.0.0.1", "10.0.0.1", "", "localhost.example.org",
                           "::ffff:10.0.0.1", "127.0.0"}) {
    CAPTURE(text);
    CHECK_FALSE(is_loopback(text));
  }
}

TEST_CASE("the README's table of settings is the one that the schema prints") {
  const std::string readme = text_of(SUANPAN_SOURCE_DIR "/config/README.md");
  const std::string begin = "<!-- settings: printed by the schema, compared by tests/config -->\n";
  const std::string end = "<!-- end of settings -->";
  const std::size_t from = readme.find(begin);
  const std::size_t to = readme.find(end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  const std::string stated = readme.substr(from + begin.size(), to - from - begin.size());
  const std::string fresh = std::string(SUANPAN_BINARY_DIR) + "/settings_table.md";
  if (stated != settings_table()) std::ofstream(fresh) << settings_table();
  INFO("put this between the marks of config/README.md: " << fresh);
  CHECK(stated == settings_table());
}
