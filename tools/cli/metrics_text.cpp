// See metrics_text.hpp.
#include "tools/cli/metrics_text.hpp"

namespace suanpan::cli {
namespace {

/// The line of the first sample, without its name.
std::optional<std::string_view> sample_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.starts_with(' ') || line.starts_with('{')) return line;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> metric_in(std::string_view text, std::string_view name) {
  const auto sample = sample_of(text, name);
  if (!sample) return std::nullopt;
  // Labels may hold blanks, so the value begins after the last brace.
  const auto brace = sample->rfind('}');
  const auto begin =
      sample->find_first_not_of(' ', brace == std::string_view::npos ? 0 : brace + 1);
  if (begin == std::string_view::npos) return std::nullopt;
  return std::string(sample->substr(begin, sample->find(' ', begin) - begin));
}

std::optional<std::string> metric_label_in(std::string_view text, std::string_view name,
                                           std::string_view label) {
  const auto sample = sample_of(text, name);
  if (!sample) return std::nullopt;
  const std::string begin = std::string(label) + "=\"";
  const auto at = sample->find(begin);
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = sample->substr(at + begin.size());
  const auto end = value.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(value.substr(0, end));
}

}  // namespace suanpan::cli
