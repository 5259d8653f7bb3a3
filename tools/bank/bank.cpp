#include "tools/bank/bank.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::bank {
namespace {

using enum behaviour;

/// The steps of one request, put down in the order in which they are thought of.
class plan {
 public:
  plan(std::uint64_t of, std::int64_t now) : of_(of), now_(now) {}

  plan& book(std::int64_t after) {
    steps_.push_back({.due = now_ + after, .kind = step_kind::book, .of = of_});
    return *this;
  }
  plan& say(saying_kind how, std::int64_t after) {
    steps_.push_back({.due = now_ + after, .of = of_, .how = how});
    return *this;
  }
  plan& at_work() {
    steps_.back().at_work = true;
    return *this;
  }
  plan& forged() {
    steps_.back().forged = true;
    return *this;
  }
  plan& altered() {
    steps_.back().altered = true;
    return *this;
  }
  std::vector<step> take() {
    std::ranges::stable_sort(steps_, {}, &step::due);
    return std::move(steps_);
  }

 private:
  std::uint64_t of_;
  std::int64_t now_;
  std::vector<step> steps_;
};

/// A callback that nobody may believe, then a true one.
void lie_and_call(plan& p, bool forged, std::int64_t after, std::int64_t pause) {
  p.say(saying_kind::callback, after);
  if (forged)
    p.forged();
  else
    p.altered();
  p.say(saying_kind::callback, after + pause);
}

std::vector<step> plan_of(behaviour does, bool wants_callback, std::uint64_t of, std::int64_t now,
                          const bank_options& o) {
  using said = saying_kind;
  plan p(of, now);
  const auto work = o.work_micros;
  const auto then = work + o.callback_micros;
  const auto call = [&](std::int64_t after) {
    if (wants_callback) p.say(said::callback, after);
  };
  switch (does) {
    case slow:
      p.book(o.slow_micros).say(said::answer, o.slow_micros);
      call(o.slow_micros + o.callback_micros);
      break;
    case timeout_then_paid:
      p.book(work);
      call(then);
      break;
    case timeout_then_nothing:
      break;
    case dropped_before:
      p.say(said::dropped, work);
      break;
    case dropped_after:
      p.book(work).say(said::dropped, work);
      call(then);
      break;
    case garbage:
      p.book(work).say(said::garbage, work);
      call(then);
      break;
    case callback_first:
      p.book(work);
      call(work);
      p.say(said::answer, then);
      break;
    case callback_twice:
      p.book(work).say(said::answer, work);
      call(then);
      call(then + o.callback_micros);
      break;
    case callback_wrong_amount:
    case callback_forged:
      p.book(work).say(said::answer, work).at_work();
      if (wants_callback) lie_and_call(p, does == callback_forged, then, o.callback_micros);
      break;
    case not_found_then_paid:
      p.book(o.late_micros);
      call(o.late_micros + o.callback_micros);
      break;
    default:
      p.book(work).say(said::answer, work);
      call(then);
  }
  return p.take();
}

std::string_view decline_of(behaviour does) {
  if (does == declined) return "card_declined";
  return does == no_funds ? "insufficient_funds" : "";
}

}  // namespace

bool comes_to_nothing(behaviour what) {
  return what == timeout_then_nothing || what == dropped_before;
}

behaviour bank::choose(const request& what) const {
  if (const auto named = behaviour_of(what.card)) return *named;
  const auto tried = tries_.find({what.merchant, what.reference});
  return draw_behaviour(options_.seed, what.reference, tried == tries_.end() ? 0 : tried->second,
                        options_.rates);
}

// Only what is known is said: a repeated request moves nothing, and changes nothing.
std::vector<step> bank::repeat(const request& what, std::uint64_t known, std::int64_t now) {
  auto asked = what;
  asked.wants_callback = taken_[known].what.wants_callback;  // moves no money
  if (asked == taken_[known].what)
    return plan(known, now).say(saying_kind::answer, options_.work_micros).take();
  return take({.what = what, .reused = true}, now);
}

