#include "tests/simulation/sim_world.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <array>
#include <cstdio>

namespace suanpan::simulation {
namespace {

// 00:01:02.345678
std::string clock_face(sim_time t) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d.%06d",
                static_cast<int>(t / (3'600 * seconds)), static_cast<int>(t / (60 * seconds) % 60),
                static_cast<int>(t / seconds % 60), static_cast<int>(t % seconds));
  return text.data();
}

}  // namespace

sim_world::testing_config::testing_config() {
  set("scheduler.policy", caf::atom("testing"));
}

sim_world::sim_world(std::uint64_t seed)
    : chance(seed),
      system_(config_),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())) {
  parties_.push_back({"nobody", condition::running, {}});
}

// Every actor must have gone before the system does, and no timer may arm another.
sim_world::~sim_world() {
  shut_down();
}

void sim_world::shut_down() {
  over_ = true;
  events_.clear();
  at_steps_.clear();
  listener_ = nullptr;
  let_go();
  for (auto& p : parties_) {
    p.is = condition::running;
    for (auto* job : p.held) scheduler_.jobs.push_back(job);
    p.held.clear();
  }
  for (auto& a : adopted_) caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
  adopted_.clear();
  scheduler_.clock().cancel_all();
  while (!scheduler_.jobs.empty()) scheduler_.run_once();
  scheduler_.clock().cancel_all();
}

sim_time sim_world::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             scheduler_.clock().now().time_since_epoch())
      .count();
}

party_id sim_world::new_party(std::string name) {
  parties_.push_back({std::move(name), condition::running, {}});
  return static_cast<party_id>(parties_.size() - 1);
}

void sim_world::adopt(party_id whose, const caf::actor& actor) {
  party_of_actor_[actor.id()] = whose;
  newest_actor_ = std::max(newest_actor_, actor.id());
  adopted_.push_back(actor);
}

void sim_world::stall(party_id whose, bool stalled) {
  auto& p = parties_[whose];
  if (p.is == condition::ended) return;
  p.is = stalled ? condition::stalled : condition::running;
  if (stalled) return;
  for (auto* job : p.held) scheduler_.jobs.push_back(job);
  p.held.clear();
}

void sim_world::hold(std::string actor_name) {
  let_go();
  held_name_ = std::move(actor_name);
}

void sim_world::let_go() {
  held_name_.clear();
  for (auto* job : held_jobs_) scheduler_.jobs.push_back(job);
  held_jobs_.clear();
}

void sim_world::end(party_id whose) {
  parties_[whose].is = condition::ended;
}

void sim_world::at(sim_time when, std::function<void()> what) {
  if (!over_) events_.emplace(std::max(when, now()), std::move(what));
}

void sim_world::after_steps(std::uint64_t n, std::function<void()> what) {
  if (!over_) at_steps_.emplace(steps_ + n, std::move(what));
}

void sim_world::run_due_steps() {
  while (!at_steps_.empty() && at_steps_.begin()->first <= steps_) {
    auto what = std::move(at_steps_.begin()->second);
    at_steps_.erase(at_steps_.begin());
    what();
  }
}

party_id sim_world::party_of(caf::resumable* job) const {
  const auto* actor = dynamic_cast<caf::local_actor*>(job);
  if (actor == nullptr) return 0;
  const auto it = party_of_actor_.find(actor->id());
  return it == party_of_actor_.end() ? 0 : it->second;
}

// Actors get their numbers in the order of their birth; whoever ran last has spawned them.
void sim_world::claim_new_actors(party_id whose) {
  auto newest = newest_actor_;
  for (auto job = scheduler_.jobs.rbegin(); job != scheduler_.jobs.rend(); ++job) {
    const auto* actor = dynamic_cast<caf::local_actor*>(*job);
    if (actor == nullptr || actor->id() <= newest_actor_) continue;
    party_of_actor_.try_emplace(actor->id(), whose);
    newest = std::max(newest, actor->id());
  }
  newest_actor_ = newest;
}

