// What the nodes of a run share where there are orders: the rules, the book of merchants and cards,
// the bank's channel.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "actors/channel/channel_supervisor.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/payment/boot_clock.hpp"
#include "actors/payment/payment_rules.hpp"
#include "actors/payment/posting_rules.hpp"
#include "actors/payment/voucher.hpp"
#include "actors/registry/merchant_book.hpp"
#include "tests/simulation/sim_world.hpp"

#include <chrono>
#include <memory>

namespace suanpan::simulation {

struct sim_payments {
  /// The product's posting rules and chart, from config/. Throws where they don't load.
  explicit sim_payments(std::uint64_t seed);
  /// The channel that all orders go through, as it declares itself.
  void open_channel(channel_adapter_ptr with);
  /// Terms of every product, and cards 0 … 5 with a mandate.
  void register_merchant(const merchant_id& id, std::int32_t fee_basis_points);

  payment_policy policy;
  posting_rules rules;
  subject_side side_of;
  std::shared_ptr<merchant_book> book = std::make_shared<merchant_book>();
  channel_name channel{"icbc"};
  /// As configured; its adapter is the bank's.
  channel_setup setup;
  samples::random_source ids;
  std::chrono::milliseconds quiet_for{200};
  /// Set: counts what fails and is taken up again; outlives the nodes.
  metrics* counters = nullptr;
};

/// Counts while a party stands still, as CLOCK_BOOTTIME does.
class sim_boot_clock final : public boot_clock {
 public:
  explicit sim_boot_clock(const sim_world& world) : world_(world) {}
  [[nodiscard]] std::int64_t micros() const noexcept override { return world_.now(); }

 private:
  const sim_world& world_;
};

}  // namespace suanpan::simulation
