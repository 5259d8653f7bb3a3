#include "tests/simulation/order_stage.hpp"

#include "tests/support/samples.hpp"

#include <algorithm>

namespace suanpan::simulation {

void scripted_bank::start(const channel_request& what, answered done) {
  heard.push_back(what);
  const bool query = what.operation == channel_operation::query;
  auto answer = (query ? on_query : on_submit)
                    ? (query ? on_query : on_submit)(what)
                    : std::optional(say(what, channel_outcome::succeeded));
  const auto asked = unix_micros_at_start + world_.now();
  world_.log("bank: hears " + std::string(name_of(what.operation)) + " " + what.reference.value);
  if (!answer) {
    channel_answer silent;
    silent.reference = what.reference;
    silent.doubt = channel_doubt::no_answer;
    answer = silent;
  }
  const auto after = answer->doubt == channel_doubt::no_answer ? 2 * seconds : takes;
  answer->door = query ? answer_door::query : answer_door::reply;
  answer->asked_micros = asked;
  answer->came_micros = asked + after;
  world_.after(after, [done = std::move(done), a = *answer] { done(a); });
}

channel_answer scripted_bank::say(const channel_request& what, channel_outcome outcome) const {
  channel_answer a;
  a.reference = what.reference;
  a.outcome = outcome;
  a.amount = what.amount;
  a.ccy = what.ccy;
  a.merchant_at_bank = what.merchant.value;
  if (outcome == channel_outcome::failed)
    a.failure = {"card_declined", "05", retry_advice::retry_other_method};
  return a;
}

std::size_t scripted_bank::submitted() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      heard, [](const channel_request& r) { return r.operation != channel_operation::query; }));
}

order_stage::order_stage(stage_options options) {
  options.payments = [this](sim_world& world) {
    bank = std::make_shared<scripted_bank>(world);
    payments = std::make_shared<sim_payments>(7);
    payments->open_channel(bank);
    payments->register_merchant({merchant}, 60);
    return payments;
  };
  stage = std::make_unique<sim_stage>(options);
  stage->wait(1 * seconds);  // until the open orders are read
}

const sim_payment_call& order_stage::ask(const payment_order& what) {
  for (int tries = 0; tries < 50; ++tries) {
    asked_ = send(what);
    wait_for(asked_);
    if (asked_->refusal != payment_refusal::unavailable) break;
    stage->wait(200 * millis);
  }
  return *asked_;
}

payment_order order_stage::quick_pay(const std::string& number) const {
  payment_order o;
  o.merchant = {merchant};
  o.number = {number};
  o.kind = payment_kind::quick_pay;
  o.amount = {10'000};
  o.ccy = samples::cny;
  o.card = {"card_1"};
  o.attempts_max = 3;
  return o;
}

std::shared_ptr<sim_payment_call> order_stage::send(const payment_order& what, sim_time patience,
                                                    std::size_t node) {
  asked_order asked;
  asked.what = what;
  auto& n = stage->node(node);
  auto call =
      std::make_shared<sim_payment_call>(stage->world, stage->told, n.party(), asked, patience);
  n.pay(call);
  return call;
}

std::shared_ptr<sim_payment_call> order_stage::change(payment_verb verb, const payment_id& id,
                                                      const std::string& card) {
  asked_order asked;
  asked.verb = verb;
  asked.what.merchant = {merchant};
  asked.id = id;
  asked.card = {card};
  auto& n = stage->node();
  auto call =
      std::make_shared<sim_payment_call>(stage->world, stage->told, n.party(), asked, 20 * seconds);
  n.pay(call);
  return call;
}

const sim_payment_call& order_stage::wait_for(const std::shared_ptr<sim_payment_call>& call) {
  stage->wait_for([&] { return call->finished; });
  return *call;
}

const payment_state* order_stage::row(const std::string& number) const {
  return stage->database.payments().by_number({merchant}, {number});
}

bool order_stage::wait_at_rest(const std::string& number) {
  return wait_until([this, &number] {
    const auto* order = row(number);
    return order != nullptr && is_at_rest(*order);
  });
}

std::int64_t order_stage::balance(const std::string& owner, const std::string& subject) const {
  int128 sum = 0;
  for (const auto& [id, t] : stage->database.rows()) {
    if (t.result != item_result::posted) continue;
    for (const auto& [number, account] : stage->database.accounts()) {
      if (account.key.owner != owner || account.key.subject != subject) continue;
      if (t.what.credit == number) sum += t.amount().value;
      if (t.what.debit == number) sum -= t.amount().value;
    }
  }
  return static_cast<std::int64_t>(sum);
}

std::string order_stage::audit() {
  auditor a(stage->database, stage->told);
  a.check_all();
  a.check_orders_alone();
  std::string found;
  for (const auto& b : a.breaches()) found += b + "\n";
  return found;
}

}  // namespace suanpan::simulation
