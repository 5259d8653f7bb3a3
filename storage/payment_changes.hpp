// What a transaction makes of orders, gathered from their steps by table: of what changes several
// times in it (an attempt, an intent, a head) the last state counts. Pure.
#pragma once

#include "storage/journal_session.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace suanpan::storage {

/// Something of a step, with the step. Both are borrowed.
template <class What>
struct of_step {
  const payment_step* step = nullptr;
  const What* what = nullptr;
};

/// Something that is recorded once and changes afterwards: as it is at the transaction's end.
template <class What>
struct changing : of_step<What> {
  bool is_new = false;  // no row of it is there
};
template <class What>
using changing_by_number = std::map<std::int16_t, changing<What>>;

struct order_changes {
  const payment_step* first = nullptr;
  const payment_step* last = nullptr;
  changing_by_number<payment_attempt> attempts;
  changing_by_number<booking_intent> intents;
  std::map<payment_id, of_step<refund_share>> shares;

  /// As suanpan.advance_payments judges it, where all that there is of the order is here.
  [[nodiscard]] bool leaves_open() const;
};

struct payment_changes {
  std::map<payment_id, order_changes> orders;
  std::vector<const payment_step*> steps;
  std::vector<of_step<payment_evidence>> evidence;
  std::vector<of_step<payment_notification>> notifications;
  std::vector<of_step<payment_case>> cases;

  /// Of all orders, those of which no row is there, or the others.
  template <class What>
  [[nodiscard]] std::vector<of_step<What>> all(changing_by_number<What> order_changes::*of,
                                               bool is_new) const {
    std::vector<of_step<What>> found;
    for (const auto& [id, order] : orders)
      for (const auto& [number, one] : order.*of)
        if (one.is_new == is_new) found.push_back(one);
    return found;
  }
};

/// Returns why a step can't come next; empty: all can.
[[nodiscard]] std::string gather(std::span<const payment_unit> units, payment_changes& into);

}  // namespace suanpan::storage
