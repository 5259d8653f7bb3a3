#include "actors/notifier/notifier.hpp"

#include "actors/quiet_actor.hpp"
#include "protocol/webhook/signature.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::size_t trouble_bytes_max = 200;

/// What a receiver or a library said, as a column holds it: short, printable ASCII.
std::string told_plainly(std::string text) {
  if (text.size() > trouble_bytes_max) text.resize(trouble_bytes_max);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

event_key key_of(const due_delivery& d) {
  return {d.what.order, d.what.what.sequence};
}

}  // namespace

notifier::notifier(caf::actor_config& cfg, notifier_options options, notifier_links links)
    : event_based_actor(cfg),
      options_(std::move(options)),
      links_(links),
      queue_(options_.bounds),
      chance_(options_.jitter_seed) {}

caf::behavior notifier::make_behavior() {
  make_quiet(this);
  caf::message_handler about_shards{
      [this](const notifier_peers& p) { peers_ = p; },
      [this](const serve_payments& m) { serve(m); },
      [this](const forget_payments& m) { forget(m); },
      [this](const undelivered_loaded& m) { loaded(m); },
      [this](const deliveries_settled& m) { settled(m); },
  };
  caf::message_handler about_events{
      [this](const notify_merchant& m) { take(m); },
      [this](const delivery_ended& m) { ended(m); },
      [this](const merchant_looked_up& m) { looked_up(m); },
      [this](const resend_notifications& m) { resend(m); },
      [this](const notifications_found& m) { resend_found(m); },
      [this](const look_around&) {
        look();
        delayed_send(this, options_.tick, look_around{});
      },
  };
  delayed_send(this, options_.tick, look_around{});
  return about_shards.or_else(about_events);
}

void notifier::on_exit() {
  peers_ = {};
  for (auto& [round, call] : resends_) {
    call->result = read_result::unavailable;
    call->finish();
  }
  resends_.clear();
}

void notifier::serve(const serve_payments& m) {
  if (m.session != session_) {
    session_ = m.session;
    queue_ = delivery_queue(options_.bounds);
    sending_.clear();
    records_.clear();
    loads_.clear();
    alone_ = 0;
    committing_ = false;
  }
  queue_.serve(m.shard);
  look();
}

void notifier::forget(const forget_payments& m) {
  queue_.forget(m.shard);
  absl::erase_if(sending_,
                 [&m](const auto& each) { return each.second.what.what.shard == m.shard; });
  std::erase_if(records_, [&m](const auto& record) { return record.shard == m.shard; });
  alone_ = std::min(alone_, records_.size());
  std::erase_if(loads_, [&m](const auto& each) { return each.first.first == m.shard; });
}

void notifier::take(const notify_merchant& m) {
  if (m.session != session_) return;
  queue_.add({m.shard, m.order, m.merchant, m.fresh});
  pump();
}

void notifier::look() {
  for (const auto& load : queue_.take_loads(now())) {
    loads_.emplace(std::pair{load.shard, load.round}, load);
    send(peers_.reader, load_undelivered{.session = session_,
                                         .shard = load.shard,
                                         .round = load.round,
                                         .due_before_micros = 0,
                                         .limit = load.limit,
                                         .limit_per_merchant = load.limit_per_merchant,
                                         .answer_to = caf::actor_cast<caf::actor>(this)});
  }
  pump();
  measure();
}

void notifier::measure() {
  if (links_.counters == nullptr || now() - measured_ < second) return;
  measured_ = now();
  links_.counters->lag_seconds.Set(static_cast<double>(queue_.lag(measured_)) / second);
  links_.counters->held.Set(static_cast<double>(queue_.held()));
  links_.counters->in_flight.Set(static_cast<double>(queue_.in_flight()));
  links_.counters->resting_receivers.Set(static_cast<double>(queue_.resting()));
}

void notifier::loaded(const undelivered_loaded& m) {
  if (m.session != session_) return;
  const auto load = loads_.find({m.shard, m.round});
  if (load == loads_.end()) return;
  if (m.unavailable)
    queue_.load_failed(load->second);
  else
    queue_.loaded(load->second, m.found);
  loads_.erase(load);
  pump();
}

void notifier::pump() {
  for (const auto& due : queue_.take_due(now())) begin(due);
  commit();
}

void notifier::begin(const due_delivery& what) {
  const auto number = ++numbers_;
  sending_.emplace(number, sending{what, {}});
  if (const auto receiver = links_.merchants->find(what.what.merchant))
    return send_to(number, *receiver);
  const auto self = caf::actor_cast<caf::actor>(this);
  const bool parked = links_.merchants->wait_for(what.what.merchant, [self, number](bool read) {
    caf::anon_send(self, merchant_looked_up{number, read});
  });
  if (!parked) send(this, merchant_looked_up{number, false});
}

void notifier::looked_up(const merchant_looked_up& m) {
  const auto found = sending_.find(m.number);
  if (found == sending_.end()) return;
  const auto receiver = links_.merchants->find(found->second.what.what.merchant);
  if (receiver) return send_to(m.number, *receiver);
  delivery_answer none;
  none.trouble = m.read ? "the merchant is unknown" : "merchants can't be read";
  ended({m.number, std::move(none)});
}

