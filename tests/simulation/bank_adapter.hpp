// A channel's adapter (actors/channel/channel_contract.hpp) whose bank is the simulated one. What
// is sent, and what is heard of it, is written down for the auditor.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "tests/simulation/history.hpp"
#include "tests/simulation/sim_bank.hpp"

#include <functional>
#include <string>

namespace suanpan::simulation {

struct bank_adapter_options {
  channel_name name{"icbc"};
  sim_time lane = 2 * seconds;  // how long it waits for an answer
  std::uint64_t unsent = 0;     // once in so many requests nothing leaves the machine
};

class bank_adapter final : public channel_adapter {
 public:
  /// Everything given outlives it. Draws nothing of the world's chance.
  bank_adapter(sim_world& world, sim_bank& with, history& told, std::uint64_t seed,
               bank_adapter_options options);
  [[nodiscard]] channel_traits traits() const override;
  void start(const channel_request& what, answered done) override;
  void bind(const binding_request& what, bound done) override;
  void unbind(const std::string& token, answered done) override;
  [[nodiscard]] std::optional<channel_answer> read_callback(const callback_bytes& from,
                                                            std::int64_t now_micros) override;

  /// What the bank says of its own accord; nothing: it is not signed by the bank.
  [[nodiscard]] std::optional<channel_answer> heard_callback(const bank::saying& what);
  void settle_down() { quiet_ = true; }
  /// Whose reference it is, for the history. An attempt is in the rows before it is sent.
  std::function<std::string(const channel_reference&)> order_of;

 private:
  using once = std::function<void(channel_answer)>;
  void ask(const channel_request& what, const once& done);
  void send(const channel_request& what, const once& done);
  [[nodiscard]] channel_answer answer_of(const bank::report& what, answer_door door) const;
  [[nodiscard]] std::int64_t now() const { return unix_micros_at_start + world_.now(); }

  sim_world& world_;
  sim_bank& bank_;
  history& told_;
  samples::random_source chance_;
  bank_adapter_options options_;
  bool quiet_ = false;
};

}  // namespace suanpan::simulation
