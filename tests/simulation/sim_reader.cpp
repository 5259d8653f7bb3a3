#include "tests/simulation/sim_reader.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <memory>

namespace suanpan::simulation {

sim_reader::sim_reader(caf::actor_config& cfg, sim_world& world, simulated_database& database,
                       const sim_faults& faults, const wall_clock& clock,
                       sim_reader_options options)
    : event_based_actor(cfg),
      world_(world),
      database_(database),
      faults_(faults),
      clock_(clock),
      options_(options) {}

caf::behavior sim_reader::make_behavior() {
  make_quiet(this);
  return {
      [this](const look_up_ids& m) {
        ask<ids_looked_up>([this, m](bool fails) {
          ids_looked_up answer{m.session, m.round, {}, {}, fails};
          if (!fails) answer.found = database_.find_transfers(m.ids);
          if (!fails) answer.originals = database_.find_originals(m.originals);
          return answer;
        });
      },
      [this](const load_accounts& m) {
        ask<accounts_loaded>([this, m](bool fails) {
          accounts_loaded answer{m.session, m.numbers, {}, fails, m.generation, m.round};
          if (!fails) answer.found = database_.load_accounts(m.numbers);
          return answer;
        });
      },
      [this](const look_up_keys& m) {
        ask<keys_looked_up>([this, m](bool fails) {
          keys_looked_up answer{m.session, m.round, {}, fails};
          if (!fails) answer.found = database_.find_accounts(m.keys);
          return answer;
        });
      },
      [this](const recover_shards& m) {
        ask<recovered_shards>([this, m](bool fails) { return recover(m, fails); });
      },
      [this](const sim_wake& m) {
        if (m.number == wake_ && then_) std::exchange(then_, nullptr)();
      },
  };
}

void sim_reader::on_exit() {
  queue_.clear();
  then_ = nullptr;
}

template <class Answer>
void sim_reader::ask(std::function<Answer(bool)> read) {
  auto whom = caf::actor_cast<caf::actor>(current_sender());
  queue_.emplace_back([this, read = std::move(read), whom] {
    after(wait_time(), [this, read, whom] {
      constexpr bool recovers = std::is_same_v<Answer, recovered_shards>;
      const auto rate = recovers ? faults_.recovery_fails : faults_.read_fails;
      const bool unlucky = rate > 0 && world_.chance.one_in(rate);
      if (unlucky)
        world_.count(recovers ? misfortune("recovery fails") : misfortune("look-up fails"));
      const bool fails = unlucky || !database_.available();
      auto answer = std::make_shared<Answer>(read(fails));
      after(wait_time(), [this, answer, whom] {
        send(whom, std::move(*answer));
        busy_ = false;
        next();
      });
    });
  });
  next();
}

void sim_reader::next() {
  if (busy_ || queue_.empty()) return;
  busy_ = true;
  const auto act = std::move(queue_.front());
  queue_.pop_front();
  act();
}

void sim_reader::after(sim_time delay, std::function<void()> then) {
  then_ = std::move(then);
  delayed_send(this, std::chrono::microseconds{delay}, sim_wake{++wake_});
}

sim_time sim_reader::wait_time() {
  if (faults_.slow_read > 0 && world_.chance.one_in(faults_.slow_read)) {
    world_.count(misfortune("slow read"));
    return world_.chance.between(0, 1 * seconds);
  }
  return world_.chance.between(50, 900);
}

recovered_shards sim_reader::recover(const recover_shards& m, bool fails) const {
  recovered_shards answer;
  answer.session = m.session;
  answer.claims = m.claims;
  if (fails) {
    answer.unavailable = "the database does not answer";
    return answer;
  }
  const auto since = clock_.unix_micros() / 1000 - options_.recent_ids_ms;
  auto found = database_.recover(m.claims, since, options_.recent_ids_max);
  answer.touched = std::move(found.touched);
  answer.expiring = std::move(found.expiring);
  answer.recent = std::move(found.recent);
  answer.recent_complete_since_millis = found.recent_complete_since_millis;
  answer.last_sequence = std::move(found.last_sequence);
  answer.newest = found.newest;
  for (const auto& c : m.claims) answer.newest = std::max(answer.newest, c.newest);
  return answer;
}

}  // namespace suanpan::simulation
