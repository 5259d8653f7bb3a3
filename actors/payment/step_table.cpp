#include "actors/payment/step_table.hpp"

#include "actors/payment/channel_step_rows.hpp"
#include "actors/payment/step_rows.hpp"

#include <algorithm>

namespace suanpan {
namespace {

template <std::size_t... Sizes>
constexpr auto joined(const std::array<step_row, Sizes>&... parts) {
  std::array<step_row, (Sizes + ...)> all{};
  std::size_t next = 0;
  const auto add = [&all, &next](const auto& part) {
    for (const auto& row : part) all[next++] = row;
  };
  (add(parts), ...);
  return all;
}
constexpr auto steps = joined(step_rows::own_rows, step_rows::ledger_rows, step_rows::channel_rows,
                              step_rows::query_rows, step_rows::contradiction_rows,
                              step_rows::wish_rows, step_rows::refund_rows);

constexpr std::array events = std::to_array<payment_event>({payment_event::requested,
                                                            payment_event::attempt_began,
                                                            payment_event::no_route_found,
                                                            payment_event::funds_held,
                                                            payment_event::funds_refused,
                                                            payment_event::funds_moved,
                                                            payment_event::funds_not_moved,
                                                            payment_event::hold_released,
                                                            payment_event::booked,
                                                            payment_event::booking_redirected,
                                                            payment_event::channel_succeeded,
                                                            payment_event::channel_failed,
                                                            payment_event::channel_pending,
                                                            payment_event::channel_silent,
                                                            payment_event::channel_unsent,
                                                            payment_event::channel_not_found,
                                                            payment_event::channel_never_had_it,
                                                            payment_event::channel_asked,
                                                            payment_event::succeeded_again,
                                                            payment_event::failed_after_success,
                                                            payment_event::answer_mismatched,
                                                            payment_event::retry_requested,
                                                            payment_event::close_requested,
                                                            payment_event::expired,
                                                            payment_event::unknown_too_long,
                                                            payment_event::refund_reserved,
                                                            payment_event::refund_released,
                                                            payment_event::refund_settled,
                                                            payment_event::reservation_made,
                                                            payment_event::reservation_refused,
                                                            payment_event::surplus_returned});

// --- laws of the whole table
// -------------------------------------------------------------------------------------------------

constexpr bool every_cell_ends_without_condition() {
  for (const auto course : payment_courses)
    for (const auto stage : payment_stages)
      for (const auto event : events) {
        int unconditional = 0;
        for (const auto& row : steps) {
          if (row.on != event || !row.who.has(course) || !row.from.has(stage)) continue;
          if (unconditional > 0) return false;  // what follows it would never be reached
          if (row.when == step_condition::always) ++unconditional;
        }
        if (unconditional == 0) return false;
      }
  return true;
}
static_assert(every_cell_ends_without_condition());

template <class Law>
constexpr bool always(Law law) {
  return std::ranges::all_of(steps, [law](const step_row& row) {
    return row.verdict != step_verdict::recorded || law(row);
  });
}
constexpr bool ends_order(const step_row& row) {
  return !row.then.stays && is_terminal(row.then.to);
}
constexpr bool from_the_end(const step_row& row) {
  return row.from.has(payment_stage::succeeded) || row.from.has(payment_stage::failed) ||
         row.from.has(payment_stage::closed);
}
constexpr bool from_live(const step_row& row) {
  return row.from.has(payment_stage::processing) || row.from.has(payment_stage::unknown) ||
         row.from.has(payment_stage::manual);
}
constexpr bool books(const step_row& row, payment_transition transition) {
  return std::ranges::find(row.then.books, transition) != row.then.books.end();
}

static_assert(always([](const step_row& row) {  // silence never leads to submit (R20)
  const bool silence =
      row.on == payment_event::channel_silent || row.on == payment_event::channel_pending ||
      row.on == payment_event::channel_asked || row.on == payment_event::unknown_too_long ||
      row.on == payment_event::channel_not_found || row.on == payment_event::answer_mismatched;
  return !silence ||
         (!row.then.acts.has(step_act::submit) && !row.then.acts.has(step_act::choose_channel) &&
          row.then.attempt != attempt_change::ends && !row.then.allows_new_number);
}));
static_assert(always([](const step_row& row) {  // sent only when recorded, and the other way (R19)
  const bool begins = row.then.attempt == attempt_change::begins;
  return begins == row.then.acts.has(step_act::submit) &&
         begins == (row.on == payment_event::attempt_began) &&
         (!begins || row.when == step_condition::may_begin ||
          row.when == step_condition::may_resend);
}));
static_assert(always([](const step_row& row) {  // a terminal stage never changes (R21)
  return !from_the_end(row) || row.then.stays;
}));
static_assert(always([](const step_row& row) {  // by what a live attempt ends, and nothing else
  const bool evidence =
      row.on == payment_event::channel_succeeded || row.on == payment_event::channel_failed ||
      row.on == payment_event::channel_unsent || row.on == payment_event::channel_never_had_it;
  const bool moves_away = from_live(row) && !row.then.stays &&
                          (is_terminal(row.then.to) || row.then.to == payment_stage::created);
  const bool by_ledger =
      !row.who.has(payment_course::payer_pays) && row.then.intent != ledger_change::none;
  return !moves_away || by_ledger ||
         (evidence && row.then.attempt == attempt_change::ends && row.then.evidence);
}));
static_assert(always([](const step_row& row) {  // what allows a new number (R20)
  return !row.then.allows_new_number || row.on == payment_event::channel_unsent ||
         row.on == payment_event::channel_never_had_it;
}));
static_assert(always([](const step_row& row) {  // a hold that an order leaves behind ends with it
  const bool held_course =
      row.who.has(payment_course::paying_out) || row.who.has(payment_course::refunding);
  const bool held_by_now = from_live(row) || row.on == payment_event::no_route_found;
  if (!held_course || !held_by_now || !ends_order(row)) return true;
  return row.then.to == payment_stage::succeeded
             ? books(row, payment_transition::captured) && books(row, payment_transition::paid)
             : books(row, payment_transition::released);
}));
static_assert(always([](const step_row& row) {  // whoever is told of is told; whoever waits as well
  const bool silent_course = row.who.has(payment_course::returning_surplus);
  return !ends_order(row) || silent_course ||
         (!row.then.tells.empty() && row.then.acts.has(step_act::tell_merchant) &&
          row.then.acts.has(step_act::answer_callers));
}));
static_assert(always([](const step_row& row) {  // an end of a refund reaches its original
  const bool reserved =
      row.who.has(payment_course::refunding) || row.who.has(payment_course::refunding_inside);
  return !reserved || !ends_order(row) || row.on == payment_event::reservation_refused ||
         row.then.acts.has(step_act::tell_original);
}));
static_assert(always([](const step_row& row) {  // what is to be booked is begun
  return row.then.books[0] == payment_transition{} || row.then.acts.has(step_act::book);
}));

// --- names
// -------------------------------------------------------------------------------------------------

template <class Enum>
std::string listed(bits_of<Enum> set, std::span<const Enum> all) {
  std::string text;
  for (const auto each : all) {
    if (!set.has(each)) continue;
    if (!text.empty()) text += ", ";
    text += name_of(each);
  }
  return text;
}

}  // namespace

std::string_view name_of(payment_course course) {
  switch (course) {
    case payment_course::payer_pays:
      return "payer_pays";
    case payment_course::system_draws:
      return "system_draws";
    case payment_course::paying_out:
      return "paying_out";
    case payment_course::transferring:
      return "transferring";
    case payment_course::refunding:
      return "refunding";
    case payment_course::refunding_inside:
      return "refunding_inside";
    case payment_course::returning_surplus:
      return "returning_surplus";
  }
  return "course_not_known";
}

payment_course course_of(const payment_order& order) noexcept {
  switch (order.kind) {
    case payment_kind::top_up:
    case payment_kind::quick_pay:
    case payment_kind::online_bank_pay:
      return payment_course::payer_pays;
    case payment_kind::withholding:
      return payment_course::system_draws;
    case payment_kind::payout:
    case payment_kind::withdrawal:
      return payment_course::paying_out;
    case payment_kind::transfer:
      return payment_course::transferring;
    case payment_kind::refund:
      break;
  }
  if (order.surplus_attempt > 0) return payment_course::returning_surplus;
  return order.payee.empty() ? payment_course::refunding : payment_course::refunding_inside;
}

std::string_view name_of(step_condition condition) {
  switch (condition) {
    case step_condition::always:
      return "always";
    case step_condition::is_new:
      return "is_new";
    case step_condition::may_begin:
      return "may_begin";
    case step_condition::may_resend:
      return "may_resend";
    case step_condition::awaits_funds:
      return "awaits_funds";
    case step_condition::is_next_intent:
      return "is_next_intent";
    case step_condition::sent_before:
      return "sent_before";
    case step_condition::tries_left:
      return "tries_left";
    case step_condition::cards_left:
      return "cards_left";
    case step_condition::resends_left:
      return "resends_left";
    case step_condition::says_nothing_new:
      return "says_nothing_new";
    case step_condition::said_before:
      return "said_before";
    case step_condition::mismatched_before:
      return "mismatched_before";
    case step_condition::channel_refunds:
      return "channel_refunds";
    case step_condition::awaits_card:
      return "awaits_card";
    case step_condition::is_expired:
      return "is_expired";
    case step_condition::is_old:
      return "is_old";
    case step_condition::share_known:
      return "share_known";
    case step_condition::is_taken_back:
      return "is_taken_back";
    case step_condition::exceeds_refundable:
      return "exceeds_refundable";
    case step_condition::share_reserved:
      return "share_reserved";
    case step_condition::awaits_reservation:
      return "awaits_reservation";
    case step_condition::surplus_open:
      return "surplus_open";
    case step_condition::no_case_yet:
      return "no_case_yet";
  }
  return "condition_not_known";
}

std::string_view name_of(step_act act) {
  switch (act) {
    case step_act::choose_channel:
      return "choose_channel";
    case step_act::submit:
      return "submit";
    case step_act::book:
      return "book";
    case step_act::tell_merchant:
      return "tell_merchant";
    case step_act::answer_callers:
      return "answer_callers";
    case step_act::tell_original:
      return "tell_original";
    case step_act::tell_refund:
      return "tell_refund";
    case step_act::refund_surplus:
      return "refund_surplus";
  }
  return "act_not_known";
}

std::span<const step_row> all_steps() noexcept {
  return steps;
}

std::string rule_text(payment_kind kind, payment_stage from, const step_row& row) {
  std::string text(name_of(kind));
  text.append("/").append(name_of(from)).append("/").append(name_of(row.on));
  if (row.when != step_condition::always) text.append("/").append(name_of(row.when));
  return text;
}

const step_row* find_rule(const payment_order& order, std::string_view text) {
  const auto course = course_of(order);
  const auto kind_end = text.find('/');
  if (kind_end == std::string_view::npos) return nullptr;
  const auto stage_end = text.find('/', kind_end + 1);
  if (stage_end == std::string_view::npos) return nullptr;
  const auto stage_name = text.substr(kind_end + 1, stage_end - kind_end - 1);
  const auto stage = std::ranges::find_if(
      payment_stages, [stage_name](payment_stage s) { return name_of(s) == stage_name; });
  if (stage == payment_stages.end()) return nullptr;
  const auto rest = text.substr(stage_end + 1);
  const auto event_end = std::min(rest.find('/'), rest.size());
  const auto condition =
      event_end == rest.size() ? std::string_view("always") : rest.substr(event_end + 1);
  const auto found = std::ranges::find_if(steps, [&](const step_row& row) {
    return row.who.has(course) && row.from.has(*stage) && name_of(row.when) == condition &&
           name_of(row.on) == rest.substr(0, event_end);
  });
  return found == steps.end() ? nullptr : &*found;
}

namespace {

std::string recorded_in(const step_effect& then) {
  std::string text;
  const auto add = [&text](std::string_view part) {
    if (!text.empty()) text += "; ";
    text += part;
  };
  switch (then.attempt) {
    case attempt_change::none:
      break;
    case attempt_change::begins:
      add("attempt begins");
      break;
    case attempt_change::goes_on:
      add("next query");
      break;
    case attempt_change::awaits_resend:
      add("next send");
      break;
    case attempt_change::ends:
      add("attempt ends");
      break;
    case attempt_change::turns_out_paid:
      add("attempt was paid");
      break;
    case attempt_change::is_returned:
      add("attempt's money is back");
      break;
  }
  if (then.evidence) add(then.allows_new_number ? "evidence (allows a new number)" : "evidence");
  if (then.intent == ledger_change::booked) add("booked");
  if (then.intent == ledger_change::refused) add("refusal");
  if (then.intent == ledger_change::redirected) add("booked on suspense");
  if (then.share == share_change::reserved) add("share reserved");
  if (then.share == share_change::released) add("share released");
  if (then.share == share_change::settled) add("share settled");
  for (const auto transition : then.books)
    if (transition != payment_transition{}) add("to book: " + std::string(name_of(transition)));
  if (!then.tells.empty()) add("event: " + std::string(then.tells));
  if (then.opens != case_reason{}) add("case: " + std::string(name_of(then.opens)));
  return text;
}

std::string outcome_of(const step_row& row) {
  switch (row.verdict) {
    case step_verdict::recorded:
      return row.then.stays ? "(same)" : std::string(name_of(row.then.to));
    case step_verdict::passed:
      return "passed over";
    case step_verdict::refused:
      return "refused: " + std::string(name_of(row.refusal));
    case step_verdict::impossible:
      return "impossible";
  }
  return {};
}

}  // namespace

std::string printed_step_table() {
  std::string text =
      "| courses | stages | event | if | then | recorded | done | rule |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const auto& row : steps) {
    text += "| " + listed<payment_course>(row.who, payment_courses);
    text += " | " + listed<payment_stage>(row.from, payment_stages);
    text += " | " + std::string(name_of(row.on)) + " | ";
    if (row.when != step_condition::always) text += name_of(row.when);
    text += " | " + outcome_of(row) + " | " + recorded_in(row.then);
    text += " | " + listed<step_act>(row.then.acts, step_acts) + " | ";
    text += std::string(row.rule) + " |\n";
  }
  return text;
}

}  // namespace suanpan
