// Methods of the Ledger about balance monitors.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/monitor_requests.hpp"

namespace suanpan::endpoint {

/// AddBalanceMonitor and RemoveBalanceMonitor, which differ in what they ask for.
class change_monitor_call : public queued_call, public monitor_change {
 public:
  void finish() noexcept override;

 protected:
  using queued_call::queued_call;
  void ask();
};

/// AddBalanceMonitor.
class add_monitor_call final : public change_monitor_call {
 public:
  explicit add_monitor_call(const arrival& from)
      : change_monitor_call(from, rpc_method::add_balance_monitor) {}

 private:
  void begin() override;
};

/// RemoveBalanceMonitor.
class remove_monitor_call final : public change_monitor_call {
 public:
  explicit remove_monitor_call(const arrival& from)
      : change_monitor_call(from, rpc_method::remove_balance_monitor) {}

 private:
  void begin() override;
};

/// ListBalanceMonitors.
class list_monitors_call final : public queued_call, public monitor_list_read {
 public:
  explicit list_monitors_call(const arrival& call)
      : queued_call(call, rpc_method::list_balance_monitors) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// ListMonitorEvents.
class list_monitor_events_call final : public queued_call, public monitor_events_read {
 public:
  explicit list_monitor_events_call(const arrival& call)
      : queued_call(call, rpc_method::list_monitor_events) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

}  // namespace suanpan::endpoint
