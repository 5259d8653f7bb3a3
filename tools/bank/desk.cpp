#include "tools/bank/desk.hpp"

#include "tools/bank/bank_json.hpp"

#include <algorithm>

namespace suanpan::bank {
namespace {

bool is_reply(const step& what) {
  return what.kind == step_kind::say && what.how != saying_kind::callback;
}

report declined_report(const request& what, std::string_view code) {
  report r;
  r.is = status::declined;
  r.code = code;
  r.merchant = what.merchant;
  r.reference = what.reference;
  r.amount = what.amount;
  r.ccy = what.ccy;
  return r;
}

}  // namespace

desk::desk(desk_options options, desk_hands hands)
    : options_(options), bank_(std::move(options.rules)), hands_(hands) {}

dated_report desk::dated(const report& what) const {
  const auto& books = bank_.books();
  const auto number = what.bank_number;
  return {what, number == 0 ? books.day() : books.entries()[number - 1].day};
}

std::string desk::refusal_of(const request& what) const {
  if (what.kind == request_kind::refund || !is_token(what.card)) return {};
  const auto* card = cards_.find_token(what.merchant, what.card);
  return card == nullptr || !card->bound ? "unknown_token" : "";
}

expectation desk::take(money_order what, const hears& answered) {
  const std::lock_guard lock(mutex_);
  auto& asked = what.what;
  if (online_.find(asked.merchant, asked.reference) != nullptr) {
    when_durable([answered, r = dated(declined_report(asked, "reference_reused"))] {
      answered({saying_kind::answer, r});
    });
    return expectation::answer;
  }
  if (asked.kind == request_kind::refund) {
    const auto* original = bank_.books().find(asked.merchant, asked.original);
    if (original != nullptr) asked.card = original->of.card;
  }
  const auto refused = refusal_of(asked);
  return receive({std::move(what), refused, {}}, answered);
}

expectation desk::receive(const arrival& what, const hears& answered) {
  const auto now = clock_micros();
  const auto known = bank_.taken().size();
  const auto steps = bank_.receive(what.order.what, now, what.refused);
  if (bank_.taken().size() != known) {
    callback_urls_.push_back(what.order.callback_url);
    keep(request_received{bank_.taken().back(), now, what.order.callback_url, what.online});
    after_taking(what.online);
  }
  schedule(steps, answered);
  return std::ranges::any_of(steps, is_reply) ? expectation::answer : expectation::silence;
}

void desk::after_taking(const std::string& online) {
  if (!online.empty() && !comes_to_nothing(bank_.taken().back().does)) online_.close(online);
}

void desk::schedule(const std::vector<step>& steps, const hears& answered) {
  for (std::uint64_t i = 0; i < steps.size(); ++i)
    hands_.wakes->at(steps[i].due,
                     [this, s = steps[i], i, answered] { carry_out(s, i, answered); });
}

void desk::carry_out(const step& what, std::uint64_t index, const hears& answered) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_micros();
  const auto said = bank_.carry_out(what, now);
  if (!said) return keep(request_booked{what.of, now});
  if (said->how == saying_kind::callback) return call_back(what, index, *said);
  if (!answered) return;
  when_durable([answered, s = dated_saying{said->how, dated(said->what)}] { answered(s); });
}

void desk::call_back(const step& what, std::uint64_t index, const saying& said) {
  callback c;
  c.url = callback_urls_[what.of];
  c.merchant = said.what.merchant;
  c.body = report_text(dated(said.what));
  c.forged = said.forged;
  c.ended = [this, of = what.of, index] {
    const std::lock_guard lock(mutex_);
    keep(callback_ended{of, index});
  };
  when_durable([this, c = std::move(c)] { hands_.carries->send(c); });
}

report desk::asked(const std::string& merchant, const std::string& reference) const {
  const auto* order = online_.find(merchant, reference);
  if (order == nullptr || !order->open) return bank_.query(merchant, reference);
  auto r = declined_report(order->what, "");
  r.is = status::processing;
  return r;
}

void desk::query(const std::string& merchant, const std::string& reference,
                 const hears_report& told) {
  const std::lock_guard lock(mutex_);
  when_durable([told, r = dated(asked(merchant, reference))] { told(r); });
}

void desk::bind(const bound_card& wanted, std::function<void(const bound_card&)> told) {
  const std::lock_guard lock(mutex_);
  bound_card answer = wanted;
  const auto* known = cards_.find(wanted.merchant, wanted.reference);
  if (known == nullptr) {
    cards_.bind(wanted);
    keep(card_bound{wanted});
  } else if (known->fingerprint != wanted.fingerprint) {
    answer.token.clear();
  }
  when_durable([told = std::move(told), answer] { told(answer); });
}

void desk::unbind(const card_unbound& what, std::function<void(bool)> told) {
  const std::lock_guard lock(mutex_);
  const bool known = cards_.unbind(what.merchant, what.token);
  if (known) keep(what);
  when_durable([told = std::move(told), known] { told(known); });
}

void desk::advance_day(std::function<void(std::uint32_t, std::size_t)> told) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_micros();
  const auto returned = bank_.next_day(now);
  keep(day_advanced{now});
  when_durable(
      [told = std::move(told), day = bank_.books().day(), returned] { told(day, returned); });
}

void desk::ledger(std::uint64_t after, std::function<void(const ledger_copy&)> told) {
  const std::lock_guard lock(mutex_);
  const auto& all = bank_.books().entries();
  const auto first = std::min<std::uint64_t>(after, all.size());
  ledger_copy copy{bank_.books().day(),
                   {all.begin() + static_cast<std::ptrdiff_t>(first), all.end()}};
  when_durable([told = std::move(told), copy = std::move(copy)] { told(copy); });
}

void desk::statement(std::uint32_t day,
                     std::function<void(const std::vector<statement_line>&)> told) {
  const std::lock_guard lock(mutex_);
  when_durable([told = std::move(told), lines = bank_.books().statement(day)] { told(lines); });
}

std::uint32_t desk::day() const {
  const std::lock_guard lock(mutex_);
  return bank_.books().day();
}

}  // namespace suanpan::bank
