// Which voucher each transition of a payment books: debit, credit and amount of every leg, as the
// posting rules say. Pure: rules are data (config/posting_rules.toml), read and checked once at the
// start by config/posting_rules; what an order names is put into their places here.
#pragma once

#include "protocol/model/payment_records.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan {

/// Whose account: the order's merchant, who pays, who is paid; the channel through which the money
/// goes; the company's own.
enum class account_role : std::uint8_t { merchant, payer, payee, channel, internal };
inline constexpr std::array<account_role, 5> account_roles = {
    account_role::merchant, account_role::payer, account_role::payee, account_role::channel,
    account_role::internal};
[[nodiscard]] std::string_view name_of(account_role role);
[[nodiscard]] std::optional<account_role> parse_account_role(std::string_view name);

/// How much: of the order's amount and fee. net = amount − fee, total = amount + fee; fee_share:
/// what of its original's fee a refund returns, 0 where the terms keep it.
enum class amount_term : std::uint8_t { amount, fee, net, total, fee_share };
inline constexpr std::array<amount_term, 5> amount_terms = {amount_term::amount, amount_term::fee,
                                                            amount_term::net, amount_term::total,
                                                            amount_term::fee_share};
[[nodiscard]] std::string_view name_of(amount_term term);
[[nodiscard]] std::optional<amount_term> parse_amount_term(std::string_view name);
[[nodiscard]] minor_units value_of(amount_term term, const payment_order& order);

/// An amount in terms of what is independent: so many times the amount, the fee, the share of a
/// fee. Two terms are the same for every order exactly if these are equal.
struct symbolic_amount {
  int amounts = 0;
  int fees = 0;
  int fee_shares = 0;
  bool operator==(const symbolic_amount&) const = default;
};
[[nodiscard]] symbolic_amount symbolic(amount_term term) noexcept;
[[nodiscard]] symbolic_amount operator+(symbolic_amount a, symbolic_amount b) noexcept;

struct account_template {
  account_role role = account_role::internal;
  std::string subject;  // empty: the owner's balance, a merchant's or a user's
  bool operator==(const account_template&) const = default;
};
struct posting_leg {
  account_template debit;
  account_template credit;
  amount_term amount = amount_term::amount;
  bool operator==(const posting_leg&) const = default;
};
/// The voucher of one transition of one kind.
struct posting_rule {
  payment_kind kind = payment_kind::quick_pay;
  payment_transition transition = payment_transition::received;
  std::vector<posting_leg> legs;
};

/// The transitions of a kind that need a rule. Not among them: captured and released, which repeat
/// the legs of held.
[[nodiscard]] std::span<const payment_transition> transitions_of(payment_kind kind) noexcept;
/// What the legs of a transition must add up to, whatever the rules' author had in mind.
[[nodiscard]] symbolic_amount moved_by(payment_kind kind, payment_transition transition) noexcept;
/// Whether the order of a kind names somebody in the role when it comes to the transition.
[[nodiscard]] bool has_role(payment_kind kind, payment_transition transition,
                            account_role role) noexcept;

/// Of one voucher, beside the order: which, when, through which channel.
struct posting_occasion {
  payment_transition transition = payment_transition::received;
  std::int16_t number = 0;  // of the intent
  std::int64_t at_micros = 0;
  channel_name channel;  // where the transition has one
};

/// Immutable once made, so any thread may ask.
class posting_rules {
 public:
  /// Subjects of balances: of owners "merchant:…", and of all others.
  struct balances {
    std::string merchant;
    std::string user;
  };
  posting_rules() = default;
  /// Precondition: one rule for each transition of each kind, as the loader checks.
  posting_rules(std::vector<posting_rule> rules, balances subjects);

  /// Null if there is none. The pointer lives as long as the rules.
  [[nodiscard]] const posting_rule* find(payment_kind kind,
                                         payment_transition transition) const noexcept;
  [[nodiscard]] std::span<const posting_rule> all() const noexcept { return rules_; }

  /// The voucher that is to be booked: legs of amount 0 are left out; nothing if none is left.
  /// Throws std::logic_error where the rule is missing.
  [[nodiscard]] std::optional<booking_intent> intent_for(const payment_order& order,
                                                         const posting_occasion& when) const;
  [[nodiscard]] posting_account account_of(const account_template& of, const payment_order& order,
                                           const channel_name& channel) const;

 private:
  std::vector<posting_rule> rules_;
  balances subjects_;
};

/// captured or released: ends the hold of an earlier intent, over the same accounts.
[[nodiscard]] booking_intent end_of_hold(const booking_intent& held, const payment_order& order,
                                         const posting_occasion& when);

/// 1000 × kind + 10 × transition: 3030 is "quick pay, received".
[[nodiscard]] constexpr std::int32_t event_code_of(payment_kind kind,
                                                   payment_transition transition) noexcept {
  return 1'000 * static_cast<std::int32_t>(kind) + 10 * static_cast<std::int32_t>(transition);
}

}  // namespace suanpan
