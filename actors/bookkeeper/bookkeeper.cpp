#include "actors/bookkeeper/bookkeeper.hpp"

#include "actors/quiet_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {
namespace {

using ended = storage::day_close::verdict;

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

bookkeeper::bookkeeper(caf::actor_config& cfg, storage::day_books_options options)
    : event_based_actor(cfg), books_(std::move(options)) {}

caf::behavior bookkeeper::make_behavior() {
  make_quiet(this);
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

}  // namespace suanpan
