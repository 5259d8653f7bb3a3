#include "tests/simulation/bank_adapter.hpp"

#include "tests/simulation/misfortunes.hpp"

#include <memory>

namespace suanpan::simulation {
namespace {

bank::request_kind kind_of(channel_operation operation) {
  if (operation == channel_operation::refund) return bank::request_kind::refund;
  if (operation == channel_operation::payout) return bank::request_kind::payout;
  return bank::request_kind::pay;
}

}  // namespace

bank_adapter::bank_adapter(sim_world& world, sim_bank& with, history& told, std::uint64_t seed,
                           bank_adapter_options options)
    : world_(world), bank_(with), told_(told), chance_(seed), options_(std::move(options)) {}

channel_traits bank_adapter::traits() const {
  const auto& of = bank_.truth().options();
  return {.dedupes_by_reference = of.dedupes,
          .not_found_is_final = !of.dedupes,
          .settling_micros = bank_.settling(),
          .refunds = true};
}

void bank_adapter::start(const channel_request& what, answered done) {
  const auto open = std::make_shared<bool>(true);
  const once answer = [open, done = std::move(done)](channel_answer a) {
    if (std::exchange(*open, false)) done(std::move(a));
  };
  const auto asked = now();
  world_.after(options_.lane, [this, answer, asked, reference = what.reference,
                               query = what.operation == channel_operation::query] {
    channel_answer silent;
    silent.reference = reference;
    silent.doubt = channel_doubt::no_answer;
    silent.door = query ? answer_door::query : answer_door::reply;
    silent.asked_micros = asked;
    silent.came_micros = now();
    answer(silent);
  });
  if (what.operation == channel_operation::query) return ask(what, answer);
  if (!quiet_ && options_.unsent != 0 && chance_.one_in(options_.unsent)) {
    world_.count(misfortune("channel sends nothing"));
    channel_answer unsent;
    unsent.reference = what.reference;
    unsent.doubt = channel_doubt::not_sent;
    unsent.asked_micros = unsent.came_micros = asked;
    return world_.after(1 * millis, [answer, unsent] { answer(unsent); });
  }
  send(what, answer);
}

void bank_adapter::ask(const channel_request& what, const once& done) {
  const auto asked = now();
  const auto sent = world_.now();
  bank_.query(what.merchant.value, what.reference.value,
              [this, done, asked, sent](const bank::report& r) {
                told_.reports.push_back({r, sent, world_.now(), true, false});
                auto answer = answer_of(r, answer_door::query);
                answer.asked_micros = asked;
                done(std::move(answer));
              });
}

void bank_adapter::send(const channel_request& what, const once& done) {
  bank::request request;
  request.kind = kind_of(what.operation);
  request.merchant = what.merchant.value;
  request.reference = what.reference.value;
  request.card = what.token.empty() ? "account" : what.token;
  request.original = what.original_reference.value;
  request.amount = what.amount;
  request.ccy = what.ccy;
  request.wants_callback = true;
  const auto asked = now();
  told_.payments.push_back({order_of(what.reference), request, world_.now()});
  bank_.send(request, [this, done, asked, reference = what.reference](const bank::saying& s) {
    channel_answer answer;
    if (s.how == bank::saying_kind::answer) {
      told_.reports.push_back({s.what, world_.now(), world_.now(), false, false});
      answer = answer_of(s.what, answer_door::reply);
    } else {
      answer.reference = reference;
      answer.doubt = s.how == bank::saying_kind::garbage ? channel_doubt::unreadable
                                                         : channel_doubt::no_answer;
      answer.came_micros = now();
    }
    answer.asked_micros = asked;
    done(std::move(answer));
  });
}

channel_answer bank_adapter::answer_of(const bank::report& what, answer_door door) const {
  channel_answer a;
  a.reference.value = what.reference;
  a.door = door;
  a.amount = what.amount;
  a.ccy = what.ccy;
  a.merchant_at_bank = what.merchant;
  a.asked_micros = a.came_micros = now();
  if (what.bank_number != 0) a.bank_number = std::to_string(what.bank_number);
  switch (what.is) {
    case bank::status::not_found:
      a.outcome = channel_outcome::not_found;
      break;
    case bank::status::processing:
      a.outcome = channel_outcome::pending;
      a.redirect_url = "https://bank.example.org/" + what.reference;
      break;
    case bank::status::paid:
      a.outcome = channel_outcome::succeeded;
      break;
    case bank::status::declined:
      a.outcome = channel_outcome::failed;
      a.failure = {what.code, what.code, retry_advice::retry_other_method};
      break;
  }
  return a;
}

std::optional<channel_answer> bank_adapter::heard_callback(const bank::saying& what) {
  told_.reports.push_back({what.what, world_.now(), world_.now(), false, what.forged});
  if (what.forged) return std::nullopt;
  return answer_of(what.what, answer_door::callback);
}

void bank_adapter::bind(const binding_request&, bound done) {
  done({});
}
void bank_adapter::unbind(const std::string&, answered done) {
  done({});
}
std::optional<channel_answer> bank_adapter::read_callback(const callback_bytes&, std::int64_t) {
  return std::nullopt;
}

}  // namespace suanpan::simulation
