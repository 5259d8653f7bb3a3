#include "tests/simulation/history.hpp"

#include "tests/simulation/sim_words.hpp"

#include <cstdlib>

namespace suanpan::simulation {
namespace {

// A request that is answered twice is a bug that no run may survive. False: whoever answers is dead
// (it crashed earlier in the same handler), so nobody hears it.
bool finish_once(const sim_world& world, party_id by, bool& finished) {
  if (world.has_ended(by)) return false;
  if (finished) std::abort();
  finished = true;
  return true;
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
  lose_in(changes);
  lose_in(calls);
}

sim_posting::sim_posting(sim_world& world, history& into, party_id to,
                         const std::vector<transfer>& what)
    : world_(world), to_(to) {
  items = what;
  answers.resize(items.size());
  std::size_t unit = 0;
  std::size_t left = 0;
  std::size_t size = 1;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& t = items[i];
    if (left == 0) {
      unit = into.items.size();
      left = size = unit_size(items, i);
    }
    --left;
    into.items.push_back({t, world.now(), {}, {}, to, false, unit, size});
    asked.push_back(&into.items.back());
    world.log("client: asks " + to_string(t.id) + " " + std::to_string(t.debit.value) + " -> " +
              std::to_string(t.credit.value) + " " + std::to_string(t.amount.value));
  }
}

void sim_posting::finish() noexcept {
  if (!finish_once(world_, to_, finished)) return;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    asked[i]->answered = world_.now();
    asked[i]->answer = answers[i];
    asked[i]->unrecorded = refusals_unrecorded && is_recorded_refusal(answers[i].result);
    world_.log("client: told " + to_string(items[i].id) + " " +
               std::string(name_of(answers[i].result)) + " at " + words_of(answers[i].at));
  }
  if (on_answer) on_answer();
}

sim_opening::sim_opening(sim_world& world, history& into, party_id to,
                         const std::vector<account_opening>& what)
    : world_(world), to_(to) {
  items = what;
  answers.resize(items.size());
  for (const auto& o : items) {
    into.openings.push_back({o, world.now(), {}, {}, to, false});
    asked.push_back(&into.openings.back());
  }
}

void sim_opening::finish() noexcept {
  if (!finish_once(world_, to_, finished)) return;
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
    : world_(world), to_(to) {
  number = which;
  into.reads.push_back({which, world.now(), {}, read_result::none, {}, to, false});
  asked = &into.reads.back();
}

void sim_read::finish() noexcept {
  if (!finish_once(world_, to_, finished)) return;
  asked->answered = world_.now();
  asked->result = result;
  asked->row = row;
  world_.log("client: read of " + std::to_string(number.value) + ": " +
             (result != read_result::found
                  ? std::string(result == read_result::unavailable ? "unavailable" : "not found")
                  : "-" + to_string(row.totals.debits_posted) + " +" +
                        to_string(row.totals.credits_posted) + " covers " + words_of(row.covers)));
  if (on_answer) on_answer();
}

sim_payment_call::sim_payment_call(sim_world& world, history& into, party_id to,
                                   const asked_order& what, sim_time patience)
    : world_(world), to_(to) {
  verb = what.verb;
  asked = what.what;
  merchant = what.what.merchant;
  id = what.id;
  card = what.card;
  answer_by_micros = unix_micros_at_start + world.now() + patience;
  into.calls.push_back(what);
  told = &into.calls.back();
  told->sent = world.now();
  told->to = to;
  world.log("merchant: asks " + what.what.number.value + " " + to_string(what.id));
}

void sim_payment_call::finish() noexcept {
  if (!finish_once(world_, to_, finished)) return;
  told->answered = world_.now();
  told->refusal = refusal;
  told->field = field;
  told->replayed = replayed;
  if (refusal == payment_refusal::none) told->state = state;
  world_.log("merchant: told " + told->what.number.value + " " + std::string(name_of(refusal)) +
             (field.empty() ? "" : " of " + field) + " " + std::string(name_of(state.head.stage)));
  if (on_answer) on_answer();
}

void sim_callback::finish() noexcept {
  if (!finish_once(world_, to_, finished_)) return;
  if (!accepted) again_();
}

// A node that died with it acknowledged nothing.
sim_callback::~sim_callback() {
  if (!finished_ && !world_.is_over()) again_();
}

sim_change::sim_change(sim_world& world, history& into, party_id to, const asked_change& what)
    : world_(world), to_(to) {
  number = what.number;
  wanted = what.what;
  into.changes.push_back(what);
  asked = &into.changes.back();
  asked->sent = world.now();
  asked->to = to;
}

void sim_change::finish() noexcept {
  if (!finish_once(world_, to_, finished)) return;
  asked->answered = world_.now();
  asked->result = result;
  asked->terms = terms;
  asked->at = at;
  world_.log("client: told of the change of " + std::to_string(number.value) + ": " +
             std::to_string(static_cast<int>(result)) + ", " + words_of(terms) + " at " +
             words_of(at));
  if (on_answer) on_answer();
}

}  // namespace suanpan::simulation