void sim_world::sort_out_jobs() {
  auto& jobs = scheduler_.jobs;
  for (std::size_t i = 0; i < jobs.size();) {
    auto& p = parties_[party_of(jobs[i])];
    const auto* actor = dynamic_cast<caf::local_actor*>(jobs[i]);
    const bool held = !held_name_.empty() && actor != nullptr && held_name_ == actor->name();
    if (p.is == condition::running && !held) {
      ++i;
      continue;
    }
    (p.is == condition::running ? held_jobs_ : p.held).push_back(jobs[i]);
    jobs.erase(jobs.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

bool sim_world::run_one_job() {
  auto& jobs = scheduler_.jobs;
  if (jobs.empty()) return false;
  std::swap(jobs[0], jobs[chance.below(jobs.size())]);
  auto* job = jobs[0];
  const auto whose = party_of(job);
  note_step(job);
  acting_ = whose;
  scheduler_.run_once();
  acting_ = 0;
  claim_new_actors(whose);
  return true;
}

bool sim_world::pass_time() {
  const auto& timers = scheduler_.clock().schedule();
  const bool has_timer = !timers.empty();
  if (events_.empty() && !has_timer) return false;
  const auto timer_at = has_timer ? std::chrono::duration_cast<std::chrono::microseconds>(
                                        timers.begin()->first.time_since_epoch())
                                        .count()
                                  : 0;
  if (has_timer && (events_.empty() || timer_at < events_.begin()->first)) {
    scheduler_.trigger_timeout();
    return true;
  }
  const auto first = events_.begin();
  const auto when = caf::actor_clock::time_point{std::chrono::microseconds{first->first}};
  auto what = std::move(first->second);
  events_.erase(first);
  auto& clock = scheduler_.clock();
  clock.current_time = std::max(clock.current_time, when);
  what();
  return true;
}

bool sim_world::step() {
  ++steps_;
  run_due_steps();
  sort_out_jobs();
  if (haste_ > 0 && chance.one_in(haste_) && pass_time()) return true;
  return run_one_job() || pass_time();
}

bool sim_world::run_until(sim_time until, const std::function<bool()>& done) {
  while (now() < until && !exhausted()) {
    if (done && done()) return true;
    if (!step()) break;
  }
  return done && done();
}

void sim_world::note_step(caf::resumable* job) {
  const auto* actor = dynamic_cast<caf::local_actor*>(job);
  const auto id = actor == nullptr ? 0 : actor->id();
  hash({reinterpret_cast<const char*>(&id), sizeof id});
  if (listener_) tell(words_of_step(job));
}

std::string sim_world::name_of(const caf::local_actor* actor) const {
  if (actor == nullptr) return "somebody";
  const auto whose = party_of_actor_.find(actor->id());
  const auto& of = parties_[whose == party_of_actor_.end() ? 0 : whose->second];
  return of.name + "." + actor->name() + "#" + std::to_string(actor->id());
}

// "a1.teller#3 -> a1.journal#4: commit …"
std::string sim_world::words_of_step(caf::resumable* job) const {
  auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
  const auto* next = actor == nullptr ? nullptr : actor->mailbox().peek();
  if (next == nullptr) return name_of(actor) + " wakes";
  const auto* from = next->sender ? next->sender->get() : nullptr;
  const auto* sender = dynamic_cast<const caf::local_actor*>(from);
  const bool to_itself = sender == actor;
  const auto who = sender == nullptr ? "a client" : to_itself ? "" : name_of(sender);
  return (to_itself ? name_of(actor) + " to itself" : who + " -> " + name_of(actor)) + ": " +
         describer_(*next);
}

void sim_world::narrate(listener to, describer words) {
  listener_ = std::move(to);
  describer_ = std::move(words);
}

void sim_world::tell(std::string_view line) const {
  listener_(clock_face(now()) + " " + std::string(line));
}

void sim_world::hash(std::string_view text) {
  for (const char c : text) {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 1099511628211ULL;
  }
}

void sim_world::log(std::string_view line) {
  const auto when = now();
  hash({reinterpret_cast<const char*>(&when), sizeof when});
  hash(line);
  if (listener_) tell(line);
}

}  // namespace suanpan::simulation
