#include "tests/faults/books.hpp"

#include <pqxx/pqxx>

#include <stdexcept>

namespace suanpan::faults {
namespace {

int128 total_in(const pqxx::field& field) {
  int128 value = 0;
  for (const char* c = field.c_str(); *c != '\0'; ++c) value = value * 10 + (*c - '0');
  return value;
}

stored_row row_in(const pqxx::row& row) {
  const auto id = parse_transfer_id(row[0].as<std::string>());
  if (!id) throw std::runtime_error("not an id: " + row[0].as<std::string>());
  stored_row stored;
  stored.what = {.id = *id,
                 .debit = row[1].as<std::int64_t>(),
                 .credit = row[2].as<std::int64_t>(),
                 .amount = row[3].as<std::int64_t>(),
                 .currency = row[4].as<std::string>(),
                 .event_code = row[5].as<std::int32_t>(),
                 .reference = row[6].as<std::string>(),
                 .memo = row[7].as<std::string>()};
  stored.result = row[8].as<int>();
  stored.ticket = row[9].as<std::int64_t>();
  stored.index = row[10].as<std::int32_t>();
  return stored;
}

std::vector<stored_row> rows_of(pqxx::transaction_base& in, const std::string& result_and_view) {
  std::vector<stored_row> rows;
  for (const auto& row :
       in.exec("SELECT id,debit_account,credit_account,amount,currency,event_code,reference,memo," +
               result_and_view))
    rows.push_back(row_in(row));
  return rows;
}

}  // namespace

books read_books(const std::string& dsn) {
  pqxx::connection connection{dsn};
  pqxx::transaction<pqxx::isolation_level::repeatable_read> in{connection};
  books all;
  all.transfers = rows_of(in, "1,ticket,idx FROM audit.transfer");
  all.refusals = rows_of(in, "result,ticket,idx FROM audit.refusal");
  for (const auto& row : in.exec("SELECT number,currency,side,flags,opened,debits,credits,covers "
                                 "FROM audit.account")) {
    all.accounts.push_back({.number = row[0].as<std::int64_t>(),
                            .currency = row[1].as<std::string>(),
                            .debit_side = row[2].as<std::string>() == "debit",
                            .no_overdraft = (row[3].as<int>() & 1) != 0,
                            .opened = row[4].as<std::int64_t>(),
                            .debits = total_in(row[5]),
                            .credits = total_in(row[6]),
                            .covers = row[7].as<std::int64_t>()});
  }
  return all;
}

}  // namespace suanpan::faults