std::vector<step> bank::take(receipt fresh, std::int64_t now) {
  const auto number = taken_.size();
  const reference_key key{fresh.what.merchant, fresh.what.reference};
  if (fresh.reused) {
    taken_.push_back(std::move(fresh));
    return plan(number, now).say(saying_kind::answer, options_.work_micros).take();
  }
  const auto does = fresh.does;
  const bool wants_callback = fresh.what.wants_callback;
  ++tries_[key];
  ++met_[does];
  fresh.hidden = does == not_found_then_paid;
  taken_.push_back(std::move(fresh));
  // What was taken and came to nothing is as if it had never come.
  if (!comes_to_nothing(does)) newest_[key] = number;
  return plan_of(does, wants_callback, number, now, options_);
}

std::vector<step> bank::receive(const request& what, std::int64_t now, std::string_view refused) {
  const auto known = newest_.find(std::pair{what.merchant, what.reference});
  if (options_.dedupes && known != newest_.end()) return repeat(what, known->second, now);
  const auto does = refused.empty() ? choose(what) : honest;
  return take({.what = what, .does = does, .refused = std::string(refused)}, now);
}

std::vector<step> bank::take_again(const receipt& then, std::int64_t at) {
  return take(
      {.what = then.what, .does = then.does, .refused = then.refused, .reused = then.reused}, at);
}

void bank::book(receipt& of, std::int64_t now) {
  const auto decline = of.refused.empty() ? decline_of(of.does) : std::string_view(of.refused);
  const auto& booked = books_.book(of.what, decline, now);
  of.booked = true;
  of.hidden = false;
  of.entry = booked.number;
  if (!booked.declined.empty()) return;
  if (of.does == returned_next_day) to_return_.push_back(booked.number);
  if (of.does == statement_misses_it) books_.keep_off_statement(of.entry);
  if (of.does == statement_alters_it) books_.alter_statement(of.entry);
}

report bank::report_of(const receipt& of) const {
  report r;
  r.is = status::processing;
  r.merchant = of.what.merchant;
  r.reference = of.what.reference;
  r.amount = of.what.amount;
  r.ccy = of.what.ccy;
  if (of.reused) {
    r.is = status::declined;
    r.code = "reference_reused";
  } else if (of.booked) {
    const auto& booked = books_.entries()[of.entry - 1];
    r.is = booked.declined.empty() ? status::paid : status::declined;
    r.code = booked.declined;
    r.bank_number = booked.number;
  }
  return r;
}

std::optional<saying> bank::carry_out(const step& what, std::int64_t now) {
  auto& of = taken_[what.of];
  if (what.kind == step_kind::book) {
    book(of, now);
    return std::nullopt;
  }
  saying s{what.how, report_of(of), what.forged};
  if (what.at_work) {
    s.what.is = status::processing;
    s.what.code.clear();
    s.what.bank_number = 0;
  }
  if (what.altered) ++s.what.amount.value;
  return s;
}

// Booked before at work, paid before declined.
report bank::query(std::string_view merchant, std::string_view reference) const {
  report r;
  r.merchant = merchant;
  r.reference = reference;
  if (const auto* booked = books_.find(merchant, reference)) {
    r.is = booked->declined.empty() ? status::paid : status::declined;
    r.code = booked->declined;
    r.bank_number = booked->number;
    r.amount = booked->of.amount;
    r.ccy = booked->of.ccy;
    return r;
  }
  const auto it = newest_.find(std::pair{std::string(merchant), std::string(reference)});
  if (it == newest_.end() || taken_[it->second].hidden) return r;
  return report_of(taken_[it->second]);
}

std::size_t bank::next_day(std::int64_t now) {
  books_.next_day();
  std::size_t returned = 0;
  for (const auto number : std::exchange(to_return_, {}))
    if (books_.give_back(number, now) != nullptr) ++returned;
  return returned;
}

}  // namespace suanpan::bank
