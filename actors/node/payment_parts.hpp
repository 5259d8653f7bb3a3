// Everything of a node that is about payments: made from the configuration, wired, and stopped in
// the order that loses nothing.
#pragma once

#include "actors/channel/channel_health.hpp"
#include "actors/channel/channel_metrics.hpp"
#include "actors/channel/make_channels.hpp"
#include "actors/endpoint/ledger_context.hpp"
#include "actors/http/http_client.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/notifier/http_sender.hpp"
#include "actors/notifier/notifier_metrics.hpp"
#include "actors/payment/payment_links.hpp"
#include "actors/registry/merchant_book.hpp"
#include "config/loader.hpp"
#include "storage/lineage_memory.hpp"
#include "storage/reader.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <string>
#include <vector>

namespace suanpan {

/// Whom the payment actors talk to.
struct payment_neighbours {
  caf::actor teller;
  caf::actor journal;
  caf::actor keeper;
};

class payment_parts {
 public:
  /// `from`, `counters` and `clock` outlive it, and it every actor of it.
  payment_parts(const config::loaded& from, prometheus::Registry& registry, metrics& counters,
                const wall_clock& clock);

  void spawn(caf::actor_system& system, const payment_neighbours& with,
             storage::lineage_memory_ptr seen);

  /// Where banks reach this node, once it listens; the configured address comes first.
  void listen_at(const std::string& http_address);
  /// In development banks are told to call back here, where nothing else is configured.
  void listens_at(const std::string& http_address);

  [[nodiscard]] endpoint::payment_actors outside() const;
  /// With their adapters, for whoever reads callbacks.
  [[nodiscard]] const std::vector<channel_setup>& channels() const { return setups_; }
  [[nodiscard]] const caf::actor& callbacks() const { return desk_; }
  /// By shard.
  [[nodiscard]] const std::vector<caf::actor>& supervisors() const { return supervisors_; }
  [[nodiscard]] const caf::actor& notifier_actor() const { return notifier_; }
  /// Supervisors and notifier: who must hear of a lost session.
  [[nodiscard]] std::vector<caf::actor> of_the_session() const;
  /// Those that go before the ledger's, in this order; then no handle is left here.
  [[nodiscard]] std::vector<caf::actor> take_stop_order();
  /// Ends calls to banks and merchants; their answers go to actors, so before those are gone.
  void end_calls();

 private:
  void spawn_outward(caf::actor_system& system, const payment_neighbours& with);
  void spawn_orders(caf::actor_system& system, const payment_neighbours& with);
  [[nodiscard]] storage::reader_options session(std::string purpose) const;

  const config::loaded& from_;
  metrics& counters_;
  const wall_clock& clock_;
  storage::lineage_memory_ptr seen_;
  system_boot_clock boot_;
  callback_address reached_at_;
  payment_metrics payment_counters_;
  channel_metrics channel_counters_;
  notifier_metrics notifier_counters_;
  std::shared_ptr<merchant_book> book_ = std::make_shared<merchant_book>();
  std::unique_ptr<http_client> banks_;
  std::unique_ptr<http_client> webhooks_;
  std::unique_ptr<http_sender> sender_;
  std::vector<channel_setup> setups_;
  std::shared_ptr<channel_health> health_;

  std::vector<caf::actor> supervisors_;
  std::vector<caf::actor> bookers_;
  caf::actor reader_;   // recovery and look-ups
  caf::actor reports_;  // people's lists
  caf::actor channels_;
  caf::actor registrar_;
  caf::actor desk_;  // callbacks
  caf::actor resends_;
  caf::actor notifier_;
};

}  // namespace suanpan
