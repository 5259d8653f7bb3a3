// The lines of the bank's journal: what happened to it, from which it is made again. JSON, one
// object a line, one member that names the kind. No card number: a fingerprint and the last four.
#pragma once

#include "tools/bank/bank.hpp"
#include "tools/bank/card_book.hpp"
#include "tools/bank/online_book.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace suanpan::bank {

/// The first line.
struct journal_begun {
  int version = 1;
};

/// The bank took a request; the n-th of these is the bank's n-th, from 0.
struct request_received {
  receipt what;
  std::int64_t at = 0;
  std::string callback_url;
  std::string online;  // the handle of the online order that it settles; empty: none
};

struct request_booked {
  std::uint64_t of = 0;
  std::int64_t at = 0;
};

/// A callback was accepted, or given up.
struct callback_ended {
  std::uint64_t of = 0;
  std::uint64_t step = 0;  // counted in what came of the request
};

struct day_advanced {
  std::int64_t at = 0;
};

struct card_bound {
  bound_card what;
};

struct card_unbound {
  std::string merchant;
  std::string token;
};

struct online_placed {
  online_order what;
};

using journal_record = std::variant<journal_begun, request_received, request_booked, callback_ended,
                                    day_advanced, card_bound, card_unbound, online_placed>;

[[nodiscard]] std::string line_of(const journal_record& what);
/// Nothing: no line of this version of the journal.
[[nodiscard]] std::optional<journal_record> read_line(std::string_view line);

}  // namespace suanpan::bank
