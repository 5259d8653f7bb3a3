// What lists of payments, notifications and cases share: ranges of time, pages, page tokens.
#pragma once

#include "actors/endpoint/read_refusals.hpp"
#include "protocol/model/payment.hpp"
#include "protocol/wire/page_token.hpp"
#include "protocol/wire/payments.hpp"

#include <array>
#include <cstring>
#include <optional>
#include <string>

namespace suanpan::endpoint {

[[nodiscard]] inline std::optional<wire::request_error> fault_of_range(std::int64_t from_micros,
                                                                       std::int64_t to_micros) {
  if (from_micros < 0)
    return wire::field_error("RANGE_INVALID", "from_micros", "A time is not below 0.");
  if (to_micros < 0)
    return wire::field_error("RANGE_INVALID", "to_micros", "A time is not below 0.");
  if (to_micros != 0 && to_micros <= from_micros)
    return wire::field_error("RANGE_INVALID", "to_micros", "The range ends before it begins.");
  return std::nullopt;
}

[[nodiscard]] inline wire::request_error page_too_large() {
  return wire::field_error("PAGE_SIZE_TOO_LARGE", "page_size", "A page holds at most 1,000.");
}

/// Where a list that is sorted by order goes on.
struct order_place {
  payment_id order;
  std::int64_t number = 0;  // of what hangs on the order
};

[[nodiscard]] inline std::string make_order_token(const order_place& place,
                                                  const std::string& filter) {
  std::array<std::int64_t, 3> numbers{0, 0, place.number};
  std::memcpy(numbers.data(), place.order.bytes.data(), place.order.bytes.size());
  return wire::make_page_token(numbers, filter);
}

/// The zero place for the empty token; nothing for a token of another question.
[[nodiscard]] inline std::optional<order_place> read_order_token(const std::string& token,
                                                                 const std::string& filter) {
  order_place place;
  if (token.empty()) return place;
  const auto numbers = wire::read_page_token(token, 3, filter);
  if (!numbers) return std::nullopt;
  std::memcpy(place.order.bytes.data(), numbers->data(), place.order.bytes.size());
  place.number = (*numbers)[2];
  return place;
}

}  // namespace suanpan::endpoint
