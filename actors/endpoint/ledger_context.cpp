#include "actors/endpoint/ledger_context.hpp"

#include <utility>

namespace suanpan::endpoint {
namespace {

admission_bounds bounds_of(const config::admission_settings& s) {
  return {{s.items_max, s.bytes_max},
          {s.principal_items_max, s.principal_bytes_max},
          {s.peer_items_max, s.peer_bytes_max}};
}

wire::ledger_limits limits_of(const config::node_config& settings) {
  wire::ledger_limits limits;
  limits.shards = static_cast<std::uint32_t>(settings.ledger.shards);
  return limits;
}

principal_ptr make_dev_principal() {
  auto who = std::make_shared<principal>();
  who->key_id = "dev";
  return who;
}

}  // namespace

ledger_context::ledger_context(const config::node_config& settings, ledger_actors to,
                               const config::chart_of_accounts& subjects,
                               key_ring::loader load_keys, prometheus::Registry& counters,
                               metrics* item_counters)
    : grpc(settings.grpc),
      limits(limits_of(settings)),
      dev(settings.node.dev),
      keys_required(!settings.node.dev && settings.security.require_keys),
      actors(std::move(to)),
      chart(subjects),
      items(item_counters),
      work(bounds_of(settings.admission)),
      keys(std::move(load_keys)),
      dev_principal(make_dev_principal()),
      red(counters) {}

}  // namespace suanpan::endpoint
