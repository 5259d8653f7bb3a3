// A hold while it is open: an amount that both its accounts reserve until it is captured, voided or
// expires.
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <cstdint>

namespace suanpan {

struct open_hold {
  transfer_id id;  // of the transfer that made it
  account_number debit;
  account_number credit;
  minor_units amount;
  std::int64_t expires_at = 0;  // Unix microseconds; 0 = never
  currency ccy;
  ticket at;  // of its booking

  /// Whether a capture that is decided at this ticket comes too late (R23).
  [[nodiscard]] constexpr bool has_expired(ticket now) const noexcept {
    return expires_at != 0 && now.micros >= expires_at;
  }
  bool operator==(const open_hold&) const = default;
};

/// The id of the void that records a hold's expiry (R23): its 48 bits of time are the expiry's, the
/// rest follows from the hold's id, so that it is the same whoever makes it, and however often.
[[nodiscard]] transfer_id expiry_void_id(const transfer_id& hold,
                                         std::int64_t expires_at_micros) noexcept;

}  // namespace suanpan
