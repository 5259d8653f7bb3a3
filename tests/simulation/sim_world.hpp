// The world of one simulated run: CAF's test scheduler, one virtual clock, one source of chance,
// one log. Nothing in it knows about ledgers. The same seed gives the same run, byte for byte.
//
// One step is one message of one randomly chosen actor that may run, or the next thing that time
// brings: a timer of an actor, or an event of the world (a late commit, a crash, a client's
// patience that ends). Actors belong to a party (a node); a party can be stalled or be gone, and
// then its actors stand still at whatever message they had reached.
#pragma once

#include "protocol/model/clock.hpp"
#include "tests/support/random.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace suanpan::simulation {

/// Virtual microseconds since the run began.
using sim_time = std::int64_t;
inline constexpr sim_time millis = 1'000;
inline constexpr sim_time seconds = 1'000'000;

/// Noon of a fixed day: when the run begins, in Unix microseconds.
inline constexpr std::int64_t unix_micros_at_start = 1'795'392'000'000'000 + 43'200'000'000;

/// Whose actors stand or fall together.
using party_id = std::uint32_t;

class sim_world {
 public:
  explicit sim_world(std::uint64_t seed);
  ~sim_world();
  sim_world(const sim_world&) = delete;
  sim_world& operator=(const sim_world&) = delete;

  samples::random_source chance;

  /// Ends every actor, while what they refer to still lives. Nothing happens afterwards.
  void shut_down();

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] sim_time now() const;

  // --- parties ---
  [[nodiscard]] party_id new_party(std::string name);
  /// The actor, and every actor that it spawns later, belongs to the party.
  void adopt(party_id whose, const caf::actor& actor);
  /// While stalled, no actor of the party runs; its mailboxes fill.
  void stall(party_id whose, bool stalled);
  /// Actors of this name handle nothing until they are let go: the slowest of all interleavings.
  void hold(std::string actor_name);
  void let_go();
  /// No actor of the party will ever run again, and nothing more of it is heard outside: what its
  /// present handler still says goes to actors that never run.
  void end(party_id whose);
  [[nodiscard]] bool has_ended(party_id whose) const {
    return parties_[whose].is == condition::ended;
  }
  /// Nothing happens any more.
  [[nodiscard]] bool is_over() const { return over_; }
  /// Whose actor runs now; 0: none does.
  [[nodiscard]] party_id acting() const { return acting_; }

  // --- time ---
  void at(sim_time when, std::function<void()> what);
  void after(sim_time delay, std::function<void()> what) { at(now() + delay, std::move(what)); }
  /// At a message rather than at a moment: before the n-th step from now, n ≥ 1.
  void after_steps(std::uint64_t n, std::function<void()> what);
  /// One message, or the next moment. False: nothing is left to happen.
  bool step();
  /// A run that takes more steps than this goes round in circles.
  static constexpr std::uint64_t steps_max = 2'000'000;
  /// Runs until the virtual clock has passed `until` or nothing is left; true if `done` held.
  bool run_until(sim_time until, const std::function<bool()>& done);
  /// Once in so many steps time passes although messages wait; 0: never.
  void set_haste(std::uint64_t one_in) { haste_ = one_in; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }
  [[nodiscard]] bool exhausted() const { return steps_ >= steps_max; }

  // --- log ---
  /// From now on every line, and every message at the moment it is handled, goes to `listener` in
  /// words; `words` puts a message into them. Who listens changes nothing of the run.
  using listener = std::function<void(std::string_view line)>;
  using describer = std::function<std::string(const caf::mailbox_element&)>;
  void narrate(listener to, describer words);
  void log(std::string_view line);
  /// Of all that happened so far: quick, for comparing runs of one program.
  [[nodiscard]] std::uint64_t log_hash() const { return hash_; }
  /// Misfortunes and fault points that the run has met, by name, and how often.
  void count(std::string_view what) { ++met_[std::string(what)]; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& met() const { return met_; }

 private:
  struct testing_config : caf::actor_system_config {
    testing_config();
  };
  enum class condition : std::uint8_t { running, stalled, ended };
  struct party {
    std::string name;
    condition is = condition::running;
    std::vector<caf::resumable*> held;  // jobs that may not run now
  };

  bool run_one_job();
  bool pass_time();
  void sort_out_jobs();
  void claim_new_actors(party_id whose);
  [[nodiscard]] party_id party_of(caf::resumable* job) const;
  void note_step(caf::resumable* job);
  void run_due_steps();
  [[nodiscard]] std::string name_of(const caf::local_actor* actor) const;
  [[nodiscard]] std::string words_of_step(caf::resumable* job) const;
  void tell(std::string_view line) const;
  void hash(std::string_view text);

  testing_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::vector<party> parties_;
  std::unordered_map<caf::actor_id, party_id> party_of_actor_;
  caf::actor_id newest_actor_ = 0;
  std::string held_name_;
  std::vector<caf::resumable*> held_jobs_;
  std::multimap<sim_time, std::function<void()>> events_;
  std::multimap<std::uint64_t, std::function<void()>> at_steps_;
  std::vector<caf::actor> adopted_;
  std::uint64_t haste_ = 200;
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 14695981039346656037ULL;
  party_id acting_ = 0;
  bool over_ = false;
  listener listener_;
  describer describer_;
  std::map<std::string, std::uint64_t> met_;
};

/// A node's wall clock: the virtual time, off by some skew.
class sim_clock final : public wall_clock {
 public:
  sim_clock(const sim_world& world, sim_time skew) : world_(world), skew_(skew) {}
  [[nodiscard]] std::int64_t unix_micros() const noexcept override {
    return unix_micros_at_start + world_.now() + skew_;
  }
  void step_by(sim_time micros) { skew_ += micros; }

 private:
  const sim_world& world_;
  sim_time skew_;
};

}  // namespace suanpan::simulation
