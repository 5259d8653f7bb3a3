// An account as its owner reads it out.
#pragma once

#include "protocol/model/account.hpp"

#include <optional>

namespace suanpan::cli {

/// What the owner of an account says of it; no totals if it knows no such account.
struct live_account {
  account_number number;
  std::optional<account_totals> totals;
  ticket as_of;
};

}  // namespace suanpan::cli
