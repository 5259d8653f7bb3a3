// The settings as a table for people. config/README.md holds its output; a test compares.
#include "config/schema.hpp"

namespace suanpan::config {
namespace {

std::string range_of(const setting& s) {
  switch (s.type) {
    case value_type::integer:
    case value_type::bytes: {
      std::string text = std::to_string(s.least) + " … " + std::to_string(s.most);
      return text + " " + std::string(s.unit);
    }
    case value_type::boolean:
      return "true, false";
    case value_type::text:
      return "text, at most 4096 bytes";
    case value_type::path:
      return "path, at most 4096 bytes";
    case value_type::name:
      return "name: a-z, 0-9, hyphen; at most 31";
    case value_type::address:
      return "IPv4 or IPv6 address, localhost";
    case value_type::choice:
      return std::string(s.choices);
  }
  return {};
}

std::string default_of(const setting& s, const node_config& preset) {
  const std::string text = value_text(s, preset);
  return text == "\"\"" || s.secret ? "" : "`" + text + "`";
}

}  // namespace

std::string settings_table() {
  const node_config preset;
  std::string table = "| key | default | range | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& s : all_settings()) {
    table += "| `" + std::string(s.key) + "` | " + default_of(s, preset) + " | " + range_of(s) +
             " | " + std::string(s.sentence) + " |\n";
  }
  return table;
}

}  // namespace suanpan::config
