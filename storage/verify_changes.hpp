// The part of the verification that judges changes of accounts. Internal to storage/.
#pragma once

#include "storage/verify_days.hpp"

namespace suanpan::storage {

/// The newest change of an account is in force; what was frozen took no new debits or credits while
/// it was (captures and voids of older holds are honoured), what was closed took nothing.
void verify_changes(pqxx::transaction_base& in, const row_source& all_rows,
                    const std::function<void(difference)>& differ);

}  // namespace suanpan::storage
