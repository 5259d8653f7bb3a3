// The auditor's laws of orders: the bank's books, the orders' rows, the ledger's rows and what the
// merchant was told are one story.
#include "tests/simulation/auditor.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace suanpan::simulation {
namespace {

std::string text(const payment_state& order) {
  return order.order.number.value + " (" + std::string(name_of(order.order.kind)) + ", " +
         std::string(name_of(order.head.stage)) + ")";
}

std::int64_t count_of(const payment_state& order, payment_transition what) {
  return std::ranges::count(order.intents, what, &booking_intent::transition);
}

bool is_settled(const booking_intent& i) {
  return i.booked || i.redirected || i.refusal != item_result::none;
}

// What a caller was told that only an owner can know.
bool says_something(const asked_order& call) {
  return call.refusal == payment_refusal::none ||
         call.refusal == payment_refusal::order_number_reused ||
         call.refusal == payment_refusal::attempt_open ||
         call.refusal == payment_refusal::already_terminal;
}

}  // namespace

void auditor::check_payments(const bank::bank_books& books) {
  std::map<payment_id, std::vector<const bank::entry*>> moved;
  for (const auto& e : books.entries()) {
    if (!e.declined.empty() || e.kind == bank::entry_kind::returned) continue;
    const auto* order = database_.payments().by_reference({e.of.reference});
    if (order == nullptr)
      breach("R19: the bank moved what no attempt names: " + e.of.reference);
    else
      moved[order->order.id].push_back(&e);
  }
  for (const auto& [id, order] : database_.payments().orders())
    if (is_terminal(order.head.stage)) check_order_at_bank(order, moved[id].size());
  check_orders_alone();
}

void auditor::check_orders_alone() {
  for (const auto& [id, order] : database_.payments().orders()) {
    if (!is_terminal(order.head.stage) && order.cases == 0)
      breach("an order never ended: " + text(order));
    check_intents(order);
    check_refunds(order);
  }
  check_payment_rows();
  check_payment_steps();
  check_calls();
}

// R20, R21: as often as the order says, and once at most as what was asked for.
void auditor::check_order_at_bank(const payment_state& order, std::size_t moved) {
  const bool paid = order.head.stage == payment_stage::succeeded;
  const bool by_bank = order.order.kind != payment_kind::transfer && order.head.paid_by != 0;
  const auto extra = count_of(order, payment_transition::surplus_received) +
                     count_of(order, payment_transition::paid_after_all);
  const auto expected = (paid && by_bank ? 1 : 0) + static_cast<std::size_t>(extra);
  if (moved > expected)
    breach("R20, R21: the bank moved money " + std::to_string(moved) + " times, known are " +
           std::to_string(expected) + ": " + text(order));
  if (moved < expected)
    breach("an order counts on money that the bank did not move: " + text(order));
  if (paid && order.order.kind != payment_kind::transfer && order.head.paid_by == 0 &&
      !order.order.original)
    breach("an order succeeded by no attempt: " + text(order));
  if (!collects(order.order.kind) && moved > 1) breach("R20: paid out twice: " + text(order));
}

// R22: every intent is booked under its ids, or refused where it may be; none is left.
void auditor::check_intents(const payment_state& order) {
  for (const auto& intent : order.intents) {
    if (!is_settled(intent)) {
      breach("R22: an intent was never booked: " + text(order) + " " +
             std::string(name_of(intent.transition)));
      continue;
    }
    if (intent.refusal != item_result::none && !intent.may_be_refused)
      breach("R22: a booking was refused: " + text(order));
    if (!intent.booked || intent.redirected) continue;
    for (std::size_t leg = 0; leg < intent.legs.size(); ++leg) {
      const auto row = database_.rows().find(voucher_leg_id(order.order.id, intent, leg));
      if (row == database_.rows().end() || !is_booked(row->second.result))
        breach("R22: an intent is booked and its row is not there: " + text(order));
    }
  }
}

