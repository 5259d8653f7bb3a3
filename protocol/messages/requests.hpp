// What the endpoint hands to the actors and gets back: one object for each client call.
// The object owns the call's memory until it is answered; finish() is called exactly once, on a
// thread of the actor system, and must not block or throw.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/records.hpp"
#include "protocol/model/statement.hpp"
#include "protocol/model/transfer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// The answer to one item of a posting request.
struct item_answer {
  item_result result = item_result::none;
  ticket at;          // of the booking or of the recorded refusal; 0 where nothing is recorded
  minor_units moved;  // of a balancing transfer that was booked; else 0
};

/// A batch of transfers of one caller. The endpoint fills `items` (well-formed: everything that
/// item_result judges from the item alone is judged and already in `answers`) and sizes `answers`
/// alike. Items whose answer is not `none` on arrival are passed over.
class posting_request {
 public:
  virtual ~posting_request() = default;
  /// Every answer is filled in and may leave (R8).
  virtual void finish() noexcept = 0;

  std::vector<transfer> items;
  std::vector<item_answer> answers;
  bool of_the_ledger = false;  // made by the ledger itself: its ids need not lie in the window (R6)
  /// A refusal that would be recorded is only answered: its id stays free for a booking (R22).
  bool refusals_unrecorded = false;

  // The teller's own; nobody else touches them.
  std::size_t unanswered = 0;    // countdown
  std::uint64_t fence_from = 0;  // answered from memory: leave after the commit of that number (R8)
  bool completed = false;
};
using posting_request_ptr = std::shared_ptr<posting_request>;

/// How opening one account ended.
enum class opening_result : std::int16_t {
  none = 0,
  opened = 1,
  exists = 2,          // same key, same flags: the account that is there
  owner_invalid = 10,  // empty, too long, not UTF-8, NUL, or not type:name / internal
  label_invalid = 11,
  subject_not_found = 12,  // not in the chart of accounts
  currency_unknown = 13,
  flags_unknown = 14,
  shard_out_of_range = 15,  // or given for an owner that is not per shard
  limits_invalid = 16,      // negative, or a credit limit without no_overdraft
  exists_with_different_flags = 20,
  exists_with_different_limits = 21,
  shard_full = 30,
  unavailable = 200,
  unknown = 201,
  internal = 202,
};

/// Whether an answer may leave although no fence held (R8): it names what is durable, or says that
/// nobody knows. Any other may be stale; "nothing was booked" is true in its place.
[[nodiscard]] constexpr bool may_leave_unfenced(item_result r) noexcept {
  return is_booked(r) || r == item_result::unknown;
}
[[nodiscard]] constexpr bool may_leave_unfenced(opening_result r) noexcept {
  return r == opening_result::opened || r == opening_result::unknown;
}

struct account_opening {
  account_key key;
  normal_side side = normal_side::debit;
  account_flags flags = account_flags::none;
  account_limits limits;
};

struct opening_answer {
  opening_result result = opening_result::none;
  account_number number;
};

/// A batch of accounts to open. As posting_request: judged from the item alone before it arrives.
class opening_request {
 public:
  virtual ~opening_request() = default;
  virtual void finish() noexcept = 0;

  std::vector<account_opening> items;
  std::vector<opening_answer> answers;
  std::size_t unanswered = 0;  // the teller's countdown
};
using opening_request_ptr = std::shared_ptr<opening_request>;

enum class read_result : std::uint8_t { none, found, not_found, unavailable };

/// GetAccount at the owner: durable totals as of a round trip that began after the read arrived
/// (R8).
class account_read {
 public:
  virtual ~account_read() = default;
  virtual void finish() noexcept = 0;

  account_number number;  // in
  read_result result = read_result::none;
  account_row row;  // out, when found; `covers` is the settled watermark of the answer
};
using account_read_ptr = std::shared_ptr<account_read>;

/// How a change of an account ended. Changed: it is as was asked for, durable.
enum class change_result : std::uint8_t {
  none,
  changed,
  not_found,
  closed,               // for ever; nothing about it changes
  balance_not_zero,     // a balance stands on it, so it can't be closed
  holds_open,           // likewise
  transfers_in_flight,  // likewise, for a moment
  overdraft_allowed,    // a credit limit means nothing to an account without no_overdraft
  unavailable,          // it may have been made; asking again is safe
};

/// Freezes, unfreezes or closes one account, or changes its limits or metadata. Takes its place in
/// the ledger's order: whatever is decided by a later ticket meets the new terms (R1).
class account_change_request {
 public:
  virtual ~account_change_request() = default;
  virtual void finish() noexcept = 0;

  account_number number;                // in
  terms_change wanted;                  // in
  std::optional<std::string> metadata;  // in: replaces what was there; empty takes it away
  change_result result = change_result::none;
  account_terms terms;  // out, when changed
  ticket at;            // out, when changed: since when at the latest
  int128 balance = 0;   // out: where it is not zero
};
using account_change_ptr = std::shared_ptr<account_change_request>;

/// GetTransfer: straight from the database, begun after the request arrived.
class transfer_read {
 public:
  virtual ~transfer_read() = default;
  virtual void finish() noexcept = 0;

  transfer_id id;
  read_result result = read_result::none;
  stored_transfer found;
};
using transfer_read_ptr = std::shared_ptr<transfer_read>;

/// ListAccounts: rows in order of their number, as of the last checkpoint. Straight from the
/// database.
class account_list_read {
 public:
  virtual ~account_list_read() = default;
  virtual void finish() noexcept = 0;

  std::string owner;          // in: exact; empty = all
  std::string subject;        // in: likewise
  account_number after;       // in: numbers above this one
  std::uint32_t limit = 100;  // in: rows at most; the endpoint asks for one more than a page holds
  read_result result = read_result::none;  // found, also with no rows; or unavailable
  std::vector<account_row> rows;           // out
};
using account_list_read_ptr = std::shared_ptr<account_list_read>;

/// GetStatement: a page of an account's lines. Straight from the database, begun after the request
/// arrived.
class statement_read {
 public:
  virtual ~statement_read() = default;
  virtual void finish() noexcept = 0;

  statement_question asked;  // in
  read_result result = read_result::none;
  statement_page page;  // out, when found
};
using statement_read_ptr = std::shared_ptr<statement_read>;

/// GetBalanceAt: likewise.
class past_balance_read {
 public:
  virtual ~past_balance_read() = default;
  virtual void finish() noexcept = 0;

  account_number number;  // in
  ticket at;              // in: lines up to this
  read_result result = read_result::none;
  balance_at found;  // out, when found
};
using past_balance_read_ptr = std::shared_ptr<past_balance_read>;

/// ListTransfers: likewise.
class transfer_list_read {
 public:
  virtual ~transfer_list_read() = default;
  virtual void finish() noexcept = 0;

  transfer_question asked;                 // in
  read_result result = read_result::none;  // found, also with none; or unavailable
  transfer_page page;                      // out
};
using transfer_list_read_ptr = std::shared_ptr<transfer_list_read>;

/// GetTrialBalance: one snapshot of the database.
class trial_balance_read {
 public:
  virtual ~trial_balance_read() = default;
  virtual void finish() noexcept = 0;

  read_result result = read_result::none;
  std::vector<trial_balance_line> lines;  // by subject, then currency
  ticket as_of;                           // the newest ticket in the snapshot
};
using trial_balance_read_ptr = std::shared_ptr<trial_balance_read>;

}  // namespace suanpan
