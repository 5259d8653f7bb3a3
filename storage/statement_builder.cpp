// One round: a snapshot says how far rows are settled and yields those above the cover; they are
// sorted and packed; a second transaction moves the cover, if it still stands where the snapshot
// saw it, and appends the run.
#include "storage/statement_builder.hpp"

#include "storage/array_text.hpp"
#include "storage/libpq_connection.hpp"
#include "storage/line_rows.hpp"
#include "storage/statement_merge.hpp"
#include "storage/statement_sql.hpp"
#include "storage/transfer_tables.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

namespace suanpan::storage {
namespace {

constexpr std::int64_t span_first = 60'000'000;  // microseconds of tickets that a first look takes
constexpr std::int64_t span_most = 3'153'600'000'000'000;  // a century
constexpr std::size_t copied_at_once = 4U << 20U;          // bytes of blocks in one COPY
constexpr std::size_t fed_most = 3;  // times rows_max: more is not kept in memory
constexpr std::size_t unsummarised_most = 50'000;

struct shard_cover {
  shard_id shard;
  std::int64_t covers = 0;
  std::int64_t settled = 0;
  std::int64_t taken_above = 0;
  std::int64_t next = 0;  // where this round moves it
};

/// What a statement refused or lost: ends the round.
struct broken : std::runtime_error {
  using runtime_error::runtime_error;
};

template <class T>
T need(outcome<T> result) {
  if (!result) throw broken(result.reason());
  return std::move(*result);
}

std::int64_t number_of(const std::string& text) {
  return text.empty() ? 0 : std::stoll(text);
}

std::int64_t big_endian(const std::string& bytes) {
  std::int64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

struct statement_builder::impl {
  builder_options options;
  std::unique_ptr<libpq_connection> connection;
  std::int64_t span = span_first;  // of tickets that a round looks at: as many as fit
  fed_rows fed;
  std::size_t unsummarised = unsummarised_most;  // rows found since summarise()

  void run(const std::string& script, std::span<const std::string_view> copies = {}) {
    const auto end = connection->run(script, copies);
    if (end.error || !end.alive || end.warned) throw broken(end.trouble);
  }
  text_rows query(const std::string& sql, const std::vector<std::string>& parameters = {}) {
    return need(connection->query(sql, parameters));
  }

  void connect() {
    if (connection && connection->ping()) return;
    connection.reset();
    if (options.seen) need(admit_database(options.dsn, options.seen));
    connection = need(libpq_connection::open(
        options.dsn, {{"application_name", "suanpan:" + options.node_name + ":statements"}}));
    query(
        "SELECT set_config('client_min_messages','warning',false),"
        "set_config('lock_timeout','5s',false),set_config('jit','off',false),"
        "set_config('max_parallel_workers_per_gather','0',false),"
        "set_config('idle_in_transaction_session_timeout','60s',false),"
        // Runs can be built again, so nobody waits for the disk to have them.
        "set_config('synchronous_commit','off',false)");
  }

  std::vector<shard_cover> read_covers() {
    std::vector<shard_cover> covers;
    for (const auto& row : query(std::string{settled_select} + " AND s.node=$1 ORDER BY s.shard",
                                 {options.node_name})) {
      const auto from = number_of(row[2]);
      covers.push_back({{static_cast<std::uint16_t>(number_of(row[0]))},
                        from,
                        std::max(number_of(row[3]), from),
                        number_of(row[4]),
                        from});
    }
    return covers;
  }

  // Without a summary of its pages every look at newer rows would read what was written since.
  void summarise() {
    try {
      query(
          "SELECT sum(brin_summarize_new_values(i.inhrelid)) FROM pg_inherits i "
          "WHERE i.inhparent='suanpan.transfer_by_ticket'::regclass");
    } catch (const broken&) {
      connect();  // a long lock stood in the way: slower, not wrong
    }
    unsummarised = 0;
  }

  std::vector<line_row> read_rows(std::int64_t above, std::int64_t& upto) {
    std::vector<std::string> days;
    for (const auto& row : query(std::string{detached_days_query})) days.push_back(row[0]);
    const std::string wanted = "ticket>" + std::to_string(above) +
                               " AND ticket<=" + std::to_string(upto) + " AND " +
                               std::string{is_line};
    line_rows rows(options.rows_max);
    need(connection->copy_out("COPY (" + select_all_rows(days, std::string{line_columns}, wanted) +
                                  ") TO STDOUT (FORMAT binary)",
                              [&rows](std::string_view bytes) { return rows.take(bytes); }));
    if (!rows.finish()) throw broken("the server sent rows that are none");
    if (rows.cut()) upto = rows.cut()->micros;
    adapt_span(upto - above, rows.rows().size(), rows.cut().has_value());
    unsummarised += rows.rows().size();
    return std::move(rows.rows());
  }

  // The next look takes as many tickets as held about rows_max rows.
  void adapt_span(std::int64_t taken, std::size_t rows, bool cut) {
    if (cut) span = std::max<std::int64_t>(taken, 1);
    if (!cut && rows < options.rows_max / 4) span = std::min(span_most, span * 4);
  }

  std::vector<line_row> fed_upto(std::int64_t& upto);
  void forget_fed(std::int64_t upto);

  build_report round(std::size_t rows_least, std::int64_t lag_most);
  bool append(const std::vector<shard_cover>& covers, const std::vector<line_row>& rows,
              std::int64_t above, std::int64_t upto);
  bool move_covers(const std::vector<shard_cover>& covers);
  void copy_blocks(std::int64_t run, const std::vector<packed_block>& blocks);
  std::int64_t insert_run(std::size_t level, std::int64_t above, std::int64_t upto,
                          std::int64_t entries);
  bool merge(bool busy);
  bool merge_level(std::size_t level);
  void merge_into(std::int64_t run, const std::vector<std::int64_t>& parts);
};

statement_builder::statement_builder(builder_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
statement_builder::~statement_builder() = default;

outcome<build_report> statement_builder::round(std::size_t rows_least,
                                               std::int64_t lag_most_micros) {
  try {
    impl_->connect();
    return impl_->round(rows_least, lag_most_micros);
  } catch (const std::exception& fault) {
    impl_->connection.reset();
    return unavailable{fault.what()};
  }
}

void statement_builder::feed(fed_rows more) {
  auto& fed = impl_->fed;
  ticket known = fed.above;
  for (const auto at : fed.upto) known = std::max(known, at);
  if (more.above > known) fed = {.above = more.above, .upto = {}, .rows = {}};
  fed.upto = more.upto;
  fed.rows.insert(fed.rows.end(), more.rows.begin(), more.rows.end());
}

namespace {

enum class source : std::uint8_t { none, memory, rows };

// Memory knows a shard's rows if it has seen all since before the cover, in this ownership.
source source_for(const std::vector<shard_cover>& covers, const fed_rows& fed,
                  std::int64_t lag_most) {
  auto from = source::none;
  for (const auto& c : covers) {
    if (c.covers >= c.settled) continue;
    const auto upto = fed.upto.at(c.shard.value).micros;
    if (c.covers < fed.above.micros || c.covers < c.taken_above) return source::rows;
    if (upto > c.covers) {
      from = source::memory;
    } else if (c.settled - c.covers > lag_most) {
      return source::rows;  // a watermark without rows, or another's doing
    }
  }
  return from;
}

}  // namespace

// At most about rows_max of them, whole tickets.
std::vector<line_row> statement_builder::impl::fed_upto(std::int64_t& upto) {
  if (fed.rows.size() > options.rows_max) {
    const auto last = fed.rows.begin() + static_cast<std::ptrdiff_t>(options.rows_max);
    upto = std::min(upto, last->at.at.micros);
  }
  const auto end = std::ranges::upper_bound(fed.rows, ticket{upto}, {},
                                            [](const line_row& r) { return r.at.at; });
  return {fed.rows.begin(), end};
}

void statement_builder::impl::forget_fed(std::int64_t upto) {
  const auto end = std::ranges::upper_bound(fed.rows, ticket{upto}, {},
                                            [](const line_row& r) { return r.at.at; });
  fed.rows.erase(fed.rows.begin(), end);
  fed.above = std::max(fed.above, ticket{upto});
  if (fed.rows.size() <= fed_most * options.rows_max) return;
  for (const auto at : fed.upto) fed.above = std::max(fed.above, at);  // a shard lags: read it
  fed.rows.clear();
}

build_report statement_builder::impl::round(std::size_t rows_least, std::int64_t lag_most) {
  run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;SET LOCAL enable_seqscan=off");
  auto covers = read_covers();
  std::int64_t above = INT64_MAX;
  std::int64_t settled = 0;
  for (const auto& c : covers) {
    if (c.covers < c.settled) above = std::min(above, c.covers);
    settled = std::max(settled, c.settled);
  }
  build_report report;
  const auto from = above < settled ? source_for(covers, fed, lag_most) : source::none;
  report.fed = from == source::memory;
  report.lag_micros = std::max<std::int64_t>(settled - above, 0);
  if (from == source::none) {
    run("COMMIT");
    report.merged = merge(false);
    return report;
  }
  std::int64_t upto = settled;
  if (!report.fed && settled - above > span) upto = above + span;
  const auto rows = report.fed ? fed_upto(upto) : read_rows(above, upto);
  run("COMMIT");
  if (unsummarised >= unsummarised_most) summarise();
  report.more = upto < settled;
  if (!report.more && rows.size() < rows_least && report.lag_micros <= lag_most) return report;
  std::int64_t moved = INT64_MAX;
  for (auto& c : covers) {
    const auto known = report.fed ? fed.upto.at(c.shard.value).micros : INT64_MAX;
    c.next = std::clamp(std::min(upto, known), c.covers, c.settled);
    moved = std::min(moved, c.next);
  }
  report.lost = !append(covers, rows, above, upto);
  if (!report.lost) {
    report.rows = static_cast<std::int64_t>(rows.size());
    report.lag_micros = settled - moved;
    forget_fed(moved);
  }
  report.merged = merge(report.more || rows.size() > options.rows_max / 4);
  return report;
}

// In order of shards, so that two builders wait for each other instead of deadlocking.
bool statement_builder::impl::move_covers(const std::vector<shard_cover>& covers) {
  const auto list = [&covers](auto member) {
    return array_of(covers, [member](const shard_cover& c) { return std::to_string(member(c)); });
  };
  const std::string shards = list([](const shard_cover& c) { return c.shard.value; });
  query("SELECT FROM suanpan.statement_cover WHERE shard=any($1::int2[]) ORDER BY shard FOR UPDATE",
        {shards});
  const auto moved = query(
      "UPDATE suanpan.statement_cover c SET covers=v.next "
      "FROM unnest($1::int2[],$2::int8[],$3::int8[]) AS v(shard,old,next) "
      "WHERE c.shard=v.shard AND c.covers=v.old RETURNING c.shard",
      {shards, list([](const shard_cover& c) { return c.covers; }),
       list([](const shard_cover& c) { return c.next; })});
  return moved.size() == covers.size();
}

// False: another builder was first.
bool statement_builder::impl::append(const std::vector<shard_cover>& covers,
                                     const std::vector<line_row>& rows, std::int64_t above,
                                     std::int64_t upto) {
  std::array<std::pair<std::int64_t, std::int64_t>, shards_max> window{};  // (covers, next]
  for (const auto& c : covers) window.at(c.shard.value) = {c.covers, c.next};
  block_packer packer(options.block_bytes);
  std::int64_t entries = 0;
  for (const auto line : lines_in_order(rows)) {
    const auto& row = rows[line.row];
    const auto account = account_of(row, line.side);
    const auto& [from, to] = window.at(account.shard().value);
    if (row.at.at.micros <= from || row.at.at.micros > to) continue;
    packer.add({account, row.at, line.side, row.amount, row.id});
    ++entries;
  }
  run("BEGIN ISOLATION LEVEL READ COMMITTED");
  if (!move_covers(covers)) {
    run("ROLLBACK");
    return false;
  }
  if (entries > 0) copy_blocks(insert_run(0, above, upto, entries), packer.finish());
  run("COMMIT");
  return true;
}

std::int64_t statement_builder::impl::insert_run(std::size_t level, std::int64_t above,
                                                 std::int64_t upto, std::int64_t entries) {
  const auto made = query(
      "INSERT INTO suanpan.statement_run(level,above,upto,entries) VALUES ($1,$2,$3,$4) "
      "RETURNING run",
      {std::to_string(level), std::to_string(above), std::to_string(upto),
       std::to_string(entries)});
  return number_of(made.at(0).at(0));
}

void statement_builder::impl::copy_blocks(std::int64_t run_number,
                                          const std::vector<packed_block>& blocks) {
  std::size_t from = 0;
  while (from < blocks.size()) {
    std::size_t bytes = 0;
    std::size_t to = from;
    for (; to < blocks.size() && bytes < copied_at_once; ++to) bytes += blocks[to].data.size();
    const auto encoded = encode_blocks(run_number, std::span(blocks).subspan(from, to - from));
    const std::string_view bytes_of_all = encoded;
    run("COPY suanpan.statement_block FROM STDIN (FORMAT binary)", std::span(&bytes_of_all, 1));
    from = to;
  }
}

// --- merging

// Small levels first; when rows pour in, only what has become too many.
bool statement_builder::impl::merge(bool busy) {
  const auto least = busy ? options.merge_runs_busy : options.merge_runs;
  bool merged = false;
  for (std::size_t level = 0;; ++level) {
    // One question where nothing is to be done: it is asked twice a second, idle or not.
    const auto crowded = query(crowded_query, {std::to_string(level), std::to_string(least)});
    if (crowded.empty()) return merged;
    level = static_cast<std::size_t>(number_of(crowded[0][0]));
    merged |= merge_level(level);
  }
}

bool statement_builder::impl::merge_level(std::size_t level) {
  run("BEGIN ISOLATION LEVEL READ COMMITTED");
  // Another node's builder takes others.
  const auto parts = query(
      "SELECT run,above,upto,entries FROM suanpan.statement_run WHERE level=$1 "
      "ORDER BY upto,run LIMIT $2 FOR UPDATE SKIP LOCKED",
      {std::to_string(level), std::to_string(options.merge_runs)});
  if (parts.size() < options.merge_runs) {
    run("ROLLBACK");
    return false;
  }
  std::vector<std::int64_t> runs;
  std::int64_t above = INT64_MAX;
  std::int64_t upto = 0;
  std::int64_t entries = 0;
  for (const auto& row : parts) {
    runs.push_back(number_of(row[0]));
    above = std::min(above, number_of(row[1]));
    upto = std::max(upto, number_of(row[2]));
    entries += number_of(row[3]);
  }
  merge_into(insert_run(level + 1, above, upto, entries), runs);
  const std::string gone = array_of(runs, [](std::int64_t r) { return std::to_string(r); });
  query("DELETE FROM suanpan.statement_block WHERE run=any($1::int8[])", {gone});
  query("DELETE FROM suanpan.statement_run WHERE run=any($1::int8[])", {gone});
  run("COMMIT");
  return true;
}

void statement_builder::impl::merge_into(std::int64_t into,
                                         const std::vector<std::int64_t>& parts) {
  std::vector<block_source> sources;
  for (const auto part : parts) {
    const std::string name = "run_" + std::to_string(part);
    run("DECLARE " + name +
        " NO SCROLL CURSOR FOR SELECT first_account,first_ticket,first_idx,data "
        "FROM suanpan.statement_block WHERE run=" +
        std::to_string(part) + " ORDER BY first_account,first_ticket,first_idx");
    sources.emplace_back([this, name] {
      std::vector<packed_block> blocks;
      for (auto& row : need(connection->query_binary("FETCH 64 FROM " + name)))
        blocks.push_back({{{big_endian(row[0])},
                           {{big_endian(row[1])}, static_cast<std::int32_t>(big_endian(row[2]))}},
                          std::move(row[3])});
      return blocks;
    });
  }
  block_packer packer(options.block_bytes);
  const bool sound = merge_runs(sources, [&](const statement_entry& e) {
    packer.add(e);
    if (packer.holds(copied_at_once)) copy_blocks(into, packer.take());
  });
  if (!sound) throw broken("a block of a statement's run is damaged: rebuild the statements");
  copy_blocks(into, packer.finish());
}

}  // namespace suanpan::storage
