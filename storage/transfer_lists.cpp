// Nothing but the BRIN on the ticket knows where rows are, and nobody knows how many lie in a span
// of time. So a slice begins small and grows as long as slices are quick; one that takes too long
// is cancelled by the server and tried again with less.
#include "storage/transfer_lists.hpp"

#include "storage/row_text.hpp"
#include "storage/statement_sql.hpp"
#include "storage/transfer_tables.hpp"

#include <algorithm>
#include <optional>

namespace suanpan::storage {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t slice_first = 1'000'000;  // microseconds of tickets
constexpr std::int64_t slice_least = 1'000;
constexpr std::int64_t slice_most = 3'153'600'000'000'000;  // a century
constexpr milliseconds slice_quick{60};
constexpr milliseconds slice_slow{300};
constexpr milliseconds slice_bound{400};
constexpr const char* cancelled = "57014";

/// Goes through a range slice by slice, each as long in time as it was worth so far.
class slices {
 public:
  slices(const transfer_question& asked, list_place low, list_place high)
      : down_(asked.newest_first), low_(low), high_(high) {}

  [[nodiscard]] bool empty() const noexcept { return low_ >= high_; }
  [[nodiscard]] std::pair<list_place, list_place> next() const {
    if (down_) {
      const auto from = high_.at.at.micros - std::min(span_, high_.at.at.micros);
      return {std::max(low_, list_place{first_of(ticket{from}), {}}), high_};
    }
    const auto room = INT64_MAX - low_.at.at.micros;
    const auto to = low_.at.at.micros + std::min(span_, room);
    return {low_, std::min(high_, list_place{first_of(ticket{to}), {}})};
  }
  /// How long it may take.
  [[nodiscard]] milliseconds bound() const noexcept { return bound_; }
  void passed(std::pair<list_place, list_place> slice, std::chrono::nanoseconds took) {
    (down_ ? high_ : low_) = down_ ? slice.first : slice.second;
    if (took < slice_quick) span_ = std::min(slice_most, span_ * growth_);
    if (took > slice_slow) span_ = std::max(slice_least, span_ / 4);
  }
  /// Took too long: nothing was passed. Where rows began to be dense once, they may again.
  void cut_short() {
    if (span_ == slice_least) bound_ *= 4;  // the database is slow, not the slice long
    span_ = std::max(slice_least, span_ / 8);
    growth_ = 2;
  }
  /// The page is full behind this transfer.
  void stop_at(list_place last) {
    if (down_)
      high_ = last;
    else
      low_ = {last.at, {static_cast<std::uint16_t>(last.shard.value + 1)}};
  }
  [[nodiscard]] list_place low() const noexcept { return low_; }
  [[nodiscard]] list_place high() const noexcept { return high_; }

