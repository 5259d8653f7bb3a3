#include "tests/endpoint/payment_stand_ins.hpp"

#include <caf/event_based_actor.hpp>

#include <chrono>
#include <utility>

namespace suanpan::testing {
namespace {

/// One order that is there, of whatever id is asked for.
void answer_read(payment_read& read) {
  read.result = read_result::found;
  auto& life = read.found.emplace_back();
  life.state = paid_order();
  if (read.id) life.state.order.id = *read.id;
  if (read.with_life)
    life.cases = {{1, case_reason::answer_mismatched, 0, "", 5},
                  {2, case_reason::unknown_too_long, 0, "", 7}};
}

/// Five orders, ids 5 … 1 in their last byte, two notifications each.
void answer_notifications(notification_list_read& read) {
  read.result = read_result::found;
  for (std::uint8_t n = 5; n > 0; --n) {
    payment_id order;
    order.bytes[15] = n;
    for (std::int32_t sequence = 1; sequence <= 2; ++sequence) {
      const bool first_page = read.from_order == payment_id{};
      const bool follows =
          order < read.from_order || (order == read.from_order && sequence > read.after_sequence);
      if ((!first_page && !follows) || read.found.size() == read.limit) continue;
      read.found.push_back(
          {order, {"M001"}, {"order"}, {{sequence, "", "", 0}, 3, false, false, 0, ""}});
    }
  }
  read.finish();
}

/// Cases opened at 9, 8, 7, 7, 5.
void answer_cases(case_list_read& read) {
  read.result = read_result::found;
  for (const std::int64_t at : {9, 8, 7, 7, 5}) {
    const bool before = read.before_micros == 0 || at < read.before_micros;
    if (!before || read.found.size() == read.limit) continue;
    read.found.push_back({{}, {"M001"}, {"order"}, {1, case_reason::unknown_too_long, 0, "", at}});
  }
  read.finish();
}

bound_card some_bound_card() {
  bound_card card;
  card.id = {some_card};
  card.owner = {"M001"};
  card.token = "tok_secret";
  card.last_four = "0000";
  return card;
}

caf::behavior behave_as_registrar(const std::shared_ptr<payment_script>& told) {
  return {
      [told](const create_merchant& m) {
        m.call->made = m.call->asked;
        m.call->made.webhook_secret = "whsec_secret";
        told->end(*m.call);
      },
      [told](const read_merchant& m) {
        m.call->found.id = m.call->id;
        m.call->keys = {{"k_0123456789abcdef", "till 7", 5, 0}};
        told->end(*m.call);
      },
      [told](const create_merchant_key& m) {
        m.call->key = "sk_live_secret";
        m.call->made = {"k_0123456789abcdef", m.call->note, 5, 0};
        told->end(*m.call);
      },
      [told](const revoke_merchant_key& m) { told->end(*m.call); },
      [told](const set_webhook& m) {
        if (m.call->rotates_secret) m.call->secret = "whsec_new";
        told->end(*m.call);
      },
      [told](const bind_card& m) {
        m.call->made = some_bound_card();
        m.call->failure = {"card_declined", "14", retry_advice::retry_other_method};
        told->end(*m.call);
      },
      [told](const unbind_card& m) {
        m.call->unbound = some_bound_card();
        m.call->unbound.active = false;
        told->end(*m.call);
      },
      [told](const list_cards& m) {
        auto card = some_bound_card();
        for (char n = '1'; n <= '5'; ++n) {
          card.id.value.back() = n;
          if (card.id > m.call->after && m.call->cards.size() < m.call->limit)
            m.call->cards.push_back(card);
        }
        told->end(*m.call);
      },
  };
}

}  // namespace

payment_state paid_order() {
  payment_state state;
  state.order.id = *parse_payment_id(some_payment);
  state.order.merchant = {"M001"};
  state.order.number = {"order-1"};
  state.order.amount = {10'000};
  state.order.ccy = *parse_currency("CNY");
  state.head.stage = payment_stage::succeeded;
  state.head.version = 2;
  return state;
}

void payment_script::on_call(std::function<void(payment_call&)> answer) {
  const std::scoped_lock lock(guard_);
  answer_ = std::move(answer);
}

void payment_script::on_read(std::function<void(payment_read&)> answer) {
  const std::scoped_lock lock(guard_);
  read_ = std::move(answer);
}

void payment_script::keep() {
  const std::scoped_lock lock(guard_);
  keeps_ = true;
}

bool payment_script::kept(std::size_t count) {
  std::unique_lock lock(guard_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [this, count] { return kept_.size() >= count; });
}

void payment_script::release() {
  std::vector<payment_call_ptr> released;
  {
    const std::scoped_lock lock(guard_);
    keeps_ = false;
    released.swap(kept_);
  }
  for (const auto& call : released) {
    call->state = paid_order();
    call->finish();
  }
}

void payment_script::registry_ends(registry_result with, std::string field) {
  const std::scoped_lock lock(guard_);
  registry_ = with;
  field_ = std::move(field);
}

payment_script::told_call payment_script::last_call() {
  std::unique_lock lock(guard_);
  changed_.wait_for(lock, std::chrono::seconds(10), [this] { return !told_.empty(); });
  return told_.empty() ? told_call{} : told_.back();
}

std::size_t payment_script::calls() const {
  const std::scoped_lock lock(guard_);
  return told_.size();
}

void payment_script::take(const payment_call_ptr& call, shard_id shard) {
  std::function<void(payment_call&)> answer;
  bool keeps = false;
  {
    const std::scoped_lock lock(guard_);
    told_.push_back({shard, call->verb, call->asked, call->merchant, call->id, call->card,
                     call->answer_by_micros});
    answer = answer_;
    keeps = keeps_;
    if (keeps) kept_.push_back(call);
  }
  changed_.notify_all();
  if (keeps) return;
  call->state = paid_order();
  if (call->verb == payment_verb::create) {
    call->state.order = call->asked;
    call->state.order.id = *parse_payment_id(some_payment);
  }
  if (answer) answer(*call);
  call->finish();
}

void payment_script::take(const payment_read_ptr& read) {
  std::function<void(payment_read&)> answer;
  {
    const std::scoped_lock lock(guard_);
    answer = read_;
  }
  answer_read(*read);
  if (answer) answer(*read);
  read->finish();
}

void payment_script::end(registry_call& call) {
  {
    const std::scoped_lock lock(guard_);
    call.result = registry_;
    call.field = field_;
  }
  call.finish();
}

endpoint::payment_actors spawn_payment_stand_ins(caf::actor_system& system,
                                                 const std::shared_ptr<payment_script>& told,
                                                 std::uint32_t shards) {
  endpoint::payment_actors actors;
  for (std::uint32_t i = 0; i < shards; ++i) {
    const shard_id shard{static_cast<std::uint16_t>(i)};
    actors.supervisors.push_back(
        system.spawn([told, shard](caf::event_based_actor*) -> caf::behavior {
          return {[told, shard](const handle_payment& m) { told->take(m.call, shard); }};
        }));
  }
  actors.reader = system.spawn([told](caf::event_based_actor*) -> caf::behavior {
    return {[told](const read_payments& m) { told->take(m.read); },
            [](const read_notifications& m) { answer_notifications(*m.read); },
            [](const read_cases& m) { answer_cases(*m.read); }};
  });
  actors.registrar = system.spawn(
      [told](caf::event_based_actor*) -> caf::behavior { return behave_as_registrar(told); });
  actors.notifier = system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](const resend_notifications& m) {
      m.call->result =
          m.call->merchant.value == "M001" ? read_result::found : read_result::not_found;
      m.call->taken = m.call->limit;
      m.call->finish();
    }};
  });
  return actors;
}

}  // namespace suanpan::testing
