// The part of the verification that judges accounting days (R28). Internal to storage/.
#pragma once

#include "storage/verify.hpp"

#include <pqxx/pqxx>

#include <cstdint>
#include <functional>
#include <string>

namespace suanpan::storage {

/// Text of a query for these columns of every row ever written, detached days too.
using row_source = std::function<std::string(pqxx::transaction_base&, const std::string&)>;

/// Compares each row's date with its ticket, and what closed days store with the rows of their
/// date: whatever came after the close shows. Returns how many days are closed.
[[nodiscard]] std::int64_t verify_days(pqxx::transaction_base& in, const row_source& all_rows,
                                       const std::function<void(difference)>& differ);

}  // namespace suanpan::storage
