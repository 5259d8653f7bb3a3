#include "actors/reader/reader.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

namespace suanpan {
namespace {

// To whoever asked: every reply goes back to the sender of the question.
template <class T>
void reply(caf::event_based_actor* self, T&& message) {
  self->send(caf::actor_cast<caf::actor>(self->current_sender()), std::forward<T>(message));
}

}  // namespace

reader::reader(caf::actor_config& cfg, reader_settings settings, const wall_clock* clock,
               metrics* counters)
    : event_based_actor(cfg),
      settings_(std::move(settings)),
      clock_(clock),
      counters_(counters),
      session_(settings_.session) {}

caf::behavior reader::make_behavior() {
  make_quiet(this);
  caf::message_handler look_ups{
      [this](const look_up_ids& m) { find_ids(m); },
      [this](const load_accounts& m) { load(m); },
      [this](const look_up_keys& m) { find_keys(m); },
      [this](const recover_shards& m) { recover(m); },
  };
  caf::message_handler reads{
      [this](const read_transfer& m) { find_one(m.read); },
      [this](const read_account_list& m) { list(m.read); },
      [this](const read_trial_balance& m) { sum_up(m.read); },
  };
  return look_ups.or_else(reads);
}

void reader::recover(const recover_shards& m) {
  recovered_shards answer;
  answer.session = m.session;
  answer.claims = m.claims;
  const auto since = clock_->unix_micros() / 1000 - settings_.recent_ids_ms;
  SUANPAN_FAULT_POINT("reader.before_recovery");
  auto found = session_.recover(m.claims, since, settings_.recent_ids_max);
  SUANPAN_FAULT_POINT("reader.after_recovery");
  if (!found) {
    answer.unavailable = found.reason();
    return reply(this, std::move(answer));
  }
  answer.touched = std::move(found->touched);
  answer.expiring = std::move(found->expiring);
  answer.recent = std::move(found->recent);
  answer.recent_complete_since_millis = found->recent_complete_since_millis;
  answer.last_sequence = std::move(found->last_sequence);
  answer.newest = found->newest;
  for (const auto& c : m.claims) answer.newest = std::max(answer.newest, c.newest);
  reply(this, std::move(answer));
}

void reader::find_ids(const look_up_ids& m) {
  ids_looked_up answer{m.session, m.round, {}, {}, false};
  auto found = session_.find_transfers(m.ids);
  auto originals = session_.find_originals(m.originals);
  answer.unavailable = !found || !originals;
  if (found) answer.found = std::move(*found);
  if (originals) answer.originals = std::move(*originals);
  reply(this, std::move(answer));
}

void reader::find_keys(const look_up_keys& m) {
  keys_looked_up answer{m.session, m.round, {}, false};
  auto found = session_.find_accounts(m.keys);
  if (found)
    answer.found = std::move(*found);
  else
    answer.unavailable = true;
  reply(this, std::move(answer));
}

void reader::load(const load_accounts& m) {
  accounts_loaded answer{m.session, m.numbers, {}, false, m.generation, m.round};
  auto found = session_.load_accounts(m.numbers);
  if (found)
    answer.found = std::move(*found);
  else
    answer.unavailable = true;
  reply(this, std::move(answer));
}

void reader::find_one(const transfer_read_ptr& read) {
  auto found = session_.find_transfers({&read->id, 1});
  if (!found) {
    read->result = read_result::unavailable;
  } else if (found->empty()) {
    read->result = read_result::not_found;
  } else {
    read->found = std::move(found->front());
    read->result = read_result::found;
  }
  read->finish();
}

void reader::list(const account_list_read_ptr& read) {
  auto found = session_.list_accounts(
      {.owner = read->owner, .subject = read->subject, .after = read->after, .limit = read->limit});
  read->result = found ? read_result::found : read_result::unavailable;
  if (found) read->rows = std::move(*found);
  read->finish();
}

void reader::sum_up(const trial_balance_read_ptr& read) {
  auto lines = session_.trial_balance(read->as_of);
  read->result = lines ? read_result::found : read_result::unavailable;
  if (lines) {
    publish_imbalance(*lines);
    read->lines = std::move(*lines);
  }
  read->finish();
}

void reader::publish_imbalance(const std::vector<trial_balance_line>& lines) {
  if (counters_ == nullptr) return;
  std::map<currency, int128> sums;
  for (const auto& line : lines) {
    const auto debits = line.totals.debits_posted - line.totals.credits_posted;
    sums[line.ccy] += debits;
    if (line.subject == "2998" || line.subject == "2999")
      counters_->suspense(line.subject, line.ccy, -debits);
  }
  for (const auto& [ccy, sum] : sums) {
    if (sum != 0)
      spdlog::critical("trial balance of {} is off by {}", letters(ccy), to_string(sum));
    counters_->imbalance(ccy, sum);
  }
}

}  // namespace suanpan
