// The format of a binary COPY, and an order that costs two hash look-ups a row: rows are put into
// the ledger's order, then dealt to their accounts.
#include "storage/line_rows.hpp"

#include <absl/container/flat_hash_map.h>
#include <endian.h>

#include <algorithm>
#include <cstring>

namespace suanpan::storage {
namespace {

constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
constexpr std::size_t header_bytes = 19;
constexpr std::int16_t fields = 6;
constexpr std::size_t row_bytes = 2 + fields * 4 + 4 * 8 + 4 + sizeof(transfer_id);
constexpr std::int16_t end_mark = -1;

template <class Number>
Number number_at(const char* at) {
  Number value{};
  std::memcpy(&value, at, sizeof value);
  if constexpr (sizeof value == 2)
    return static_cast<Number>(be16toh(static_cast<std::uint16_t>(value)));
  if constexpr (sizeof value == 4)
    return static_cast<Number>(be32toh(static_cast<std::uint32_t>(value)));
  if constexpr (sizeof value == 8)
    return static_cast<Number>(be64toh(static_cast<std::uint64_t>(value)));
}

// Reads fields whose lengths are known; any other length is damage.
class row_reader {
 public:
  explicit row_reader(const char* at) : at_(at) {}
  template <class Number>
  Number number() {
    const char* value = field(sizeof(Number));
    return number_at<Number>(value);
  }
  void id(transfer_id& into) {
    std::memcpy(into.bytes.data(), field(into.bytes.size()), into.bytes.size());
  }
  [[nodiscard]] bool sound() const noexcept { return sound_; }

 private:
  const char* field(std::size_t bytes) {
    sound_ = sound_ && number_at<std::int32_t>(at_) == static_cast<std::int32_t>(bytes);
    const char* value = at_ + 4;
    at_ = value + bytes;
    return value;
  }
  const char* at_;
  bool sound_ = true;
};

void put(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i > 0; --i) out += static_cast<char>(value >> (8 * (i - 1)));
}
void put_field(std::string& out, std::int64_t value, std::size_t bytes) {
  put(out, bytes, 4);
  put(out, static_cast<std::uint64_t>(value), bytes);
}

}  // namespace

std::string encode_blocks(std::int64_t run, std::span<const packed_block> blocks) {
  std::string out;
  std::size_t bytes = header_bytes + 2;
  for (const auto& block : blocks) bytes += 50 + block.data.size();
  out.reserve(bytes);
  out.append(signature).append(header_bytes - signature.size(), '\0');
  for (const auto& block : blocks) {
    put(out, 5, 2);
    put_field(out, run, 8);
    put_field(out, block.first.account.value, 8);
    put_field(out, block.first.at.at.micros, 8);
    put_field(out, block.first.at.index, 4);
    put(out, block.data.size(), 4);
    out += block.data;
  }
  put(out, static_cast<std::uint16_t>(end_mark), 2);
  return out;
}

// Bytes that were understood; the rest waits for more.
std::size_t line_rows::parse_row(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  const auto count = number_at<std::int16_t>(bytes.data());
  if (count == end_mark) {
    ended_ = true;
    return 2;
  }
  damaged_ = count != fields;
  if (damaged_ || bytes.size() < row_bytes) return 0;
  row_reader in(bytes.data() + 2);
  line_row row;
  row.at.at = {in.number<std::int64_t>()};
  row.debit = {in.number<std::int64_t>()};
  row.credit = {in.number<std::int64_t>()};
  row.amount = {in.number<std::int64_t>()};
  row.at.index = in.number<std::int32_t>();
  in.id(row.id);
  damaged_ = !in.sound();
  if (damaged_) return 0;
  if (!cut_ || row.at.at <= *cut_) rows_.push_back(row);
  if (rows_.size() >= trim_at_) trim();
  return row_bytes;
}

std::size_t line_rows::parse(std::string_view bytes) {
  std::size_t done = 0;
  if (!header_taken_) {
    if (bytes.size() < header_bytes) return 0;
    damaged_ = !bytes.starts_with(signature);
    header_taken_ = true;
    done = header_bytes;
  }
  while (!damaged_ && !ended_) {
    const auto taken = parse_row(bytes.substr(done));
    if (taken == 0) break;
    done += taken;
  }
  return done;
}

bool line_rows::take(std::string_view bytes) {
  if (damaged_ || (ended_ && !bytes.empty())) return false;
  if (rest_.empty()) {
    rest_.assign(bytes.substr(parse(bytes)));
  } else {
    rest_.append(bytes);
    rest_.erase(0, parse(rest_));
  }
  return !damaged_ && (!ended_ || rest_.empty());
}

bool line_rows::finish() {
  if (damaged_ || !ended_) return false;
  if (rows_.size() > rows_max_) trim();
  return true;
}

// Whole tickets only: those of the smallest rows_max_ rows.
void line_rows::trim() {
  std::vector<std::int64_t> tickets;
  tickets.reserve(rows_.size());
  for (const auto& row : rows_) tickets.push_back(row.at.at.micros);
  const auto last =
      tickets.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rows_max_, 1) - 1);
  std::nth_element(tickets.begin(), last, tickets.end());
  const ticket cut{*last};
  const auto before = rows_.size();
  std::erase_if(rows_, [cut](const line_row& row) { return row.at.at > cut; });
  if (rows_.size() < before) cut_ = cut;
  trim_at_ = std::max(2 * rows_max_ + 1, 2 * rows_.size());
}

std::vector<line_ref> lines_in_order(const std::vector<line_row>& rows) {
  struct placed {
    line_position at;
    std::uint32_t row;
  };
  std::vector<placed> order;
  order.reserve(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) order.push_back({rows[i].at, i});
  const auto by_place = [](const placed& p) { return p.at; };
  if (!std::ranges::is_sorted(order, {}, by_place)) std::ranges::sort(order, {}, by_place);

  // Accounts get numbers as they come, then places by their own order.
  absl::flat_hash_map<std::int64_t, std::uint32_t> seen;
  std::vector<std::pair<account_number, std::uint32_t>> accounts;  // and how many lines each has
  std::vector<std::uint32_t> of_line(rows.size() * 2);
  const auto note = [&](std::size_t line, account_number account) {
    const auto [at, is_new] =
        seen.try_emplace(account.value, static_cast<std::uint32_t>(accounts.size()));
    if (is_new) accounts.emplace_back(account, 0);
    ++accounts[at->second].second;
    of_line[line] = at->second;
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    note(2 * i, rows[order[i].row].debit);
    note(2 * i + 1, rows[order[i].row].credit);
  }
  std::vector<std::uint32_t> ranks(accounts.size());
  for (std::uint32_t i = 0; i < ranks.size(); ++i) ranks[i] = i;
  std::ranges::sort(ranks, {}, [&accounts](std::uint32_t i) { return accounts[i].first; });
  std::vector<std::uint32_t> next(accounts.size());
  std::uint32_t place = 0;
  for (const auto i : ranks) {
    next[i] = place;
    place += accounts[i].second;
  }
  std::vector<line_ref> sorted(rows.size() * 2);
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted[next[of_line[2 * i]]++] = {order[i].row, leg_side::debit};
    sorted[next[of_line[2 * i + 1]]++] = {order[i].row, leg_side::credit};
  }
  return sorted;
}

}  // namespace suanpan::storage
