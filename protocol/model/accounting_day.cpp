#include "protocol/model/accounting_day.hpp"

#include <chrono>
#include <cstdio>

namespace suanpan {
namespace {

constexpr std::int64_t micros_per_day = 86'400'000'000;
constexpr std::int64_t micros_per_minute = 60'000'000;
constexpr std::int32_t minutes_per_day = 1'440;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Digits only: a sign or a blank is no part of a date. −1 if there is anything else.
int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

accounting_date date_of(ticket at, day_shift shift) noexcept {
  const auto shifted = at.micros + shift.minutes * micros_per_minute;
  return {static_cast<std::int32_t>(floor_div(shifted, micros_per_day))};
}

ticket begin_of(accounting_date date, day_shift shift) noexcept {
  return {date.days * micros_per_day - shift.minutes * micros_per_minute};
}

std::string begin_text(day_shift shift) {
  const int minute =
      static_cast<int>((minutes_per_day - shift.minutes % minutes_per_day) % minutes_per_day);
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d UTC", minute / 60, minute % 60);
  return text;
}

std::string date_text(accounting_date date) {
  const std::chrono::year_month_day day{std::chrono::sys_days{std::chrono::days{date.days}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::optional<accounting_date> parse_accounting_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number_of(text.substr(0, 4));
  const int month = number_of(text.substr(5, 2));
  const int day = number_of(text.substr(8, 2));
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  if (days <= 0) return std::nullopt;
  return accounting_date{static_cast<std::int32_t>(days)};
}

}  // namespace suanpan
