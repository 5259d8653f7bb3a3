// What day close and the general ledger are told in: dates, how far they are, and what moved.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/accounting_day.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan {

/// How far an accounting day is. As the API numbers it.
enum class day_state : std::uint8_t {
  open = 1,     // rows of this date may still come
  settled = 2,  // every shard has passed its end: it may be closed
  closed = 3,   // final: its sums are stored
};

/// One accounting day. The last four only of a closed one.
struct day_record {
  accounting_date date;
  day_state state = day_state::open;
  ticket begins;
  ticket ends;  // the begin of the next date
  ticket settled;
  std::int64_t transfers = 0;
  std::string closed_by;
  std::int64_t closed_micros = 0;
};

/// A shard that is not settled beyond a date.
struct unsettled_shard {
  shard_id shard;
  std::string node;    // that took it last; empty: none ever did
  bool owned = false;  // somebody holds its lock
  ticket settled;      // 0: its owner has stored no watermark yet
};

/// Where the books stand with their days.
struct calendar_state {
  bool known = false;  // false: no node has ever served this ledger, so no day has begun
  day_shift shift;
  accounting_date first;       // of the first account, or today
  accounting_date first_open;  // the oldest day that is not closed
  accounting_date today;       // by the database's clock
  ticket settled;              // the lowest watermark of any shard
};

/// What a subject moved in one currency over a range of dates, and before it.
struct ledger_line {
  std::string subject;
  currency ccy;
  account_totals before;      // all dates before the range
  account_totals movement;    // the dates of the range
  std::int64_t postings = 0;  // of the range: debits and credits counted
};

}  // namespace suanpan
