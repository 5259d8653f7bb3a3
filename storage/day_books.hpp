// Accounting days (R28): which there are, how far they are, their close, and the general ledger.
// A session of its own, made when first used and again after a loss. One thread at a time.
#pragma once

#include "protocol/model/day_records.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/outcome.hpp"

#include <memory>
#include <string>
#include <vector>

namespace suanpan::storage {

struct day_books_options {
  std::string dsn;
  std::string node_name;                       // application_name "suanpan:<node>:days"
  std::int64_t statement_timeout_ms = 30'000;  // of a read
  std::int64_t close_timeout_ms = 600'000;     // of a close, which sums up a whole day
  lineage_memory_ptr seen = nullptr;           // R18; null: any server of the dsn will do
};

/// The days asked for, and the calendar that they were read with.
struct day_list {
  calendar_state calendar;
  std::vector<day_record> days;  // by date
};

/// How the close of a day ended.
struct day_close {
  enum class verdict : std::uint8_t {
    closed,        // now, or earlier: then nothing was changed
    out_of_order,  // `calendar.first_open` comes first
    unknown_day,   // before the first day or after today
    unsettled,     // `unsettled` says where rows may still come
    misdated,      // rows of its tickets carry another date: `suanpan verify` tells which
  };
  verdict ended = verdict::closed;
  day_record day;
  calendar_state calendar;
  std::vector<unsettled_shard> unsettled;  // by shard, at most so many are named:
  static constexpr std::size_t named_max = 100;
  std::int64_t unsettled_total = 0;
};

struct general_ledger {
  calendar_state calendar;
  std::vector<ledger_line> lines;  // by subject, then currency
  ticket as_of;                    // the newest watermark in the snapshot
};

class day_books {
 public:
  explicit day_books(day_books_options options);
  ~day_books();

  /// Days from … to, those of them that have begun and are not before the first. One snapshot.
  [[nodiscard]] outcome<day_list> list(accounting_date from, accounting_date to);
  /// Shards that are not settled beyond the date, as a close would name them.
  [[nodiscard]] outcome<day_close> ask(accounting_date date);
  /// Closes the date in one transaction; closers wait for each other. Unavailable: it may have been
  /// closed, and asking again is safe.
  [[nodiscard]] outcome<day_close> close(accounting_date date, const std::string& by);
  /// Opening and movement of every subject that has any; closed days from their stored sums, open
  /// ones from their rows. One snapshot.
  [[nodiscard]] outcome<general_ledger> sum_up(accounting_date from, accounting_date to);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace suanpan::storage
