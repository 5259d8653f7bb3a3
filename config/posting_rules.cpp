// Every fault names the line to edit. That a voucher balances is proven over symbols, not over
// samples: a leg's amount is so many times the amount, the fee and the share of a fee.
#include "config/posting_rules.hpp"

#include "config/toml_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace suanpan::config {
namespace {

using place = std::pair<payment_kind, payment_transition>;

/// One file being read.
struct reading {
  const std::string& file;
  const chart_of_accounts& chart;
  std::vector<fault>& faults;
  std::vector<posting_rule> rules;
  std::map<place, std::string> declared;  // where

  void blame(const toml::node& at, std::string key, std::string reason) {
    faults.push_back({position(file, at.source()), std::move(key), std::move(reason)});
  }
};

std::string quoted(std::string_view text) {
  return in_quotes(text.substr(0, 64));
}

std::string named(const place& of) {
  return std::string(name_of(of.first)) + ", " + std::string(name_of(of.second));
}

/// A text that must be there.
std::optional<std::string> text_at(reading& to, const toml::table& from, std::string_view key) {
  const std::string full = "rule." + std::string(key);
  const toml::node* node = from.get(key);
  if (node == nullptr) {
    to.blame(from, full, "is missing");
    return std::nullopt;
  }
  if (const auto* text = node->as_string()) return text->get();
  to.blame(*node, full, "expected a text, found " + std::string(kind_of(*node)));
  return std::nullopt;
}

template <std::size_t Count>
void refuse_strangers(reading& to, const toml::table& from,
                      const std::array<std::string_view, Count>& known) {
  for (const auto& [key, node] : from)
    if (std::ranges::find(known, key.str()) == known.end())
      to.blame(node, "rule." + std::string(key.str()), "is unknown");
}

bool has_subject(reading& to, const toml::node& at, std::string key, std::string_view code) {
  if (to.chart.find(code) != nullptr) return true;
  to.blame(at, std::move(key), quoted(code) + " is no subject of the chart of accounts");
  return false;
}

std::optional<std::string> take_balance(reading& to, const toml::table& root,
                                        std::string_view key) {
  const toml::node* node = root.get(key);
  if (node == nullptr) {
    to.faults.push_back({to.file + ":1", std::string(key), "is missing"});
    return std::nullopt;
  }
  const auto* code = node->as_string();
  if (code == nullptr) {
    to.blame(*node, std::string(key), "expected a text, found " + std::string(kind_of(*node)));
    return std::nullopt;
  }
  if (!has_subject(to, *node, std::string(key), code->get())) return std::nullopt;
  return code->get();
}

// --- one leg
// -------------------------------------------------------------------------------------------------

std::optional<account_template> take_account(reading& to, const toml::table& leg,
                                             std::string_view key) {
  const auto text = text_at(to, leg, key);
  if (!text) return std::nullopt;
  const toml::node& node = *leg.get(key);
  const std::string full = "rule." + std::string(key);
  const auto space = text->find(' ');
  const auto role = parse_account_role(text->substr(0, space));
  if (!role) {
    to.blame(
        node, full,
        quoted(text->substr(0, space)) + " is none of: merchant, payer, payee, channel, internal");
    return std::nullopt;
  }
  const auto subject =
      space == std::string::npos ? std::string_view{} : std::string_view(*text).substr(space + 1);
  const bool has_balance = *role != account_role::channel && *role != account_role::internal;
  if (subject == "balance") {
    if (has_balance) return account_template{*role, {}};
    to.blame(node, full, quoted(name_of(*role)) + " has no balance with us: name a subject");
    return std::nullopt;
  }
  if (!has_subject(to, node, full, subject)) return std::nullopt;
  return account_template{*role, std::string(subject)};
}

std::optional<posting_leg> take_leg(reading& to, const toml::node& node) {
  const auto* entry = node.as_table();
  if (entry == nullptr) {
    to.blame(node, "rule.legs", "expected a table, found " + std::string(kind_of(node)));
    return std::nullopt;
  }
  refuse_strangers<3>(to, *entry, {"debit", "credit", "amount"});
  const auto debit = take_account(to, *entry, "debit");
  const auto credit = take_account(to, *entry, "credit");
  const auto amount = text_at(to, *entry, "amount");
  if (!amount) return std::nullopt;
  const auto term = parse_amount_term(*amount);
  if (!term) {
    to.blame(*entry->get("amount"), "rule.amount",
             quoted(*amount) + " is none of: amount, fee, net, total, fee_share");
  }
  if (!debit || !credit || !term) return std::nullopt;
  if (*debit == *credit) {
    to.blame(node, "rule.legs", "debits and credits the same account");
    return std::nullopt;
  }
  return posting_leg{*debit, *credit, *term};
}

// Nothing where one of them is at fault.
std::optional<std::vector<posting_leg>> take_legs(reading& to, const toml::table& entry) {
  const toml::node* node = entry.get("legs");
  const auto* list = node == nullptr ? nullptr : node->as_array();
  if (list == nullptr || list->empty() || list->size() > posting_legs_max) {
    to.blame(node == nullptr ? entry : *node, "rule.legs",
             "expected 1 to " + std::to_string(posting_legs_max) + " legs");
    return std::nullopt;
  }
  std::vector<posting_leg> legs;
  for (const toml::node& each : *list)
    if (auto leg = take_leg(to, each)) legs.push_back(std::move(*leg));
  if (legs.size() != list->size()) return std::nullopt;
  return legs;
}

// --- one rule
// -------------------------------------------------------------------------------------------------

std::vector<payment_kind> take_kinds(reading& to, const toml::table& entry) {
  const toml::node* node = entry.get("kinds");
  const auto* list = node == nullptr ? nullptr : node->as_array();
  std::vector<payment_kind> kinds;
  if (list == nullptr || list->empty()) {
    to.blame(node == nullptr ? entry : *node, "rule.kinds", "expected a list of kinds");
    return kinds;
  }
  for (const toml::node& each : *list) {
    const auto* name = each.as_string();
    const auto kind = name == nullptr ? std::nullopt : parse_payment_kind(name->get());
    if (kind) {
      kinds.push_back(*kind);
    } else {
      to.blame(each, "rule.kinds",
               (name == nullptr ? std::string(kind_of(each)) : quoted(name->get())) +
                   " is no kind of payment");
    }
  }
  return kinds;
}

std::optional<payment_transition> take_transition(reading& to, const toml::table& entry) {
  const auto name = text_at(to, entry, "transition");
  if (!name) return std::nullopt;
  const auto transition = parse_payment_transition(*name);
  if (!transition) {
    to.blame(*entry.get("transition"), "rule.transition", quoted(*name) + " is no transition");
  }
  return transition;
}

std::string told(const symbolic_amount& s) {
  std::string text;
  const auto add = [&text](int times, std::string_view what) {
    if (times == 0) return;
    text += times < 0 ? (text.empty() ? "-" : " - ") : (text.empty() ? "" : " + ");
    if (times != 1 && times != -1) text += std::to_string(times < 0 ? -times : times) + " ";
    text += what;
  };
  add(s.amounts, "amount");
  add(s.fees, "fee");
  add(s.fee_shares, "fee_share");
  return text.empty() ? "nothing" : text;
}

void check_rule(reading& to, const toml::node& at, const posting_rule& rule) {
  const place of{rule.kind, rule.transition};
  const auto known = transitions_of(rule.kind);
  if (std::ranges::find(known, rule.transition) == known.end()) {
    const bool derived = rule.transition == payment_transition::captured ||
                         rule.transition == payment_transition::released;
    return to.blame(
        at, "rule.transition",
        named(of) + (derived ? ": follows from held" : ": there is no such transition"));
  }
  const auto [first, fresh] = to.declared.emplace(of, position(to.file, at.source()));
  if (!fresh) {
    return to.blame(at, "rule.transition", named(of) + ": is declared already at " + first->second);
  }
  symbolic_amount sum;
  for (const auto& leg : rule.legs) {
    sum = sum + symbolic(leg.amount);
    for (const auto role : {leg.debit.role, leg.credit.role})
      if (!has_role(rule.kind, rule.transition, role))
        to.blame(at, "rule.legs", named(of) + ": has no " + std::string(name_of(role)));
  }
  if (const auto due = moved_by(rule.kind, rule.transition); sum != due) {
    to.blame(at, "rule.legs", named(of) + ": its legs move " + told(sum) + ", not " + told(due));
  }
  if (rule.transition == payment_transition::held && rule.legs.size() != 1)
    to.blame(at, "rule.legs", named(of) + ": a hold has one leg");
}

void take_rule(reading& to, const toml::node& node) {
  const auto* entry = node.as_table();
  if (entry == nullptr) {
    return to.blame(node, "rule", "expected a table, found " + std::string(kind_of(node)));
  }
  refuse_strangers<3>(to, *entry, {"kinds", "transition", "legs"});
  const auto kinds = take_kinds(to, *entry);
  const auto transition = take_transition(to, *entry);
  const auto legs = take_legs(to, *entry);
  if (!transition) return;
  for (const auto kind : kinds) {
    if (!legs) {  // its fault is told; the rule is not missing
      to.declared.emplace(place{kind, *transition}, position(to.file, node.source()));
      continue;
    }
    to.rules.push_back({kind, *transition, *legs});
    check_rule(to, node, to.rules.back());
  }
}

void take_rules(reading& to, const toml::table& root) {
  constexpr std::array<std::string_view, 3> known = {"rule", "merchant_balance", "user_balance"};
  for (const auto& [key, node] : root)
    if (std::ranges::find(known, key.str()) == known.end())
      to.blame(node, std::string(key.str()),
               "is unknown; posting rules are merchant_balance, user_balance and [[rule]]");
  const toml::node* list = root.get("rule");
  const auto* rules = list == nullptr ? nullptr : list->as_array();
  if (rules == nullptr || rules->empty()) {
    to.faults.push_back({to.file + ":1", "rule", "there is no [[rule]]"});
    return;
  }
  for (const toml::node& node : *rules) take_rule(to, node);
  for (const auto kind : payment_kinds)
    for (const auto transition : transitions_of(kind))
      if (!to.declared.contains({kind, transition}))
        to.faults.push_back(
            {to.file + ":1", "rule", named({kind, transition}) + ": there is no rule"});
}

// --- what two rules are together
// -------------------------------------------------------------------------------------------------

symbolic_amount moved_on(const posting_rule& rule, const account_template& account, bool debits) {
  symbolic_amount sum;
  for (const auto& leg : rule.legs)
    if ((debits ? leg.debit : leg.credit) == account) sum = sum + symbolic(leg.amount);
  return sum;
}

/// What the first puts on an account of the company's own on the way, the second must take away.
struct passage {
  place first;
  place second;
};

void check_passage(reading& to, const posting_rules& rules, const passage& way) {
  const auto* first = rules.find(way.first.first, way.first.second);
  const auto* second = rules.find(way.second.first, way.second.second);
  for (const auto& leg : first->legs) {
    if (leg.credit.role != account_role::internal) continue;
    const auto left = moved_on(*first, leg.credit, false);
    const auto taken = moved_on(*second, leg.credit, true);
    if (left == taken) continue;
    to.faults.push_back({to.declared[way.second], "rule.legs",
                         named(way.second) + ": takes " + told(taken) + " from internal " +
                             leg.credit.subject + ", where " + named(way.first) + " left " +
                             told(left)});
    return;
  }
}

void check_passages(reading& to, const posting_rules& rules) {
  using enum payment_transition;
  for (const auto kind : payment_kinds) {
    if (collects(kind)) {
      check_passage(to, rules, {{kind, received}, {kind, settled}});
      check_passage(to, rules,
                    {{kind, surplus_received}, {payment_kind::refund, surplus_returned}});
    }
    if (pays_out(kind)) check_passage(to, rules, {{kind, held}, {kind, paid}});
  }
}

}  // namespace

posting_rules load_posting_rules(const std::string& file, const chart_of_accounts& chart,
                                 std::vector<fault>& faults) {
  const std::size_t faults_before = faults.size();
  const auto root = read_toml(file, faults);
  if (!root) return {};
  reading to{file, chart, faults, {}, {}};
  auto merchant = take_balance(to, *root, "merchant_balance");
  auto user = take_balance(to, *root, "user_balance");
  take_rules(to, *root);
  if (faults.size() != faults_before) return {};
  posting_rules rules(std::move(to.rules), {std::move(*merchant), std::move(*user)});
  check_passages(to, rules);
  if (faults.size() != faults_before) return {};
  return rules;
}

}  // namespace suanpan::config
