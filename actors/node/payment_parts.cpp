#include "actors/node/payment_parts.hpp"

#include "actors/node/outward_options.hpp"
#include "actors/node/payment_options.hpp"
#include "actors/notifier/notification_desk.hpp"
#include "actors/notifier/notifier.hpp"
#include "actors/payment/booker.hpp"
#include "actors/payment/callback_desk.hpp"
#include "actors/payment/payment_supervisor.hpp"
#include "actors/reader/payment_reader.hpp"
#include "actors/registry/registrar.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan {

payment_parts::payment_parts(const config::loaded& from, prometheus::Registry& registry,
                             metrics& counters, const wall_clock& clock)
    : from_(from),
      counters_(counters),
      clock_(clock),
      payment_counters_(registry),
      channel_counters_(registry),
      notifier_counters_(registry) {
  reached_at_.set(from.settings.payments.callback_base);
}

void payment_parts::listen_at(const std::string& http_address) {
  if (reached_at_.get().empty()) reached_at_.set("http://" + http_address);
}

storage::reader_options payment_parts::session(std::string purpose) const {
  auto options = payment_reader_options_of(from_.settings, std::move(purpose));
  options.seen = seen_;
  return options;
}

void payment_parts::spawn(caf::actor_system& system, const payment_neighbours& with,
                          storage::lineage_memory_ptr seen) {
  seen_ = std::move(seen);
  reader_ = system.spawn<payment_reader, caf::detached>(session("payments"));
  reports_ = system.spawn<payment_reader, caf::detached>(session("payment-lists"));
  spawn_outward(system, with);
  spawn_orders(system, with);
}

// Banks, merchants, and who they are.
void payment_parts::spawn_outward(caf::actor_system& system, const payment_neighbours& with) {
  const auto& c = from_.settings;
  banks_ = std::make_unique<http_client>(bank_client_options_of(c));
  webhooks_ = std::make_unique<http_client>(webhook_client_options_of(c));
  sender_ =
      std::make_unique<http_sender>(*webhooks_, std::chrono::milliseconds(c.notifier.timeout_ms));
  setups_ = make_channels(from_.channels,
                          {.client = banks_.get(), .clock = &clock_, .reached_at = &reached_at_});
  std::vector<channel_terms> terms;
  for (const auto& setup : setups_) terms.push_back(setup.terms);
  health_ = std::make_shared<channel_health>(terms);
  channel_supervisor_options channels;
  channels.channels = setups_;
  channels.health = health_;
  channels.restart_intensity = static_cast<std::size_t>(c.payments.restart_intensity);
  channels.restart_window = std::chrono::seconds(c.payments.restart_window_s);
  channels_ = system.spawn<channel_supervisor>(std::move(channels), &clock_, &channel_counters_);

  auto registry = registrar_options_of(c, session("registry"));
  for (const auto& t : terms)
    if (t.binds) registry.channels.push_back(t.name);
  registrar_ = system.spawn<registrar, caf::detached>(std::move(registry),
                                                      registrar_links{book_.get(), &clock_});
  resends_ = system.spawn<notification_desk, caf::detached>(session("resends"));
  notifier_ = system.spawn<notifier>(
      notifier_options_of(c),
      notifier_links{book_.get(), sender_.get(), &clock_, &notifier_counters_});
  caf::anon_send(registrar_, registrar_peers{channels_});
  caf::anon_send(notifier_, notifier_peers{with.journal, reader_, resends_, registrar_});
}

void payment_parts::spawn_orders(caf::actor_system& system, const payment_neighbours& with) {
  const auto& c = from_.settings;
  std::int64_t patience = 0;
  for (const auto& setup : setups_)
    for (const auto& lane : setup.limits.lanes) patience = std::max(patience, lane.timeout_micros);
  const payment_means means{.policy = payment_policy_of(c, patience),
                            .rules = &from_.rules,
                            .clock = &clock_,
                            .boot = &boot_,
                            .book = book_,
                            .channels = health_,
                            .counters = &payment_counters_};
  const auto side_of = [chart = &from_.chart](std::string_view subject) {
    const auto* found = chart->find(subject);
    return found == nullptr ? normal_side::debit : found->side;
  };
  for (std::uint16_t s = 0; s < c.ledger.shards; ++s) {
    bookers_.push_back(
        system.spawn<booker>(booker_options{.shard = {s},
                                            .shards = static_cast<std::uint32_t>(c.ledger.shards),
                                            .side_of = side_of},
                             with.teller));
    supervisors_.push_back(system.spawn<payment_supervisor>(
        payment_supervisor_options_of(c, {s}),
        payment_links{means, with.journal, channels_, bookers_.back(), notifier_, {}},
        payment_supervisor_peers{with.keeper, reader_}, &counters_));
  }
  desk_ = system.spawn<callback_desk>(callback_desk_options{}, means,
                                      callback_desk_peers{reader_, supervisors_});
}

void payment_parts::listens_at(const std::string& http_address) {
  const auto& c = from_.settings;
  if (c.node.dev && c.payments.callback_base.empty()) reached_at_.set("http://" + http_address);
}

endpoint::payment_actors payment_parts::outside() const {
  return {.supervisors = supervisors_,
          .reader = reports_,
          .registrar = registrar_,
          .notifier = notifier_,
          .answer_deadline = std::chrono::milliseconds(from_.settings.payments.answer_deadline_ms)};
}

std::vector<caf::actor> payment_parts::of_the_session() const {
  auto all = supervisors_;
  all.push_back(notifier_);
  return all;
}

void payment_parts::end_calls() {
  banks_.reset();
  webhooks_.reset();
}

std::vector<caf::actor> payment_parts::take_stop_order() {
  std::vector<caf::actor> order = {desk_, notifier_};
  order.insert(order.end(), supervisors_.begin(), supervisors_.end());
  order.insert(order.end(), bookers_.begin(), bookers_.end());
  for (const auto& a : {channels_, registrar_, resends_, reader_, reports_}) order.push_back(a);
  supervisors_.clear();
  bookers_.clear();
  for (auto* a : {&reader_, &reports_, &channels_, &registrar_, &desk_, &resends_, &notifier_})
    *a = nullptr;
  return order;
}

}  // namespace suanpan
