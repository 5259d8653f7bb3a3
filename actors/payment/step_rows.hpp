// Private to step_table.cpp: the rows, but for those of channels' answers (channel_step_rows.hpp).
// Of those that fit, the first whose condition holds decides.
#pragma once

#include "actors/payment/step_table.hpp"

namespace suanpan::step_rows {

using enum payment_course;
using enum payment_event;
using enum step_act;
using when = step_condition;
using stage = payment_stage;
using books = payment_transition;
using turns = attempt_change;

inline constexpr course_set collecting{payer_pays, system_draws};
inline constexpr course_set held{paying_out, refunding};
inline constexpr course_set by_channel{payer_pays, system_draws, paying_out, refunding,
                                       returning_surplus};
inline constexpr course_set by_system{system_draws, paying_out, refunding, returning_surplus};
inline constexpr course_set inside{transferring, refunding_inside};
inline constexpr course_set refunds{refunding, refunding_inside};
inline constexpr course_set anyone = by_channel | inside;

inline constexpr stage_set created{stage::created};
inline constexpr stage_set asked{stage::processing, stage::unknown};
inline constexpr stage_set manual{stage::manual};
inline constexpr stage_set live = asked | manual;
inline constexpr stage_set ended{stage::succeeded, stage::failed, stage::closed};
inline constexpr stage_set any = created | live | ended;

inline constexpr act_set tell_all{tell_merchant, answer_callers};
inline constexpr act_set book_and_tell{book, tell_merchant, answer_callers};

constexpr step_row pass(course_set who, stage_set from, payment_event on, std::string_view why,
                        when if_so = when::always) {
  return {who, from, on, if_so, step_verdict::passed, payment_refusal::none, {}, "", why};
}
constexpr step_row never(course_set who, stage_set from, payment_event on, std::string_view why) {
  return {who, from, on, when::always, step_verdict::impossible, payment_refusal::none,
          {},  "",   why};
}
constexpr step_row refuse(course_set who, stage_set from, payment_event on, payment_refusal with,
                          when if_so = when::always) {
  return {who, from, on, if_so, step_verdict::refused, with, {}, "", "the merchant is told why"};
}
/// The rule and the reason of a row.
struct because {
  std::string_view rule;
  std::string_view why;
};
constexpr step_row step(step_row place, step_effect then, because of) {
  place.verdict = step_verdict::recorded;
  place.then = then;
  place.rule = of.rule;
  place.why = of.why;
  return place;
}
constexpr step_row at(course_set who, stage_set from, payment_event on, when if_so = when::always) {
  return {who, from, on, if_so, {}, {}, {}, {}, {}};
}

// --- the order's own course
// -------------------------------------------------------------------------------------------------
inline constexpr std::array own_rows = std::to_array<step_row>({
    step(at(collecting, created, requested, when::is_new), {.acts = {choose_channel}},
         {"R19", "accepted; a channel is chosen"}),
    step(at({returning_surplus}, created, requested, when::is_new), {.acts = {choose_channel}},
         {"R21", "a surplus goes back; nothing is held for it"}),
    step(at({paying_out}, created, requested, when::is_new),
         {.books = {books::held}, .acts = {book}},
         {"R23", "accepted; amount and fee are held first"}),
    step(at({transferring}, created, requested, when::is_new),
         {.to = stage::processing, .books = {books::moved}, .acts = {book}},
         {"R22", "accepted; the ledger's answer decides"}),
    step(at(refunds, created, requested, when::is_new), {.acts = {tell_original}},
         {"R22", "accepted; its original is asked whether so much is left"}),
    never(anyone, any, requested, "an order is requested once"),

    step(at(by_channel, created, attempt_began, when::may_begin),
         {.to = stage::processing, .attempt = turns::begins, .acts = {submit}},
         {"R19", "recorded, and only then sent"}),
    pass(by_channel, created, attempt_began, "nothing allows an attempt now"),
    step(at(by_system, {stage::unknown}, attempt_began, when::may_resend),
         {.to = stage::processing, .attempt = turns::begins, .acts = {submit}},
         {"R20", "the same reference once more, to a channel that dedupes"}),
    pass(by_channel, live, attempt_began, "an attempt is open"),
    pass(by_channel, ended, attempt_began, "the order has ended"),
    never(inside, any, attempt_began, "no channel has a part in it"),

    step(at(collecting, created, no_route_found, when::may_begin),
         {.to = stage::failed, .tells = "failed", .acts = tell_all},
         {"", "no channel would take it"}),
    step(
        at({paying_out}, created, no_route_found, when::may_begin),
        {.to = stage::failed, .books = {books::released}, .tells = "failed", .acts = book_and_tell},
        {"", "no channel would take it; what is held is released"}),
    step(at({refunding}, created, no_route_found, when::may_begin),
         {.to = stage::failed,
          .books = {books::released},
          .tells = "failed",
          .acts = act_set{tell_original} | book_and_tell},
         {"", "no channel would take it; what is held and reserved is released"}),
    step(at({returning_surplus}, created, no_route_found, when::no_case_yet),
         {.opens = case_reason::refund_stuck}, {"R21", "a surplus is tried again for ever"}),
    step(at({returning_surplus}, created, no_route_found), {}, {"R21", "tried again later"}),
    pass(collecting | held, created, no_route_found, "no attempt was to begin"),
    step(at(by_system, {stage::unknown}, no_route_found, when::may_resend),
         {.stays = true, .attempt = turns::goes_on},
         {"R20", "it can't be sent again now, so the channel is asked again"}),
    pass(by_channel, live, no_route_found, "an attempt is open"),
    pass(by_channel, ended, no_route_found, "the order has ended"),
    never(inside, any, no_route_found, "no channel has a part in it"),
});

// --- the ledger's answers
// -------------------------------------------------------------------------------------------------
inline constexpr std::array ledger_rows = std::to_array<step_row>({
    step(at(held, created, funds_held, when::awaits_funds),
         {.intent = ledger_change::booked, .acts = {choose_channel}},
         {"R23", "held; a channel is chosen"}),
    pass(anyone, any, funds_held, "known already"),
    step(at({paying_out}, created, funds_refused, when::awaits_funds),
         {.to = stage::failed,
          .intent = ledger_change::refused,
          .tells = "failed",
          .acts = tell_all},
         {"R5", "the ledger refused the hold"}),
    step(at({refunding}, created, funds_refused, when::awaits_funds),
         {.to = stage::failed,
          .intent = ledger_change::refused,
          .tells = "failed",
          .acts = act_set{tell_original} | tell_all},
         {"R5", "the ledger refused the hold; what was reserved is free again"}),
    pass(anyone, any, funds_refused, "known already"),
    step(at({transferring}, {stage::processing}, funds_moved, when::awaits_funds),
         {.to = stage::succeeded,
          .intent = ledger_change::booked,
          .tells = "succeeded",
          .acts = tell_all},
         {"R22", "posted"}),
    step(at({refunding_inside}, {stage::processing}, funds_moved, when::awaits_funds),
         {.to = stage::succeeded,
          .intent = ledger_change::booked,
          .books = {books::fee_returned},
          .tells = "succeeded",
          .acts = act_set{tell_original} | book_and_tell},
         {"R22", "posted back"}),
    pass(anyone, any, funds_moved, "known already"),
    step(at({transferring}, {stage::processing}, funds_not_moved, when::awaits_funds),
         {.to = stage::failed,
          .intent = ledger_change::refused,
          .tells = "failed",
          .acts = tell_all},
         {"R5", "the ledger refused it"}),
    step(at({refunding_inside}, {stage::processing}, funds_not_moved, when::awaits_funds),
         {.to = stage::failed,
          .intent = ledger_change::refused,
          .tells = "failed",
          .acts = act_set{tell_original} | tell_all},
         {"R5", "the ledger refused it; what was reserved is free again"}),
    pass(anyone, any, funds_not_moved, "known already"),
    step(at(held, {stage::failed}, hold_released, when::is_next_intent),
         {.stays = true, .intent = ledger_change::booked, .acts = {book, answer_callers}},
         {"R23", "what was held is free"}),
    pass(anyone, any, hold_released, "known already"),
    step(at(anyone, any, booked, when::is_next_intent),
         {.stays = true,
          .intent = ledger_change::booked,
          .acts = {book, answer_callers, tell_refund}},
         {"R22", "booked, in order"}),
    pass(anyone, any, booked, "known already"),
    step(at(anyone, any, booking_redirected, when::is_next_intent),
         {.stays = true,
          .intent = ledger_change::redirected,
          .opens = case_reason::booking_redirected,
          .acts = {book, answer_callers, tell_refund}},
         {"R22", "booked on suspense, for its account would have refused it"}),
    pass(anyone, any, booking_redirected, "known already"),
});

// --- what the merchant and time do
// -------------------------------------------------------------------------------------------------
inline constexpr std::array wish_rows = std::to_array<step_row>({
    step(at({payer_pays}, created, retry_requested, when::awaits_card), {},
         {"", "another card; its attempt is recorded in the same commit"}),
    refuse(anyone, live, retry_requested, payment_refusal::attempt_open),
    refuse(anyone, ended, retry_requested, payment_refusal::already_terminal),
    refuse(anyone, created, retry_requested, payment_refusal::not_retryable),

    step(at(collecting, created, close_requested),
         {.to = stage::closed, .tells = "closed", .acts = tell_all},
         {"", "closed by the merchant; no attempt is open"}),
    pass(anyone, {stage::closed}, close_requested, "closed already"),
    refuse(anyone, {stage::succeeded, stage::failed}, close_requested,
           payment_refusal::already_terminal),
    refuse(collecting, live, close_requested, payment_refusal::attempt_open),
    refuse(inside | held | course_set{returning_surplus}, created | live, close_requested,
           payment_refusal::attempt_open),

    step(at(collecting, created, expired, when::is_expired),
         {.to = stage::closed, .tells = "closed", .acts = tell_all},
         {"", "its time is over, and no attempt is open"}),
    pass(anyone, any, expired, "an attempt is open, or the order has ended, or has time left"),

    step(at(by_channel, asked, unknown_too_long, when::is_old),
         {.to = stage::manual,
          .attempt = turns::goes_on,
          .opens = case_reason::unknown_too_long,
          .acts = {answer_callers}},
         {"R20", "people are told; the channel is still asked, and evidence still ends it"}),
    pass(anyone, any, unknown_too_long, "it ended meanwhile, or people know"),
});

// --- refunds and what they refund
// -------------------------------------------------------------------------------------------------
inline constexpr course_set refundable = collecting | course_set{transferring};
inline constexpr course_set not_refundable{paying_out, refunding, refunding_inside,
                                           returning_surplus};
inline constexpr std::array refund_rows = std::to_array<step_row>({
    pass(refundable, any, refund_reserved, "reserved already", when::share_known),
    refuse(refundable, {stage::succeeded}, refund_reserved, payment_refusal::not_refundable,
           when::is_taken_back),
    refuse(refundable, {stage::succeeded}, refund_reserved, payment_refusal::exceeds_refundable,
           when::exceeds_refundable),
    step(at(refundable, {stage::succeeded}, refund_reserved),
         {.stays = true, .share = share_change::reserved, .acts = {tell_refund}},
         {"R22", "so much less is left; the refund goes on once all before it is booked"}),
    refuse(refundable, created | live, refund_reserved, payment_refusal::attempt_open),
    refuse(refundable, {stage::failed, stage::closed}, refund_reserved,
           payment_refusal::not_refundable),
    refuse(not_refundable, any, refund_reserved, payment_refusal::not_refundable),
    step(at(refundable, {stage::succeeded}, refund_released, when::share_reserved),
         {.stays = true, .share = share_change::released},
         {"", "the refund failed; so much more is left"}),
    pass(anyone, any, refund_released, "known already"),
    step(at(refundable, {stage::succeeded}, refund_settled, when::share_reserved),
         {.stays = true, .share = share_change::settled}, {"", "refunded"}),
    pass(anyone, any, refund_settled, "known already"),

    step(at({refunding}, created, reservation_made, when::awaits_reservation),
         {.books = {books::held}, .acts = {book}},
         {"R22", "reserved at the original; the payer's funds are held"}),
    step(at({refunding_inside}, created, reservation_made, when::awaits_reservation),
         {.to = stage::processing, .books = {books::moved}, .acts = {book}},
         {"R22", "reserved at the original; it is posted back"}),
    pass(anyone, any, reservation_made, "known already"),
    step(at(refunds, created, reservation_refused, when::awaits_reservation),
         {.to = stage::failed, .tells = "failed", .acts = tell_all},
         {"", "the original does not have so much left"}),
    pass(anyone, any, reservation_refused, "known already"),
    step(at(collecting, any, surplus_returned, when::surplus_open),
         {.stays = true,
          .attempt = turns::is_returned,
          .tells = "surplus_returned",
          .acts = {tell_merchant}},
         {"R21", "the surplus is back"}),
    pass(anyone, any, surplus_returned, "known already"),
});

}  // namespace suanpan::step_rows
