#include "tests/storage/statements_case.hpp"

#include <algorithm>

namespace suanpan::testing {

statements_case::statements_case() : accounts{a, b, c, d} {}

std::vector<transfer> statements_case::make(std::size_t count, samples::random_source& random) {
  std::vector<transfer> items;
  for (std::size_t i = 0; i < count; ++i) {
    const auto debit = random.below(accounts.size());
    // One account is hot: half of all lines are its own.
    const auto credit = random.one_in(2) && debit != 0
                            ? 0
                            : (debit + 1 + random.below(accounts.size() - 1)) % accounts.size();
    items.push_back(posting(accounts[debit], accounts[credit], random.between(1, 1'000'000)));
  }
  return items;
}

void statements_case::note(const transfer& what, line_position at) {
  for (const auto side : {leg_side::debit, leg_side::credit}) {
    auto& of = lines[side == leg_side::debit ? what.debit : what.credit];
    known_line line{at, side, what, of.empty() ? account_totals{} : of.back().after};
    apply_leg(line.after, side, what.amount);
    of.push_back(line);
  }
  booked.push_back(what);
  booked_at.push_back(at);
}

void statements_case::book(std::size_t count, samples::random_source& random) {
  const auto items = make(count, random);
  auto rows = rows_of(items, next_ticket());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (random.one_in(8)) {
      for (auto& row : rows)
        if (row.what == &items[i]) row.result = item_result::debit_insufficient_funds;
    } else {
      note(items[i], {now, static_cast<std::int32_t>(i)});
    }
  }
  const auto written = write(rows, now);
  REQUIRE_MESSAGE(is<storage::committed>(written), describe(written));
  if (fed == nullptr) return;
  // As the node's feed does: what settled, in order of tickets.
  storage::fed_rows more;
  more.above = fed_upto.micros == 0 ? ticket{now.micros - 1} : fed_upto;
  more.upto.at(shard_0.value) = more.upto.at(shard_1.value) = fed_upto = now;
  for (const auto& row : rows)
    more.rows.push_back(
        {{now, row.index}, row.what->debit, row.what->credit, row.what->amount, row.what->id});
  std::erase_if(more.rows, [&](const storage::line_row& r) {
    return std::ranges::any_of(rows, [&](const transfer_row& w) {
      return w.index == r.at.index && w.result != item_result::posted;
    });
  });
  fed->feed(std::move(more));
}

void statements_case::take_over() {
  session.reset();
  const std::vector<shard_id> shards{shard_0, shard_1};
  for (int attempt = 0;; ++attempt) {  // the old backend may take a moment to end
    session = open();
    const auto got = session->try_lock(shards);
    REQUIRE_MESSAGE(got, got.reason());
    if (got->size() == 2) break;
    REQUIRE(attempt < 1'000);
    session.reset();
  }
  auto raised = session->raise_epochs(shards);
  REQUIRE_MESSAGE(raised, raised.reason());
  claims = *raised;
}

storage::statement_builder statements_case::builder(std::size_t rows_max, std::size_t merge_runs,
                                                    std::size_t block_bytes) const {
  storage::builder_options options;
  options.dsn = dsn;
  options.node_name = "one";
  options.rows_max = rows_max;
  options.merge_runs = options.merge_runs_busy = merge_runs;
  options.block_bytes = block_bytes;
  return storage::statement_builder(options);
}

void statements_case::build_all(storage::statement_builder& with) const {
  int rounds = 0;
  for (bool more = true; more;) {
    REQUIRE(++rounds < 2'000);
    const auto done = with.round();
    REQUIRE_MESSAGE(done, done.reason());
    more = done->more || done->lost || done->merged;
  }
}

std::vector<known_line> statements_case::expected(account_number of, line_position from,
                                                  line_position to) const {
  std::vector<known_line> found;
  const auto known = lines.find(of);
  if (known == lines.end()) return found;
  for (const auto& line : known->second)
    if (line.at >= from && line.at < to) found.push_back(line);
  return found;
}

void statements_case::check_pages(storage::statement_reader& from,
                                  const statement_question& question) const {
  auto wanted = expected(question.account, question.from, question.to);
  if (question.newest_first) std::ranges::reverse(wanted);
  auto rest = question;
  std::size_t seen = 0;
  for (bool more = true; more;) {
    const auto answer = from.statement(rest);
    REQUIRE_MESSAGE(answer, answer.reason());
    REQUIRE(*answer);
    const auto& page = **answer;
    REQUIRE(page.lines.size() <= question.limit);
    REQUIRE(seen + page.lines.size() <= wanted.size());
    for (const auto& line : page.lines) {
      const auto& known = wanted[seen++];
      CHECK(line.what.at == known.at.at);
      CHECK(line.what.index == known.at.index);
      CHECK(line.what.what.id == known.what.id);
      CHECK(line.what.what.amount == known.what.amount);
      CHECK(line.what.memo == "早餐");
      CHECK(line.side == known.side);
      CHECK(line.after == known.after);
    }
    more = page.more;
    if (!more) break;
    REQUIRE(page.lines.size() == question.limit);
    rest.as_of = page.as_of;
    const line_position last{page.lines.back().what.at, page.lines.back().what.index};
    (question.newest_first ? rest.to : rest.from) = question.newest_first ? last : behind(last);
  }
  CHECK(seen == wanted.size());
}

void statements_case::check_all(storage::statement_reader& from, samples::random_source& random,
                                int rounds) const {
  const auto some_place = [&]() -> line_position {
    if (random.one_in(4) || booked_at.empty()) return {};
    return booked_at[random.below(booked_at.size())];
  };
  for (const auto account : accounts) {
    for (int i = 0; i < rounds; ++i) {
      statement_question question;
      question.account = account;
      question.from = some_place();
      if (!random.one_in(2)) question.to = some_place();
      question.newest_first = random.one_in(2);
      question.limit = static_cast<std::uint32_t>(random.one_in(3) ? 1 + random.below(3)
                                                                   : 1 + random.below(200));
      check_pages(from, question);
      const auto at = some_place().at;
      const auto then = from.balance(account, at);
      REQUIRE_MESSAGE(then, then.reason());
      REQUIRE(*then);
      const auto past = expected(account, {}, behind(at));
      CHECK((*then)->account.totals == (past.empty() ? account_totals{} : past.back().after));
    }
  }
}

}  // namespace suanpan::testing
