// A ledger whose statements are kept, and the plain list that they must agree with.
#pragma once

#include "storage/statement_builder.hpp"
#include "storage/statement_reader.hpp"
#include "tests/storage/ledger_case.hpp"
#include "tests/support/random.hpp"

#include <deque>
#include <map>
#include <vector>

namespace suanpan::testing {

struct known_line {
  line_position at;
  leg_side side = leg_side::debit;
  transfer what;
  account_totals after;
};

struct statements_case : ledger_case {
  statements_case();

  /// Books `count` random transfers (and sometimes a refusal between) under the next ticket.
  void book(std::size_t count, samples::random_source& random);
  /// The same ticket in parts, the last of which settles it; `between` runs before that.
  template <class Between>
  void book_in_parts(samples::random_source& random, Between between) {
    const auto items = make(4, random);
    const auto rows = rows_of(items, next_ticket());
    const std::vector<transfer_row> first(rows.begin(), rows.begin() + 2);
    const std::vector<transfer_row> rest(rows.begin() + 2, rows.end());
    const ticket before{now.micros - 10};
    REQUIRE(is<storage::committed>(session->write({claims, {}, first, before})));
    between();
    REQUIRE(is<storage::committed>(session->write({claims, {}, rest, now})));
    for (std::size_t i = 0; i < items.size(); ++i)
      note(items[i], {now, static_cast<std::int32_t>(i)});
  }
  /// Another session of the same node takes both shards.
  void take_over();

  [[nodiscard]] storage::statement_builder builder(std::size_t rows_max = 400'000,
                                                   std::size_t merge_runs = 8,
                                                   std::size_t block_bytes = 7'900) const;
  [[nodiscard]] storage::statement_reader statements() const {
    return storage::statement_reader{{dsn, "one", "statements"}};
  }
  /// Rounds until nothing is left to do.
  void build_all(storage::statement_builder& with) const;

  /// The account's lines in [from, to) as they must be.
  [[nodiscard]] std::vector<known_line> expected(account_number of, line_position from,
                                                 line_position to) const;
  /// Pages through a range and checks each line, both totals and the end.
  void check_pages(storage::statement_reader& from, const statement_question& question) const;
  /// Random ranges, directions and sizes of all accounts.
  void check_all(storage::statement_reader& from, samples::random_source& random, int rounds) const;

  ticket next_ticket() { return now = {now.micros + 10}; }
  std::vector<transfer> make(std::size_t count, samples::random_source& random);
  void note(const transfer& what, line_position at);

  storage::statement_builder* fed = nullptr;  // is told of what book() writes
  ticket fed_upto;
  ticket now{1'764'000'000'000'000};
  std::vector<account_number> accounts;
  std::map<account_number, std::vector<known_line>> lines;
  std::deque<transfer> booked;  // in the ledger's order
  std::deque<line_position> booked_at;
};

}  // namespace suanpan::testing
