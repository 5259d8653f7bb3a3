#include "tests/scenarios/order_storm.hpp"

#include "tools/orders/successes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace suanpan::scenarios {
namespace {

using faults::milliseconds;
using steady = std::chrono::steady_clock;

constexpr std::uint32_t fee_basis_points = 60;
constexpr std::int64_t funds = 10'000'000'00;
constexpr milliseconds call_deadline{4'000};
constexpr milliseconds call_again{250};
constexpr milliseconds outage{700};
constexpr milliseconds judge_again{500};
constexpr milliseconds order_most{60'000};  // a call is repeated for so long
constexpr const char* user = "user:storm";

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

// Nothing is known, or another copy is at work: the same request again.
bool is_to_be_repeated(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
         status.error_code() == grpc::StatusCode::ABORTED ||
         status.error_code() == grpc::StatusCode::CANCELLED;
}

}  // namespace

order_storm::order_storm(payment_town& town, storm_plan plan)
    : town_(town), plan_(plan), merchant_(town.endpoint(), {"storm-" + std::to_string(plan.seed)}) {
  figures_.orders = plan.orders;
}

std::uint64_t order_storm::draw(std::uint64_t n, std::uint64_t salt) const {
  return mix(mix(plan_.seed * 1'000'003 + n) + salt);
}

void order_storm::violation(const std::string& what) {
  const std::scoped_lock lock(guard_);
  figures_.violations.push_back(what);
}

storm_figures order_storm::run() {
  prepare();
  working_ = plan_.workers;
  std::vector<std::thread> workers;
  for (int i = 0; i < plan_.workers; ++i)
    workers.emplace_back([this, i] {
      work(i);
      --working_;
    });
  kill_now_and_then();
  for (auto& one : workers) one.join();
  judge();
  figures_.told_again = told_again_;
  return figures_;
}

void order_storm::prepare() {
  receiver_.expect_secret(merchant_.register_merchant(receiver_.url(), fee_basis_points));
  int serial = 0;
  for (const auto& entry : bank::behaviours())
    cards_[entry.what] = merchant_.bind({.request = std::string("card-") + std::string(entry.name),
                                         .number = orders::card_number_of(entry.what, ++serial),
                                         .holder = user});
  for (const auto kind : {payment_kind::top_up, payment_kind::quick_pay}) {
    v1::Payment seen;
    const auto status = told_until_known({.kind = kind,
                                          .number = {"funds-" + std::string(name_of(kind))},
                                          .amount = {funds},
                                          .card = cards_[bank::behaviour::honest],
                                          .payer = user},
                                         seen);
    if (!status.ok() || orders::stage_of(seen.state()) != payment_stage::succeeded)
      throw std::runtime_error("no funds: " + status.error_message());
  }
}

// The same request until an answer is known.
grpc::Status order_storm::told_until_known(const orders::order_wish& wish, v1::Payment& seen) {
  const auto until = steady::now() + order_most;
  auto status = merchant_.create(wish, seen, call_deadline);
  while (is_to_be_repeated(status) && steady::now() < until) {
    ++told_again_;
    faults::pause_for(call_again);
    status = merchant_.create(wish, seen, call_deadline);
  }
  return status;
}

void order_storm::work(int) {
  for (;;) {
    const auto n = next_++;
    if (n >= static_cast<std::size_t>(plan_.orders)) return;
    try {
      order(n);
    } catch (const std::exception& trouble) {
      violation("order " + std::to_string(n) + ": " + trouble.what());
    }
    // Else an outage, in which everything fails at once, would eat up the orders.
    faults::pause_for(milliseconds(static_cast<std::int64_t>(draw(n, 6) % 1'500)));
  }
}

// Created until an answer comes, under one number; now and then once more for good measure.
void order_storm::order(std::size_t n) {
  static constexpr std::array kinds{payment_kind::top_up,      payment_kind::transfer,
                                    payment_kind::quick_pay,   payment_kind::quick_pay,
                                    payment_kind::withholding, payment_kind::payout,
                                    payment_kind::withdrawal,  payment_kind::refund};
  const auto& lies = bank::behaviours();
  orders::order_wish wish{.kind = kinds[draw(n, 1) % kinds.size()],
                          .number = {"storm-" + std::to_string(n)},
                          .amount = {static_cast<std::int64_t>(100 + draw(n, 2) % 900)},
                          .card = cards_.at(lies[draw(n, 3) % lies.size()].what),
                          .payer = user,
                          .payee = "merchant:" + merchant_.id().value};
  if (wish.kind == payment_kind::refund) {
    const std::scoped_lock lock(guard_);
    if (paid_.empty())
      wish.kind = payment_kind::quick_pay;
    else
      wish.original = paid_[draw(n, 4) % paid_.size()];
  }
  v1::Payment seen;
  auto status = told_until_known(wish, seen);
  if (draw(n, 5) % 8 == 0) status = told_until_known(wish, seen);
  if (is_to_be_repeated(status)) throw std::runtime_error("no answer: " + status.error_message());
  // A refund may be more than is left, or of what is not known to be paid: lawful refusals.
  if (!status.ok()) {
    if (wish.kind != payment_kind::refund) throw std::runtime_error(status.error_message());
    return;
  }
  const std::scoped_lock lock(guard_);
  told_[wish.number.value] = seen.id();
  const auto stage = orders::stage_of(seen.state());
  if (stage == payment_stage::succeeded && collects(wish.kind)) paid_.push_back(seen.id());
}

void order_storm::kill_now_and_then() {
  for (int k = 0; k < 3 * plan_.kills && working_ > 0; ++k) {
    faults::pause_for(milliseconds(300 + static_cast<std::int64_t>(draw(k, 11) % 1'500)));
    ++figures_.kills;
    switch (k % 3) {
      case 0:
        town_.kill_node();
        faults::pause_for(milliseconds(static_cast<std::int64_t>(draw(k, 12) % 400)));
        town_.start_node();
        town_.await_node();
        break;
      case 1:
        town_.kill_bank();
        faults::pause_for(outage);
        town_.start_bank();
        break;
      default:
        payment_town::kill_postgres();
        faults::pause_for(outage);
        payment_town::start_postgres();
        break;
    }
  }
  town_.await_node();
}

// Whether `one` has come to its end, by what its life says: a terminal stage or a case, every
// intent booked, every event heard. Else what is missing.
std::string order_storm::missing_of(const v1::Payment& one, const heard_events& heard) {
  const auto stage = orders::stage_of(one.state());
  const bool manual = stage == payment_stage::manual;
  if (!is_terminal(stage) && !manual) return "is " + std::string(name_of(stage));
  if (!manual && !one.booked()) return "is not booked";
  v1::PaymentLife life;
  const auto status = merchant_.explain(one.id(), life);
  if (!status.ok()) return "can't be explained: " + status.error_message();
  if (manual && life.cases().empty()) return "is for people, who have no case of it";
  const auto at = heard.find(one.id());
  for (const auto& event : life.notifications())
    if (at == heard.end() || !at->second.contains(event.sequence()))
      return "nobody heard " + event.type() + ", event " + std::to_string(event.sequence());
  return {};
}

heard_events order_storm::heard() const {
  heard_events heard;
  for (const auto& event : receiver_.events()) heard[event.payment].insert(event.sequence);
  return heard;
}

// Patience is for one more order to end, not for all of them.
std::vector<v1::Payment> order_storm::await_ends() {
  std::set<std::string> ended;
  auto until = steady::now() + plan_.quiet_patience;
  for (;;) {
    auto all = merchant_.list();
    const auto told = heard();
    const auto before = ended.size();
    for (const auto& one : all)
      if (!ended.contains(one.id()) && missing_of(one, told).empty()) ended.insert(one.id());
    if (ended.size() == all.size()) return all;
    if (ended.size() > before) until = steady::now() + plan_.quiet_patience;
    if (steady::now() > until) return all;
    faults::pause_for(judge_again);
  }
}

void order_storm::judge() {
  const auto all = await_ends();
  const auto told = heard();
  for (const auto& one : all) {
    ++figures_.ended[std::string(name_of(orders::stage_of(one.state())))];
    const auto missing = missing_of(one, told);
    if (missing.empty()) continue;
    violation(one.order_number() + ' ' + missing);
    figures_.lives.push_back(faults::run_program("suanpan", {"--endpoint", town_.endpoint(),
                                                             "payment", "explain", one.id()})
                                 .output);
  }
  judge_numbers(all);
  judge_notifications();
  for (const auto& difference : orders::differences(orders::successes_of(all),
                                                    orders::read_bank_ledger(town_.bank_address())))
    violation(difference);
  const auto verified = town_.verified();
  if (!verified.starts_with("verify: ok ")) violation(verified);
}

// What a client was told is there, under its number, once.
void order_storm::judge_numbers(const std::vector<v1::Payment>& all) {
  std::map<std::string, std::vector<std::string>> by_number;
  for (const auto& one : all) by_number[one.order_number()].push_back(one.id());
  for (const auto& [number, ids] : by_number)
    if (ids.size() > 1) violation(number + " is there twice");
  for (const auto& [number, id] : told_) {
    const auto at = by_number.find(number);
    if (at == by_number.end())
      violation(number + " was acknowledged and is not there");
    else if (at->second.front() != id)
      violation(number + " is another payment than was told");
  }
}

// No event came before its order's previous one.
void order_storm::judge_notifications() {
  std::map<std::string, std::int64_t> highest;
  for (const auto& event : receiver_.events()) {
    auto& last = highest[event.payment];
    if (event.sequence > last + 1)
      violation(event.order + ": event " + std::to_string(event.sequence) + " before event " +
                std::to_string(last + 1));
    last = std::max(last, event.sequence);
  }
  if (receiver_.refused() > 0)
    violation(std::to_string(receiver_.refused()) + " notifications did not verify");
}

}  // namespace suanpan::scenarios
