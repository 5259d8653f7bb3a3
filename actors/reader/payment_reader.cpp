#include "actors/reader/payment_reader.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

namespace suanpan {
namespace {

// The value, or none and `unavailable` set.
template <class T>
T taken(storage::outcome<T> found, bool& unavailable) {
  unavailable = !found;
  if (found) return std::move(*found);
  spdlog::warn("payments cannot be read: {}", found.reason());
  return {};
}

}  // namespace

payment_reader::payment_reader(caf::actor_config& cfg, storage::reader_options session)
    : event_based_actor(cfg), session_(std::move(session)) {}

caf::behavior payment_reader::make_behavior() {
  make_quiet(this);
  return {
      [this](const load_open_payments& m) { load_open(m); },
      [this](const find_payments& m) { find(m); },
      [this](const load_undelivered& m) { load_notifications(m); },
      [this](const read_payments& m) { read(m.read); },
      [this](const read_notifications& m) { list(m.read); },
      [this](const read_cases& m) { list(m.read); },
  };
}

void payment_reader::load_open(const load_open_payments& m) {
  open_payments_loaded answer{m.session, m.shard, {}, false};
  answer.open = taken(session_.open_payments(m.shard), answer.unavailable);
  send(m.answer_to, std::move(answer));
}

void payment_reader::find(const find_payments& m) {
  payments_found answer{m.session, m.round, {}, false};
  answer.found = taken(session_.find({m.numbers, m.ids, m.references}), answer.unavailable);
  send(m.answer_to, std::move(answer));
}

void payment_reader::load_notifications(const load_undelivered& m) {
  undelivered_loaded answer{m.session, m.shard, m.round, {}, false};
  answer.found = taken(session_.undelivered({.shard = m.shard,
                                             .due_before_micros = m.due_before_micros,
                                             .limit = m.limit,
                                             .limit_per_merchant = m.limit_per_merchant}),
                       answer.unavailable);
  send(m.answer_to, std::move(answer));
}

namespace {

// One order, by id or by number, and nobody else's.
storage::outcome<std::vector<payment_life>> find_one(storage::payment_reader& in,
                                                     const payment_read& read) {
  storage::payment_names names;
  if (read.id) {
    names.ids = {*read.id};
  } else if (read.merchant) {
    names.numbers = {{*read.merchant, *read.number}};
  }
  auto states = in.find(names);
  if (!states) return storage::unavailable{states.reason()};
  std::vector<payment_life> found;
  for (auto& state : *states) {
    if (read.merchant && state.order.merchant != *read.merchant) continue;
    if (!read.with_life) {
      found.push_back({std::move(state), {}, {}, {}});
      continue;
    }
    auto life = in.life(state.order.id);
    if (!life) return storage::unavailable{life.reason()};
    if (*life) found.push_back(std::move(**life));
  }
  return found;
}

storage::outcome<std::vector<payment_life>> list_page(storage::payment_reader& in,
                                                      const payment_read& read) {
  auto states = in.list({.merchant = read.merchant,
                         .kind = read.kind,
                         .stage = read.stage,
                         .from_micros = read.from_micros,
                         .to_micros = read.to_micros,
                         .before = read.before,
                         .limit = read.limit});
  if (!states) return storage::unavailable{states.reason()};
  std::vector<payment_life> found;
  for (auto& state : *states) found.push_back({std::move(state), {}, {}, {}});
  return found;
}

}  // namespace

void payment_reader::read(const payment_read_ptr& read) {
  const bool one = read->id || read->number;
  auto found = one ? find_one(session_, *read) : list_page(session_, *read);
  if (!found) {
    read->result = read_result::unavailable;
  } else if (one && found->empty()) {
    read->result = read_result::not_found;
  } else {
    read->found = std::move(*found);
    read->result = read_result::found;
  }
  read->finish();
}

void payment_reader::list(const notification_list_read_ptr& read) {
  bool unavailable = false;
  read->found = taken(session_.list_notifications({.merchant = read->merchant,
                                                   .order = read->order,
                                                   .waiting_only = read->waiting_only,
                                                   .from_order = read->from_order,
                                                   .after_sequence = read->after_sequence,
                                                   .limit = read->limit}),
                      unavailable);
  read->result = unavailable ? read_result::unavailable : read_result::found;
  read->finish();
}

void payment_reader::list(const case_list_read_ptr& read) {
  bool unavailable = false;
  read->found = taken(session_.list_cases({.merchant = read->merchant,
                                           .order = read->order,
                                           .reason = read->reason,
                                           .before_micros = read->before_micros,
                                           .limit = read->limit}),
                      unavailable);
  read->result = unavailable ? read_result::unavailable : read_result::found;
  read->finish();
}

}  // namespace suanpan
