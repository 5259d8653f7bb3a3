// What the endpoint hands to the bookkeeper and gets back, as in requests.hpp: one object for each
// client call, answered once through finish(), which must not block or throw.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/day_records.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace suanpan {

/// ListAccountingDays.
class day_list_read {
 public:
  virtual ~day_list_read() = default;
  virtual void finish() noexcept = 0;

  std::optional<accounting_date> from;  // in: nothing = `days_shown` before `to`
  std::optional<accounting_date> to;    // in: nothing = today
  read_result result = read_result::none;
  calendar_state calendar;
  std::vector<day_record> days;

  static constexpr std::int32_t days_shown = 31;
};
using day_list_read_ptr = std::shared_ptr<day_list_read>;

/// GetAccountingDay, CloseAccountingDay.
class day_turn {
 public:
  virtual ~day_turn() = default;
  virtual void finish() noexcept = 0;

  enum class answer : std::uint8_t {
    none,
    told,          // `day`, `unsettled`
    unknown_day,   // before the first day or after today
    out_of_order,  // a close: `calendar.first_open` comes first
    unsettled,     // a close: rows may still come, see `unsettled`
    misdated,      // a close: rows of its tickets carry another date
    unavailable,
  };

  accounting_date date;   // in
  bool closes = false;    // in
  std::string closed_by;  // in, of a close: the caller's key
  answer result = answer::none;
  day_record day;
  calendar_state calendar;
  std::vector<unsettled_shard> unsettled;  // at most a bound of them
  std::int64_t unsettled_total = 0;
};
using day_turn_ptr = std::shared_ptr<day_turn>;

/// GetGeneralLedger.
class ledger_read {
 public:
  virtual ~ledger_read() = default;
  virtual void finish() noexcept = 0;

  std::optional<accounting_date> from;  // in: nothing = `to`
  std::optional<accounting_date> to;    // in: nothing = today
  read_result result = read_result::none;
  calendar_state calendar;
  std::vector<ledger_line> lines;  // by subject, then currency
  ticket as_of;
};
using ledger_read_ptr = std::shared_ptr<ledger_read>;

}  // namespace suanpan
