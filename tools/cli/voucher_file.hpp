// A voucher as people write it: a TOML file with a [[transfer]] for each leg.
//
//     id = "0190b5c2-7a3e-7cc1-8f00-0123456789ab"   # may be left out
//     [[transfer]]
//     debit = 2049
//     credit = 3073
//     amount = "724.60"          # a text: no rounding
//     currency = "CNY"
//     reference = "X1"           # like memo and event_code: may be left out
#pragma once

#include "protocol/model/currency.hpp"
#include "protocol/model/ids.hpp"
#include "protocol/model/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace suanpan::cli {

struct voucher_leg {
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  minor_units amount;
  currency ccy;
  std::int32_t event_code = 0;
  std::string reference;
  std::string memo;
};

struct voucher_file {
  std::optional<transfer_id> id;
  std::vector<voucher_leg> legs;
  /// "x.toml:3: transfer.amount: must be a text, such as \"12.50\"": all of them; then the rest
  /// says nothing.
  std::vector<std::string> faults;
};

/// Reads the text of a file; `name` is what faults call it.
[[nodiscard]] voucher_file read_voucher(const std::string& text, const std::string& name);

/// The id of a leg, 0 … 127: the voucher's, its tenth byte changed by the leg's number. Not its
/// last one, where generators of ids count up. The same file under the same id is the same voucher.
[[nodiscard]] transfer_id leg_id(const transfer_id& voucher, std::size_t leg);

}  // namespace suanpan::cli
