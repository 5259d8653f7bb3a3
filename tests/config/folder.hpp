// A folder of one test, gone at its end; files in it; and a start that lacks nothing.
#pragma once

#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

/// So that a failing check shows the lines.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += "\n    " + line;
    return text.c_str();
  }
};

namespace suanpan::config {

/// The bytes of a file that is delivered in config/.
inline std::string delivered(std::string_view name) {
  std::ifstream file(std::string(SUANPAN_SOURCE_DIR "/config/").append(name), std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

class folder {
 public:
  folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "suanpan-config-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }

  /// Writes a file that only its owner may read, and returns its path.
  std::string write(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    std::filesystem::permissions(
        path(name), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// What a development node needs and no test is about: a chart and a database.
inline constexpr std::string_view dev_head =
    "[node]\ndev = true\n[database]\ndsn = \"host=/run\"\n";
inline constexpr int dev_head_lines = 4;

/// Faults as lines, with the file's path taken out so that a table can name them: "node.toml:3: …".
inline std::vector<std::string> lines_of(const std::vector<fault>& faults, const folder& in) {
  std::vector<std::string> lines;
  const std::string prefix = in.path("");
  for (const fault& f : faults) {
    std::string line = to_string(f);
    for (std::size_t at = 0; (at = line.find(prefix, at)) != std::string::npos;) {
      line.erase(at, prefix.size());
    }
    lines.push_back(line);
  }
  return lines;
}

/// Loads node.toml with this text, beside a sound chart of accounts and posting rules.
inline loaded load_text(const folder& in, std::string_view text, environment variables = {},
                        std::vector<std::string> sets = {}) {
  in.write("chart_of_accounts.toml", delivered("chart_of_accounts.toml"));
  in.write("posting_rules.toml", delivered("posting_rules.toml"));
  return load({in.write("node.toml", text), std::move(variables), std::move(sets), false});
}

}  // namespace suanpan::config
