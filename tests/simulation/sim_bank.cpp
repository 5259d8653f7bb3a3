#include "tests/simulation/sim_bank.hpp"

#include "tests/simulation/misfortunes.hpp"

#include <array>

namespace suanpan::simulation {
namespace {

using enum bank::behaviour;

/// By behaviour; empty: no misfortune.
constexpr std::array<std::string_view, 17> names = {
    "",
    misfortune("bank declines"),
    misfortune("bank has no funds"),
    misfortune("bank is slow"),
    misfortune("bank is silent, it paid"),
    misfortune("bank is silent, nothing happened"),
    misfortune("bank drops the connection, nothing happened"),
    misfortune("bank drops the connection, it paid"),
    misfortune("bank answers garbage"),
    misfortune("bank calls back before it answers"),
    misfortune("bank calls back twice"),
    misfortune("bank calls back with a wrong amount"),
    misfortune("bank's callback is forged"),
    misfortune("bank does not find it and pays later"),
    misfortune("bank returns the money"),
    misfortune("bank's statement misses a line"),
    misfortune("bank's statement alters a line"),
};

std::string words(const bank::report& r) {
  return std::string(bank::name_of(r.is)) + ' ' + r.reference + ' ' +
         std::to_string(r.amount.value) + (r.code.empty() ? "" : ' ' + r.code);
}

}  // namespace

bank::bank_options sim_bank::draw_options(samples::random_source& chance, bool lies) {
  bank::bank_options o;
  o.dedupes = chance.one_in(2);
  o.seed = chance.seed();
  for (const auto& known : bank::behaviours())
    if (lies && known.what != honest && chance.one_in(2))
      o.rates.push_back({known.what, static_cast<std::uint64_t>(chance.between(4, 24))});
  o.work_micros = chance.between(2, 60) * millis;
  o.slow_micros = chance.between(1, 4) * seconds;
  o.late_micros = chance.between(1, 6) * seconds;
  o.callback_micros = chance.between(1, 400) * millis;
  return o;
}

sim_bank::sim_bank(sim_world& world, std::uint64_t seed, bool lies)
    : world_(world),
      chance_(seed),
      bank_(draw_options(chance_, lies)),
      loses_(!lies || chance_.one_in(2) ? 0 : static_cast<std::uint64_t>(chance_.between(6, 40))) {}

void sim_bank::begin() {
  world_.after(chance_.between(2, 8) * seconds, [this] { pass_a_day(); });
  if (chance_.one_in(3))
    world_.after(chance_.between(0, 4) * seconds, [this] { fail_for_a_while(); });
}

void sim_bank::settle_down() {
  quiet_ = true;
  down_ = false;
}

void sim_bank::pass_a_day() {
  const auto returned = bank_.next_day(clock());
  world_.log("bank: a new day, " + std::to_string(returned) + " returned");
  if (!quiet_) world_.after(chance_.between(2, 8) * seconds, [this] { pass_a_day(); });
}

// What it has begun it ends, and tells nobody.
void sim_bank::fail_for_a_while() {
  if (quiet_) return;
  world_.count(misfortune("bank is down"));
  world_.log("bank: down");
  down_ = true;
  world_.after(chance_.between(100, 3'000) * millis, [this] {
    down_ = false;
    world_.log("bank: up");
  });
}

void sim_bank::travel(std::string_view what, std::function<void()> arrives) {
  if (!quiet_ && loses_ != 0 && chance_.one_in(loses_)) {
    world_.count(misfortune("bank is not heard"));
    world_.log("network: lost " + std::string(what));
    return;
  }
  const auto most = chance_.one_in(10) ? travel_most : 40 * millis;
  world_.after(chance_.between(1, most), std::move(arrives));
}

void sim_bank::send(const bank::request& what, hears answered) {
  travel("a request", [this, what, answered = std::move(answered)] {
    if (!down_) return take(what, answered);
    answered({.how = bank::saying_kind::dropped, .what = {}});
  });
}

void sim_bank::take(const bank::request& what, const hears& answered) {
  const auto before = bank_.met();
  const auto steps = bank_.receive(what, clock());
  for (const auto& [does, times] : bank_.met()) {
    const auto it = before.find(does);
    const auto name = names.at(static_cast<std::size_t>(does));
    if (!name.empty() && (it == before.end() || it->second != times)) world_.count(name);
  }
  world_.log("bank: " + std::string(bank::name_of(what.kind)) + ' ' + what.reference + ' ' +
             std::to_string(what.amount.value));
  for (const auto& s : steps)
    world_.after(s.due - clock(), [this, s, answered] { carry_out(s, answered); });
}

void sim_bank::carry_out(const bank::step& what, const hears& answered) {
  const auto said = bank_.carry_out(what, clock());
  if (!said || down_) return;
  travel("what the bank says", [this, s = *said, answered] {
    const bool called = s.how == bank::saying_kind::callback;
    world_.log(std::string(called ? "callback: " : "answer: ") + words(s.what));
    if (!called) return answered(s);
    if (on_callback) on_callback(s);
  });
}

void sim_bank::query(const std::string& merchant, const std::string& reference,
                     hears_report answered) {
  travel("a query", [this, merchant, reference, answered = std::move(answered)] {
    if (down_) return;
    travel("what the bank says", [this, r = bank_.query(merchant, reference), answered] {
      world_.log("query: " + words(r));
      answered(r);
    });
  });
}

}  // namespace suanpan::simulation
