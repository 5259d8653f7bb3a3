// A ledger of its own for one test case, and short words for what the cases write.
#pragma once

#include "protocol/model/records.hpp"
#include "storage/journal_session.hpp"
#include "storage/reader.hpp"
#include "tests/support/postgres.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace suanpan::testing {

/// Milliseconds of the wall clock: partitions exist around today only.
[[nodiscard]] std::int64_t now_millis();
/// A new id of this time, different from all before.
[[nodiscard]] transfer_id next_id(std::int64_t unix_millis = now_millis());

inline constexpr currency cny{156};
inline constexpr shard_id shard_0{0};
inline constexpr shard_id shard_1{1};

[[nodiscard]] account_row account_at(shard_id shard, std::int64_t sequence,
                                     const std::string& owner = "merchant:M001");
[[nodiscard]] transfer posting(account_number debit, account_number credit, std::int64_t amount,
                               transfer_id id = next_id());

/// Rows of one ticket over `items`, which must outlive them; in id order.
[[nodiscard]] std::vector<transfer_row> rows_of(const std::vector<transfer>& items, ticket at,
                                                item_result result = item_result::posted);

/// A fresh database, a session that owns shards 0 and 1, and four accounts: 0/1, 0/2, 1/1, 1/2.
struct ledger_case {
  ledger_case();

  [[nodiscard]] std::unique_ptr<storage::journal_session> open(const std::string& node = "one",
                                                               bool zero_loss = false) const;
  [[nodiscard]] storage::write_outcome write(const std::vector<transfer_row>& rows, ticket settled);
  /// Writes a transfer that succeeds.
  void post(const transfer& what, ticket at);
  [[nodiscard]] storage::reader reader() const;
  [[nodiscard]] std::string value(const std::string& statement) const {
    return sql_value(dsn, statement);
  }

  std::string dsn = private_postgres::instance().fresh_database();
  std::unique_ptr<storage::journal_session> session;
  std::vector<shard_claim> claims;
  account_number a = account_number::make(shard_0, 1);
  account_number b = account_number::make(shard_0, 2);
  account_number c = account_number::make(shard_1, 1);
  account_number d = account_number::make(shard_1, 2);
};

template <class Kind>
[[nodiscard]] bool is(const storage::write_outcome& outcome) {
  return std::holds_alternative<Kind>(outcome);
}
/// For messages of failing checks.
[[nodiscard]] std::string describe(const storage::write_outcome& outcome);

}  // namespace suanpan::testing
