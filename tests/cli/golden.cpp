// See golden.hpp.
#include "tests/cli/golden.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace suanpan::testing {
namespace {

std::string with_values(std::string text, const variables& replaced) {
  for (const auto& [name, value] : replaced) {
    const std::string mark = '{' + name + '}';
    for (auto at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

std::string replace_all(std::string text, const std::string& part, const std::string& by) {
  if (part.empty()) return text;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size()))
    text.replace(at, part.size(), by);
  return text;
}

/// Every digit and letter of what matches becomes 0; the rest stays, and with it the width. Of
/// keys and Base64, whose alphabets have signs, everything does.
std::string zeroed(const std::string& text, const std::regex& what, bool signs = false) {
  std::string out;
  auto from = text.cbegin();
  for (std::sregex_iterator match(text.cbegin(), text.cend(), what), end; match != end; ++match) {
    const auto begin = text.cbegin() + match->position(1);
    out.append(from, begin);
    for (const char c : match->str(1))
      out += signs || std::isalnum(static_cast<unsigned char>(c)) != 0 ? '0' : c;
    from = begin + match->length(1);
  }
  return out.append(from, text.cend());
}

std::string with_prefix(const std::string& text, const std::string& prefix) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) out += prefix + line + '\n';
  return out;
}

std::string run_line(const std::string& line, const variables& replaced, const variables& set) {
  const auto end = run_program(words_of(line, replaced), set);
  std::string text = end.out;
  if (!text.empty() && !text.ends_with('\n')) text += "\\\n";  // an unfinished line shows
  text += with_prefix(end.err, "! ");
  if (end.status != 0) text += "=> " + std::to_string(end.status) + '\n';
  return normalised(text, replaced);
}

/// The session as this build plays it.
std::string play(const std::string& script, const variables& replaced, const variables& set) {
  std::istringstream lines(script);
  std::string played;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) played += (played.empty() ? "" : "\n") + line + '\n';
    if (!line.starts_with("$ ")) continue;
    played += (played.ends_with("\n\n") || played.empty() ? "" : "\n") + line + '\n';
    played += run_line(line.substr(2), replaced, set);
  }
  return played;
}

std::string golden_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " is missing");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first line that differs, with the command that it belongs to.
std::string first_difference(const std::string& recorded, const std::string& played) {
  std::istringstream a(recorded);
  std::istringstream b(played);
  std::string command;
  for (;;) {
    std::string expected;
    std::string found;
    const bool more = static_cast<bool>(std::getline(a, expected));
    const bool more_found = static_cast<bool>(std::getline(b, found));
    if (!more && !more_found) return {};
    if (expected.starts_with("$ ")) command = expected;
    if (more != more_found || expected != found)
      return command + "\n  recorded: " + expected + "\n  played:   " + found;
  }
}

}  // namespace

std::vector<std::string> words_of(const std::string& line, const variables& replaced) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool any = false;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      any = true;
    } else if (c == ' ' && !quoted) {
      if (any) words.push_back(with_values(word, replaced));
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) words.push_back(with_values(word, replaced));
  return words;
}

std::string normalised(std::string text, const variables& replaced) {
  // Moments first: some are of today, which is replaced below.
  static const std::regex moment("\\b(20(?!26-01)[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:.]{8,15}) UTC");
  text = zeroed(text, moment);
  for (const auto& [name, value] : replaced)
    if (!name.starts_with("id")) text = replace_all(std::move(text), value, '{' + name + '}');
  // What sessions themselves name stays: days of January 2026, 0190b5c2-…, k_0123456789abcdef.
  static const std::vector<std::regex> varying = {
      std::regex(
          "\\b((?!0190b5c2)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\b"),
      std::regex("\"([0-9]{16})\""),
      std::regex("127\\.0\\.0\\.1:([0-9]{5})"),
      std::regex("\\bk_((?!0123456789abcdef)[0-9a-f]{16})\\b"),
      std::regex("schema ([0-9]+)"),
      std::regex("\"(?:before|after|pid)\":([0-9]+)"),
      std::regex("suanpan ([0-9]+\\.[0-9]+\\.[0-9]+)"),
      std::regex("version *([0-9]+\\.[0-9]+\\.[0-9]+)")};
  static const std::regex key("\\bsk_(?:live|test)_([A-Za-z0-9_-]{43})");
  static const std::regex base64_id("id\":\"([A-Za-z0-9+/]{22})==\"");
  static const std::regex lag("(checkpoint lag *)[0-9.]+ s");
  for (const auto& what : varying) text = zeroed(text, what);
  text = zeroed(zeroed(text, base64_id, true), key, true);
  return std::regex_replace(text, lag, "$010 s");
}

void run_session(const std::string& name, const variables& replaced, const variables& set) {
  const std::string path = SUANPAN_SOURCE_DIR "/tests/cli/golden/" + name + ".session";
  const auto recorded = golden_text(path);
  const auto played = play(recorded, replaced, set);
  if (std::getenv("SUANPAN_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << played;
    return;
  }
  INFO(path);
  CHECK(first_difference(recorded, played) == "");
}

}  // namespace suanpan::testing
