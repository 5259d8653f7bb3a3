#include "actors/endpoint/ledger_service.hpp"

#include "actors/endpoint/change_calls.hpp"
#include "actors/endpoint/day_calls.hpp"
#include "actors/endpoint/ledger_calls.hpp"
#include "actors/endpoint/monitor_calls.hpp"
#include "actors/endpoint/statement_calls.hpp"
#include "actors/endpoint/transfer_stream.hpp"

namespace suanpan::endpoint {

using unary = ledger_service::unary;

unary* ledger_service::OpenAccounts(call* from, const bytes* in, bytes* out) {
  return unary_call::start<open_accounts_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetAccount(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_account_call>({context_, *from, *in, *out});
}

unary* ledger_service::SetAccountFlags(call* from, const bytes* in, bytes* out) {
  return unary_call::start<set_account_flags_call>({context_, *from, *in, *out});
}

unary* ledger_service::SetAccountLimits(call* from, const bytes* in, bytes* out) {
  return unary_call::start<set_account_limits_call>({context_, *from, *in, *out});
}

unary* ledger_service::SetAccountMetadata(call* from, const bytes* in, bytes* out) {
  return unary_call::start<set_account_metadata_call>({context_, *from, *in, *out});
}

unary* ledger_service::CloseAccount(call* from, const bytes* in, bytes* out) {
  return unary_call::start<close_account_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListAccounts(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_accounts_call>({context_, *from, *in, *out});
}

unary* ledger_service::PostTransfers(call* from, const bytes* in, bytes* out) {
  return unary_call::start<post_transfers_call>({context_, *from, *in, *out});
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* ledger_service::StreamTransfers(
    call* from) {
  return transfer_stream::start(context_, *from);
}

unary* ledger_service::GetTransfer(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_transfer_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListTransfers(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_transfers_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetStatement(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_statement_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetBalanceAt(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_balance_at_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetTrialBalance(call* from, const bytes* in, bytes* out) {
  return unary_call::start<trial_balance_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListSubjects(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_subjects_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetAccountingDay(call* from, const bytes* in, bytes* out) {
  return unary_call::start<get_day_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListAccountingDays(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_days_call>({context_, *from, *in, *out});
}

unary* ledger_service::CloseAccountingDay(call* from, const bytes* in, bytes* out) {
  return unary_call::start<close_day_call>({context_, *from, *in, *out});
}

unary* ledger_service::GetGeneralLedger(call* from, const bytes* in, bytes* out) {
  return unary_call::start<general_ledger_call>({context_, *from, *in, *out});
}

unary* ledger_service::AddBalanceMonitor(call* from, const bytes* in, bytes* out) {
  return unary_call::start<add_monitor_call>({context_, *from, *in, *out});
}

unary* ledger_service::RemoveBalanceMonitor(call* from, const bytes* in, bytes* out) {
  return unary_call::start<remove_monitor_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListBalanceMonitors(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_monitors_call>({context_, *from, *in, *out});
}

unary* ledger_service::ListMonitorEvents(call* from, const bytes* in, bytes* out) {
  return unary_call::start<list_monitor_events_call>({context_, *from, *in, *out});
}

}  // namespace suanpan::endpoint
