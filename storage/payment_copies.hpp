// The new rows of payments as files of binary COPY: a row of it costs the database a third of what
// it costs as an element of arrays. Pure.
#pragma once

#include "storage/copy_file.hpp"
#include "storage/payment_changes.hpp"

#include <span>
#include <string_view>

namespace suanpan::storage {

/// The rows that go into one table.
struct table_copy {
  std::string_view into;  // "suanpan.payment_step(payment,version,…)"
  copy_file rows;         // perhaps none
};

[[nodiscard]] table_copy order_keys(const payment_changes& of);
[[nodiscard]] table_copy new_orders(const payment_changes& of);
[[nodiscard]] table_copy new_attempts(const payment_changes& of);
[[nodiscard]] table_copy new_evidence(const payment_changes& of);
[[nodiscard]] table_copy new_intents(const payment_changes& of);
[[nodiscard]] table_copy new_notifications(const payment_changes& of);
[[nodiscard]] table_copy new_cases(const payment_changes& of);
[[nodiscard]] table_copy new_steps(const payment_changes& of);
[[nodiscard]] table_copy new_deliveries(std::span<const delivery_record> deliveries);

}  // namespace suanpan::storage
