// See payments_case.hpp.
#include "tests/storage/payments_case.hpp"

#include <algorithm>

namespace suanpan::testing {

payment_id next_payment_id() {
  return {next_id().bytes};
}

std::int64_t now_micros() {
  return now_millis() * 1'000;
}

payment_order an_order(payment_kind kind) {
  static int count = 0;
  payment_order order;
  order.id = next_payment_id();
  order.merchant = {"M001"};
  order.number = {"order-" + std::to_string(++count)};
  order.kind = kind;
  order.amount = {10'000};
  order.ccy = cny;
  order.card = {"card_01J2TW4YHYFK0RY0014D2PF2DB"};
  order.description = "早餐, it's \"good\" \\o/ {a,b}\n";
  order.created_micros = now_micros();
  order.expires_micros = now_micros() + 900'000'000;
  order.fee = {60};
  order.attempts_max = 3;
  order.content_hash.fill(static_cast<std::uint8_t>(count));
  return order;
}

payment_attempt an_attempt(const payment_order& order, std::int16_t number) {
  payment_attempt attempt;
  attempt.number = number;
  attempt.channel = {"icbc"};
  attempt.reference = {to_string(order.id).substr(4) + "-" + std::to_string(number)};
  attempt.card = order.card;
  attempt.began_micros = now_micros();
  attempt.sends = 1;
  attempt.sent_after = 2;
  attempt.next_query_micros = now_micros() + 1'000'000;
  attempt.route_reasons = "abc: breaker open";
  return attempt;
}

payment_evidence a_word(const payment_attempt& about, std::int16_t number,
                        channel_outcome outcome) {
  payment_evidence word;
  word.number = number;
  word.attempt = about.number;
  word.outcome = outcome;
  word.asked_micros = now_micros();
  word.came_micros = now_micros();
  word.bank_number = "B-1";
  word.excerpt = "{\"status\":\"it's\"}";
  if (outcome == channel_outcome::failed) word.code = "card_declined";
  return word;
}

booking_intent an_intent(std::int16_t number, payment_transition transition,
                         std::vector<intended_leg> legs) {
  booking_intent intent;
  intent.number = number;
  intent.transition = transition;
  intent.legs = std::move(legs);
  intent.event_code = 3'000 + 10 * static_cast<int>(transition);
  intent.caused_micros = now_micros();
  return intent;
}

intended_leg a_leg(const std::string& debit, const std::string& credit, std::int64_t amount) {
  const auto account = [](const std::string& text) {
    const auto colon = text.rfind('/');
    return posting_account{text.substr(0, colon), text.substr(colon + 1),
                           text.starts_with("merchant:")};
  };
  return {account(debit), account(credit), {amount}};
}

namespace {

// An amount of 0: it is gone.
void put_share(std::vector<refund_share>& into, const refund_share& share) {
  const auto at = std::ranges::find(into, share.refund, &refund_share::refund);
  if (at == into.end())
    into.push_back(share);
  else if (share.amount.value == 0)
    into.erase(at);
  else
    *at = share;
}

}  // namespace

payment_course::payment_course(payment_order asked) : order(std::move(asked)) {
  add(payment_event::requested, payment_stage::created).opens = order;
}

payment_step& payment_course::add(payment_event event, payment_stage stage) {
  payment_step step;
  if (!steps.empty()) step.head = steps.back().head;
  step.order = order.id;
  step.merchant = order.merchant;
  step.shard = shard_0;
  step.event = event;
  step.rule = "quick_pay/" + std::string{name_of(event)};
  step.note = "it's so";
  step.at_micros = now_micros();
  step.head.stage = stage;
  ++step.head.version;
  if (is_terminal(stage) && step.head.finished_micros == 0)
    step.head.finished_micros = step.at_micros;
  steps.push_back(step);
  return steps.back();
}

payment_step& payment_course::begin_attempt(payment_attempt attempt) {
  auto& step = add(payment_event::attempt_began, payment_stage::processing);
  step.attempt = std::move(attempt);
  return step;
}

payment_step& payment_course::answer(payment_event event, payment_stage stage,
                                     channel_outcome outcome) {
  const auto before = state();
  auto attempt = before.attempts.back();
  auto& step = add(event, stage);
  step.evidence = a_word(attempt, static_cast<std::int16_t>(before.evidence.size() + 1), outcome);
  attempt.outcome = outcome;
  attempt.open = false;
  attempt.ended_micros = step.at_micros;
  attempt.next_query_micros = 0;
  if (outcome == channel_outcome::failed)
    attempt.failure = {"card_declined", "05", retry_advice::retry_other_method};
  step.attempt = attempt;
  return step;
}

payment_step& payment_course::succeed() {
  auto& step = answer(payment_event::channel_succeeded, payment_stage::succeeded,
                      channel_outcome::succeeded);
  step.head.paid_by = step.attempt->number;
  step.intents = {an_intent(1, payment_transition::received,
                            {a_leg("channel:icbc/1122", "internal/2101", 10'000)}),
                  an_intent(2, payment_transition::settled,
                            {a_leg("internal/2101", "merchant:M001/2001", 9'940),
                             a_leg("internal/2101", "internal/6001", 60)})};
  step.notifications = {
      {1, "payment.succeeded", R"({"type":"payment.succeeded"})", step.at_micros}};
  return step;
}

payment_step& payment_course::book(std::int16_t intent) {
  auto booked = state().intents.at(static_cast<std::size_t>(intent - 1));
  booked.booked = true;
  auto& step = add(payment_event::booked, steps.back().head.stage);
  step.intents = {booked};
  return step;
}

payment_state payment_course::state() const {
  payment_state state;
  state.order = order;
  state.shard = shard_0;
  const auto put = [](auto& into, const auto& what) {
    const auto at = std::ranges::find(into, what.number, [](const auto& x) { return x.number; });
    if (at == into.end())
      into.push_back(what);
    else
      *at = what;
  };
  for (const auto& step : steps) {
    state.head = step.head;
    if (step.attempt) put(state.attempts, *step.attempt);
    if (step.evidence) put(state.evidence, *step.evidence);
    for (const auto& intent : step.intents) put(state.intents, intent);
    if (step.share) put_share(state.refunds, *step.share);
    for (const auto& event : step.notifications) state.notifications = event.sequence;
    if (step.opens_case) state.cases = step.opens_case->number;
  }
  return state;
}

storage::write_outcome write(ledger_case& ledger, const payment_course& course, std::size_t first) {
  const std::vector<storage::payment_unit> units{
      storage::payment_unit{course.steps}.subspan(first)};
  return ledger.session->write_payments({ledger.claims, units});
}

storage::write_outcome write_one(ledger_case& ledger, const payment_step& step) {
  const std::vector<storage::payment_unit> units{{&step, 1}};
  return ledger.session->write_payments({ledger.claims, units});
}

void must_write(ledger_case& ledger, const payment_course& course, std::size_t first) {
  const auto written = write(ledger, course, first);
  REQUIRE_MESSAGE(is<storage::committed>(written), describe(written));
}

storage::payment_reader reader_of(const ledger_case& ledger) {
  return storage::payment_reader{{ledger.dsn, "one"}};
}

payment_state stored(const ledger_case& ledger, const payment_id& id) {
  const auto found = reader_of(ledger).find({{}, {id}, {}});
  REQUIRE_MESSAGE(found, found.reason());
  REQUIRE(found->size() == 1);
  return found->front();
}

}  // namespace suanpan::testing
