// The auditor: re-derives from what clients were told and from the rows what must be true, with
// code of its own. Each breach is one line that names its law.
#pragma once

#include "tests/simulation/history.hpp"
#include "tests/simulation/simulated_database.hpp"
#include "tools/bank/bank_books.hpp"

#include <limits>
#include <string>
#include <vector>

namespace suanpan::simulation {

class auditor {
 public:
  auditor(const simulated_database& database, const history& told)
      : database_(database), told_(told) {}

  /// R13, at any moment: every balance is exactly its rows up to `covers`; no position is above a
  /// row that a balance does not cover. Call after each checkpoint.
  void check_checkpoints();
  /// Everything else, when all is quiet: faults have stopped, clients have what they wanted.
  void check_all();
  /// The orders of the product's payment actors against the bank's books, the ledger's rows and
  /// what the merchant was told; when all is quiet.
  void check_payments(const bank::bank_books& books);
  /// The same but for the bank.
  void check_orders_alone();
  /// What is asked later need not be answered before the run ends.
  void closes_at(sim_time when) { closing_ = when; }
  /// Of a bank that does not dedupe, "not found" is final that long after a request was sent.
  void check_evidence(bool dedupes, sim_time not_found_is_final_after);

  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
  /// A law that somebody else found broken.
  void breach(std::string law) { breaches_.push_back(std::move(law)); }

 private:
  void check_serial_meaning();
  void check_places();
  void check_vouchers();
  void check_overdraft();
  void check_conservation();
  [[nodiscard]] account_terms terms_at(account_number n, ticket at) const;
  void check_order();
  void check_watermarks();
  void check_answers();
  void check_answer(const asked_item& item);
  void check_linked_exists(const asked_item& item);
  void check_not_booked();
  void check_replays();
  void check_reads();
  void check_owners();
  [[nodiscard]] bool is_foreign_original(const stored_transfer& row, item_result expected) const;
  void check_openings();
  void check_changes();
  void check_closed(const account_row& row);
  void check_everything_ended();
  void check_order_at_bank(const payment_state& order, std::size_t moved);
  void check_intents(const payment_state& order);
  void check_refunds(const payment_state& order);
  void check_payment_rows();
  void check_payment_steps();
  void check_calls();

  const simulated_database& database_;
  const history& told_;
  std::vector<std::string> breaches_;
  sim_time closing_ = std::numeric_limits<sim_time>::max();
};

}  // namespace suanpan::simulation
