// Text of the wire protocol into values of the model.
#include "storage/row_text.hpp"

#include <absl/container/flat_hash_map.h>

#include <stdexcept>

namespace suanpan::storage {

std::string text_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row::size_type>(column)];
  return {field.c_str(), field.size()};
}

transfer_id id_in(const pqxx::row& row, int column) {
  const auto id = parse_transfer_id(text_in(row, column));
  if (!id) throw std::out_of_range("an id from the database is none");
  return *id;
}

int128 wide_in(const pqxx::row& row, int column) {
  const auto field = row[static_cast<pqxx::row::size_type>(column)];
  if (field.is_null()) return 0;
  const auto value = parse_int128({field.c_str(), field.size()});
  if (!value) throw std::out_of_range("a total from the database has no 128 bits");
  return *value;
}

account_row read_account(const pqxx::row& row) {
  account_row account;
  account.number = {number_in(row, 0)};
  account.key.owner = text_in(row, 1);
  account.key.subject = text_in(row, 2);
  account.key.ccy = {number_in<std::int16_t>(row, 3)};
  account.key.label = text_in(row, 4);
  account.key.shard = {number_in<std::uint16_t>(row, 5)};
  account.side = static_cast<normal_side>(number_in<std::int16_t>(row, 6));
  account.flags = static_cast<account_flags>(number_in<std::int32_t>(row, 7));
  account.opened = {number_in(row, 8)};
  account.totals = {wide_in(row, 9), wide_in(row, 10)};
  account.covers = {number_in(row, 11)};
  account.limits.credit_limit = number_in(row, 12);
  if (!row[13].is_null()) account.limits.maximum_balance = number_in(row, 13);
  account.metadata = text_in(row, 14);
  return account;
}

stored_transfer read_transfer(const pqxx::row& row) {
  stored_transfer stored;
  stored.what.id = id_in(row, 0);
  stored.what.debit = {number_in(row, 1)};
  stored.what.credit = {number_in(row, 2)};
  stored.what.amount = {number_in(row, 3)};
  stored.what.event_code = number_in<std::int32_t>(row, 4);
  stored.what.ccy = {number_in<std::int16_t>(row, 5)};
  stored.what.kind = static_cast<transfer_kind>(number_in<std::int16_t>(row, 6));
  stored.reference = text_in(row, 7);
  stored.memo = text_in(row, 8);
  stored.what.reference = stored.reference;
  stored.what.memo = stored.memo;
  stored.metadata = text_in(row, 18);
  stored.what.metadata = stored.metadata;
  stored.at = {number_in(row, 9)};
  stored.index = number_in<std::int32_t>(row, 10);
  stored.result = static_cast<item_result>(number_in<std::int16_t>(row, 11));
  stored.date = {number_in<std::int32_t>(row, 12)};
  stored.what.linked = text_in(row, 13) == "t";
  if (!row[14].is_null()) stored.voucher = id_in(row, 14);
  if (!row[15].is_null()) stored.what.related = id_in(row, 15);
  if (!row[16].is_null()) stored.what.expires_at = number_in(row, 16);
  if (!row[17].is_null()) {
    if (is_booked(stored.result)) stored.moved = stored.what.amount;
    stored.what.amount = {number_in(row, 17)};
  }
  return stored;
}

open_hold read_hold(const pqxx::row& row) {
  open_hold hold;
  hold.id = id_in(row, 0);
  hold.at = {number_in(row, 1)};
  hold.debit = {number_in(row, 2)};
  hold.credit = {number_in(row, 3)};
  hold.amount = {number_in(row, 4)};
  if (!row[5].is_null()) hold.expires_at = number_in(row, 5);
  hold.ccy = {number_in<std::int16_t>(row, 6)};
  return hold;
}

void add_holds(const pqxx::result& rows, std::span<account_row> accounts) {
  if (rows.empty()) return;
  absl::flat_hash_map<account_number, account_row*> by_number;
  for (auto& account : accounts) by_number.emplace(account.number, &account);
  for (const auto& row : rows) {
    const auto hold = read_hold(row);
    for (const auto side : {leg_side::debit, leg_side::credit}) {
      const bool debit = side == leg_side::debit;
      const auto it = by_number.find(debit ? hold.debit : hold.credit);
      if (it == by_number.end()) continue;
      it->second->holds.push_back(hold);
      (debit ? it->second->held.debits : it->second->held.credits) += hold.amount.value;
    }
  }
}

}  // namespace suanpan::storage
