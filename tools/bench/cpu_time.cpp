// See cpu_time.hpp.
#include "tools/bench/cpu_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace suanpan::bench {
namespace {

constexpr std::int64_t second = 1'000'000;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<process_stat> parse_stat(std::string_view text, std::int64_t ticks_per_second) {
  // The name is in brackets and may hold blanks and brackets: look for the last one.
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
  std::istringstream rest{std::string(text.substr(close + 1))};
  std::vector<std::string> fields;  // from the third of proc(5) on: state, ppid, …
  for (std::string field; rest >> field;) fields.push_back(field);
  constexpr std::size_t ppid = 1;
  constexpr std::size_t utime = 11;
  constexpr std::size_t cstime = 14;
  if (fields.size() <= cstime) return std::nullopt;
  process_stat stat;
  stat.name = text.substr(open + 1, close - open - 1);
  stat.parent = number_in(fields[ppid]).value_or(0);
  const auto micros = [&fields, ticks_per_second](std::size_t at) {
    return number_in(fields[at]).value_or(0) * second / ticks_per_second;
  };
  stat.own_micros = micros(utime) + micros(utime + 1);
  stat.reaped_micros = micros(utime + 2) + micros(cstime);
  return stat;
}

std::optional<process_stat> stat_of(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return parse_stat(text.str(), sysconf(_SC_CLK_TCK));
}

std::int64_t own_cpu_micros() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * second + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

std::int64_t cpu_micros_of(std::int64_t pid) {
  const auto stat = stat_of(pid);
  return stat ? stat->own_micros : 0;
}

std::int64_t family_cpu_micros(std::int64_t parent) {
  const auto head = stat_of(parent);
  if (!head) return 0;
  std::int64_t sum = head->own_micros + head->reaped_micros;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto pid = number_in(entry.path().filename().string());
    const auto stat = pid ? stat_of(*pid) : std::nullopt;
    if (stat && stat->parent == parent) sum += stat->own_micros;
  }
  return sum;
}

}  // namespace suanpan::bench
