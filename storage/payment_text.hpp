// How ids and the legs of intents stand in the tables of payments.
#pragma once

#include "protocol/model/payment_records.hpp"

#include <string>

namespace suanpan::storage {

[[nodiscard]] inline std::string uuid_text(const payment_id& id) {
  return to_string(transfer_id{id.bytes});
}

/// booking_intent.legs: a JSON array, an object a leg, with the ids of the transfers (R6, R22).
[[nodiscard]] std::string legs_text(const payment_id& order, const booking_intent& intent);

}  // namespace suanpan::storage
