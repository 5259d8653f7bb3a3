// How the life of an order is told: its events as they were recorded, its notifications, its cases.
#pragma once

#include "protocol/model/payment_records.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan {

/// One event of an order's life, as it was recorded; for ExplainPayment.
struct told_step {
  std::int32_t version = 0;
  payment_event event = payment_event::requested;
  payment_stage stage = payment_stage::created;  // after it
  std::string rule;
  std::string note;
  std::int64_t at_micros = 0;
  bool operator==(const told_step&) const = default;
};
struct told_notification {
  payment_notification what;
  std::int16_t attempts = 0;
  bool acknowledged = false;
  bool given_up = false;
  std::int64_t next_micros = 0;
  std::string trouble;  // of the last attempt
  bool operator==(const told_notification&) const = default;
};
/// The whole life of one order, from the rows.
struct payment_life {
  payment_state state;
  std::vector<told_step> steps;
  std::vector<told_notification> notifications;
  std::vector<payment_case> cases;
};

/// An event that a merchant has not acknowledged and that is not given up.
struct undelivered_notification {
  shard_id shard;
  payment_id order;
  merchant_id merchant;
  payment_notification what;
  std::int16_t attempts = 0;     // so far
  std::int64_t next_micros = 0;  // when the next one is due
  bool operator==(const undelivered_notification&) const = default;
};

/// A notification as a person finds it.
struct listed_notification {
  payment_id order;
  merchant_id merchant;
  order_number number;
  told_notification notification;
  bool operator==(const listed_notification&) const = default;
};

/// A case as a person finds it.
struct found_case {
  payment_id order;
  merchant_id merchant;
  order_number number;
  payment_case what;
  bool operator==(const found_case&) const = default;
};

}  // namespace suanpan
