// `suanpan payment create`, `retry`, `close`, `refund`, `show`, `list` and `explain`.
#include "tools/cli/commands.hpp"
#include "tools/cli/payment_explain.hpp"
#include "tools/cli/payment_orders.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/time_range.hpp"

#include <algorithm>
#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

/// A payment by our id or the merchant's number, and what else is said about it.
struct naming {
  std::string id;
  std::string order_number;
  std::string merchant;
  std::string card;
  std::string amount;
  std::string description;
};

struct list_options {
  std::string merchant;
  std::string kind;
  std::string state;
  std::string from;
  std::string to;
  std::uint32_t limit = 100;
};

exit_status tell(const common_options& common, const v1::Payment& payment) {
  print(common.json ? json_of(payment) + '\n' : payment_text(payment));
  return status_of_payment(payment);
}

exit_status create(const common_options& common, const order_options& options) {
  const ledger_client client(common);
  return tell(common, create_order(client, options));
}

template <class Request>
Request named(const naming& options) {
  Request request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.id);
  request.set_order_number(options.order_number);
  return request;
}

v1::Payment fetch(const ledger_client& client, const naming& options) {
  v1::Payment payment;
  require_ok(v1::Payments::NewStub(client.channel())
                 ->GetPayment(client.unary_context().get(), named<v1::GetPaymentRequest>(options),
                              &payment),
             "reading payment " + options.id + options.order_number + " at " + client.endpoint());
  return payment;
}

exit_status show(const common_options& common, const naming& options) {
  const ledger_client client(common);
  (void)tell(common, fetch(client, options));
  return exit_status::done;
}

exit_status explain(const common_options& common, const naming& options) {
  const ledger_client client(common);
  v1::PaymentLife life;
  require_ok(v1::Payments::NewStub(client.channel())
                 ->ExplainPayment(client.unary_context().get(),
                                  named<v1::ExplainPaymentRequest>(options), &life),
             "reading payment " + options.id + options.order_number + " at " + client.endpoint());
  print(common.json ? json_of(life) + '\n' : explain_text(life));
  return exit_status::done;
}

exit_status retry(const common_options& common, const naming& options) {
  const ledger_client client(common);
  v1::RetryPaymentRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.id);
  request.set_card(options.card);
  v1::Payment payment;
  require_ok(v1::Payments::NewStub(client.channel())
                 ->RetryPayment(client.unary_context().get(), request, &payment),
             "retrying payment " + options.id + " at " + client.endpoint());
  return tell(common, payment);
}

exit_status close(const common_options& common, const naming& options) {
  const ledger_client client(common);
  v1::ClosePaymentRequest request;
  request.set_merchant(options.merchant);
  request.set_payment_id(options.id);
  v1::Payment payment;
  require_ok(v1::Payments::NewStub(client.channel())
                 ->ClosePayment(client.unary_context().get(), request, &payment),
             "closing payment " + options.id + " at " + client.endpoint());
  print(common.json ? json_of(payment) + '\n' : payment_text(payment));
  return payment.state() == v1::PAYMENT_STATE_CLOSED ? exit_status::done : exit_status::refused;
}

/// The currency is that of the original; so is the amount, unless a part is asked for.
exit_status give_back(const common_options& common, const naming& options) {
  const ledger_client client(common);
  naming which = options;
  which.order_number.clear();
  const auto original = fetch(client, which);
  const auto ccy = parse_currency(original.currency());
  if (!ccy) throw command_failure(exit_status::refused, "the node told no currency");
  order_options refund;
  refund.kind = "refund";
  refund.merchant = original.merchant();
  refund.order_number = options.order_number;
  refund.amount = options.amount.empty() ? format_plain(original.amount(), *ccy) : options.amount;
  refund.currency = original.currency();
  refund.payment = options.id;
  refund.description = options.description;
  return tell(common, create_order(client, refund));
}

