// A bank as a run meets it: the behaviour of the bank simulator (tools/bank) behind a network that
// delays and loses, on the world's clock. Its books are the truth about money at that bank.
#pragma once

#include "tests/simulation/sim_world.hpp"
#include "tools/bank/bank.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace suanpan::simulation {

class sim_bank {
 public:
  using hears = std::function<void(const bank::saying&)>;
  using hears_report = std::function<void(const bank::report&)>;

  /// `world` outlives it. Draws nothing of the world's chance. A bank that does not lie is heard,
  /// too.
  sim_bank(sim_world& world, std::uint64_t seed, bool lies);

  /// What the bank answers comes to `answered`; perhaps never.
  void send(const bank::request& what, hears answered);
  void query(const std::string& merchant, const std::string& reference, hears_report answered);
  /// Every callback that arrives.
  hears on_callback;

  /// Days pass, and it may be down for a while.
  void begin();
  /// From now on it is up and the network loses nothing; it lies as before.
  void settle_down();

  [[nodiscard]] const bank::bank& truth() const { return bank_; }
  /// What a request and its answer may take, at most, once the bank has worked on it.
  static constexpr sim_time travel_most = 800 * millis;
  /// From the end of a lane's patience: after it "not found" is final at a bank that does not
  /// dedupe.
  [[nodiscard]] sim_time settling() const { return bank_.options().late_micros + 2 * travel_most; }

 private:
  [[nodiscard]] static bank::bank_options draw_options(samples::random_source& chance, bool lies);
  [[nodiscard]] std::int64_t clock() const { return unix_micros_at_start + world_.now(); }
  void take(const bank::request& what, const hears& answered);
  void carry_out(const bank::step& what, const hears& answered);
  /// It happens after a while on the way, unless it is lost.
  void travel(std::string_view what, std::function<void()> arrives);
  void pass_a_day();
  void fail_for_a_while();

  sim_world& world_;
  samples::random_source chance_;
  bank::bank bank_;
  std::uint64_t loses_;  // once in so many messages
  bool down_ = false;
  bool quiet_ = false;
};

}  // namespace suanpan::simulation
