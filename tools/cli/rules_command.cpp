// `suanpan rules show`: what each flow of each kind of payment books, as T-accounts, by the posting
// rules themselves. Needs no node.
#include "config/posting_rules.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/t_accounts.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <memory>

namespace suanpan::cli {
namespace {

using enum payment_transition;

constexpr std::int32_t pinned_basis_points = 60;
constexpr minor_units pinned_amount{10'000};

struct rules_options {
  std::string kind;
  std::string chart = "config/chart_of_accounts.toml";
  std::string rules = "config/posting_rules.toml";
};

/// What comes one after the other, if all goes well or if it goes wrong in one way.
struct flow {
  std::string_view title;
  std::vector<payment_transition> course;
};

std::vector<flow> flows_of(payment_kind kind) {
  if (collects(kind))
    return {{"paid", {received, settled}},
            {"a success too many", {surplus_received}},
            {"taken back by the bank", {received, settled, returned_by_bank}}};
  if (kind == payment_kind::transfer) return {{"paid", {moved}}};
  if (kind == payment_kind::refund)
    return {{"paid back, with its share of the fee", {held, captured, paid, fee_returned}},
            {"refused", {held, released}},
            {"of a transfer, with its share of the fee", {moved, fee_returned}},
            {"of a success too many", {surplus_returned}},
            {"paid back after all", {held, released, paid_after_all}},
            {"returned by the bank", {held, captured, paid, returned_by_bank}}};
  return {{"paid", {held, captured, paid}},
          {"refused", {held, released}},
          {"paid after all", {held, released, paid_after_all}},
          {"returned by the bank", {held, captured, paid, returned_by_bank}}};
}

payment_order pinned_order(payment_kind kind) {
  payment_order order;
  order.kind = kind;
  order.merchant = {"M001"};
  order.amount = pinned_amount;
  order.ccy = *parse_currency("CNY");
  order.fee = fee_of(pinned_amount, pinned_basis_points);
  order.returns_fee = true;
  order.payer = kind == payment_kind::refund ? "merchant:M001" : "user:42";
  if (kind == payment_kind::transfer) order.payee = "merchant:M001";
  if (kind == payment_kind::refund) order.payee = "user:42";  // of a transfer
  return order;
}

std::vector<booking_intent> intents_of(const posting_rules& rules, const payment_order& order,
                                       const flow& way) {
  std::vector<booking_intent> intents;
  posting_occasion when;
  when.channel = {"icbc"};
  for (const auto transition : way.course) {
    when.transition = transition;
    when.number = static_cast<std::int16_t>(intents.size() + 1);
    const bool ends_hold = transition == captured || transition == released;
    if (ends_hold)
      intents.push_back(end_of_hold(intents.front(), order, when));
    else if (auto intent = rules.intent_for(order, when))
      intents.push_back(std::move(*intent));
  }
  return intents;
}

bool moves_money(const booking_intent& intent) {
  return intent.kind == transfer_kind::post || intent.kind == transfer_kind::capture;
}

/// Only what the course of a flow books.
struct told_flow {
  payment_kind kind;
  std::string title;
  payment_order order;
  std::vector<booking_intent> intents;
};

std::vector<told_flow> all_flows(const posting_rules& rules, std::string_view only) {
  std::vector<told_flow> told;
  for (const auto kind : payment_kinds) {
    if (!only.empty() && name_of(kind) != only) continue;
    const auto order = pinned_order(kind);
    for (const auto& way : flows_of(kind))
      told.push_back({kind, std::string(way.title), order, intents_of(rules, order, way)});
  }
  return told;
}

std::string account_text(const posting_account& account, const config::chart_of_accounts& chart) {
  const auto* subject = chart.find(account.subject);
  return account.subject + " " + account.owner +
         (subject == nullptr ? "" : "  (" + subject->name + " " + subject->name_zh + ")");
}

std::string flow_text(const told_flow& told, const config::chart_of_accounts& chart) {
  std::string text = std::string(name_of(told.kind)) + ": " + told.title + "\n\n";
  table vouchers({{"voucher"},
                  {"as"},
                  {"debit"},
                  {"credit"},
                  {"amount", align::right},
                  {"code", align::right}});
  std::vector<t_entry> entries;
  for (const auto& intent : told.intents) {
    const auto mark = std::to_string(intent.number) + " " + std::string(name_of(intent.transition));
    const std::string as = intent.kind == transfer_kind::hold        ? "hold"
                           : intent.kind == transfer_kind::void_hold ? "void of the hold"
                           : intent.kind == transfer_kind::capture   ? "capture of the hold"
                                                                     : "posting";
    for (const auto& leg : intent.legs) {
      vouchers.add({mark, as, leg.debit.subject + " " + leg.debit.owner,
                    leg.credit.subject + " " + leg.credit.owner,
                    money_text(leg.amount.value, told.order.ccy),
                    std::to_string(intent.event_code)});
      if (!moves_money(intent)) continue;
      entries.push_back({account_text(leg.debit, chart), true, mark, leg.amount});
      entries.push_back({account_text(leg.credit, chart), false, mark, leg.amount});
    }
  }
  text += vouchers.text() + '\n';
  return entries.empty() ? text + "  Nothing is posted.\n"
                         : text + t_accounts_text(entries, told.order.ccy);
}

nlohmann::json flow_json(const told_flow& told) {
  auto vouchers = nlohmann::json::array();
  for (const auto& intent : told.intents) {
    auto legs = nlohmann::json::array();
    for (const auto& leg : intent.legs)
      legs.push_back({{"debit", {{"owner", leg.debit.owner}, {"subject", leg.debit.subject}}},
                      {"credit", {{"owner", leg.credit.owner}, {"subject", leg.credit.subject}}},
                      {"amount", leg.amount.value}});
    vouchers.push_back({{"transition", name_of(intent.transition)},
                        {"event_code", intent.event_code},
                        {"moves_money", moves_money(intent)},
                        {"legs", std::move(legs)}});
  }
  return {{"kind", name_of(told.kind)}, {"flow", told.title}, {"vouchers", std::move(vouchers)}};
}

exit_status show_rules(const common_options& common, const rules_options& options) {
  std::vector<config::fault> faults;
  const auto chart = config::load_chart(options.chart, faults);
  posting_rules rules;
  if (faults.empty()) rules = config::load_posting_rules(options.rules, chart, faults);
  if (!faults.empty()) {
    for (const auto& fault : faults) print(config::to_string(fault) + '\n');
    return exit_status::configuration;
  }
  const auto flows = all_flows(rules, options.kind);
  if (common.json) {
    auto list = nlohmann::json::array();
    for (const auto& each : flows) list.push_back(flow_json(each));
    print(nlohmann::json{{"flows", std::move(list)}}.dump() + '\n');
    return exit_status::done;
  }
  std::string text = "Each flow for " + money_text(pinned_amount.value, *parse_currency("CNY")) +
                     " at a fee of 60 basis points, through the channel icbc.\n";
  for (const auto& each : flows) text += "\n" + flow_text(each, chart);
  print(text);
  return exit_status::done;
}

}  // namespace

void add_rules(CLI::App& app, command_line& line) {
  auto* rules = app.add_subcommand("rules", "Posting rules of payments.");
  rules->require_subcommand(1);
  auto* show =
      rules->add_subcommand("show", "What each flow of each kind of payment books, as T-accounts.");
  const auto options = std::make_shared<rules_options>();
  std::vector<std::string> kinds;
  for (const auto kind : payment_kinds) kinds.emplace_back(name_of(kind));
  show->add_option("kind", options->kind, "one kind only, e.g. quick_pay")
      ->check(CLI::IsMember(std::move(kinds)));
  show->add_option("--chart", options->chart, "the chart of accounts [config/]");
  show->add_option("--rules", options->rules, "the posting rules [config/]");
  show->footer(
      "Reads the files, asks no node. Status 3 if there is a fault in them; each is printed.\n\n"
      "Examples:\n  suanpan rules show quick_pay\n"
      "  suanpan rules show --rules my_rules.toml --json");
  show->callback([&line, options] {
    line.run = [&line, options] { return show_rules(line.common, *options); };
  });
}

}  // namespace suanpan::cli
