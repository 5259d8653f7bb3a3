// One order of a random kind under random happenings, likely and unlikely, in any order: what a
// lying bank, a slow ledger, an impatient merchant and a wrong clock could do. The laws of orders
// are checked at each step; a planted fault spoils what the rules decided.
#pragma once

#include "tests/payment/told.hpp"
#include "tests/support/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::told {

/// One line of the rules that is wrong.
enum class planted : std::uint8_t {
  nothing,
  version_skipped,      // a step is not written on its predecessor
  end_reopened,         // a late success takes an ended order along
  attempt_left_open,    // a new attempt begins beside an open one
  evidence_forgotten,   // an attempt names nothing that allowed it
  allowed_too_early,    // any "not found" allows a new number
  silence_fails,        // no answer fails the order
  refund_not_reserved,  // the original promises what it has not got
  voucher_unbalanced,   // a leg moves one more
  paid_twice,           // the vouchers of a success are recorded again
  hold_forgotten,       // a failure releases nothing
  step_not_applied,     // memory misses what was recorded
  expiry_ends_attempt,  // time closes an order with an open attempt
};

class random_course {
 public:
  explicit random_course(std::uint64_t seed, planted fault = planted::nothing);

  /// Until enough has happened. Empty: every law held; else the first that did not.
  [[nodiscard]] std::string run();
  [[nodiscard]] const payment_state& live() const noexcept { return live_; }
  [[nodiscard]] const std::vector<payment_step>& steps() const noexcept { return steps_; }

 private:
  [[nodiscard]] payment_happening likely();
  [[nodiscard]] payment_happening anything();
  void fill(payment_happening& what);
  [[nodiscard]] channel_answer some_answer();
  void spoil(payment_step& step);
  [[nodiscard]] bool take(payment_step step, const payment_happening* what);
  [[nodiscard]] bool step_is_lawful(const payment_state& before, const payment_step& step);
  [[nodiscard]] bool attempt_is_lawful(const payment_state& before, const payment_step& step,
                                       const payment_happening* what);
  [[nodiscard]] bool evidence_is_lawful(const payment_state& before, const payment_step& step,
                                        const payment_happening* what);
  [[nodiscard]] bool state_is_lawful();
  [[nodiscard]] bool vouchers_are_lawful();
  [[nodiscard]] bool broken(std::string law);

  samples::random_source chance_;
  planted fault_;
  payment_policy policy_;
  payment_state live_;
  std::vector<payment_step> steps_;
  std::int64_t now_ = start_micros;
  channel_traits traits_;
  int mood_ = 0;                   // of the channel: even, forgetful, silent, out of reach
  std::int64_t patience_ = 7'200;  // the longest pause, in seconds
  std::string broken_;
  std::int64_t sent_at_ = 0;  // the last send of the last attempt
  bool retried_ = false;      // the step before was the merchant's retry
};

}  // namespace suanpan::told