// What is refunded is what the refunds say, and never more than there was.
void auditor::check_refunds(const payment_state& order) {
  std::int64_t refunded = 0;
  for (const auto& [id, other] : database_.payments().orders())
    if (other.order.original == order.order.id && other.order.surplus_attempt == 0 &&
        other.head.stage == payment_stage::succeeded)
      refunded += other.order.amount.value;
  if (refunded > order.order.amount.value) breach("refunded more than was paid: " + text(order));
  if (order.head.refunded.value != refunded)
    breach("an order does not know what was refunded of it: " + text(order));
  const auto received = count_of(order, payment_transition::surplus_received);
  if (is_terminal(order.head.stage) && received > 0 && order.cases == 0)
    breach("R21: a surplus without a case: " + text(order));
}

// Every row that names an order is one of its intents.
void auditor::check_payment_rows() {
  std::set<transfer_id> intended;
  for (const auto& [id, order] : database_.payments().orders())
    for (const auto& intent : order.intents)
      for (std::size_t leg = 0; leg < intent.legs.size(); ++leg)
        intended.insert(voucher_leg_id(id, intent, leg));
  for (const auto& [id, row] : database_.rows())
    if (parse_payment_id(row.memo) && !intended.contains(id))
      breach("R22: a row that no intent asked for: " + to_string(id));
}

// R20: a new number only after a refusal or with evidence. R21: what ended stays as it is.
void auditor::check_payment_steps() {
  std::map<payment_id, payment_stage> stages;
  std::map<payment_id, std::map<std::int16_t, payment_attempt>> attempts;
  std::map<payment_id, std::vector<payment_evidence>> evidence;
  for (const auto& step : database_.payments().steps()) {
    auto& stage = stages.try_emplace(step.order, payment_stage::created).first->second;
    if (is_terminal(stage) && step.head.stage != stage)
      breach("R21: an order that had ended changed: " + to_string(step.order));
    stage = step.head.stage;
    if (step.evidence) evidence[step.order].push_back(*step.evidence);
    if (!step.attempt) continue;
    auto& known = attempts[step.order];
    const auto number = step.attempt->number;
    if (!known.contains(number) && number > 1) {
      const auto before = known.find(static_cast<std::int16_t>(number - 1));
      const bool refused =
          before != known.end() && before->second.outcome == channel_outcome::failed;
      const bool proved = std::ranges::any_of(evidence[step.order], [&](const auto& e) {
        return e.number == step.attempt->allowed_by && e.allows_new_number;
      });
      if (!refused && !proved) breach("R20: an attempt without evidence: " + to_string(step.order));
    }
    known[number] = *step.attempt;
  }
}

// What a merchant was told is what the rows say, for ever; one number, one order.
void auditor::check_calls() {
  std::map<order_number, payment_id> ids;
  for (const auto& call : told_.calls) {
    if (!call.answered) {
      if (!call.lost && call.sent < closing_)
        breach("a call was never answered: " + call.what.number.value);
      continue;
    }
    if (says_something(call) && !database_.had_session(call.to, call.sent, *call.answered))
      breach("R8: a call was answered by a node that owned nothing since it was asked");
    if (call.refusal != payment_refusal::none) continue;
    const auto& told = call.state;
    const auto* row = database_.payments().by_id(told.order.id);
    if (row == nullptr) {
      breach("R9: a merchant was told of an order that is not there: " + call.what.number.value);
      continue;
    }
    const auto [known, fresh] = ids.try_emplace(told.order.number, told.order.id);
    if (!fresh && known->second != told.order.id)
      breach("R4: one number, two orders: " + call.what.number.value);
    if (is_terminal(told.head.stage) && told.head.stage != row->head.stage)
      breach("R21: a merchant was told another end: " + text(*row));
    if (call.verb == payment_verb::create && told.order.amount != call.what.amount)
      breach("R4: other content was replayed: " + call.what.number.value);
  }
}

}  // namespace suanpan::simulation
