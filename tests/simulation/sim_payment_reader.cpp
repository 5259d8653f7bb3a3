#include "tests/simulation/sim_payment_reader.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>

#include <map>
#include <memory>

namespace suanpan::simulation {

sim_payment_reader::sim_payment_reader(caf::actor_config& cfg, sim_world& world,
                                       simulated_database& database, const sim_faults& faults)
    : event_based_actor(cfg), world_(world), database_(database), faults_(faults) {}

caf::behavior sim_payment_reader::make_behavior() {
  make_quiet(this);
  return {
      [this](const load_open_payments& m) {
        ask<open_payments_loaded>(m.answer_to, [this, m](bool fails) {
          open_payments_loaded answer{m.session, m.shard, {}, fails};
          if (!fails) answer.open = database_.payments().open_of(m.shard);
          return answer;
        });
      },
      [this](const find_payments& m) {
        ask<payments_found>(m.answer_to, [this, m](bool fails) {
          payments_found answer{m.session, m.round, {}, fails};
          if (!fails) answer.found = find(m);
          return answer;
        });
      },
      [this](const sim_wake& m) {
        if (m.number == wake_ && then_) std::exchange(then_, nullptr)();
      },
  };
}

void sim_payment_reader::on_exit() {
  queue_.clear();
  then_ = nullptr;
}

std::vector<payment_state> sim_payment_reader::find(const find_payments& m) const {
  const auto& rows = database_.payments();
  std::map<payment_id, const payment_state*> found;
  const auto note = [&found](const payment_state* order) {
    if (order != nullptr) found.emplace(order->order.id, order);
  };
  for (const auto& [merchant, number] : m.numbers) note(rows.by_number(merchant, number));
  for (const auto& id : m.ids) note(rows.by_id(id));
  for (const auto& reference : m.references) note(rows.by_reference(reference));
  std::vector<payment_state> each;
  for (const auto& [id, order] : found) each.push_back(*order);
  return each;
}

template <class Answer>
void sim_payment_reader::ask(caf::actor whom, std::function<Answer(bool)> read) {
  queue_.emplace_back([this, read = std::move(read), whom] {
    after(wait_time(), [this, read, whom] {
      const bool unlucky = faults_.read_fails > 0 && world_.chance.one_in(faults_.read_fails);
      if (unlucky) world_.count(misfortune("look-up fails"));
      auto answer = std::make_shared<Answer>(read(unlucky || !database_.available()));
      after(wait_time(), [this, answer, whom] {
        send(whom, std::move(*answer));
        busy_ = false;
        next();
      });
    });
  });
  next();
}

void sim_payment_reader::next() {
  if (busy_ || queue_.empty()) return;
  busy_ = true;
  const auto act = std::move(queue_.front());
  queue_.pop_front();
  act();
}

void sim_payment_reader::after(sim_time delay, std::function<void()> then) {
  then_ = std::move(then);
  delayed_send(this, std::chrono::microseconds{delay}, sim_wake{++wake_});
}

sim_time sim_payment_reader::wait_time() {
  if (faults_.slow_read > 0 && world_.chance.one_in(faults_.slow_read)) {
    world_.count(misfortune("slow read"));
    return world_.chance.between(0, 1 * seconds);
  }
  return world_.chance.between(50, 900);
}

}  // namespace suanpan::simulation
