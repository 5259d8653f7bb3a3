// Orders as the simulated database keeps them: steps as they were written, and what they fold to;
// unique order numbers and references. What a commit may not do is refused, as PostgreSQL refuses
// it.
#pragma once

#include "protocol/model/payment_records.hpp"
#include "protocol/model/records.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace suanpan::simulation {

/// An order with this description can't be stored: the poison of R12.
inline constexpr const char* poison_description = "poison";

/// One transaction of a journal about payments, with its own memory.
struct sim_payment_write {
  std::vector<shard_claim> claims;
  std::vector<std::vector<payment_step>> units;
  std::vector<delivery_record> deliveries;
};

/// Why a transaction can't be: empty `what`: it can.
struct payment_conflict {
  bool duplicate = false;  // an order number that is taken
  std::string what;
};

class payment_rows {
 public:
  [[nodiscard]] payment_conflict conflict_of(const sim_payment_write& what) const;
  /// Precondition: there is no conflict.
  void write(const sim_payment_write& what);

  /// By id; each with its shard.
  [[nodiscard]] const std::map<payment_id, payment_state>& orders() const { return orders_; }
  /// In the order of their commits.
  [[nodiscard]] const std::vector<payment_step>& steps() const { return steps_; }
  [[nodiscard]] std::vector<payment_state> open_of(shard_id shard) const;
  [[nodiscard]] const payment_state* by_number(const merchant_id& merchant,
                                               const order_number& number) const;
  [[nodiscard]] const payment_state* by_reference(const channel_reference& reference) const;
  [[nodiscard]] const payment_state* by_id(const payment_id& id) const;

 private:
  [[nodiscard]] bool is_open(const payment_state& order) const;

  std::map<payment_id, payment_state> orders_;
  std::map<std::pair<merchant_id, order_number>, payment_id> numbers_;
  std::map<channel_reference, payment_id> references_;
  std::vector<payment_step> steps_;
  std::vector<delivery_record> deliveries_;
};

}  // namespace suanpan::simulation