void notifier::send_to(std::uint64_t number, const merchant& receiver) {
  auto& it = sending_.at(number);
  const auto& event = it.what.what;
  if (receiver.webhook_url.empty()) return give_up(number, "no webhook is set");
  if (receiver.webhook_disabled_micros != 0)
    return give_up(number, "the webhook is disabled: its receiver said 410");
  std::vector<std::string> secrets{receiver.webhook_secret};
  if (!receiver.former_webhook_secret.empty() &&
      now() < receiver.webhook_rotated_micros + options_.former_secret_micros)
    secrets.push_back(receiver.former_webhook_secret);
  it.url = receiver.webhook_url;
  webhook_post post{.url = it.url,
                    .id = event_id_of(event.order, event.what.sequence),
                    .timestamp_s = now() / second,
                    .signature = {},
                    .body = event.what.body};
  post.signature = webhook::sign({post.id, post.timestamp_s, post.body}, secrets);
  if (links_.counters != nullptr && event.attempts == 0)
    links_.counters->first_try_seconds.Observe(
        static_cast<double>(now() - event.what.caused_micros) / second);
  const auto self = caf::actor_cast<caf::actor>(this);
  links_.sender->send(std::move(post), [self, number](delivery_answer answer) {
    caf::anon_send(self, delivery_ended{number, std::move(answer)});
  });
}

void notifier::ended(const delivery_ended& m) {
  const auto found = sending_.find(m.number);
  if (found == sending_.end()) return;  // of a shard that was given up
  const auto what = std::move(found->second);
  sending_.erase(found);
  auto ruling =
      judge_delivery(options_.policy, m.answer,
                     {.tries = what.what.tries, .now_micros = now(), .chance = chance_.next()});
  // What had been acknowledged stays that: its resend is tried once.
  if (what.what.once && ruling.verdict == delivery_verdict::again)
    ruling.verdict = delivery_verdict::given_up;
  if (ruling.disables) {
    spdlog::warn("the webhook of merchant {} says 410: nothing more is sent to it",
                 what.what.what.merchant.value);
    send(peers_.registrar, disable_webhook{what.what.what.merchant, what.url});
  }
  queue_.answered(key_of(what.what),
                  {.acknowledged = ruling.verdict == delivery_verdict::acknowledged,
                   .now = now(),
                   .rests_until = ruling.merchant_rests_until});
  conclude(what, ruling, m.answer.http_status);
  pump();
}

// Nothing is sent, and no receiver is to blame.
void notifier::give_up(std::uint64_t number, std::string why) {
  const auto found = sending_.find(number);
  const auto what = std::move(found->second);
  sending_.erase(found);
  delivery_ruling ruling;
  ruling.verdict = delivery_verdict::given_up;
  ruling.trouble = std::move(why);
  queue_.answered(key_of(what.what), {.acknowledged = true, .now = now(), .rests_until = 0});
  conclude(what, ruling, 0);
}

void notifier::conclude(const sending& what, const delivery_ruling& ruling,
                        std::int32_t http_status) {
  const auto& event = what.what.what;
  const bool again = ruling.verdict == delivery_verdict::again;
  if (links_.counters != nullptr) links_.counters->tried(ruling.verdict);
  if (ruling.verdict == delivery_verdict::given_up)
    spdlog::warn("event {} of merchant {} is given up: {}",
                 event_id_of(event.order, event.what.sequence), event.merchant.value,
                 told_plainly(ruling.trouble));
  records_.push_back({.shard = event.shard,
                      .order = event.order,
                      .sequence = event.what.sequence,
                      .attempt = static_cast<std::int16_t>(event.attempts + 1),
                      .at_micros = now(),
                      .http_status = http_status,
                      .trouble = told_plainly(ruling.trouble),
                      .next_micros = again ? ruling.next_micros : 0,
                      .acknowledged = ruling.verdict == delivery_verdict::acknowledged});
}

void notifier::commit() {
  if (committing_ || records_.empty()) return;
  const auto most = alone_ > 0 ? 1 : options_.records_per_commit_max;
  if (alone_ > 0) --alone_;
  auto part = std::make_shared<std::vector<delivery_record>>();
  while (!records_.empty() && part->size() < most) {
    part->push_back(std::move(records_.front()));
    records_.pop_front();
  }
  committing_ = true;
  send(peers_.journal, commit_deliveries{session_, part, caf::actor_cast<caf::actor>(this)});
}

void notifier::settled(const deliveries_settled& m) {
  if (m.session != session_) return;
  committing_ = false;
  if (!m.recorded && m.deliveries->size() > 1) {
    // The journal refuses a message whole: one by one, the others are recorded.
    records_.insert(records_.begin(), m.deliveries->begin(), m.deliveries->end());
    alone_ = m.deliveries->size();
    return commit();
  }
  for (const auto& record : *m.deliveries) {
    const event_key key{record.order, record.sequence};
    if (m.recorded) {
      queue_.settled(key, record.next_micros);
    } else {
      spdlog::error("a delivery of {} can't be recorded", event_id_of(key.order, key.sequence));
      queue_.unsettled(key, now());
    }
  }
  pump();
}

}  // namespace suanpan
