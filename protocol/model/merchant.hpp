// Merchants and their terms, and cards on file. Registry values: kept beside the facts, like keys
// (R7).
#pragma once

#include "protocol/model/payment.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// The terms of one product of a merchant.
struct product_terms {
  payment_kind product = payment_kind::quick_pay;
  std::int32_t fee_basis_points = 0;  // 0 … fee_basis_points_max
  bool returns_fee = false;           // refunds of it return their share of the fee
  bool books_before_answer = false;   // synchronous booking
  bool operator==(const product_terms&) const = default;
};

struct merchant {
  merchant_id id;
  std::string name;                          // for people, UTF-8, at most 128 bytes
  std::vector<product_terms> products;       // allowed ones, by kind
  std::string webhook_url;                   // empty: nothing is sent
  std::string webhook_secret;                // "whsec_…": secret, never logged
  std::string former_webhook_secret;         // signs, too, during a rotation; empty: none
  std::int64_t webhook_rotated_micros = 0;   // when the former one became that
  std::int64_t webhook_disabled_micros = 0;  // the receiver said 410 then; 0: not disabled
  bool closed = false;
  std::int64_t created_micros = 0;
  bool operator==(const merchant&) const = default;

  [[nodiscard]] const product_terms* terms_of(payment_kind kind) const noexcept;
};

/// A card on file of a merchant: bound at a channel, 签约. The number itself is never stored.
struct bound_card {
  card_id id;
  merchant_id owner;
  std::string holder;  // owner text of the payer, e.g. "user:42"; may be empty
  channel_name channel;
  std::string token;  // the bank's; secret, never logged
  std::string last_four;
  bool mandate = false;  // withholding may draw on it
  bool active = true;    // not unbound
  std::int64_t bound_micros = 0;
};

}  // namespace suanpan
