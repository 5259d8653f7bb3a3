// Calls that only read: accounts, transfers, the trial balance, the subjects.
#include "actors/endpoint/ledger_calls.hpp"
#include "actors/endpoint/read_refusals.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/model/payment_content.hpp"
#include "protocol/wire/answers.hpp"
#include "protocol/wire/page_token.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace suanpan::endpoint {

// --- GetAccount
// -----------------------------------------------------------------------------------

void get_account_call::begin() {
  v1::GetAccountRequest request;
  if (!parse(request) || !admit(1)) return;
  number = {request.number()};
  const bool possible =
      number.value > 0 && number.sequence() > 0 && number.shard().value < context_.limits.shards;
  if (!possible) return refuse_now(account_not_found());
  const auto me = std::static_pointer_cast<get_account_call>(shared_from_this());
  caf::anon_send(context_.actors.teller, read_account{me});
}

void get_account_call::finish() noexcept {
  permit_.leave();
  if (!claim()) return;
  if (account_read::result == read_result::not_found) return refuse(account_not_found());
  if (account_read::result != read_result::found) return refuse(read_unavailable());
  if (!may_read_accounts_of(row.key.owner)) return refuse(account_not_found());
  v1::Account account;
  wire::fill(row, account);
  respond_with(account);
}

// --- queues
// ---------------------------------------------------------------------------------------

bool queued_call::enter_queue(workload& queue, std::int64_t places, std::string_view name) {
  if (!admit(1)) return false;
  if (!queue.enter({1, 0}, {places, 0})) {
    refuse_now(overloaded(name));
    return false;
  }
  queue_ = &queue;
  return true;
}

void queued_call::leave_queue() noexcept {
  if (auto* queue = std::exchange(queue_, nullptr)) queue->leave({1, 0});
  permit_.leave();
}

// --- GetTransfer
// ----------------------------------------------------------------------------------

void get_transfer_call::begin() {
  v1::GetTransferRequest request;
  if (!parse(request)) return;
  if (request.id().size() != id.bytes.size())
    return refuse_now(invalid("ID_INVALID", "id", "A transfer's id is 16 bytes."));
  std::copy(request.id().begin(), request.id().end(), id.bytes.begin());
  if (!enter_queue(context_.look_ups, look_ups_max, "look_ups")) return;
  const auto me = std::static_pointer_cast<get_transfer_call>(shared_from_this());
  caf::anon_send(context_.actors.reader, read_transfer{me});
}

void get_transfer_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (transfer_read::result == read_result::not_found)
    return refuse(not_found("TRANSFER_NOT_FOUND", "Nothing is recorded under this id."));
  if (transfer_read::result != read_result::found) return refuse(read_unavailable());
  v1::GetTransferResponse response;
  wire::fill(found, response);
  respond_with(response);
}

// --- ListAccounts
// ---------------------------------------------------------------------------------

void list_accounts_call::begin() {
  v1::ListAccountsRequest request;
  if (!parse(request)) return;
  if (request.page_size() > page_size_max)
    return refuse_now(
        invalid("PAGE_SIZE_TOO_LARGE", "page_size", "A page holds at most 1,000 accounts."));
  page_size_ = request.page_size() == 0 ? page_size_default : request.page_size();
  if (const auto own = own_merchant(*who_)) {
    if (request.owner().empty()) request.set_owner(owner_of(*own));
    // Accounts of others read as none.
    if (!may_read_accounts_of(request.owner())) return answer_none();
  }
  filter_ = request.owner() + '\n' + request.subject();
  const auto from = wire::read_page_token(request.page_token(), filter_);
  if (!from) return refuse_now(page_token_invalid());
  owner = request.owner();
  subject = request.subject();
  after = *from;
  limit = page_size_ + 1;  // one more than shown: is there another page?
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<list_accounts_call>(shared_from_this());
  caf::anon_send(context_.actors.reports, read_account_list{me});
}

void list_accounts_call::answer_none() noexcept {
  if (claim()) respond_with(v1::ListAccountsResponse{});
}

void list_accounts_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (account_list_read::result != read_result::found) return refuse(read_unavailable());
  v1::ListAccountsResponse response;
  const auto shown = std::min<std::size_t>(rows.size(), page_size_);
  for (std::size_t i = 0; i < shown; ++i) wire::fill(rows[i], *response.add_accounts());
  if (rows.size() > shown)
    response.set_next_page_token(wire::make_page_token(rows[shown - 1].number, filter_));
  respond_with(response);
}

// --- GetTrialBalance
// ------------------------------------------------------------------------------

void trial_balance_call::begin() {
  v1::GetTrialBalanceRequest request;
  if (!parse(request)) return;
  if (!enter_queue(context_.reports, reports_max, "reports")) return;
  const auto me = std::static_pointer_cast<trial_balance_call>(shared_from_this());
  caf::anon_send(context_.actors.reports, read_trial_balance{me});
}

void trial_balance_call::finish() noexcept {
  leave_queue();
  if (!claim()) return;
  if (trial_balance_read::result != read_result::found) return refuse(read_unavailable());
  v1::TrialBalance response;
  for (const auto& from : lines) {
    auto& line = *response.add_lines();
    const auto* known = context_.chart.find(from.subject);
    // A subject that has left the chart still has its books; debit side, so that nothing is hidden.
    wire::fill(from, known == nullptr ? normal_side::debit : known->side, line);
    if (known == nullptr) continue;
    line.set_subject_name(known->name);
    line.set_subject_name_zh(known->name_zh);
  }
  response.set_as_of_ticket(as_of.micros);
  respond_with(response);
}

// --- ListSubjects
// ---------------------------------------------------------------------------------

void list_subjects_call::begin() {
  v1::ListSubjectsRequest request;
  if (!parse(request) || !claim()) return;
  v1::ListSubjectsResponse response;
  for (const auto& from : context_.chart.all()) {
    auto& to = *response.add_subjects();
    to.set_code(from.code);
    to.set_name(from.name);
    to.set_name_zh(from.name_zh);
    to.set_subject_class(static_cast<v1::SubjectClass>(from.cls));
    to.set_normal_side(static_cast<v1::NormalSide>(from.side));
  }
  respond_with(response);
}

}  // namespace suanpan::endpoint
