// Statements, past balances and lists of transfers: runs joined with the rows above them, in one
// snapshot, up to the settled watermark (R14, R15). On a session that only reads, made when first
// used. One thread at a time; no exception leaves it.
#pragma once

#include "protocol/model/statement.hpp"
#include "storage/outcome.hpp"
#include "storage/reader.hpp"

#include <chrono>
#include <memory>
#include <optional>

namespace suanpan::storage {

class statement_reader {
 public:
  explicit statement_reader(reader_options options);
  ~statement_reader();
  statement_reader(statement_reader&&) noexcept;
  statement_reader& operator=(statement_reader&&) noexcept;

  /// Nothing: there is no such account.
  [[nodiscard]] outcome<std::optional<statement_page>> statement(const statement_question& asked);
  /// The account's totals with all lines up to ticket `at`. Nothing: there is no such account.
  [[nodiscard]] outcome<std::optional<balance_at>> balance(account_number account, ticket at);
  /// Looks through rows by time, without an index on what is asked for, for about `patience`.
  [[nodiscard]] outcome<transfer_page> transfers(
      const transfer_question& asked,
      std::chrono::milliseconds patience = std::chrono::milliseconds(1'500));

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
