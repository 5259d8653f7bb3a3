#include "tests/simulation/sim_payments.hpp"

#include "config/chart_of_accounts.hpp"
#include "config/posting_rules.hpp"
#include "tests/support/samples.hpp"

#include <stdexcept>

namespace suanpan::simulation {

sim_payments::sim_payments(std::uint64_t seed) : ids(seed) {
  const std::string folder = SUANPAN_CONFIG_DIR;
  std::vector<config::fault> faults;
  const auto chart = std::make_shared<config::chart_of_accounts>(
      config::load_chart(folder + "/chart_of_accounts.toml", faults));
  rules = config::load_posting_rules(folder + "/posting_rules.toml", *chart, faults);
  if (!faults.empty()) throw std::runtime_error(to_string(faults.front()));
  side_of = [chart](std::string_view subject) {
    const auto* found = chart->find(subject);
    return found == nullptr ? normal_side::debit : found->side;
  };
  policy.query_first = 200 * millis;
  policy.pending_query_first = 500 * millis;
  policy.query_most = 4 * seconds;
  policy.system_retry_first = 200 * millis;
  policy.lane_patience = 2 * seconds;
  policy.unknown_manual_after = 120 * seconds;
}

void sim_payments::open_channel(channel_adapter_ptr with) {
  setup.adapter = std::move(with);
  auto& terms = setup.terms;
  terms.name = channel;
  terms.traits = setup.adapter->traits();
  terms.products.assign(payment_kinds.begin(), payment_kinds.end());
  terms.currencies = {samples::cny};
  terms.amount_most = {1'000'000};
  terms.slow_operations = {channel_operation::refund, channel_operation::payout,
                           channel_operation::query};
  for (auto& lane : setup.limits.lanes) lane.timeout_micros = policy.lane_patience;
  setup.limits.breaker.open_micros = 1 * seconds;
}

void sim_payments::register_merchant(const merchant_id& id, std::int32_t fee_basis_points) {
  merchant m;
  m.id = id;
  for (const auto kind : payment_kinds)
    m.products.push_back({.product = kind,
                          .fee_basis_points = fee_basis_points,
                          .returns_fee = false,
                          .books_before_answer = kind == payment_kind::withholding});
  book->learn(std::vector<merchant>{m});
  std::vector<bound_card> cards;
  for (int i = 0; i < 6; ++i) {
    bound_card card;
    card.id = {"card_" + std::to_string(i)};
    card.owner = id;
    card.channel = channel;
    card.token = "token_" + std::to_string(i) + "_of_" + id.value;
    card.last_four = "5678";
    card.mandate = true;
    cards.push_back(card);
  }
  book->learn(cards);
}

}  // namespace suanpan::simulation
