#include "actors/bookkeeper/bookkeeper.hpp"

#include "actors/quiet_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace suanpan {
namespace {

using ended = storage::day_close::verdict;

constexpr std::chrono::seconds count_interval{10};

day_turn::answer answer_of(ended how) {
  switch (how) {
    case ended::closed:
      return day_turn::answer::told;
    case ended::out_of_order:
      return day_turn::answer::out_of_order;
    case ended::unknown_day:
      return day_turn::answer::unknown_day;
    case ended::unsettled:
      return day_turn::answer::unsettled;
    case ended::misdated:
      return day_turn::answer::misdated;
  }
  return day_turn::answer::unavailable;
}

}  // namespace

bookkeeper::bookkeeper(caf::actor_config& cfg, storage::day_books_options days,
                       storage::balance_monitors_options monitors, metrics* counters)
    : event_based_actor(cfg),
      books_(std::move(days)),
      monitors_(std::move(monitors)),
      counters_(counters) {}

caf::behavior bookkeeper::make_behavior() {
  make_quiet(this);
  if (counters_ != nullptr) send(this, count_monitors{});
  return {
      [this](const read_days& m) {
        list(*m.read);
        m.read->finish();
      },
      [this](const turn_day& m) {
        turn(*m.turn);
        m.turn->finish();
      },
      [this](const read_general_ledger& m) {
        sum_up(*m.read);
        m.read->finish();
      },
      [this](const change_monitor& m) {
        change(*m.change);
        m.change->finish();
      },
      [this](const read_monitors& m) {
        list(*m.read);
        m.read->finish();
      },
      [this](const read_monitor_events& m) {
        list(*m.read);
        m.read->finish();
      },
      [this](const count_monitors&) {
        count();
        delayed_send(this, count_interval, count_monitors{});
      },
  };
}

std::optional<accounting_date> bookkeeper::today() {
  const auto none = books_.list({0}, {0});
  if (!none) return std::nullopt;
  return none->calendar.today;
}

void bookkeeper::list(day_list_read& read) {
  read.result = read_result::unavailable;
  if (!read.to) read.to = today();
  if (!read.to) return;
  const auto from =
      read.from.value_or(accounting_date{read.to->days - day_list_read::days_shown + 1});
  auto found = books_.list(from, *read.to);
  if (!found) return spdlog::warn("accounting days: {}", found.reason());
  read.calendar = found->calendar;
  read.days = std::move(found->days);
  read.result = read_result::found;
}

void bookkeeper::turn(day_turn& turn) {
  auto found = turn.closes ? books_.close(turn.date, turn.closed_by) : books_.ask(turn.date);
  if (!found) {
    spdlog::warn("accounting day {}: {}", date_text(turn.date), found.reason());
    turn.result = day_turn::answer::unavailable;
    return;
  }
  const bool known = found->ended != ended::unknown_day;
  turn.result = turn.closes || !known ? answer_of(found->ended) : day_turn::answer::told;
  turn.day = std::move(found->day);
  turn.calendar = found->calendar;
  turn.unsettled = std::move(found->unsettled);
  turn.unsettled_total = found->unsettled_total;
  if (turn.closes && turn.result == day_turn::answer::told)
    spdlog::info("accounting day {} is closed, {} transfers", date_text(turn.date),
                 turn.day.transfers);
}

void bookkeeper::sum_up(ledger_read& read) {
  read.result = read_result::unavailable;
  if (!read.to) read.to = today();
  if (!read.to) return;
  if (!read.from) read.from = read.to;
  read.to =
      std::max(*read.from, *read.to);  // a range that begins after today is empty, not inverted
  auto found = books_.sum_up(*read.from, *read.to);
  if (!found) return spdlog::warn("general ledger: {}", found.reason());
  read.calendar = found->calendar;
  read.lines = std::move(found->lines);
  read.as_of = found->as_of;
  read.result = read_result::found;
}

void bookkeeper::change(monitor_change& change) {
  using answer = monitor_change::answer;
  change.result = answer::unavailable;
  if (change.removes) {
    auto found = monitors_.remove(change.monitor.id, change.by);
    if (!found) return spdlog::warn("balance monitors: {}", found.reason());
    change.result = *found ? answer::done : answer::not_found;
    if (*found) change.monitor = std::move(**found);
    return;
  }
  using verdict = storage::monitor_added::verdict;
  auto found = monitors_.add(change.monitor, change.by);
  if (!found) return spdlog::warn("balance monitors: {}", found.reason());
  change.result = found->ended == verdict::added        ? answer::done
                  : found->ended == verdict::no_account ? answer::not_found
                                                        : answer::too_many;
  if (change.result == answer::done) change.monitor = std::move(found->monitor);
}

void bookkeeper::list(monitor_list_read& read) {
  auto found = monitors_.list(read.account, read.after, read.limit);
  read.result = found ? read_result::found : read_result::unavailable;
  if (found)
    read.monitors = std::move(*found);
  else
    spdlog::warn("balance monitors: {}", found.reason());
}

void bookkeeper::list(monitor_events_read& read) {
  read.result = read_result::unavailable;
  auto of = monitors_.find(read.monitor);
  if (!of) return spdlog::warn("balance monitors: {}", of.reason());
  read.result = read_result::not_found;
  if (!*of) return;
  auto found = monitors_.events(read.monitor, read.after, read.limit);
  read.result = found ? read_result::found : read_result::unavailable;
  if (!found) return spdlog::warn("balance monitors: {}", found.reason());
  read.of = std::move(**of);
  read.events = std::move(*found);
}

// While the database is away the gauges keep what was last known.
void bookkeeper::count() {
  const auto counted = monitors_.count();
  if (!counted) return;
  counters_->monitors_met.Set(static_cast<double>(counted->met));
  counters_->monitors_unmet.Set(static_cast<double>(counted->unmet));
}

}  // namespace suanpan
