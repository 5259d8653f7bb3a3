#include "tools/cli/time_range.hpp"

#include "tools/cli/command.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace suanpan::cli {
namespace {

constexpr std::int64_t second_micros = 1'000'000;
constexpr std::int64_t day_micros = 86'400 * second_micros;

/// Takes numbers of so many digits off the front; once something is wrong it stays so.
class time_reader {
 public:
  explicit time_reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    const auto part = rest_.substr(0, digits);
    const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
    sound_ = sound_ && part.size() == digits && read.ec == std::errc{} && part.front() != '-' &&
             read.ptr == part.data() + part.size();
    rest_.remove_prefix(part.size());
    return value;
  }
  /// One of these characters.
  bool skip(std::string_view any) {
    const bool there = !rest_.empty() && any.find(rest_.front()) != std::string_view::npos;
    if (there) rest_.remove_prefix(1);
    return there;
  }
  void must(bool condition) { sound_ = sound_ && condition; }
  /// The digits behind a point, as millionths.
  int millionths() {
    const std::size_t digits = rest_.size();
    must(digits >= 1 && digits <= 6);
    int value = sound_ ? number(digits) : 0;
    for (std::size_t i = digits; sound_ && i < 6; ++i) value *= 10;
    return value;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool sound() const { return sound_; }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (text.size() == 16 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t micros = 0;
    std::from_chars(text.data(), text.data() + text.size(), micros);
    return micros;
  }
  time_reader in(text);
  using namespace std::chrono;
  const int years = in.number(4);
  in.must(in.skip("-"));
  const int months = in.number(2);
  in.must(in.skip("-"));
  const int days_of = in.number(2);
  const year_month_day date{year{years}, month{static_cast<unsigned>(months)},
                            day{static_cast<unsigned>(days_of)}};
  if (!in.sound() || !date.ok()) return std::nullopt;
  std::int64_t micros = sys_days{date}.time_since_epoch().count() * day_micros;
  if (in.at_end()) return micros;
  in.must(in.skip("T "));
  const int hours = in.number(2);
  in.must(in.skip(":"));
  const int minutes_of = in.number(2);
  const int seconds_of = in.skip(":") ? in.number(2) : 0;
  const int fraction = in.skip(".") ? in.millionths() : 0;
  in.skip("Z");
  if (!in.sound() || !in.at_end() || hours > 23 || minutes_of > 59 || seconds_of > 59)
    return std::nullopt;
  micros += ((hours * 60 + minutes_of) * 60 + seconds_of) * second_micros + fraction;
  return micros;
}

std::int64_t time_from(const std::string& text, const char* name) {
  if (text.empty()) return 0;
  const auto micros = parse_time(text);
  if (micros && *micros > 0) return *micros;
  throw command_failure(exit_status::usage, std::string(name) +
                                                " must be a time in UTC such as 2026-11-23 or "
                                                "\"2026-11-23 10:05:09\": " +
                                                text);
}

}  // namespace suanpan::cli
