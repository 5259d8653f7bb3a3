// Rows of suanpan.transfer as the builder of statements reads and sorts them; its blocks as it
// writes them: binary COPY both ways. Pure.
#pragma once

#include "storage/statement_blocks.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::storage {

/// The columns of a row, in the order in which line_rows takes them.
inline constexpr std::string_view line_columns =
    "ticket,debit_account,credit_account,amount,idx,id";

/// A booked transfer: a line of its debit account and one of its credit account.
struct line_row {
  line_position at;
  account_number debit;
  account_number credit;
  minor_units amount;
  transfer_id id;
};

/// Collects rows from the bytes of a binary COPY of line_columns: all of them, or about `rows_max`
/// with the smallest tickets. Never a part of a ticket.
class line_rows {
 public:
  explicit line_rows(std::size_t rows_max) : rows_max_(rows_max), trim_at_(2 * rows_max + 1) {}

  /// The next bytes, in pieces of any size. False: this is no such COPY.
  [[nodiscard]] bool take(std::string_view bytes);
  /// All bytes were taken: cuts to size. False: their end is missing.
  [[nodiscard]] bool finish();

  /// Rows above this ticket did not fit and were dropped. Nothing: all fitted.
  [[nodiscard]] std::optional<ticket> cut() const noexcept { return cut_; }
  [[nodiscard]] std::vector<line_row>& rows() noexcept { return rows_; }

 private:
  [[nodiscard]] std::size_t parse(std::string_view bytes);
  [[nodiscard]] std::size_t parse_row(std::string_view bytes);
  void trim();

  std::size_t rows_max_;
  std::size_t trim_at_;
  std::vector<line_row> rows_;
  std::optional<ticket> cut_;
  std::string rest_;  // the beginning of what is still to come
  bool header_taken_ = false;
  bool ended_ = false;
  bool damaged_ = false;
};

/// A line: its row's place, and the side that it is of.
struct line_ref {
  std::uint32_t row = 0;
  leg_side side = leg_side::debit;
};

/// Both lines of every row, by account, ticket and idx.
[[nodiscard]] std::vector<line_ref> lines_in_order(const std::vector<line_row>& rows);

[[nodiscard]] constexpr account_number account_of(const line_row& row, leg_side side) noexcept {
  return side == leg_side::debit ? row.debit : row.credit;
}

/// Blocks of a run as a COPY file of suanpan.statement_block.
[[nodiscard]] std::string encode_blocks(std::int64_t run, std::span<const packed_block> blocks);

}  // namespace suanpan::storage
