// What the endpoint asks the bookkeeper about balance monitors, as in requests.hpp.
#pragma once

#include "protocol/messages/requests.hpp"
#include "protocol/model/monitor.hpp"

#include <memory>
#include <string>
#include <vector>

namespace suanpan {

/// AddBalanceMonitor, RemoveBalanceMonitor.
class monitor_change {
 public:
  virtual ~monitor_change() = default;
  virtual void finish() noexcept = 0;

  enum class answer : std::uint8_t {
    none,
    done,       // `monitor`; also where it was so already
    not_found,  // the account, or the monitor
    too_many,   // monitors_of_account_max
    unavailable,
  };

  bool removes = false;     // in
  balance_monitor monitor;  // in: what to add, or the id; out, when done
  std::string by;           // in: the caller's key
  answer result = answer::none;
};
using monitor_change_ptr = std::shared_ptr<monitor_change>;

/// ListBalanceMonitors.
class monitor_list_read {
 public:
  virtual ~monitor_list_read() = default;
  virtual void finish() noexcept = 0;

  account_number account;     // in: 0 = of all
  std::int64_t after = 0;     // in: ids above this
  std::uint32_t limit = 100;  // in
  read_result result = read_result::none;
  std::vector<balance_monitor> monitors;  // out: by id, none that is removed
};
using monitor_list_read_ptr = std::shared_ptr<monitor_list_read>;

/// ListMonitorEvents.
class monitor_events_read {
 public:
  virtual ~monitor_events_read() = default;
  virtual void finish() noexcept = 0;

  std::int64_t monitor = 0;   // in
  std::int32_t after = 0;     // in: numbers above this
  std::uint32_t limit = 100;  // in
  read_result result = read_result::none;
  balance_monitor of;                 // out, when found
  std::vector<monitor_event> events;  // out: by number
};
using monitor_events_read_ptr = std::shared_ptr<monitor_events_read>;

}  // namespace suanpan
