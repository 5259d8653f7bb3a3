// The Ledger of suanpan.v1 on gRPC's callback API. Requests and answers pass as bytes: each call
// reads them itself, so that garbage is answered in words and a batch is judged item by item.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "suanpan/v1/ledger.grpc.pb.h"

#include <memory>

namespace suanpan::endpoint {

namespace detail {
using v1::Ledger;
using raw_monitors = Ledger::WithRawCallbackMethod_AddBalanceMonitor<
    Ledger::WithRawCallbackMethod_RemoveBalanceMonitor<
        Ledger::WithRawCallbackMethod_ListBalanceMonitors<
            Ledger::WithRawCallbackMethod_ListMonitorEvents<Ledger::Service>>>>;
using raw_days =
    Ledger::WithRawCallbackMethod_GetAccountingDay<Ledger::WithRawCallbackMethod_ListAccountingDays<
        Ledger::WithRawCallbackMethod_CloseAccountingDay<
            Ledger::WithRawCallbackMethod_GetGeneralLedger<raw_monitors>>>>;
using raw_changes = Ledger::WithRawCallbackMethod_SetAccountFlags<
    Ledger::WithRawCallbackMethod_SetAccountLimits<Ledger::WithRawCallbackMethod_SetAccountMetadata<
        Ledger::WithRawCallbackMethod_CloseAccount<raw_days>>>>;
using raw_statements =
    Ledger::WithRawCallbackMethod_ListTransfers<Ledger::WithRawCallbackMethod_GetStatement<
        Ledger::WithRawCallbackMethod_GetBalanceAt<raw_changes>>>;
using raw_ledger = Ledger::WithRawCallbackMethod_OpenAccounts<
    Ledger::WithRawCallbackMethod_GetAccount<Ledger::WithRawCallbackMethod_ListAccounts<
        Ledger::WithRawCallbackMethod_PostTransfers<Ledger::WithRawCallbackMethod_StreamTransfers<
            Ledger::WithRawCallbackMethod_GetTransfer<Ledger::WithRawCallbackMethod_GetTrialBalance<
                Ledger::WithRawCallbackMethod_ListSubjects<raw_statements>>>>>>>>;
}  // namespace detail

class ledger_service final : public detail::raw_ledger {
 public:
  explicit ledger_service(std::shared_ptr<ledger_context> context) : context_(std::move(context)) {}

  using bytes = grpc::ByteBuffer;
  using unary = grpc::ServerUnaryReactor;
  using call = grpc::CallbackServerContext;

  unary* OpenAccounts(call* from, const bytes* in, bytes* out) override;
  unary* GetAccount(call* from, const bytes* in, bytes* out) override;
  unary* SetAccountFlags(call* from, const bytes* in, bytes* out) override;
  unary* SetAccountLimits(call* from, const bytes* in, bytes* out) override;
  unary* SetAccountMetadata(call* from, const bytes* in, bytes* out) override;
  unary* CloseAccount(call* from, const bytes* in, bytes* out) override;
  unary* ListAccounts(call* from, const bytes* in, bytes* out) override;
  unary* PostTransfers(call* from, const bytes* in, bytes* out) override;
  grpc::ServerBidiReactor<bytes, bytes>* StreamTransfers(call* from) override;
  unary* GetTransfer(call* from, const bytes* in, bytes* out) override;
  unary* ListTransfers(call* from, const bytes* in, bytes* out) override;
  unary* GetStatement(call* from, const bytes* in, bytes* out) override;
  unary* GetBalanceAt(call* from, const bytes* in, bytes* out) override;
  unary* GetTrialBalance(call* from, const bytes* in, bytes* out) override;
  unary* ListSubjects(call* from, const bytes* in, bytes* out) override;
  unary* GetAccountingDay(call* from, const bytes* in, bytes* out) override;
  unary* ListAccountingDays(call* from, const bytes* in, bytes* out) override;
  unary* CloseAccountingDay(call* from, const bytes* in, bytes* out) override;
  unary* GetGeneralLedger(call* from, const bytes* in, bytes* out) override;
  unary* AddBalanceMonitor(call* from, const bytes* in, bytes* out) override;
  unary* RemoveBalanceMonitor(call* from, const bytes* in, bytes* out) override;
  unary* ListBalanceMonitors(call* from, const bytes* in, bytes* out) override;
  unary* ListMonitorEvents(call* from, const bytes* in, bytes* out) override;

 private:
  std::shared_ptr<ledger_context> context_;
};

}  // namespace suanpan::endpoint
