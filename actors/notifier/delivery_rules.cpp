#include "actors/notifier/delivery_rules.hpp"

#include "protocol/model/crockford.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace suanpan {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int32_t gone = 410;
constexpr std::int32_t too_many_requests = 429;
constexpr std::int32_t service_unavailable = 503;
constexpr std::string_view event_prefix = "evt_";
constexpr std::string_view payment_prefix = "pay_";

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc{} || stopped != end || value < 0) return std::nullopt;
  return value;
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant's days_from_civil).
std::int64_t days_of(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const auto era = year / 400;
  const auto of_era = year - era * 400;
  const auto of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT", as Unix seconds.
std::optional<std::int64_t> http_date(std::string_view text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
    return std::nullopt;
  const auto month = months.find(text.substr(8, 3));
  const auto day = number_in(text.substr(5, 2));
  const auto year = number_in(text.substr(12, 4));
  const auto hour = number_in(text.substr(17, 2));
  const auto minute = number_in(text.substr(20, 2));
  const auto of_minute = number_in(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  if (!day || !year || !hour || !minute || !of_minute) return std::nullopt;
  const auto days = days_of(*year, static_cast<std::int64_t>(month / 3 + 1), *day);
  return ((days * 24 + *hour) * 60 + *minute) * 60 + *of_minute;
}

/// May be longer, never shorter: what was promised to wait is waited.
std::int64_t lengthened(std::int64_t pause, const delivery_policy& policy, std::uint64_t chance) {
  const auto most = static_cast<std::uint64_t>(pause / 100 * policy.jitter_percent);
  return pause + static_cast<std::int64_t>(most == 0 ? 0 : chance % (most + 1));
}

std::string trouble_of(const delivery_answer& answer) {
  if (answer.http_status == 0) return answer.trouble.empty() ? "no answer" : answer.trouble;
  return "HTTP " + std::to_string(answer.http_status);
}

}  // namespace

std::vector<std::int64_t> growing_pauses(std::int64_t first, std::int64_t most, std::int64_t days) {
  constexpr std::int64_t minute = 60 * second;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::array<std::int64_t, 8> later = {5 * minute, 30 * minute, 2 * hour,  5 * hour,
                                                 10 * hour,  14 * hour,   20 * hour, 24 * hour};
  std::vector<std::int64_t> pauses{0, std::min(first, most)};
  auto sum = pauses.back();
  for (std::size_t i = 0; sum < days * 24 * hour; ++i) {
    pauses.push_back(std::min(std::max(later[std::min(i, later.size() - 1)], first), most));
    sum += pauses.back();
  }
  return pauses;
}

std::optional<std::int64_t> pause_in(std::string_view retry_after, std::int64_t now_micros) {
  constexpr std::int64_t seconds_most = 1'000'000'000;
  if (const auto seconds = number_in(retry_after)) return std::min(*seconds, seconds_most) * second;
  if (const auto at = http_date(retry_after))
    return std::max<std::int64_t>(*at * second - now_micros, 0);
  return std::nullopt;
}

delivery_ruling judge_delivery(const delivery_policy& policy, const delivery_answer& answer,
                               const delivery_try& which) {
  delivery_ruling ruling;
  if (answer.http_status >= 200 && answer.http_status < 300) {
    ruling.verdict = delivery_verdict::acknowledged;
    return ruling;
  }
  ruling.trouble = trouble_of(answer);
  ruling.disables = answer.http_status == gone;
  const bool last = which.tries >= static_cast<std::int64_t>(policy.pauses.size());
  const bool asks_for_rest =
      answer.http_status == too_many_requests || answer.http_status == service_unavailable;
  std::int64_t rest = 0;
  if (asks_for_rest)
    rest = std::min(pause_in(answer.retry_after, which.now_micros).value_or(0),
                    policy.retry_after_most);
  if (rest > 0) ruling.merchant_rests_until = which.now_micros + rest;
  if (ruling.disables || last) {
    ruling.verdict = delivery_verdict::given_up;
    return ruling;
  }
  const auto pause = policy.pauses[static_cast<std::size_t>(std::max(which.tries, 1))];
  ruling.next_micros = which.now_micros + lengthened(std::max(pause, rest), policy, which.chance);
  return ruling;
}

std::string event_id_of(const payment_id& order, std::int32_t sequence) {
  return std::string(event_prefix) + to_string(order).substr(payment_prefix.size()) + "_" +
         std::to_string(sequence);
}

std::optional<event_name> parse_event_id(std::string_view text) {
  if (!text.starts_with(event_prefix)) return std::nullopt;
  text.remove_prefix(event_prefix.size());
  if (text.size() < ulid_length + 2 || text[ulid_length] != '_') return std::nullopt;
  const auto order =
      parse_payment_id(std::string(payment_prefix) + std::string(text.substr(0, ulid_length)));
  const auto sequence = number_in(text.substr(ulid_length + 1));
  if (!order || !sequence || *sequence == 0 || *sequence > INT32_MAX) return std::nullopt;
  return event_name{*order, static_cast<std::int32_t>(*sequence)};
}

std::uint64_t chance_source::next() noexcept {
  state_ += 0x9e3779b97f4a7c15U;
  auto mixed = state_;
  mixed = (mixed ^ mixed >> 30U) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ mixed >> 27U) * 0x94d049bb133111ebU;
  return mixed ^ mixed >> 31U;
}

}  // namespace suanpan
