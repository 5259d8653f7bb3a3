// PAYMENT. One order in work. Thin: the rules decide (payment_rules), the journal makes it durable,
// then it is applied, and only then acted upon (DESIGN 2). One step at a time; what comes while one
// is being recorded waits in a bounded list. Whatever it is told may be told again.
//
// payment.cpp         what comes in, and its order   payment_steps.cpp   decide, record, apply
// payment_acts.cpp    what is done afterwards        payment_calls.cpp   callers and their answers
#pragma once

#include "actors/payment/order_messages.hpp"
#include "actors/payment/payment_links.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace suanpan {

class payment final : public caf::event_based_actor {
 public:
  payment(caf::actor_config& cfg, payment_links_ptr links, payment_birth birth);
  const char* name() const override { return "payment"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  /// What waits while a step is being recorded.
  struct waiting {
    std::function<void()> begin;
    std::function<void()> drop;  // it will not be begun
  };
  /// Who is concerned by a decision, beside the order itself.
  struct concern {
    payment_call_ptr call;          // a retry or a close
    callback_call_ptr acknowledge;  // a callback
    std::optional<hear_refund> about_refund;
  };
  struct next_attempt {
    const payment_state& order;
    card_id card;
    channel_name only;  // empty: whichever
  };

  // payment.cpp
  void guard(const std::function<void()>& work);
  template <class Message>
  [[nodiscard]] auto on(void (payment::*handle)(const Message&));
  template <class Message>
  [[nodiscard]] auto on_supervisors(void (payment::*handle)(const Message&));
  void fail(const std::string& what);
  /// Whoever waits is told, also if the order failed before or while it took this.
  void turn_away(const take_call& m);
  void turn_away(const hear_answer& m);
  template <class Message>
  void turn_away(const Message&) {}
  void begin();
  void take_in(waiting what, bool must_wait = false);
  void begin_waiting();
  void hear(const hear_answer& m);
  void judge_answer(const hear_answer& m);
  void judge_refund(const hear_refund& m);
  void judge_bookings(const intents_settled& m);
  void hear_of_refund(const hear_refund& m);
  void hear_bookings(const intents_settled& m);
  void take_up(const resume_order& m);
  void tell_refund_what(const tell_original_to& m);
  void learn_original(const original_told& m);
  void learn_card(const card_read& m);
  void come_due(const order_due& m);
  void do_what_is_due();
  void tell_how_it_stands();
  [[nodiscard]] bool is_quiet() const;
  [[nodiscard]] std::int64_t now() const { return links_->means.clock->unix_micros(); }

  // payment_steps.cpp
  [[nodiscard]] payment_setting setting() const;
  void judge(payment_happening what, concern about);
  void take_decision(payment_decision decision, concern about);
  void not_opened(const payment_decision& why);
  void route_at_once(std::vector<payment_step>& steps);
  void record(std::vector<payment_step> steps, concern about);
  void settled(const steps_settled& m);
  void release(const concern& about, payment_refusal refusal);
  void recorded(const std::vector<payment_step>& steps);
  void count(const payment_step& step, payment_stage before);
  void not_recorded(step_fate fate);
  void conclude(const concern& about, const payment_decision* unrecorded);
  void answer_reservation(const hear_refund& asked, const payment_decision& unrecorded);

  // payment_acts.cpp
  void act(const payment_act& what, const payment_step* step);
  void route();
  [[nodiscard]] std::optional<payment_happening> routed(const next_attempt& next);
  [[nodiscard]] bool has_what_routing_needs(const payment_state& order);
  void submit(std::int16_t attempt);
  void send_attempt(std::int16_t attempt, bool as_query);
  void book(std::int16_t intent);
  [[nodiscard]] transfer_id hold_ended_by(const booking_intent& intent) const;
  void fenced(const act_fenced& m);
  [[nodiscard]] const payment_attempt* attempt_of(std::int16_t number) const;

  // payment_calls.cpp
  void take(const take_call& m);
  void replay(const payment_call_ptr& call);
  void retry_or_close(const payment_call_ptr& call);
  void answer_callers();
  void answer_due_callers(const callers_due& m);
  void answer_with(const payment_call_ptr& call, payment_refusal refusal);
  void answer_fenced(const payment_call_ptr& call);
  void refuse_all(payment_refusal refusal);
  void judge_refundable(const check_refund& m);

  payment_links_ptr links_;
  payment_birth birth_;
  payment_state state_;
  bool exists_ = false;  // the first step is durable
  bool failed_ = false;  // an exception: nothing more is done (R11)

  std::shared_ptr<const std::vector<payment_step>> recording_;  // null: nothing is
  concern recording_about_;
  std::int64_t recording_since_ = 0;  // boot clock; the commit is not older
  std::deque<waiting> waiting_;

  std::vector<payment_call_ptr> callers_;  // wait until it may be answered
  payment_state_ptr original_;             // of a refund
  std::optional<choose_channel> routing_;  // to be done once all for it is at hand
  bool card_asked_ = false;                // the book was read for the card of the next attempt
  bool original_asked_ = false;

  std::uint64_t fences_ = 0;          // acts that waited for a round trip, counted
  std::int16_t submitting_ = 0;       // the attempt that waits for one; 0: none
  std::uint64_t seen_ = 0;            // messages of the supervisor
  std::int64_t again_micros_ = 0;     // when to take up what the database refused; 0: nothing
  std::optional<order_stands> told_;  // what it heard last
};

}  // namespace suanpan
