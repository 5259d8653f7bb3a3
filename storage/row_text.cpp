// Text of the wire protocol into values of the model.
#include "storage/row_text.hpp"

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
  stored.at = {number_in(row, 9)};
  stored.index = number_in<std::int32_t>(row, 10);
  stored.result = static_cast<item_result>(number_in<std::int16_t>(row, 11));
  stored.date = {number_in<std::int32_t>(row, 12)};
  stored.what.linked = text_in(row, 13) == "t";
  if (!row[14].is_null()) stored.voucher = id_in(row, 14);
  return stored;
}

}  // namespace suanpan::storage
