// A stage for scripted cases of orders: a bank that does what the script says, a merchant that
// asks.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "tests/simulation/sim_payments.hpp"
#include "tests/simulation/sim_stage.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

/// Answers by script; keeps what it was sent.
class scripted_bank final : public channel_adapter {
 public:
  explicit scripted_bank(sim_world& world) : world_(world) {}
  [[nodiscard]] channel_traits traits() const override { return is; }
  void start(const channel_request& what, answered done) override;
  void bind(const binding_request&, bound done) override { done({}); }
  void unbind(const std::string&, answered done) override { done({}); }
  [[nodiscard]] std::optional<channel_answer> read_callback(const callback_bytes&,
                                                            std::int64_t) override {
    return std::nullopt;
  }

  /// How often money was asked for: what was sent that is no query.
  [[nodiscard]] std::size_t submitted() const;
  [[nodiscard]] channel_answer say(const channel_request& what, channel_outcome outcome) const;

  channel_traits is{.dedupes_by_reference = false,
                    .not_found_is_final = true,
                    .settling_micros = 1 * seconds,
                    .refunds = true};
  /// Of what is no query, and of a query; nothing: no answer ever comes.
  std::function<std::optional<channel_answer>(const channel_request&)> on_submit;
  std::function<std::optional<channel_answer>(const channel_request&)> on_query;
  std::vector<channel_request> heard;
  sim_time takes = 20 * millis;

 private:
  sim_world& world_;
};

/// One node with orders, unless the options say more.
struct order_stage {
  explicit order_stage(stage_options options = {});

  /// A quick pay of 100.00 under this number.
  [[nodiscard]] payment_order quick_pay(const std::string& number) const;
  /// Asks and does not wait; answered at the latest after `patience`.
  std::shared_ptr<sim_payment_call> send(const payment_order& what,
                                         sim_time patience = 20 * seconds, std::size_t node = 0);
  std::shared_ptr<sim_payment_call> change(payment_verb verb, const payment_id& id,
                                           const std::string& card = "");
  /// Waits for its answer.
  const sim_payment_call& wait_for(const std::shared_ptr<sim_payment_call>& call);
  /// Again where nothing is known, as of a node that has just begun to serve.
  const sim_payment_call& ask(const payment_order& what);
  /// The order as the rows have it; null: none.
  [[nodiscard]] const payment_state* row(const std::string& number) const;
  [[nodiscard]] bool wait_until(const std::function<bool()>& what) { return stage->wait_for(what); }
  /// Until the order is at rest, in the rows.
  [[nodiscard]] bool wait_at_rest(const std::string& number);
  /// Of all rows on this account; the balance on its credit side.
  [[nodiscard]] std::int64_t balance(const std::string& owner, const std::string& subject) const;
  /// What the auditor finds without a bank's books; empty is well.
  [[nodiscard]] std::string audit();

  static constexpr const char* merchant = "M9";
  std::shared_ptr<scripted_bank> bank;
  std::shared_ptr<sim_payments> payments;
  std::unique_ptr<sim_stage> stage;

 private:
  std::shared_ptr<sim_payment_call> asked_;
};

}  // namespace suanpan::simulation
