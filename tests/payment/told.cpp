#include "tests/payment/told.hpp"

#include "config/posting_rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace suanpan::told {

const posting_rules& shipped_rules() {
  static const posting_rules rules = [] {
    std::vector<config::fault> faults;
    const auto chart =
        config::load_chart(SUANPAN_SOURCE_DIR "/config/chart_of_accounts.toml", faults);
    auto read =
        config::load_posting_rules(SUANPAN_SOURCE_DIR "/config/posting_rules.toml", chart, faults);
    REQUIRE(faults.empty());
    return read;
  }();
  return rules;
}

const payment_policy& policy() {
  static const payment_policy usual;
  return usual;
}

payment_setting setting() {
  return {&policy(), &shipped_rules()};
}

payment_order order_of(payment_kind kind) {
  payment_order order;
  for (std::size_t i = 0; i < order.id.bytes.size(); ++i)
    order.id.bytes[i] = static_cast<std::uint8_t>(i + 1);
  order.merchant = {"M001"};
  order.number = {"order-1"};
  order.kind = kind;
  order.amount = {10'000};
  order.ccy = *parse_currency("CNY");
  order.fee = fee_of(order.amount, 60);
  order.created_micros = start_micros;
  if (collects(kind)) order.expires_micros = start_micros + 1'800 * second;
  if (kind == payment_kind::quick_pay) order.attempts_max = 3;
  if (kind == payment_kind::refund) {
    order.original = payment_id{};
    order.payer = "merchant:M001";
    order.fee = {};
  } else if (kind != payment_kind::quick_pay && kind != payment_kind::payout) {
    order.payer = "user:42";
  }
  if (kind == payment_kind::transfer) order.payee = "merchant:M001";
  order.card = {"card_1"};
  return order;
}

bool recorded(const payment_decision& decision) {
  return std::holds_alternative<std::vector<payment_step>>(decision);
}

bool passed(const payment_decision& decision) {
  return std::holds_alternative<passed_over>(decision);
}

payment_refusal refusal_of(const payment_decision& decision) {
  const auto* refusal = std::get_if<payment_refusal>(&decision);
  return refusal == nullptr ? payment_refusal::none : *refusal;
}

channel_answer answer_of(channel_outcome outcome, answer_door door) {
  channel_answer answer;
  answer.outcome = outcome;
  answer.door = door;
  if (outcome == channel_outcome::unknown) answer.doubt = channel_doubt::no_answer;
  if (outcome == channel_outcome::failed)
    answer.failure = {"card_declined", "51", retry_advice::none};
  if (outcome == channel_outcome::succeeded) answer.bank_number = "17";
  return answer;
}

told_order::told_order(const payment_order& order) {
  state.order = order;
  auto decision = open_order(order, {3}, setting());
  REQUIRE(recorded(decision));
  for (auto& step : std::get<std::vector<payment_step>>(decision)) {
    apply(state, step);
    steps.push_back(std::move(step));
    ++fresh;
  }
}

payment_decision told_order::hear(payment_happening what) {
  now += second;
  what.now_micros = now;
  auto decision = decide(state, what, setting());
  if (auto* written = std::get_if<std::vector<payment_step>>(&decision)) {
    fresh = written->size();
    for (const auto& step : *written) {
      apply(state, step);
      steps.push_back(step);
    }
  }
  return decision;
}

payment_decision told_order::hear(payment_event event) {
  payment_happening what;
  what.event = event;
  return hear(what);
}

payment_decision told_order::begin(const channel_traits& with) {
  traits = with;
  payment_happening what;
  what.event = payment_event::attempt_began;
  what.route = chosen_channel{{"icbc"}, with, "abc: breaker open"};
  return hear(what);
}

payment_decision told_order::answer(channel_answer answer, std::int16_t attempt) {
  REQUIRE(!state.attempts.empty());
  const auto& about = attempt == 0 ? state.attempts.back()
                                   : state.attempts.at(static_cast<std::size_t>(attempt - 1));
  answer.reference = about.reference;
  if (answer.asked_micros == 0) answer.asked_micros = now + second;
  if (answer.came_micros == 0) answer.came_micros = now + second;
  payment_happening what;
  what.event = event_of(state, answer, traits, policy());
  what.route = chosen_channel{about.channel, traits, ""};
  what.answer = std::move(answer);
  return hear(what);
}

payment_decision told_order::reply(channel_outcome outcome) {
  return answer(answer_of(outcome, answer_door::reply));
}

payment_decision told_order::query(channel_outcome outcome) {
  return answer(answer_of(outcome, answer_door::query));
}

void told_order::book_all() {
  for (int i = 0; i < 10; ++i) {
    const auto next = std::ranges::find_if(state.intents, [](const booking_intent& intent) {
      return !intent.booked && intent.refusal == item_result::none;
    });
    if (next == state.intents.end()) return;
    payment_happening what;
    what.intent = next->number;
    what.booking = booked_as(next->kind);
    what.event = payment_event::booked;
    if (next->transition == payment_transition::held) what.event = payment_event::funds_held;
    if (next->transition == payment_transition::moved) what.event = payment_event::funds_moved;
    if (next->transition == payment_transition::released) what.event = payment_event::hold_released;
    REQUIRE(recorded(hear(what)));
  }
}

namespace {

void add(std::string& to, const std::string& item) {
  if (!to.empty()) to += ", ";
  to += item;
}

}  // namespace

std::string told_order::transitions() const {
  std::string text;
  for (const auto& intent : state.intents) add(text, std::string(name_of(intent.transition)));
  return text;
}

std::string told_order::notifications() const {
  std::string text;
  for (const auto& step : steps)
    for (const auto& each : step.notifications) add(text, each.type);
  return text;
}

std::string told_order::cases() const {
  std::string text;
  for (const auto& step : steps)
    if (step.opens_case) add(text, std::string(name_of(step.opens_case->reason)));
  return text;
}

std::string text_of(const payment_act& act) {
  struct {
    std::string operator()(const choose_channel& a) const {
      return a.only.value.empty() ? "choose" : "choose " + a.only.value;
    }
    std::string operator()(const submit_attempt& a) const {
      return "submit " + std::to_string(a.attempt);
    }
    std::string operator()(const query_attempt& a) const {
      return "query " + std::to_string(a.attempt);
    }
    std::string operator()(const book_next& a) const { return "book " + std::to_string(a.intent); }
    std::string operator()(const tell_merchant&) const { return "tell"; }
    std::string operator()(const answer_callers&) const { return "answer"; }
    std::string operator()(const tell_original& a) const {
      return "original " + std::string(name_of(a.event));
    }
    std::string operator()(const tell_refund& a) const {
      return a.reserved ? "refund yes" : "refund no";
    }
    std::string operator()(const refund_surplus& a) const {
      return "surplus " + std::to_string(a.attempt);
    }
  } const name;
  return std::visit(name, act);
}

std::string told_order::acts() const {
  std::string text;
  for (std::size_t i = steps.size() - fresh; i < steps.size(); ++i)
    for (const auto& act : acts_of(state, steps[i])) add(text, text_of(act));
  return text;
}

}  // namespace suanpan::told
