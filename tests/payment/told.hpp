// One order, told what happens to it, through the real rules: decide, apply, as the actor would.
#pragma once

#include "actors/payment/payment_rules.hpp"
#include "actors/payment/posting_rules.hpp"
#include "actors/payment/step_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace suanpan::told {

inline constexpr std::int64_t start_micros = 1'700'000'000'000'000;
inline constexpr std::int64_t second = 1'000'000;

/// The rules of config/posting_rules.toml.
[[nodiscard]] const posting_rules& shipped_rules();
[[nodiscard]] const payment_policy& policy();
[[nodiscard]] payment_setting setting();

/// CNY 100.00 of merchant M001 at 60 basis points; whatever else its kind needs.
[[nodiscard]] payment_order order_of(payment_kind kind);

struct told_order {
  explicit told_order(const payment_order& order);

  /// The decision is applied if it is steps; the clock goes on by a second.
  payment_decision hear(payment_happening what);
  payment_decision hear(payment_event event);
  /// An attempt at "icbc".
  payment_decision begin(const channel_traits& traits = {});
  /// An answer about the newest attempt, or the one of that number.
  payment_decision answer(channel_answer answer, std::int16_t attempt = 0);
  payment_decision reply(channel_outcome outcome);
  payment_decision query(channel_outcome outcome);
  /// The ledger's answers, in order, until nothing is to be booked.
  void book_all();

  [[nodiscard]] payment_stage stage() const { return state.head.stage; }
  /// "received, settled": of intents, in order.
  [[nodiscard]] std::string transitions() const;
  [[nodiscard]] std::string notifications() const;
  [[nodiscard]] std::string cases() const;
  /// Acts after the newest step, by name: "submit 1, answer".
  [[nodiscard]] std::string acts() const;

  payment_state state;
  std::vector<payment_step> steps;
  std::size_t fresh = 0;  // how many of them came last
  std::int64_t now = start_micros;
  channel_traits traits;
};

[[nodiscard]] bool recorded(const payment_decision& decision);
[[nodiscard]] bool passed(const payment_decision& decision);
[[nodiscard]] payment_refusal refusal_of(const payment_decision& decision);
[[nodiscard]] std::string text_of(const payment_act& act);
[[nodiscard]] channel_answer answer_of(channel_outcome outcome, answer_door door);

}  // namespace suanpan::told
