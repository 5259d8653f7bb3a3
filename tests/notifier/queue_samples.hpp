// Events of orders for tests of the queue and of the notifier.
#pragma once

#include "protocol/model/payment_life.hpp"

#include <string>

namespace suanpan::samples {

inline constexpr std::int64_t noon = 1'795'392'000'000'000;

inline payment_id order_of(std::uint32_t number) {
  payment_id id;
  for (std::size_t i = 0; i < 4; ++i)
    id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return id;
}

inline payment_notification event_of(std::int32_t sequence, std::int64_t caused = noon) {
  return {.sequence = sequence,
          .type = "payment.succeeded",
          .body = R"({"type":"payment.succeeded"})",
          .caused_micros = caused};
}

inline undelivered_notification row_of(std::uint32_t order, const std::string& merchant,
                                       std::int32_t sequence = 1) {
  return {.shard = {3},
          .order = order_of(order),
          .merchant = {merchant},
          .what = event_of(sequence),
          .attempts = 0,
          .next_micros = noon};
}

}  // namespace suanpan::samples
