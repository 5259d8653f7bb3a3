// Methods of the Ledger about accounting days and the general ledger, each a call of its own kind.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"
#include "protocol/messages/day_requests.hpp"

#include <string>

namespace suanpan::endpoint {

/// GetAccountingDay and CloseAccountingDay, which differ in what they ask for.
class day_turn_call : public queued_call, public day_turn {
 public:
  void finish() noexcept override;

 protected:
  using queued_call::queued_call;
  /// The request's date is read; otherwise it is refused already.
  void begin_with(const std::string& asked);
};

/// GetAccountingDay.
class get_day_call final : public day_turn_call {
 public:
  explicit get_day_call(const arrival& from)
      : day_turn_call(from, rpc_method::get_accounting_day) {}

 private:
  void begin() override;
};

/// CloseAccountingDay.
class close_day_call final : public day_turn_call {
 public:
  explicit close_day_call(const arrival& from)
      : day_turn_call(from, rpc_method::close_accounting_day) {}

 private:
  void begin() override;
};

/// ListAccountingDays.
class list_days_call final : public queued_call, public day_list_read {
 public:
  explicit list_days_call(const arrival& call)
      : queued_call(call, rpc_method::list_accounting_days) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// GetGeneralLedger.
class general_ledger_call final : public queued_call, public ledger_read {
 public:
  explicit general_ledger_call(const arrival& call)
      : queued_call(call, rpc_method::get_general_ledger) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

}  // namespace suanpan::endpoint
