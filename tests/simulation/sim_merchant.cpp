#include "tests/simulation/sim_merchant.hpp"

#include "tests/simulation/misfortunes.hpp"
#include "tests/support/samples.hpp"

#include <algorithm>
#include <array>

namespace suanpan::simulation {
namespace {

// Most are what merchants do most.
constexpr std::array kinds = {
    payment_kind::quick_pay, payment_kind::quick_pay,       payment_kind::quick_pay,
    payment_kind::top_up,    payment_kind::online_bank_pay, payment_kind::withholding,
    payment_kind::payout,    payment_kind::withdrawal,      payment_kind::transfer};

bool has_card(payment_kind kind) {
  return kind != payment_kind::transfer && kind != payment_kind::online_bank_pay &&
         kind != payment_kind::refund;
}

}  // namespace

sim_merchant::sim_merchant(sim_town& town, std::uint64_t seed, sim_merchant_options options)
    : town_(town), chance_(seed), options_(options) {}

void sim_merchant::begin() {
  town_.world.after(chance_.between(0, 300 * millis), [this] { start_order(); });
}

bool sim_merchant::done() const {
  return made() >= options_.orders && std::ranges::all_of(orders_, &order::ended);
}

// Refunds come on top.
int sim_merchant::made() const {
  return static_cast<int>(std::ranges::count_if(
      orders_, [](const order& o) { return o.asked.kind != payment_kind::refund; }));
}

bool sim_merchant::met(bool it, std::string_view what) {
  if (it) town_.world.count(what);
  return it;
}

sim_node* sim_merchant::some_node() {
  std::vector<sim_node*> up;
  for (const auto& n : town_.nodes)
    if (n->running()) up.push_back(n.get());
  return up.empty() ? nullptr : up[chance_.below(up.size())];
}

payment_order sim_merchant::invent() {
  payment_order o;
  o.merchant = {name};
  o.number = {"o-" + std::to_string(orders_.size())};
  o.kind = kinds.at(chance_.below(kinds.size()));
  o.amount = {chance_.between(1, options_.amount_max)};
  o.ccy = samples::cny;
  if (has_card(o.kind)) o.card = {"card_" + std::to_string(chance_.below(6))};
  if (o.kind == payment_kind::quick_pay) o.attempts_max = 5;
  if (o.kind == payment_kind::top_up || o.kind == payment_kind::withdrawal) o.payer = "user:1";
  if (o.kind == payment_kind::transfer) {
    o.payer = chance_.one_in(2) ? "user:1" : std::string("merchant:") + name;
    o.payee = "user:2";
  }
  return o;
}

void sim_merchant::start_order() {
  orders_.push_back({.asked = invent()});
  const auto n = orders_.size() - 1;
  ask(n);
  if (!settling_ && met(chance_.one_in(6), misfortune("merchant sends twice at once"))) ask(n);
  if (made() < options_.orders)
    town_.world.after(chance_.between(0, 900 * millis), [this] { start_order(); });
}

// Asked again and again until something is known.
void sim_merchant::send(std::size_t n, const asked_order& what,
                        const std::function<void(const asked_order&)>& then) {
  const auto again = [this, n, what, then] {
    town_.world.count(misfortune("merchant asks again"));
    send(n, what, then);
  };
  auto* node = some_node();
  if (node == nullptr) return town_.world.after(500 * millis, again);
  auto call = std::make_shared<sim_payment_call>(town_.world, town_.told, node->party(), what,
                                                 options_.patience);
  const auto heard = std::make_shared<bool>(false);
  call->on_answer = [this, heard, again, then, told = call->told] {
    if (std::exchange(*heard, true)) return;
    const bool nothing = told->refusal == payment_refusal::unavailable ||
                         told->refusal == payment_refusal::overloaded ||
                         told->refusal == payment_refusal::request_in_progress;
    if (nothing) return town_.world.after(chance_.between(100, 900) * millis, again);
    then(*told);
  };
  node->pay(call);
  town_.world.after(options_.patience + 2 * seconds, [heard, again] {
    if (!std::exchange(*heard, true)) again();
  });
}

void sim_merchant::ask(std::size_t n) {
  asked_order what;
  what.what = orders_[n].asked;
  send(n, what, [this, n](const asked_order& told) { heard(n, told); });
}

void sim_merchant::heard(std::size_t n, const asked_order& told) {
  auto& o = orders_[n];
  if (o.ended) return;
  if (told.refusal != payment_refusal::none) {
    o.ended = !o.known;  // nothing was recorded, nothing will be
    if (!o.ended) go_on(n);
    return;
  }
  o.known = true;
  o.id = told.state.order.id;
  o.stage = told.state.head.stage;
  go_on(n);
}

// It looks again later, or does something about it.
void sim_merchant::go_on(std::size_t n) {
  auto& o = orders_[n];
  // People have it, and nobody else will say more soon.
  if (settling_ && o.stage == payment_stage::manual) o.ended = true;
  if (o.ended) return;
  if (is_terminal(o.stage)) {
    o.ended = true;
    if (met(chance_.one_in(3), misfortune("merchant repeats what it was told"))) repeat(n);
    const bool refundable = o.stage == payment_stage::succeeded && collects(o.asked.kind);
    if (refundable && met(chance_.one_in(2), misfortune("merchant refunds"))) refund(n);
    return;
  }
  const auto pause = chance_.between(200, 2'500) * millis;
  if (!settling_ && chance_.one_in(6)) return town_.world.after(pause, [this, n] { close(n); });
  const bool waits = o.stage == payment_stage::created && o.asked.kind == payment_kind::quick_pay;
  if (waits && chance_.one_in(2)) return town_.world.after(pause, [this, n] { try_other_card(n); });
  if (waits && settling_) return town_.world.after(pause, [this, n] { close(n); });
  town_.world.after(pause, [this, n] { ask(n); });
}

void sim_merchant::try_other_card(std::size_t n) {
  auto& o = orders_[n];
  if (o.ended) return;
  town_.world.count(misfortune("merchant tries another card"));
  asked_order what;
  what.verb = payment_verb::retry;
  what.what = o.asked;
  what.id = o.id;
  what.card = {"card_" + std::to_string(chance_.below(6))};
  send(n, what, [this, n](const asked_order& told) { heard(n, told); });
}

void sim_merchant::close(std::size_t n) {
  auto& o = orders_[n];
  if (o.ended) return;
  if (!o.known) return ask(n);
  town_.world.count(misfortune("merchant closes an order"));
  asked_order what;
  what.verb = payment_verb::close;
  what.what = o.asked;
  what.id = o.id;
  send(n, what, [this, n](const asked_order& told) { heard(n, told); });
}

void sim_merchant::refund(std::size_t n) {
  order fresh;
  fresh.asked.merchant = {name};
  fresh.asked.number = {"r-" + std::to_string(orders_.size())};
  fresh.asked.kind = payment_kind::refund;
  fresh.asked.original = orders_[n].id;
  fresh.asked.amount = {chance_.between(1, orders_[n].asked.amount.value)};
  fresh.asked.ccy = samples::cny;
  orders_.push_back(std::move(fresh));
  ask(orders_.size() - 1);
}

// The same again, or the same number with something else.
void sim_merchant::repeat(std::size_t n) {
  asked_order what;
  what.what = orders_[n].asked;
  if (met(chance_.one_in(2), misfortune("merchant changes content"))) ++what.what.amount.value;
  send(n, what, [](const asked_order&) {});
}

}  // namespace suanpan::simulation
