#include "tools/cli/payment_orders.hpp"

#include "protocol/model/payment.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/time_range.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;
using stub = v1::Payments::Stub;

/// An option that only some kinds take, and must be given to them.
struct own_option {
  const char* name;
  std::string order_options::*value;
  std::array<payment_kind, 5> kinds;  // padded by repeats
};

using enum payment_kind;
constexpr std::array<own_option, 5> own_options = {{
    {"--card", &order_options::card, {top_up, quick_pay, withholding, payout, withdrawal}},
    {"--payer", &order_options::payer, {top_up, transfer, withdrawal, top_up, top_up}},
    {"--payee", &order_options::payee, {transfer, transfer, transfer, transfer, transfer}},
    {"--payment", &order_options::payment, {refund, refund, refund, refund, refund}},
    {"--return-url",
     &order_options::return_url,
     {online_bank_pay, online_bank_pay, online_bank_pay, online_bank_pay, online_bank_pay}},
}};

payment_kind kind_of(const order_options& options) {
  const auto kind = parse_payment_kind(options.kind);
  if (kind) return *kind;
  std::string names;
  for (const auto each : payment_kinds)
    names += (names.empty() ? "" : ", ") + std::string(name_of(each));
  throw command_failure(exit_status::usage, "KIND is one of " + names + ": " + options.kind);
}

void judge_options(const order_options& options, payment_kind kind) {
  for (const auto& option : own_options) {
    const bool taken = std::ranges::find(option.kinds, kind) != option.kinds.end();
    const bool given = !(options.*option.value).empty();
    if (taken != given)
      throw command_failure(exit_status::usage,
                            options.kind + (taken ? " needs " : " takes no ") + option.name);
  }
  if (options.cards_max != 0 && kind != quick_pay)
    throw command_failure(exit_status::usage, options.kind + " takes no --cards-max");
}

/// What all requests have in common.
template <class Request>
Request request_of(const order_options& options) {
  Request request;
  request.set_merchant(options.merchant);
  request.set_order_number(options.order_number);
  request.set_amount(amount_from(options.amount, options.currency));
  request.set_currency(options.currency);
  request.set_description(options.description);
  request.set_expires_at_micros(time_from(options.expires_at, "--expires-at"));
  if constexpr (requires { request.set_card(""); }) request.set_card(options.card);
  if constexpr (requires { request.set_cards_max(0); }) request.set_cards_max(options.cards_max);
  if constexpr (requires { request.set_payer(""); }) request.set_payer(options.payer);
  if constexpr (requires { request.set_payee(""); }) request.set_payee(options.payee);
  if constexpr (requires { request.set_payment_id(""); }) request.set_payment_id(options.payment);
  if constexpr (requires { request.set_return_url(""); })
    request.set_return_url(options.return_url);
  return request;
}

template <class Request>
v1::Payment ask(const ledger_client& client, const order_options& options,
                grpc::Status (stub::*method)(grpc::ClientContext*, const Request&, v1::Payment*)) {
  const auto request = request_of<Request>(options);
  const auto payments = v1::Payments::NewStub(client.channel());
  v1::Payment answer;
  require_ok((payments.get()->*method)(client.unary_context().get(), request, &answer),
             "order " + options.order_number + " at " + client.endpoint() +
                 " (repeat it with this --order)");
  return answer;
}

}  // namespace

v1::Payment create_order(const ledger_client& client, const order_options& options) {
  const auto kind = kind_of(options);
  judge_options(options, kind);
  switch (kind) {
    case top_up:
      return ask(client, options, &stub::CreateTopUp);
    case transfer:
      return ask(client, options, &stub::CreateTransfer);
    case quick_pay:
      return ask(client, options, &stub::CreateQuickPay);
    case online_bank_pay:
      return ask(client, options, &stub::CreateOnlineBankPay);
    case withholding:
      return ask(client, options, &stub::CreateWithholding);
    case payout:
      return ask(client, options, &stub::CreatePayout);
    case withdrawal:
      return ask(client, options, &stub::CreateWithdrawal);
    case refund:
      return ask(client, options, &stub::CreateRefund);
  }
  throw command_failure(exit_status::usage, "no such kind: " + options.kind);
}

exit_status status_of_payment(const v1::Payment& payment) noexcept {
  switch (payment.state()) {
    case v1::PAYMENT_STATE_SUCCEEDED:
      return exit_status::done;
    case v1::PAYMENT_STATE_FAILED:
    case v1::PAYMENT_STATE_CLOSED:
      return exit_status::refused;
    case v1::PAYMENT_STATE_CREATED:
      return payment.has_failure() ? exit_status::refused : exit_status::unavailable;
    case v1::PAYMENT_STATE_PROCESSING:
      return payment.redirect_url().empty() ? exit_status::unavailable : exit_status::done;
    default:
      return exit_status::unavailable;
  }
}

}  // namespace suanpan::cli
