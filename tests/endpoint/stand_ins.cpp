#include "tests/endpoint/stand_ins.hpp"

#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <chrono>

namespace suanpan::testing {
namespace {

void answer(posting_request& request, item_result with) {
  for (auto& item : request.answers)
    if (item.result == item_result::none)
      item = {with, with == item_result::unavailable ? ticket{} : answered_at};
  request.finish();
}

bool unavailable(const std::shared_ptr<script>& told) {
  return told->now() == script::mode::unavailable;
}

account_row row_of(account_number number) {
  account_row row;
  row.number = number;
  row.key = {"merchant:M1", "2001", *parse_currency("CNY"), "", number.shard()};
  row.side = normal_side::credit;
  row.totals = {25, 100};
  row.covers = answered_at;
  return row;
}

void answer_openings(opening_request& request, bool none_can) {
  std::int64_t sequence = 1;
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    if (request.answers[i].result != opening_result::none) continue;
    request.answers[i] =
        none_can ? opening_answer{opening_result::unavailable, {}}
                 : opening_answer{opening_result::opened,
                                  account_number::make(request.items[i].key.shard, sequence++)};
  }
  request.finish();
}

void answer_transfer(transfer_read& read, bool none_can) {
  read.result = none_can                ? read_result::unavailable
                : read.id.bytes[0] == 0 ? read_result::not_found
                                        : read_result::found;
  read.found.what.id = read.id;
  read.found.what.ccy = *parse_currency("CNY");
  read.found.what.amount = {77};
  read.found.result = item_result::posted;
  read.found.at = answered_at;
  read.finish();
}

/// Accounts 1 … 25 of shard 1 are there.
void answer_list(account_list_read& read, bool none_can) {
  read.result = none_can ? read_result::unavailable : read_result::found;
  for (std::int64_t sequence = 1; sequence <= 25; ++sequence) {
    const auto number = account_number::make({1}, sequence);
    if (number > read.after && read.rows.size() < read.limit) read.rows.push_back(row_of(number));
  }
  read.finish();
}

/// 2026-11-22 is closed, the 23rd is held up by shard 7, the 24th is today.
calendar_state calendar() {
  calendar_state state;
  state.known = true;
  state.shift = {480};
  state.first = *parse_accounting_date("2026-11-22");
  state.first_open = next(state.first);
  state.today = next(state.first_open);
  state.settled = answered_at;
  return state;
}

void answer_days(day_list_read& read, bool none_can) {
  read.result = none_can ? read_result::unavailable : read_result::found;
  read.calendar = calendar();
  const auto to = read.to.value_or(read.calendar.today);
  for (auto date = read.from.value_or(read.calendar.first); date <= to; date = next(date))
    read.days.emplace_back().date = date;
  read.finish();
}

void answer_turn(day_turn& turn, bool none_can) {
  using answer = day_turn::answer;
  turn.calendar = calendar();
  turn.day.date = turn.date;
  turn.day.state = turn.date == turn.calendar.first ? day_state::closed : day_state::open;
  turn.day.closed_by = turn.closed_by;
  if (turn.date != turn.calendar.first) {
    turn.unsettled = {{{7}, "node-2", true, {}}, {{9}, "", false, {}}};
    turn.unsettled_total = 2;
  }
  const auto closing = turn.date == turn.calendar.first        ? answer::told
                       : turn.date == turn.calendar.first_open ? answer::unsettled
                                                               : answer::out_of_order;
  turn.result = none_can ? answer::unavailable
                : turn.date < turn.calendar.first || turn.date > turn.calendar.today
                    ? answer::unknown_day
                : turn.closes ? closing
                              : answer::told;
  turn.finish();
}

/// Cash 100 before the range and 30 more in it; a merchant's balance; income that none has charted.
void answer_ledger(ledger_read& read, bool none_can) {
  const auto cny = *parse_currency("CNY");
  read.result = none_can ? read_result::unavailable : read_result::found;
  read.calendar = calendar();
  if (!read.to) read.to = read.calendar.today;
  if (!read.from) read.from = read.to;
  read.as_of = answered_at;
  read.lines = {{"1001", cny, {100, 0}, {30, 5}, 2}, {"2001", cny, {0, 100}, {5, 30}, 2}};
  read.finish();
}

/// Lines 1 … 25 of every account, each a ticket of its own; sequence 100,001 and above is not
/// there.
void answer_statement(statement_read& read, bool none_can) {
  read.result = none_can                                  ? read_result::unavailable
                : read.asked.account.sequence() > 100'000 ? read_result::not_found
                                                          : read_result::found;
  auto& page = read.page;
  page.account = row_of(read.asked.account);
  page.as_of = read.asked.as_of.micros == 0 ? answered_at : read.asked.as_of;
  for (std::int64_t n = 1; n <= 25; ++n) {
    const std::int64_t at = read.asked.newest_first ? 26 - n : n;
    const line_position place{{at}, 0};
    if (place < read.asked.from || place >= read.asked.to) continue;
    page.more = page.lines.size() == read.asked.limit;
    if (page.more) break;
    statement_line line;
    line.what.at = {at};
    line.what.what.debit = {at + 1'024};
    line.what.what.credit = read.asked.account;
    line.what.what.amount = {at};
    line.side = leg_side::credit;
    line.after = {0, at * (at + 1) / 2};
    page.lines.push_back(line);
  }
  read.finish();
}

void answer_past_balance(past_balance_read& read, bool none_can) {
  read.result = none_can                           ? read_result::unavailable
                : read.number.sequence() > 100'000 ? read_result::not_found
                                                   : read_result::found;
  read.found.account = row_of(read.number);
  read.found.as_of = std::min(read.at, answered_at);
  read.finish();
}

/// Stops after each transfer, as a search that takes long does.
void answer_transfer_list(transfer_list_read& read, bool none_can) {
  read.result = none_can ? read_result::unavailable : read_result::found;
  auto& page = read.page;
  page.as_of = answered_at;
  const auto at = std::max<std::int64_t>(read.asked.from.at.at.micros, 1);
  stored_transfer transfer;
  transfer.at = {at};
  transfer.what.amount = {at};
  page.transfers.push_back(transfer);
  page.more = at < 5;
  page.rest_from = {{{at + 1}, 0}, {}};
  page.rest_to = read.asked.to;
  read.finish();
}

}  // namespace

void script::set(mode to) {
  const std::scoped_lock lock(guard_);
  mode_ = to;
}

script::mode script::now() const {
  const std::scoped_lock lock(guard_);
  return mode_;
}

void script::change_ends(change_result with) {
  const std::scoped_lock lock(guard_);
  change_end_ = with;
}

change_result script::change_end() const {
  const std::scoped_lock lock(guard_);
  return change_end_;
}

bool script::kept(std::size_t count) {
  std::unique_lock lock(guard_);
  return changed_.wait_for(lock, std::chrono::seconds(10),
                           [this, count] { return kept_.size() >= count; });
}

void script::release(std::size_t count, item_result with) {
  std::deque<posting_request_ptr> released;
  {
    const std::scoped_lock lock(guard_);
    for (; count > 0 && !kept_.empty(); --count) {
      released.push_back(std::move(kept_.front()));
      kept_.pop_front();
    }
  }
  for (const auto& request : released) answer(*request, with);
}

std::size_t script::postings() const {
  const std::scoped_lock lock(guard_);
  return postings_;
}

std::size_t script::items() const {
  const std::scoped_lock lock(guard_);
  return ids_.size();
}

std::vector<transfer_id> script::ids() const {
  const std::scoped_lock lock(guard_);
  return ids_;
}

void script::take(const posting_request_ptr& request) {
  mode how = mode::answer;
  {
    const std::scoped_lock lock(guard_);
    ++postings_;
    for (std::size_t i = 0; i < request->items.size(); ++i)
      if (request->answers[i].result == item_result::none) ids_.push_back(request->items[i].id);
    how = mode_;
    if (how == mode::keep) kept_.push_back(request);
  }
  changed_.notify_all();
  if (how == mode::answer) answer(*request, item_result::posted);
  if (how == mode::unavailable) answer(*request, item_result::unavailable);
}

caf::actor spawn_stand_in(caf::actor_system& system, std::shared_ptr<script> told) {
  const auto behave = [told = std::move(told)](caf::event_based_actor*) -> caf::behavior {
    return {
        [told](const post_transfers& message) { told->take(message.request); },
        [told](const open_accounts& message) {
          answer_openings(*message.request, unavailable(told));
        },
        [told](const change_account& message) {
          auto& change = *message.request;
          change.result = told->change_end();
          change.terms = changed({}, change.wanted);
          change.at = answered_at;
          change.balance = 75;
          change.finish();
        },
        [told](const change_monitor& message) {
          auto& change = *message.change;
          change.result = unavailable(told)          ? monitor_change::answer::unavailable
                          : change.monitor.id == 404 ? monitor_change::answer::not_found
                                                     : monitor_change::answer::done;
          if (change.monitor.account.value == 16) change.result = monitor_change::answer::too_many;
          change.monitor.removed = change.removes;
          change.monitor.ccy = *parse_currency("CNY");
          change.finish();
        },
        [told](const read_monitors& message) {
          auto& read = *message.read;
          read.result = unavailable(told) ? read_result::unavailable : read_result::found;
          for (std::int64_t id = read.after + 1; id <= read.after + read.limit; ++id)
            read.monitors.push_back({.id = id, .account = read.account});
          read.finish();
        },
        [told](const read_monitor_events& message) {
          auto& read = *message.read;
          read.result = read.monitor == 404 ? read_result::not_found : read_result::found;
          read.of.id = read.monitor;
          read.events = {{read.monitor, read.after + 1, true, answered_at, -5, 7}};
          read.finish();
        },
        [told](const read_account& message) {
          auto& read = *message.read;
          read.row = row_of(read.number);
          read.result = unavailable(told)                  ? read_result::unavailable
                        : read.number.sequence() > 100'000 ? read_result::not_found
                                                           : read_result::found;
          read.finish();
        },
        [told](const read_transfer& message) { answer_transfer(*message.read, unavailable(told)); },
        [told](const read_account_list& message) { answer_list(*message.read, unavailable(told)); },
        [told](const read_days& message) { answer_days(*message.read, unavailable(told)); },
        [told](const turn_day& message) { answer_turn(*message.turn, unavailable(told)); },
        [told](const read_general_ledger& message) {
          answer_ledger(*message.read, unavailable(told));
        },
        [told](const read_statement& message) {
          answer_statement(*message.read, unavailable(told));
        },
        [told](const read_past_balance& message) {
          answer_past_balance(*message.read, unavailable(told));
        },
        [told](const read_transfer_list& message) {
          answer_transfer_list(*message.read, unavailable(told));
        },
        [told](const read_trial_balance& message) {
          auto& read = *message.read;
          read.result = unavailable(told) ? read_result::unavailable : read_result::found;
          read.lines = {{"2001", *parse_currency("CNY"), {100, 250}, 3},
                        {"7777", *parse_currency("CNY"), {150, 0}, 1}};
          read.as_of = answered_at;
          read.finish();
        },
    };
  };
  return system.spawn(behave);
}

}  // namespace suanpan::testing
