// What an account's statement is made of: its lines in the ledger's order, each with the balance
// after it.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/records.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace suanpan {

/// A line's place in the ledger's order (R14).
struct line_position {
  ticket at;
  std::int32_t index = 0;  // within the ticket
  auto operator<=>(const line_position&) const = default;
};

/// The first place of a ticket, and the first behind one.
[[nodiscard]] constexpr line_position first_of(ticket at) noexcept {
  return {at, 0};
}
[[nodiscard]] constexpr line_position behind(ticket at) noexcept {
  return {{at.micros + 1}, 0};
}
[[nodiscard]] constexpr line_position behind(line_position p) noexcept {
  return {p.at, p.index + 1};
}

/// One booked transfer, seen from one account.
struct statement_line {
  stored_transfer what;
  leg_side side = leg_side::debit;  // of the account whose statement it is
  account_totals after;             // the account's totals with this line
};

/// Lines in [from, to), by place in the ledger.
struct statement_question {
  account_number account;
  line_position from{};
  line_position to{{INT64_MAX}, 0};
  ticket as_of{};  // nothing above this; 0 = the settled watermark of now
  bool newest_first = false;
  std::uint32_t limit = 100;  // lines at most
};

struct statement_page {
  account_row account;    // who; its totals are those of the last checkpoint
  account_totals before;  // all lines below those of this page (older ones), back to the first
  std::vector<statement_line> lines;  // in the order asked for
  bool more = false;                  // lines of the range follow
  ticket as_of;                       // complete up to this ticket
};

/// An account's totals with every line up to a time.
struct balance_at {
  account_row account;  // who; `totals` are those asked for
  ticket as_of;         // complete up to this; below the time asked for if that is not settled yet
};

/// A transfer's place among those of all shards: nodes may give the same ticket.
struct list_place {
  line_position at;
  shard_id shard;  // of the debit account
  auto operator<=>(const list_place&) const = default;
};

/// Booked transfers of all accounts in [from, to), by place in the ledger.
struct transfer_question {
  list_place from{};
  list_place to{{{INT64_MAX}, 0}, {}};
  std::string reference;         // exact; empty = any
  std::int32_t event_code = -1;  // -1 = any
  transfer_id voucher{};         // only its items; zero = any
  ticket as_of{};                // as in statement_question
  bool newest_first = false;
  std::uint32_t limit = 100;
};

struct transfer_page {
  std::vector<stored_transfer> transfers;
  // If `more`: what is left of the range. A search that takes long stops with what it has, so a
  // page may hold less than was asked for, or nothing, and still have more behind it.
  list_place rest_from;
  list_place rest_to;
  bool more = false;
  ticket as_of;
};

}  // namespace suanpan
