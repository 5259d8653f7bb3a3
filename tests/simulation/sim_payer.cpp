#include "tests/simulation/sim_payer.hpp"

#include "tests/support/samples.hpp"

#include <algorithm>
#include <array>

namespace suanpan::simulation {
namespace {

constexpr std::uint64_t payer_number = 1'000;  // of its ids; clients have smaller ones
constexpr sim_time book_patience = 3 * seconds;
// More cards than an order has no one tries.
constexpr std::size_t cards_most = 3;

const std::string merchant = "payer";

}  // namespace

sim_payer::sim_payer(sim_town& town, sim_bank& with, std::uint64_t seed, sim_payer_options options)
    : town_(town), bank_(with), chance_(seed), options_(options) {
  bank_.on_callback = [this](const bank::saying& s) { hear_callback(s); };
}

void sim_payer::begin() {
  later(chance_.between(0, 300 * millis), [this] { start_order(); });
  if (chance_.one_in(2)) later(chance_.between(1, 7) * seconds, [this] { restart(); });
}

bool sim_payer::done() const {
  return orders_.size() == static_cast<std::size_t>(options_.orders) &&
         std::ranges::all_of(orders_, [](const order& o) { return o.at == stage::ended; });
}

void sim_payer::later(sim_time delay, std::function<void()> what) {
  town_.world.after(delay, [this, life = life_, what = std::move(what)] {
    if (life == life_) what();
  });
}

// Onto a user's account from the account that stands for the bank.
void sim_payer::start_order() {
  const auto n = orders_.size();
  const auto unix_millis = (unix_micros_at_start + town_.world.now()) / 1'000;
  order fresh;
  fresh.booking = samples::make_transfer(n, town_.accounts[1].number,
                                         town_.accounts[2 + chance_.below(7)].number,
                                         chance_.between(1, options_.amount_max));
  fresh.booking.id = samples::id_at(unix_millis, payer_number << 32U | n);
  paid_order told;
  told.number = "order-" + std::to_string(n);
  town_.told.orders.push_back(std::move(told));
  fresh.told = &town_.told.orders.back();
  fresh.booking.reference = fresh.told->number;
  fresh.told->booking = fresh.booking;
  orders_.push_back(std::move(fresh));
  attempt_again(n);
  if (orders_.size() < static_cast<std::size_t>(options_.orders))
    later(chance_.between(0, 1'200 * millis), [this] { start_order(); });
}

// As after kill -9: what it had written is there, what it was waiting for never comes.
void sim_payer::restart() {
  if (settling_) return;
  town_.world.count(misfortune("payer restarts"));
  ++life_;
  for (std::size_t n = 0; n < orders_.size(); ++n) resume(n);
  if (orders_.size() < static_cast<std::size_t>(options_.orders))
    later(chance_.between(0, 1'200 * millis), [this] { start_order(); });
}

void sim_payer::resume(std::size_t n) {
  if (orders_[n].at == stage::ended) return;
  if (orders_[n].at == stage::booking) return book(n);
  if (!last(n).open) return attempt_again(n);
  ask_later(n);
}

// --- at the bank

bool sim_payer::is_open(std::size_t n, const std::string& reference) {
  const auto& o = orders_[n];
  const bool at_bank = o.at == stage::paying || o.at == stage::refunding;
  return at_bank && o.attempts.back().open && o.attempts.back().what.reference == reference;
}

// Under a new number: nothing is open at the bank under any other.
void sim_payer::attempt_again(std::size_t n) {
  auto& o = orders_[n];
  attempt fresh;
  fresh.what.kind = o.at == stage::refunding ? bank::request_kind::refund : bank::request_kind::pay;
  fresh.what.merchant = merchant;
  fresh.what.reference = o.told->number + (o.at == stage::refunding ? "/back-" : "/pay-") +
                         std::to_string(o.attempts.size());
  fresh.what.card = "card_of_" + o.told->number;
  if (o.at == stage::refunding) fresh.what.original = o.paid_by;
  fresh.what.amount = o.booking.amount;
  fresh.what.ccy = o.booking.ccy;
  fresh.what.wants_callback = o.at == stage::paying;
  o.attempts.push_back(std::move(fresh));
  transmit(n);
}

void sim_payer::transmit(std::size_t n) {
  auto& a = last(n);
  a.sent = town_.world.now();
  town_.told.payments.push_back({orders_[n].told->number, a.what, a.sent});
  bank_.send(a.what, [this, n, life = life_, reference = a.what.reference](const auto& said) {
    if (life == life_) hear(n, reference, said);
  });
  later(options_.lane, [this, n, reference = a.what.reference, sent = a.sent] {
    if (is_open(n, reference) && last(n).sent == sent) ask_later(n);
  });
}

void sim_payer::hear(std::size_t n, const std::string& reference, const bank::saying& what) {
  if (what.how != bank::saying_kind::answer) return;  // unknown, until the lane's patience ends
  const auto now = town_.world.now();
  town_.told.reports.push_back({what.what, now, now, false, false});
  judge(n, reference, what.what);
}

// Believed only if the bank signed it, and if it is about what was asked (DESIGN section 6).
void sim_payer::hear_callback(const bank::saying& what) {
  const auto now = town_.world.now();
  town_.told.reports.push_back({what.what, now, now, false, what.forged});
  if (what.forged) return;
  for (std::size_t n = 0; n < orders_.size(); ++n)
    if (is_open(n, what.what.reference)) return judge(n, what.what.reference, what.what);
}

void sim_payer::judge(std::size_t n, const std::string& reference, const bank::report& what) {
  if (!is_open(n, reference)) return;
  const auto& of = last(n).what;
  if (what.reference != of.reference || what.amount != of.amount || what.ccy != of.ccy) return;
  if (what.is == bank::status::paid) settle(n, true);
  if (what.is != bank::status::declined) return;
  // The bank returned it by itself: there is nothing left to give back.
  if (what.code == "exceeds_original") return end(n, order_fate::refunded);
  settle(n, false);
}

void sim_payer::settle(std::size_t n, bool paid) {
  auto& o = orders_[n];
  o.attempts.back().open = false;
  const bool paying = o.at == stage::paying;
  if (paid && !paying) return end(n, order_fate::refunded);
  if (paid) {
    o.paid_by = o.attempts.back().what.reference;
    o.at = stage::booking;
    return book(n);
  }
  // A refund is owed, however often the bank declines it.
  if (!paying || (o.attempts.size() < cards_most && chance_.one_in(2)))
    return later(chance_.between(10, 400) * millis, [this, n] { attempt_again(n); });
  end(n, order_fate::failed);
}

void sim_payer::ask_later(std::size_t n) {
  const auto pause = chance_.between(50 * millis, (200 * millis) << std::min(last(n).queries++, 4));
  later(pause, [this, n, reference = last(n).what.reference] {
    if (is_open(n, reference)) ask(n);
  });
}

void sim_payer::ask(std::size_t n) {
  const auto& a = last(n);
  const auto sent = town_.world.now();
  const auto life = life_;
  const auto heard = std::make_shared<bool>(false);
  bank_.query(merchant, a.what.reference,
              [this, n, life, sent, heard, reference = a.what.reference](const auto& report) {
                if (life != life_ || std::exchange(*heard, true)) return;
                asked(n, reference, report, sent);
              });
  later(options_.lane, [this, n, heard, reference = a.what.reference] {
    if (!std::exchange(*heard, true) && is_open(n, reference)) ask_later(n);
  });
}

// R20: "not found" is evidence only of what has had the time to arrive; a bank that dedupes may be
// asked for the same once more.
void sim_payer::asked(std::size_t n, const std::string& reference, const bank::report& what,
                      sim_time sent) {
  town_.told.reports.push_back({what, sent, town_.world.now(), true, false});
  if (!is_open(n, reference)) return;
  judge(n, reference, what);
  if (!is_open(n, reference)) return;
  if (what.is != bank::status::not_found) return ask_later(n);
  if (bank_.truth().options().dedupes) return transmit(n);
  if (sent < last(n).sent + options_.lane + bank_.settling()) return ask_later(n);
  town_.world.count(misfortune("payer sends again with evidence"));
  last(n).open = false;
  attempt_again(n);
}

// --- in the ledger

sim_node* sim_payer::some_node() {
  std::vector<sim_node*> up;
  for (const auto& n : town_.nodes)
    if (n->running()) up.push_back(n.get());
  return up.empty() ? nullptr : up[chance_.below(up.size())];
}

// Under one id until it is told what became of it.
void sim_payer::book(std::size_t n) {
  auto* node = some_node();
  if (node == nullptr) return later(500 * millis, [this, n] { book(n); });
  auto request = std::make_shared<sim_posting>(town_.world, town_.told, node->party(),
                                               std::vector{orders_[n].booking});
  const auto heard = std::make_shared<bool>(false);
  request->on_answer = [this, n, heard, life = life_, weak = std::weak_ptr(request)] {
    const auto told = weak.lock();
    if (life == life_ && told && !std::exchange(*heard, true)) booked(n, told->answers[0]);
  };
  node->post(request);
  later(book_patience, [this, n, heard] {
    if (!std::exchange(*heard, true)) book(n);
  });
}

void sim_payer::booked(std::size_t n, const item_answer& answer) {
  if (orders_[n].at != stage::booking) return;
  if (is_done(answer.result)) return end(n, order_fate::booked);
  if (answer.result == item_result::unavailable || answer.result == item_result::unknown)
    return later(chance_.between(50, 900) * millis, [this, n] { book(n); });
  town_.world.count(misfortune("payer gives a surplus back"));
  orders_[n].at = stage::refunding;
  attempt_again(n);
}

void sim_payer::end(std::size_t n, order_fate fate) {
  orders_[n].at = stage::ended;
  orders_[n].told->fate = fate;
}

}  // namespace suanpan::simulation
