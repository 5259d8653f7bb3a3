#include "actors/payment/posting_rules.hpp"

#include <algorithm>
#include <stdexcept>

namespace suanpan {
namespace {

using enum payment_transition;

constexpr std::array collecting_transitions = {received, settled, surplus_received,
                                               returned_by_bank};
constexpr std::array transfer_transitions = {moved};
constexpr std::array paying_transitions = {held, paid, returned_by_bank, paid_after_all};
constexpr std::array refund_transitions = {
    moved, held, paid, fee_returned, surplus_returned, returned_by_bank, paid_after_all};

constexpr std::string_view merchant_prefix = "merchant:";
constexpr std::string_view channel_prefix = "channel:";

std::string owner_of(account_role role, const payment_order& order, const channel_name& channel) {
  switch (role) {
    case account_role::merchant:
      return std::string(merchant_prefix) + order.merchant.value;
    case account_role::payer:
      // Whose balance pays for a refund is the merchant's, where nobody else is named.
      return order.payer.empty() ? std::string(merchant_prefix) + order.merchant.value
                                 : order.payer;
    case account_role::payee:
      return order.payee;
    case account_role::channel:
      return std::string(channel_prefix) + channel.value;
    case account_role::internal:
      return "internal";
  }
  return {};
}

booking_intent intent_at(const payment_order& order, const posting_occasion& when) {
  booking_intent intent;
  intent.number = when.number;
  intent.transition = when.transition;
  intent.event_code = event_code_of(order.kind, when.transition);
  intent.caused_micros = when.at_micros;
  return intent;
}

}  // namespace

std::string_view name_of(account_role role) {
  switch (role) {
    case account_role::merchant:
      return "merchant";
    case account_role::payer:
      return "payer";
    case account_role::payee:
      return "payee";
    case account_role::channel:
      return "channel";
    case account_role::internal:
      return "internal";
  }
  return "role_not_known";
}

std::optional<account_role> parse_account_role(std::string_view name) {
  for (const auto role : account_roles)
    if (name_of(role) == name) return role;
  return std::nullopt;
}

std::string_view name_of(amount_term term) {
  switch (term) {
    case amount_term::amount:
      return "amount";
    case amount_term::fee:
      return "fee";
    case amount_term::net:
      return "net";
    case amount_term::total:
      return "total";
    case amount_term::fee_share:
      return "fee_share";
  }
  return "term_not_known";
}

std::optional<amount_term> parse_amount_term(std::string_view name) {
  for (const auto term : amount_terms)
    if (name_of(term) == name) return term;
  return std::nullopt;
}

minor_units value_of(amount_term term, const payment_order& order) {
  switch (term) {
    case amount_term::amount:
      return order.amount;
    case amount_term::fee:
      return order.fee;
    case amount_term::net:
      return {order.amount.value - order.fee.value};
    case amount_term::total:
      return {order.amount.value + order.fee.value};
    case amount_term::fee_share:
      return order.returns_fee ? order.fee : minor_units{};
  }
  return {};
}

symbolic_amount symbolic(amount_term term) noexcept {
  switch (term) {
    case amount_term::amount:
      return {1, 0, 0};
    case amount_term::fee:
      return {0, 1, 0};
    case amount_term::net:
      return {1, -1, 0};
    case amount_term::total:
      return {1, 1, 0};
    case amount_term::fee_share:
      return {0, 0, 1};
  }
  return {};
}

symbolic_amount operator+(symbolic_amount a, symbolic_amount b) noexcept {
  return {a.amounts + b.amounts, a.fees + b.fees, a.fee_shares + b.fee_shares};
}

std::span<const payment_transition> transitions_of(payment_kind kind) noexcept {
  if (collects(kind)) return collecting_transitions;
  if (kind == payment_kind::transfer) return transfer_transitions;
  if (kind == payment_kind::refund) return refund_transitions;
  return paying_transitions;
}

symbolic_amount moved_by(payment_kind kind, payment_transition transition) noexcept {
  if (transition == fee_returned) return symbolic(amount_term::fee_share);
  // Whoever is paid gets the amount; the fee is on top of it.
  const bool with_fee = (transition == held || transition == paid) && kind != payment_kind::refund;
  return symbolic(with_fee ? amount_term::total : amount_term::amount);
}

bool has_role(payment_kind kind, payment_transition transition, account_role role) noexcept {
  switch (role) {
    case account_role::merchant:
    case account_role::internal:
      return true;
    case account_role::payer:
      return kind == payment_kind::top_up || kind == payment_kind::transfer ||
             kind == payment_kind::withdrawal || kind == payment_kind::refund;
    case account_role::payee:
      return transition == moved;
    case account_role::channel:
      return transition != moved && transition != held;
  }
  return false;
}

posting_rules::posting_rules(std::vector<posting_rule> rules, balances subjects)
    : rules_(std::move(rules)), subjects_(std::move(subjects)) {}

const posting_rule* posting_rules::find(payment_kind kind,
                                        payment_transition transition) const noexcept {
  const auto found = std::ranges::find_if(rules_, [kind, transition](const posting_rule& r) {
    return r.kind == kind && r.transition == transition;
  });
  return found == rules_.end() ? nullptr : &*found;
}

posting_account posting_rules::account_of(const account_template& of, const payment_order& order,
                                          const channel_name& channel) const {
  posting_account account{owner_of(of.role, order, channel), of.subject, false};
  if (!of.subject.empty()) return account;
  account.subject =
      account.owner.starts_with(merchant_prefix) ? subjects_.merchant : subjects_.user;
  account.no_overdraft = true;
  return account;
}

std::optional<booking_intent> posting_rules::intent_for(const payment_order& order,
                                                        const posting_occasion& when) const {
  const auto* rule = find(order.kind, when.transition);
  if (rule == nullptr)
    throw std::logic_error("no posting rule for " + std::string(name_of(order.kind)) + ", " +
                           std::string(name_of(when.transition)));
  auto intent = intent_at(order, when);
  intent.kind = when.transition == held ? transfer_kind::hold : transfer_kind::post;
  intent.may_be_refused = when.transition == held || when.transition == moved;
  for (const auto& leg : rule->legs) {
    const auto amount = value_of(leg.amount, order);
    if (amount.value == 0) continue;
    intent.legs.push_back({account_of(leg.debit, order, when.channel),
                           account_of(leg.credit, order, when.channel), amount});
  }
  if (intent.legs.empty()) return std::nullopt;
  return intent;
}

booking_intent end_of_hold(const booking_intent& held, const payment_order& order,
                           const posting_occasion& when) {
  auto intent = intent_at(order, when);
  intent.kind = when.transition == captured ? transfer_kind::capture : transfer_kind::void_hold;
  intent.legs = held.legs;
  intent.ends_hold_of = held.number;
  return intent;
}

}  // namespace suanpan
