#include "actors/shard/node_watch.hpp"

#include "actors/quiet_actor.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace suanpan {

node_watch::node_watch(caf::actor_config& cfg, node_watch_options options)
    : event_based_actor(cfg),
      options_(std::move(options)),
      registry_(options_.dsn, options_.self.name, options_.seen) {}

caf::behavior node_watch::make_behavior() {
  make_quiet(this);
  send(this, keeper_tick{});
  set_exit_handler([this](caf::exit_msg& m) {
    static_cast<void>(registry_.sign_off(options_.self));
    quit(m.reason);
  });
  return {
      [this](const keeper_tick&) {
        delayed_send(this, options_.renew, keeper_tick{});
        renew();
      },
      [this](const journal_backend& m) {
        const bool news = m.pid != options_.self.journal_pid;
        options_.self.journal_pid = m.pid;
        if (news) renew();  // before anything happens to us, peers should know what to end
      },
  };
}

void node_watch::renew() {
  const auto nodes = registry_.renew(options_.self);
  if (!nodes) {
    seen_stale_.clear();  // we can't see: nobody else is to blame
    if (std::exchange(sees_, false))
      spdlog::warn("can't say that this node lives, nor see who does: {}", nodes.reason());
    return;
  }
  if (!std::exchange(sees_, true)) spdlog::info("nodes are seen again");
  tell_of_others(*nodes);
  for (const auto& n : *nodes)
    if (n.row.name != options_.self.name || n.row.incarnation != options_.self.incarnation)
      judge(n);
}

void node_watch::tell_of_others(const std::vector<storage::node_state>& nodes) const {
  if (!options_.others_are) return;
  std::vector<std::string> live;
  for (const auto& n : nodes)
    if (n.row.name != options_.self.name && !n.row.http_address.empty() &&
        n.age_ms <= options_.stale.count())
      live.push_back(n.row.http_address);
  options_.others_are(std::move(live));
}

// Also where the row names no backend: a node can fall silent between taking locks and saying so,
// and eviction looks for the locks themselves.
void node_watch::judge(const storage::node_state& other) {
  const auto name =
      other.row.name.empty() ? "backend " + std::to_string(other.row.journal_pid) : other.row.name;
  if (other.age_ms <= options_.stale.count()) {
    seen_stale_.erase(name);
    return;
  }
  if (++seen_stale_[name] < 2) return;
  const auto told = registry_.evict(other);
  if (!told) spdlog::warn("can't evict {}: {}", name, told.reason());
  if (told && *told)
    spdlog::warn("evicted {}: silent for {} ms while its session held its locks", name,
                 other.age_ms);
}

}  // namespace suanpan
