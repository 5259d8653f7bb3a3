// Rows of the ledger as libpqxx returns them, read into the model. Internal to storage/.
#pragma once

#include "protocol/model/records.hpp"

#include <pqxx/pqxx>

#include <charconv>
#include <span>
#include <string>
#include <string_view>

namespace suanpan::storage {

/// Columns of `read_account`, of suanpan.account a and suanpan.account_balance b.
inline constexpr std::string_view account_select =
    "a.number,a.owner,a.subject,a.currency,a.label,a.shard,a.side,a.flags,a.opened,"
    "b.debits,b.credits,b.covers,a.credit_limit,a.maximum_balance,a.metadata";
/// Columns of `read_transfer`, of suanpan.transfer t.
inline constexpr std::string_view transfer_select =
    "t.id,t.debit_account,t.credit_account,t.amount,t.event_code,t.currency,t.kind,t.reference,"
    "t.memo,t.ticket,t.idx,t.result,t.accounting_date-date '1970-01-01',t.linked,t.voucher,"
    "t.related,t.expires_at,t.asked_amount,coalesce(t.metadata,'')";
/// Columns of `read_hold`, of suanpan.open_hold h.
inline constexpr std::string_view hold_select =
    "h.id,h.ticket,h.debit_account,h.credit_account,h.amount,h.expires_at,h.currency";

/// A whole number of any width. Throws on anything else.
template <class Number = std::int64_t>
[[nodiscard]] Number number_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row::size_type>(column)];
  const char* begin = field.c_str();
  Number value{};
  const auto read = std::from_chars(begin, begin + field.size(), value);
  if (read.ec != std::errc{}) throw std::out_of_range("a number was expected from the database");
  return value;
}
[[nodiscard]] std::string text_in(const pqxx::row& row, int column);
/// A uuid. Throws on anything else.
[[nodiscard]] transfer_id id_in(const pqxx::row& row, int column);
/// numeric(39), or null as zero.
[[nodiscard]] int128 wide_in(const pqxx::row& row, int column);

[[nodiscard]] account_row read_account(const pqxx::row& row);
[[nodiscard]] stored_transfer read_transfer(const pqxx::row& row);
[[nodiscard]] open_hold read_hold(const pqxx::row& row);
/// Adds to each account its open holds, which are in `rows`, and their sums.
void add_holds(const pqxx::result& rows, std::span<account_row> accounts);

}  // namespace suanpan::storage