/// The value of an enum by its short name; 0 for none. Throws command_failure (usage).
template <class Enum>
Enum value_of(const std::string& text, const char* option, Enum last) {
  for (int i = 1; !text.empty() && i <= static_cast<int>(last); ++i)
    if (short_name(static_cast<Enum>(i)) == text) return static_cast<Enum>(i);
  if (text.empty()) return static_cast<Enum>(0);
  throw command_failure(exit_status::usage, std::string(option) + " is no such name: " + text);
}

v1::ListPaymentsResponse fetch_list(const ledger_client& client, const list_options& options) {
  v1::ListPaymentsRequest request;
  request.set_merchant(options.merchant);
  request.set_kind(value_of(options.kind, "--kind", v1::PAYMENT_KIND_REFUND));
  request.set_state(value_of(options.state, "--state", v1::PAYMENT_STATE_CLOSED));
  request.set_from_micros(time_from(options.from, "--from"));
  request.set_to_micros(time_from(options.to, "--to"));
  v1::ListPaymentsResponse all;
  const auto payments = v1::Payments::NewStub(client.channel());
  while (static_cast<std::uint32_t>(all.payments_size()) < options.limit) {
    request.set_page_size(
        std::min(page_size, options.limit - static_cast<std::uint32_t>(all.payments_size())));
    v1::ListPaymentsResponse page;
    require_ok(payments->ListPayments(client.unary_context().get(), request, &page),
               "listing payments at " + client.endpoint());
    all.mutable_payments()->MergeFrom(page.payments());
    all.set_next_page_token(page.next_page_token());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return all;
}

exit_status list(const common_options& common, const list_options& options) {
  const ledger_client client(common);
  const auto answer = fetch_list(client, options);
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  table lines({{"payment"},
               {"created"},
               {"merchant"},
               {"order number"},
               {"kind"},
               {"amount", align::right},
               {"state"},
               {"code"}});
  for (const auto& p : answer.payments())
    lines.add({p.id(), time_text(p.created_at_micros()), printable(p.merchant(), 32),
               printable(p.order_number(), 32), short_name(p.kind()),
               money_text(std::to_string(p.amount()), p.currency()), short_name(p.state()),
               printable(p.failure().code(), 32)});
  print(lines.text());
  if (!answer.next_page_token().empty()) print("  more payments follow: raise --limit\n");
  return exit_status::done;
}

void add_merchant(CLI::App& command, std::string& merchant) {
  command.add_option("--merchant", merchant, "whose it is [that of the caller's key]");
}

void add_create(CLI::App& payment, command_line& line) {
  auto* command =
      payment.add_subcommand("create", "Asks for an order, and says what became of it.");
  const auto o = std::make_shared<order_options>();
  command
      ->add_option("kind", o->kind,
                   "top_up, transfer, quick_pay, online_bank_pay, withholding, payout, withdrawal "
                   "or refund")
      ->required();
  command->add_option("--order", o->order_number, "the merchant's number; the idempotency key")
      ->required();
  command->add_option("--amount", o->amount, "in major units: 12.50")->required();
  command->add_option("--currency", o->currency, "ISO 4217, such as CNY")->required();
  command->add_option("--card", o->card, "card_…, which pays or is paid");
  command
      ->add_option("--cards-max", o->cards_max,
                   "of a quick pay: cards that may be tried, this one included [1]")
      ->type_name("N")
      ->check(CLI::Range(1, 10).description(""));
  command->add_option("--payer", o->payer, "user:42 (or merchant:…, of a transfer)");
  command->add_option("--payee", o->payee, "of a transfer: user:42 or merchant:M001");
  command->add_option("--payment", o->payment, "of a refund: pay_…, what it refunds");
  command->add_option("--return-url", o->return_url,
                      "of an online bank pay: where the browser goes afterwards");
  command->add_option("--description", o->description, "for people, at most 256 bytes");
  command->add_option("--expires-at", o->expires_at,
                      "UTC: an order that still waits then is closed [as configured]");
  add_merchant(*command, o->merchant);
  command->footer(
      "Repeat a command that was cut off: the same --order is never paid twice. Status 0: paid, "
      "or\n"
      "the payer goes on at the bank; 1: refused; 4: not decided yet, ask with `payment show`.\n\n"
      "Examples:\n"
      "  suanpan payment create quick_pay --order A-17 --amount 100 --currency CNY --card card_…\n"
      "  suanpan payment create transfer --order A-18 --amount 5 --currency CNY --payer user:42 "
      "\\\n"
      "      --payee merchant:M001");
  command->callback([&line, o] { line.run = [&line, o] { return create(line.common, *o); }; });
}

using action = exit_status (*)(const common_options&, const naming&);

std::shared_ptr<naming> add_action(CLI::App& command, command_line& line, action act) {
  const auto o = std::make_shared<naming>();
  command.add_option("id", o->id, "pay_…")->required();
  add_merchant(command, o->merchant);
  command.callback(
      [&line, o, act] { line.run = [&line, o, act] { return act(line.common, *o); }; });
  return o;
}

void add_actions(CLI::App& payment, command_line& line) {
  auto* again = payment.add_subcommand("retry", "Tries a quick pay with another card.");
  const auto retried = add_action(*again, line, retry);
  again->add_option("--card", retried->card, "card_…")->required();
  again->footer(
      "Only after a card was refused; while an attempt is not decided no other begins.\n\n"
      "Examples:\n  suanpan payment retry pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y --card card_…");

  auto* end = payment.add_subcommand("close", "Ends an order that waits and was not paid.");
  add_action(*end, line, close);
  end->footer("Examples:\n  suanpan payment close pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");

  auto* back = payment.add_subcommand("refund", "Gives a paid order's money back, or a part.");
  const auto refunded = add_action(*back, line, give_back);
  back->add_option("--order", refunded->order_number, "the refund's own number")->required();
  back->add_option("--amount", refunded->amount, "in major units [all of it]");
  back->add_option("--description", refunded->description, "for people, at most 256 bytes");
  back->footer(
      "Examples:\n  suanpan payment refund pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y --order R-17 "
      "--amount 2.50");
}

void add_reading(CLI::App& command, command_line& line, action act) {
  const auto o = std::make_shared<naming>();
  command.add_option("id", o->id, "pay_…; or name it by --order");
  command.add_option("--order", o->order_number, "the merchant's number");
  add_merchant(command, o->merchant);
  command.callback([&line, o, act] {
    if (o->id.empty() == o->order_number.empty())
      throw CLI::ValidationError("name the payment by its id or by --order");
    line.run = [&line, o, act] { return act(line.common, *o); };
  });
}

void add_list(CLI::App& payment, command_line& line) {
  auto* command = payment.add_subcommand("list", "Payments, newest first.");
  const auto o = std::make_shared<list_options>();
  command->add_option("--merchant", o->merchant, "only this merchant's [all that the key may see]");
  command->add_option("--kind", o->kind, "only this kind: quick_pay");
  command->add_option("--state", o->state,
                      "created, processing, unknown, manual, succeeded, failed or closed");
  command->add_option("--from", o->from, "UTC, included: 2026-11-23, or \"2026-11-23 10:05:09\"");
  command->add_option("--to", o->to, "UTC, not included");
  bounded(command->add_option("--limit", o->limit, "at most so many"), 1, 10'000'000);
  command->footer("Examples:\n  suanpan payment list --merchant M001 --state unknown");
  command->callback([&line, o] { line.run = [&line, o] { return list(line.common, *o); }; });
}

}  // namespace

void add_payment(CLI::App& app, command_line& line) {
  auto* payment = app.add_subcommand(
      "payment", "Creates, retries, closes, refunds, shows and explains orders.");
  payment->require_subcommand(1);
  add_create(*payment, line);
  add_actions(*payment, line);

  auto* shown = payment->add_subcommand("show", "One payment as it stands now.");
  add_reading(*shown, line, show);
  shown->footer("Examples:\n  suanpan payment show --order A-17 --merchant M001");

  add_list(*payment, line);

  auto* life = payment->add_subcommand(
      "explain", "The life of one order: events, rules, evidence, postings, notifications.");
  add_reading(*life, line, explain);
  life->footer("Examples:\n  suanpan payment explain pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y");
}

}  // namespace suanpan::cli
