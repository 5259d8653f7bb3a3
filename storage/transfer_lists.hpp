// Lists of booked transfers, looked for in the rows by time, slice after slice. Internal to
// storage/: it works in the caller's snapshot, and throws.
#pragma once

#include "protocol/model/statement.hpp"
#include "storage/statement_runs.hpp"

#include <chrono>

namespace suanpan::storage {

/// A page of what was asked for. Ends with what it has once `patience` is over and at least one
/// slice was looked through; one slice takes 0.4 s at most.
[[nodiscard]] transfer_page list_transfers(statement_snapshot& in, const transfer_question& asked,
                                           std::chrono::milliseconds patience);

/// "(ticket,index)", to be compared with columns of those.
[[nodiscard]] std::string place_text(line_position p);

}  // namespace suanpan::storage
