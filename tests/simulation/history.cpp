#include "tests/simulation/history.hpp"

#include <cstdlib>

namespace suanpan::simulation {
namespace {

// A request that is answered twice is a bug that no run may survive.
void finish_once(bool& finished) {
  if (finished) std::abort();
  finished = true;
}

}  // namespace

void history::lose(party_id life) {
  const auto lose_in = [life](auto& asked) {
    for (auto& a : asked)
      if (a.to == life && !a.answered) a.lost = true;
  };
  lose_in(items);
  lose_in(reads);
  lose_in(openings);
}

sim_posting::sim_posting(sim_world& world, history& into, party_id to,
                         const std::vector<transfer>& what)
    : world_(world) {
  items = what;
  answers.resize(items.size());
  for (const auto& t : items) {
    into.items.push_back({t, world.now(), {}, {}, to, false});
    asked.push_back(&into.items.back());
    world.log("client: asks " + to_string(t.id) + " " + std::to_string(t.debit.value) + " -> " +
              std::to_string(t.credit.value) + " " + std::to_string(t.amount.value));
  }
}

void sim_posting::finish() noexcept {
  finish_once(finished);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    asked[i]->answered = world_.now();
    asked[i]->answer = answers[i];
    world_.log("client: told " + to_string(items[i].id) + " " +
               std::string(name_of(answers[i].result)) + " at " +
               std::to_string(answers[i].at.micros));
  }
  if (on_answer) on_answer();
}

sim_opening::sim_opening(sim_world& world, history& into, party_id to,
                         const std::vector<account_opening>& what)
    : world_(world) {
  items = what;
  answers.resize(items.size());
  for (const auto& o : items) {
    into.openings.push_back({o, world.now(), {}, {}, to, false});
    asked.push_back(&into.openings.back());
  }
}

void sim_opening::finish() noexcept {
  finish_once(finished);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    asked[i]->answered = world_.now();
    asked[i]->answer = answers[i];
    world_.log("client: told of opening " + items[i].key.owner + " " +
               std::to_string(static_cast<int>(answers[i].result)) + " " +
               std::to_string(answers[i].number.value));
  }
  if (on_answer) on_answer();
}

sim_read::sim_read(sim_world& world, history& into, party_id to, account_number which)
    : world_(world) {
  number = which;
  into.reads.push_back({which, world.now(), {}, read_result::none, {}, to, false});
  asked = &into.reads.back();
}

void sim_read::finish() noexcept {
  finish_once(finished);
  asked->answered = world_.now();
  asked->result = result;
  asked->row = row;
  world_.log("client: read " + std::to_string(number.value) + " " +
             std::to_string(static_cast<int>(result)) + " covers " +
             std::to_string(row.covers.micros));
  if (on_answer) on_answer();
}

}  // namespace suanpan::simulation
