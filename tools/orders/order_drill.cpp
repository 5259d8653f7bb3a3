#include "tools/orders/order_drill.hpp"

#include <algorithm>
#include <condition_variable>
#include <stdexcept>
#include <thread>

namespace suanpan::orders {
namespace {

constexpr std::uint32_t fee_basis_points = 60;
constexpr std::int64_t funds = 1'000'000'00;
constexpr std::int64_t amount_least = 100'00;
constexpr milliseconds create_deadline{3'000};
constexpr milliseconds look_again{150};

void wait_a_moment(milliseconds time) {
  std::this_thread::sleep_for(time);
}

bool is_ended(const v1::Payment& one) {
  return is_terminal(stage_of(one.state()));
}

std::string state_text(const v1::Payment& one) {
  std::string text(name_of(stage_of(one.state())));
  if (!one.failure().code().empty()) text += " (" + one.failure().code() + ")";
  return text;
}

}  // namespace

order_drill::order_drill(drill_options options)
    : options_(std::move(options)),
      merchant_(options_.endpoint, {"drill-" + options_.serial}),
      user_("user:drill-" + options_.serial) {
  for (std::size_t n = 0; n < options_.cases.size(); ++n)
    orders_.push_back({.plan = options_.cases[n],
                       .number = {"drill-" + std::to_string(n + 1)},
                       .seen = {},
                       .trouble = {}});
}

drill_result order_drill::run(const std::function<void(const std::vector<drilled_order>&)>& show) {
  webhook_secret_ = merchant_.register_merchant(receiver_.url(), fee_basis_points);
  receiver_.expect_secret(webhook_secret_);
  merchant_.use_new_key();
  bind_cards();
  fund();
  std::vector<std::thread> workers;
  std::atomic<int> working{options_.workers};
  for (int i = 0; i < options_.workers; ++i)
    workers.emplace_back([this, &working] {
      work();
      --working;
    });
  const auto snapshot = [this] {
    const std::scoped_lock lock(guard_);
    return orders_;
  };
  while (working > 0) {
    show(snapshot());
    wait_a_moment(milliseconds(500));
  }
  for (auto& one : workers) one.join();
  show(snapshot());
  drill_result result;
  result.orders = snapshot();
  judge(result);
  return result;
}

void order_drill::bind_cards() {
  int serial = 0;
  for (const auto& entry : bank::behaviours()) {
    card_numbers_.push_back(card_number_of(entry.what, ++serial));
    cards_[entry.what] = merchant_.bind({.request = std::string("card-") + std::string(entry.name),
                                         .number = card_numbers_.back(),
                                         .holder = user_,
                                         .holder_name = std::string(card_holder_name)});
  }
}

// What the user and the merchant spend later.
void order_drill::fund() {
  for (const auto kind : {payment_kind::top_up, payment_kind::quick_pay}) {
    const order_wish wish{.kind = kind,
                          .number = {"funds-" + std::string(name_of(kind))},
                          .amount = {funds},
                          .card = cards_[bank::behaviour::honest],
                          .payer = user_};
    const order_case plan{.kind = kind};
    const auto seen = see_through(wish, plan, orders_.size());
    if (stage_of(seen.state()) != payment_stage::succeeded || !seen.booked())
      throw std::runtime_error("the " + std::string(name_of(kind)) + " that brings the funds is " +
                               state_text(seen));
  }
}

void order_drill::work() {
  for (;;) {
    const auto n = next_++;
    if (n >= orders_.size()) return;
    try {
      play(n);
    } catch (const std::exception& trouble) {
      fail(n, trouble.what());
    }
    const std::scoped_lock lock(guard_);
    orders_[n].ended = true;
  }
}

order_wish order_drill::wish_of(std::size_t n) {
  const auto& plan = orders_[n].plan;
  order_wish wish{.kind = plan.kind,
                  .number = orders_[n].number,
                  .amount = {amount_least + static_cast<std::int64_t>(n)},
                  .card = cards_.at(plan.lie)};
  if (plan.kind == payment_kind::top_up || plan.kind == payment_kind::withdrawal ||
      plan.kind == payment_kind::transfer)
    wish.payer = user_;
  if (plan.kind == payment_kind::transfer) wish.payee = "merchant:" + merchant_.id().value;
  return wish;
}

// A refund lies as the payment that it refunds, so that is made first.
v1::Payment order_drill::paid_original(std::size_t n) {
  auto wish = wish_of(n);
  wish.kind = payment_kind::quick_pay;
  wish.number.value += "-paid";
  order_case plan = orders_[n].plan;
  plan.kind = payment_kind::quick_pay;
  auto seen = see_through(wish, plan, n);
  if (stage_of(seen.state()) != payment_stage::succeeded)
    throw std::runtime_error("what it was to refund is " + state_text(seen));
  return seen;
}

void order_drill::play(std::size_t n) {
  auto wish = wish_of(n);
  const auto& plan = orders_[n].plan;
  if (plan.kind == payment_kind::refund) wish.original = paid_original(n).id();
  const auto seen = see_through(wish, plan, n);
  if (stage_of(seen.state()) != plan.ends)
    return fail(n, "it is " + state_text(seen) + ", not " + std::string(name_of(plan.ends)));
  if (seen.failure().code() != plan.failure)
    fail(n, "its failure is \"" + seen.failure().code() + "\", not \"" + std::string(plan.failure) +
                "\"");
}

// Creates the order, plays the payer where one is needed, and watches it to its end. A call without
// an answer is sent again under the same number, as a merchant would.
v1::Payment order_drill::see_through(const order_wish& wish, const order_case& plan,
                                     std::size_t n) {
  const auto until = std::chrono::steady_clock::now() + options_.order_patience;
  v1::Payment seen;
  auto status = merchant_.create(wish, seen, create_deadline);
  bool paid_at_page = false;
  while (std::chrono::steady_clock::now() < until) {
    if (!status.ok() && status.error_code() != grpc::StatusCode::UNAVAILABLE &&
        status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED &&
        status.error_code() != grpc::StatusCode::ABORTED)
      throw std::runtime_error("refused: " + status.error_message());
    if (status.ok()) {
      note(n, seen);
      if (is_ended(seen) && (seen.booked() || n < orders_.size())) return seen;
      if (!seen.redirect_url().empty() && !paid_at_page) {
        const auto& digits = bank::behaviours()[static_cast<std::size_t>(plan.lie)].digits;
        pay_at_page(seen.redirect_url(), "62220000" + std::string(digits));
        paid_at_page = true;
      }
    }
    wait_a_moment(look_again);
    const bool known = !seen.id().empty();
    status =
        known ? merchant_.get(wish.number, seen) : merchant_.create(wish, seen, create_deadline);
  }
  if (!status.ok()) throw std::runtime_error("no answer: " + status.error_message());
  return seen;
}

void order_drill::note(std::size_t n, const v1::Payment& seen) {
  const std::scoped_lock lock(guard_);
  if (n < orders_.size()) orders_[n].seen = seen;
}

void order_drill::fail(std::size_t n, const std::string& why) {
  const std::scoped_lock lock(guard_);
  if (orders_[n].trouble.empty()) orders_[n].trouble = why;
}

// Every terminal order is booked, and its last event was heard, one after the other from 1.
bool order_drill::all_told(const std::vector<v1::Payment>& all, std::string* missing) const {
  std::map<std::string, std::int64_t> heard;
  std::map<std::string, bool> ended;
  for (const auto& event : receiver_.events()) {
    auto& last = heard[event.payment];
    last = std::max(last, event.sequence);
    ended[event.payment] = ended[event.payment] || event.type.ends_with(".succeeded") ||
                           event.type.ends_with(".failed") || event.type.ends_with(".closed");
  }
  for (const auto& one : all) {
    const bool is_open = !is_ended(one);
    if (!is_open && one.booked() && ended[one.id()]) continue;
    *missing = one.order_number() + (is_open        ? " has not ended"
                                     : one.booked() ? ": its end was not heard of"
                                                    : " is not booked");
    return false;
  }
  return true;
}

void order_drill::judge(drill_result& result) {
  const auto until = std::chrono::steady_clock::now() + options_.settle_patience;
  std::string missing;
  auto all = merchant_.list();
  while (!all_told(all, &missing) && std::chrono::steady_clock::now() < until) {
    wait_a_moment(look_again);
    all = merchant_.list();
  }
  if (!all_told(all, &missing)) result.faults.push_back(missing);

  const auto cases = merchant_.cases();
  for (const auto& one : result.orders) {
    if (!one.trouble.empty()) result.faults.push_back(one.plan.name() + ": " + one.trouble);
    const auto opened = std::ranges::find_if(
        cases, [&one](const v1::ListedCase& c) { return c.payment_id() == one.seen.id(); });
    const bool is_there = opened != cases.end();
    if (is_there != one.plan.opens.has_value())
      result.faults.push_back(one.plan.name() +
                              (is_there ? ": a case was opened: " + opened->case_().summary()
                                        : ": no case was opened"));
  }
  // All orders of the ledger against all that the bank ever did: nothing is left out.
  merchant_client everybody(options_.endpoint, {});
  result.differences =
      differences(successes_of(everybody.list()), read_bank_ledger(options_.bank_address));
  for (const auto& one : result.orders)
    if (one.seen.attempts_size() > 0 && one.seen.attempts(0).queries() > 0 &&
        result.interesting.size() < 3 &&
        (result.interesting.empty() || one.plan.lie != bank::behaviour::slow))
      result.interesting.push_back(one.seen.id());
  result.notifications = receiver_.verified();
  result.refused_notifications = receiver_.refused();
}

}  // namespace suanpan::orders
