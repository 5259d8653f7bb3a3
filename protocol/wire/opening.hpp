// OpenAccounts on the wire: each account to open is read in place and judged alone, in the order of
// precedence of its enum.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/wire/field_reader.hpp"
#include "protocol/wire/posting.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace suanpan::wire {

/// An account to open as it came. Absent fields are zero or empty.
struct received_opening {
  std::string_view owner;
  std::string_view subject;
  std::string_view currency;
  std::string_view label;
  std::uint64_t flags = 0;
  std::optional<std::uint64_t> shard;
  std::int64_t credit_limit = 0;
  std::optional<std::int64_t> maximum_balance;
};

/// What the item alone shows to be wrong with an opening; numbers are those of OpenAccountResult.
enum class opening_fault : std::int16_t {
  none = 0,
  owner_invalid = 10,
  label_invalid = 11,
  subject_not_found = 12,
  currency_unknown = 13,
  flags_unknown = 14,
  shard_out_of_range = 15,
  limits_invalid = 16,
};

/// An account that may be opened.
struct wanted_account {
  account_key key;
  normal_side side = normal_side::debit;
  account_flags flags = account_flags::none;
  account_limits limits;
};

/// "internal", or a lower-case type, a colon, and a name without spaces: "merchant:M001".
[[nodiscard]] bool is_owner(std::string_view owner) noexcept;

/// False if it is no Protobuf message.
[[nodiscard]] bool read_opening(std::string_view message, received_opening& out) noexcept;

/// Number of accounts in an OpenAccountsRequest; nothing if it is no Protobuf message.
[[nodiscard]] std::optional<std::size_t> count_openings(std::string_view message) noexcept;

namespace detail {
[[nodiscard]] opening_fault judge_owner_and_label(const received_opening& in) noexcept;
[[nodiscard]] opening_fault judge_rest(const received_opening& in, const ledger_limits& limits,
                                       wanted_account& out);
}  // namespace detail

/// `side_of(subject)` tells the normal side of a subject in the chart of accounts, or nothing.
template <class SideOf>
[[nodiscard]] opening_fault translate(const received_opening& in, const ledger_limits& limits,
                                      SideOf&& side_of, wanted_account& out) {
  if (const auto fault = detail::judge_owner_and_label(in); fault != opening_fault::none)
    return fault;
  const std::optional<normal_side> side = side_of(in.subject);
  if (!side) return opening_fault::subject_not_found;
  out.side = *side;
  return detail::judge_rest(in, limits, out);
}

}  // namespace suanpan::wire
