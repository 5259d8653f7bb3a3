// See copy_baseline.hpp. The rows are encoded once; between commits only their ids are written
// anew, in place, so that the client costs next to nothing and what is measured is the server.
#include "storage/copy_baseline.hpp"

#include "storage/copy_rows.hpp"
#include "storage/libpq_connection.hpp"

#include <endian.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <string_view>
#include <vector>

namespace suanpan::storage {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t accounts = 10'000;

std::int64_t unix_micros() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

/// splitmix64, so that storage needs nothing of the tools.
std::uint64_t mixed(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

/// Rising ids of now, as a node's clients make them: UUIDv7 whose random part counts up.
class rising_ids {
 public:
  void write_next(unsigned char* to, std::int64_t unix_millis) {
    const std::uint64_t high = htobe64(static_cast<std::uint64_t>(unix_millis) << 16U | 0x7000U |
                                       (count_ >> 20U & 0xFFFU));
    const std::uint64_t low = htobe64(1ULL << 63U | (count_ & 0xFFFFFU) << 42U);
    std::memcpy(to, &high, sizeof high);
    std::memcpy(to + 8, &low, sizeof low);
    ++count_;
  }

 private:
  std::uint64_t count_ = 0;
};

std::vector<transfer> make_transfers(const copy_baseline_options& options, rising_ids& ids) {
  std::uint64_t state = options.seed;
  const std::int64_t millis = unix_micros() / 1'000;
  std::vector<transfer> made(options.rows_per_commit);
  for (auto& item : made) {
    ids.write_next(item.id.bytes.data(), millis);
    const std::uint64_t draw = mixed(state);
    item.debit = account_number::make({static_cast<std::uint16_t>(draw & 63U)},
                                      static_cast<std::int64_t>(1 + draw % accounts));
    item.credit =
        account_number::make({static_cast<std::uint16_t>(draw >> 8U & 63U)},
                             static_cast<std::int64_t>(1 + accounts + draw / 7 % accounts));
    item.amount = {static_cast<std::int64_t>(1 + (draw >> 32U) % 1'000'000)};
    item.ccy = currency{156};
    item.event_code = 1'001;
  }
  return made;
}

/// A COPY file of these transfers, and where its ids lie.
struct encoded_rows {
  std::vector<char> bytes;
  std::vector<std::size_t> id_places;
};

encoded_rows encode(const std::vector<transfer>& transfers) {
  std::vector<transfer_row> rows;
  const std::int64_t now = unix_micros();
  for (const auto& item : transfers) {
    transfer_row row;
    row.at = {now};
    row.index = static_cast<std::int32_t>(rows.size());
    row.date = {static_cast<std::int32_t>(now / 86'400'000'000)};
    row.what = &item;
    rows.push_back(row);
  }
  copy_buffer buffer;
  const std::string_view file = buffer.encode(std::span<const transfer_row>(rows));
  encoded_rows encoded;
  encoded.bytes.assign(file.begin(), file.end());
  std::size_t at = 0;
  for (const auto& item : transfers) {
    std::array<char, 16> id{};
    std::memcpy(id.data(), item.id.bytes.data(), id.size());
    at = file.find(std::string_view(id.data(), id.size()), at);
    encoded.id_places.push_back(at);
  }
  return encoded;
}

void renew_ids(encoded_rows& rows, rising_ids& ids) {
  const std::int64_t millis = unix_micros() / 1'000;
  for (const std::size_t place : rows.id_places)
    ids.write_next(reinterpret_cast<unsigned char*>(rows.bytes.data() + place), millis);
}

/// The table of one measurement; gone with this object.
class scratch_table {
 public:
  scratch_table(libpq_connection& on, std::string name) : on_(on), name_(std::move(name)) {}
  ~scratch_table() { static_cast<void>(on_.run("DROP TABLE IF EXISTS " + name_)); }
  scratch_table(const scratch_table&) = delete;
  scratch_table& operator=(const scratch_table&) = delete;

  /// Empty: done; else the reason.
  std::string create() {
    const auto end = on_.run("CREATE TABLE " + name_ + " (LIKE suanpan.transfer);ALTER TABLE " +
                             name_ + " ADD PRIMARY KEY (id)");
    return end.error || !end.alive ? end.trouble : std::string();
  }
  [[nodiscard]] std::string copy_script() const {
    return "BEGIN;COPY " + name_ + "(" + std::string(transfer_columns) +
           ")FROM STDIN(FORMAT binary);COMMIT";
  }

 private:
  libpq_connection& on_;
  std::string name_;
};

}  // namespace

outcome<copy_baseline_result> copy_baseline(const copy_baseline_options& options) {
  auto connection =
      libpq_connection::open(options.dsn, {{"application_name", "suanpan:copy baseline"}});
  if (!connection) return unavailable{connection.reason()};
  scratch_table table(**connection, "public.suanpan_copy_baseline_" + std::to_string(getpid()));
  if (auto trouble = table.create(); !trouble.empty()) return unavailable{std::move(trouble)};

  rising_ids ids;
  auto rows = encode(make_transfers(options, ids));
  const std::string script = table.copy_script();
  copy_baseline_result result;
  const auto began = steady::now();
  while (result.micros < options.micros) {
    renew_ids(rows, ids);
    const std::string_view bytes(rows.bytes.data(), rows.bytes.size());
    const auto end = (*connection)->run(script, std::span(&bytes, 1));
    if (end.tags.empty() || end.tags.back() != "COMMIT") return unavailable{end.trouble};
    result.rows += options.rows_per_commit;
    ++result.commits;
    result.micros =
        std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - began).count();
  }
  return result;
}

}  // namespace suanpan::storage
