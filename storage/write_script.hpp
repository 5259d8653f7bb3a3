// The SQL text of the journal's transactions and the verdict on how they ended. Pure, so that each
// rule about durability is a line that a test can hold against it.
#pragma once

#include "protocol/model/records.hpp"
#include "storage/array_text.hpp"
#include "storage/journal_session.hpp"
#include "storage/libpq_connection.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace suanpan::storage {

/// What names the journal in each of its rows.
struct journal_mark {
  std::int64_t session = 0;
  ticket settled;
  ticket newest;  // among all rows that this session wrote, this transaction's included
};

/// How each of them opens: BEGIN, and the check that this session owns these shards.
[[nodiscard]] std::string begin_as_owner(std::span<const shard_claim> claims, std::int64_t session);
/// BEGIN, the epochs' check, the COPYs, the appended watermark, COMMIT: one message.
[[nodiscard]] std::string write_script(const journal_write& what, const journal_mark& mark);
[[nodiscard]] std::string checkpoint_script(std::span<const shard_claim> claims,
                                            std::span<const balance_checkpoint> balances,
                                            std::span<const shard_position> positions,
                                            std::int64_t session);
[[nodiscard]] std::string watermark_script(const journal_mark& mark);

/// Rejected here still needs its ROLLBACK. `copied`: rows that the COPYs must have taken.
[[nodiscard]] write_outcome judge(const script_end& end, std::span<const std::size_t> copied);

}  // namespace suanpan::storage
