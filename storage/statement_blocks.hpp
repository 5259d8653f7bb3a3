// Lines of statements, packed into blocks: sorted by account, ticket and idx, each as the
// difference to the one before, about 20 bytes a line. Pure; what it may read was written by
// itself, and still nothing is believed: damage reads as nothing.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/statement.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::storage {

/// One line of an account's statement, as runs hold it.
struct statement_entry {
  account_number account;
  line_position at;
  leg_side side = leg_side::debit;
  minor_units amount;
  transfer_id id;
  bool operator==(const statement_entry&) const = default;
};

/// Where a block begins: the key of its row.
struct block_key {
  account_number account;
  line_position at;
  auto operator<=>(const block_key&) const = default;
};
[[nodiscard]] inline block_key key_of(const statement_entry& e) noexcept {
  return {e.account, e.at};
}

struct packed_block {
  block_key first;
  std::string data;
};

/// Packs the lines of one run.
class block_packer {
 public:
  /// `block_bytes`: a block is closed before it would exceed this; at least 128.
  explicit block_packer(std::size_t block_bytes = block_bytes_max);

  /// Lines come in strictly growing order of their keys.
  void add(const statement_entry& entry);
  /// Closes the last block. All blocks since the last take().
  [[nodiscard]] std::vector<packed_block> finish();
  /// The blocks that are complete so far, when they hold at least so many bytes.
  [[nodiscard]] bool holds(std::size_t bytes) const noexcept { return bytes_ >= bytes; }
  [[nodiscard]] std::vector<packed_block> take();

  static constexpr std::size_t block_bytes_max = 7'900;  // with its key it fills a page of 8 KiB

 private:
  void open(const statement_entry& first);
  void close();

  std::size_t block_bytes_;
  std::vector<packed_block> done_;
  std::size_t bytes_ = 0;  // of done_
  packed_block open_;
  bool is_open_ = false;
  statement_entry last_;
  account_totals sums_;  // of last_.account in this run so far
};

struct unpacked_block {
  account_totals before;  // what the first account has in earlier blocks of the run
  std::vector<statement_entry> entries;
};

/// Nothing if these bytes were not written by block_packer under this key.
[[nodiscard]] std::optional<unpacked_block> unpack_block(const block_key& first,
                                                         std::string_view data);

}  // namespace suanpan::storage
