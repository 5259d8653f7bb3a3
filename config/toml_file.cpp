// Reading and naming what toml++ finds. Its exceptions end here.
#include "config/toml_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace suanpan::config {
namespace {

/// The file's bytes; errno says why there are none.
std::optional<std::string> bytes_of(const std::string& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string bytes;
  char part[16'384];
  while (stream.read(part, sizeof part) || stream.gcount() > 0) {
    bytes.append(part, static_cast<std::size_t>(stream.gcount()));
    if (bytes.size() > toml_bytes_max) {
      errno = EFBIG;
      return std::nullopt;
    }
  }
  if (stream.bad()) return std::nullopt;  // a directory opens, but does not read
  return bytes;
}

}  // namespace

std::optional<toml::table> read_toml(const std::string& file, std::vector<fault>& faults) {
  const auto bytes = bytes_of(file);
  if (!bytes) {
    const std::string why = errno == 0 ? "unknown" : std::strerror(errno);
    faults.push_back({file + ":1", "file", "can't be read: " + why});
    return std::nullopt;
  }
  try {
    return toml::parse(*bytes, file);
  } catch (const toml::parse_error& error) {
    const auto column = std::to_string(error.source().begin.column);
    faults.push_back({position(file, error.source()), "toml",
                      "column " + column + ": " + std::string(error.description())});
    return std::nullopt;
  }
}

std::string position(const std::string& file, const toml::source_region& region) {
  return file + ":" + std::to_string(region.begin.line == 0 ? 1 : region.begin.line);
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with decimals";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time";
    case toml::node_type::date_time:
      return "a date and time";
  }
  return "something else";
}

}  // namespace suanpan::config