 private:
  bool down_;
  list_place low_;
  list_place high_;
  std::int64_t span_ = slice_first;
  std::int64_t growth_ = 8;
  milliseconds bound_ = slice_bound;
};

std::string place_text(list_place p) {
  const auto inner = storage::place_text(p.at);
  return inner.substr(0, inner.size() - 1) + "," + std::to_string(p.shard.value) + ")";
}

list_place place_of(const stored_transfer& t) {
  return {{t.at, t.index}, t.what.debit.shard()};
}

std::string wanted_text(statement_snapshot& in, const transfer_question& asked,
                        const std::pair<list_place, list_place>& slice) {
  const std::string place = "(ticket,idx,debit_account&1023)";
  std::string wanted = "ticket>=" + std::to_string(slice.first.at.at.micros) +
                       " AND ticket<=" + std::to_string(slice.second.at.at.micros) + " AND " +
                       place + ">=" + place_text(slice.first) + " AND " + place + "<" +
                       place_text(slice.second) + " AND result=1";
  if (asked.event_code >= 0) wanted += " AND event_code=" + std::to_string(asked.event_code);
  if (!asked.reference.empty()) wanted += " AND reference=" + in.quote(asked.reference);
  if (asked.voucher != transfer_id{}) wanted += " AND voucher='" + to_string(asked.voucher) + "'";
  return wanted;
}

// Nothing: it would have taken longer than `bound`.
std::optional<std::vector<stored_transfer>> read_slice(statement_snapshot& in,
                                                       const std::string& select,
                                                       milliseconds bound) {
  // Not a SAVEPOINT by hand: libpqxx ends a transaction at the first statement that fails.
  pqxx::subtransaction trying(in, "slice");
  try {
    trying.exec("SET LOCAL statement_timeout=" + std::to_string(bound.count()));
    std::vector<stored_transfer> found;
    for (const auto& row : trying.exec(select)) found.push_back(read_transfer(row));
    trying.commit();
    return found;
  } catch (const pqxx::sql_error& fault) {
    if (fault.sqlstate() != cancelled) throw;
    trying.abort();
    return std::nullopt;
  }
}

// Up to where the rows of all shards are settled.
ticket settled_everywhere(statement_snapshot& in) {
  const auto rows =
      in.exec("SELECT coalesce(min(settled),0) FROM (" + std::string{settled_select} + ") s");
  return {number_in(rows[0], 0)};
}

// Nothing was booked before the first account was opened, and each shard's first account has its
// lowest number; all those are among the lowest 1,024.
ticket first_opened(statement_snapshot& in) {
  const auto rows = in.exec(
      "SELECT coalesce(min(opened),0) FROM "
      "(SELECT opened FROM suanpan.account ORDER BY number LIMIT 1024) a");
  return {number_in(rows[0], 0)};
}

// All items of a voucher stand under one ticket. Nothing: none of this id is booked.
std::optional<ticket> ticket_of(statement_snapshot& in, const transfer_id& id,
                                const std::vector<std::string>& days) {
  const auto rows = in.exec(
      select_all_rows(days, "ticket", "id='" + to_string(id) + "' AND result=1") + " LIMIT 1");
  if (rows.empty()) return std::nullopt;
  return ticket{number_in(rows[0], 0)};
}

}  // namespace

std::string place_text(line_position p) {
  std::string text = "(";  // grown, since g++ 12 warns of "(" + …
  return text.append(std::to_string(p.at.micros)).append(",").append(std::to_string(p.index)) + ")";
}

transfer_page list_transfers(statement_snapshot& in, const transfer_question& asked,
                             milliseconds patience) {
  using clock = std::chrono::steady_clock;
  const auto give_up = clock::now() + patience;
  const auto days = detached_days(in);
  transfer_page page;
  page.as_of = settled_everywhere(in);
  if (asked.as_of.micros != 0) page.as_of = std::min(page.as_of, asked.as_of);
  list_place end = std::min(asked.to, list_place{behind(page.as_of), {}});
  list_place begin = std::max(asked.from, list_place{first_of(first_opened(in)), {}});
  if (asked.voucher != transfer_id{}) {
    const auto at = ticket_of(in, asked.voucher, days);
    begin = std::max(begin, list_place{first_of(at.value_or(page.as_of)), {}});
    end = std::min(end, at ? list_place{behind(*at), {}} : begin);
  }
  slices left(asked, std::min(begin, end), end);
  const std::string order = asked.newest_first ? " DESC" : " ASC";
  while (!left.empty() && !page.more) {
    const auto began = clock::now();
    const auto slice = left.next();
    const std::size_t room = asked.limit - page.transfers.size();
    auto found =
        read_slice(in,
                   "SELECT " + std::string{transfer_select} + " FROM (" +
                       select_all_rows(days, "*", wanted_text(in, asked, slice)) +
                       ") t ORDER BY ticket" + order + ",idx" + order + ",debit_account&1023" +
                       order + " LIMIT " + std::to_string(room + 1),
                   left.bound());
    if (!found) {
      left.cut_short();
      continue;
    }
    page.more = found->size() > room;
    if (page.more) found->resize(room);
    std::ranges::move(*found, std::back_inserter(page.transfers));
    if (page.more) {
      left.stop_at(place_of(page.transfers.back()));
    } else {
      left.passed(slice, clock::now() - began);
      page.more = !left.empty() && clock::now() > give_up;
    }
  }
  page.rest_from = left.low();
  page.rest_to = left.high();
  return page;
}

}  // namespace suanpan::storage
