// Rows of the tables of payments as libpqxx returns them, read into the model. Internal to
// storage/.
#pragma once

#include "protocol/model/payment_life.hpp"
#include "protocol/model/payment_records.hpp"

#include <pqxx/pqxx>

#include <vector>

namespace suanpan::storage {

[[nodiscard]] payment_id payment_id_in(const pqxx::row& row, int column);

/// Orders of these ids with all that belongs to their state, by id; what is not there is left out.
/// Reads several tables: `in` must be a snapshot. Throws.
[[nodiscard]] std::vector<payment_state> load_states(pqxx::transaction_base& in,
                                                     const std::vector<payment_id>& ids);
/// What is told of the order beside its state. Throws.
[[nodiscard]] payment_life load_life(pqxx::transaction_base& in, payment_state state);

/// Columns of `read_notification`, of suanpan.notification n.
inline constexpr const char* notification_select = "n.sequence,n.type,n.body,n.caused_at";
/// From the column on.
[[nodiscard]] payment_notification read_notification(const pqxx::row& row, int first);

/// Columns of `read_case`, of suanpan.payment_case k.
inline constexpr const char* case_select = "k.number,k.reason,k.evidence,k.summary,k.opened_at";
/// From the column on.
[[nodiscard]] payment_case read_case(const pqxx::row& row, int first);

}  // namespace suanpan::storage
