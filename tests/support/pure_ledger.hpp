// The ledger of one node without actors, threads, clock or database: account_rules and
// verdict_rules, driven in the teller's order, with every freedom that the actors have. Each step
// is one thing that might happen next, chosen at random: an account handles its next message, a
// batch is made, the oldest batch is committed (a poison row alone comes to nothing), a cold
// account becomes active, a checkpoint is taken, everything in memory is lost and recovered.
//
// `planted` breaks one line of it on purpose, so that a property can show that it would notice.
#pragma once

#include "actors/account/account_rules.hpp"
#include "actors/teller/reversal_desk.hpp"
#include "actors/teller/verdict_rules.hpp"
#include "actors/teller/waiting_room.hpp"
#include "protocol/model/reversal.hpp"
#include "tests/support/random.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace suanpan::samples {

enum class planted : std::uint8_t {
  nothing,
  reservation_dropped,        // an account forgets what it accepted and what is not yet durable
  uncommitted_credits_spent,  // an account takes earlier batches for durable when it decides
  doubt_is_refusal,           // what can't be decided yet is refused instead of deferred
  fold_from_own_decision,     // an account never hears that a leg it accepted was undone (R10)
  one_side_undone,            // of a poison row only the debit leg is undone
  refusal_before_exists,      // a known id is judged anew, and a refusal leaves before the look-up
  ids_forgotten,              // neither memory nor the unique key knows an id
  applied_twice_on_recovery,  // recovery folds rows that the checkpoint covers already
  cold_not_expected,          // accounts don't hear of items that wait for another account (R26)
  net_effect_per_leg,         // an account judges the legs of a voucher one by one (R2)
  last_leg_lost,              // the last item of a voucher gets no row
  reversed_unasked,  // a reversal does not wait for what was reversed before it, nor the original
  rest_stays_reserved,  // what a balancing transfer did not move is not given back
};

struct ledger_row {
  transfer what;
  ticket at;
  std::int32_t index = 0;
  item_result result = item_result::none;
  transfer_id voucher;  // zero: stands alone
  minor_units moved;    // what.amount, but for balancing ones
};

struct ledger_answer {
  transfer what;
  item_result result = item_result::none;
};

class pure_ledger {
 public:
  struct options {
    planted fault = planted::nothing;
    std::size_t batches_in_flight_max = 3;
    std::size_t batch_items_max = 4;
    std::uint16_t defer_rounds = 2;
    std::uint64_t crash = 0;  // once in so many steps; 0: never
    bool cold = false;  // accounts have no actor until one is asked for, and again after a crash
  };
  pure_ledger(random_source& chance, const std::vector<account_row>& accounts, options with);

  void ask(const transfer& what) { ask_voucher({what}); }
  /// Their ids are new.
  void ask_voucher(std::vector<transfer> whats) {
    asked_.push_back({std::move(whats), ++arrivals_, 0, false});
  }
  /// One thing that might happen next. False: nothing is left to do.
  bool step();

  /// Booked and refused rows, in the order of their commits.
  [[nodiscard]] const std::vector<ledger_row>& rows() const { return rows_; }
  /// In the order in which they were told.
  [[nodiscard]] const std::vector<ledger_answer>& answers() const { return answers_; }
  [[nodiscard]] const account_rules::state& live(account_number n) const {
    return accounts_.at(n).state;
  }
  /// What recovery would make of an account: its checkpoint and the rows after it.
  [[nodiscard]] account_row recovered(account_number n) const;
  /// Everything is durable and nothing is left to do: accounts hear of it.
  void settle_all();
  /// The holds of an account that are open by the rows.
  [[nodiscard]] std::vector<open_hold> open_holds(account_number n) const;
  [[nodiscard]] std::uint16_t rounds_most() const { return rounds_most_; }
  /// How many were made.
  [[nodiscard]] std::size_t batches() const { return batches_; }
  [[nodiscard]] bool broke_a_precondition() const { return broken_; }

 private:
  struct item {  // or a voucher
    std::vector<transfer> whats;
    arrival came = 0;
    std::uint16_t rounds = 0;
    bool expected = false;
    bool judged = false;   // its reversals
    reversal_fault fault;  // and what is wrong with them
  };
  struct entry {
    item asked;
    std::vector<leg> legs;              // two each
    std::array<minor_units, 2> most{};  // of a balancing transfer
    std::vector<item_result> results;
    bool deferred = false;
  };
  struct batch {
    ticket at;
    std::vector<entry> entries;
    std::size_t accounts_open = 0;
    bool ruled = false;
  };
  using batch_ptr = std::shared_ptr<batch>;
  struct live_account {
    account_rules::state state;
    account_row stored;  // the checkpoint
    std::deque<std::function<void()>> mailbox;
    bool active = true;
    bool asked_for = false;
  };

  [[nodiscard]] bool is(planted fault) const { return with_.fault == fault; }
  [[nodiscard]] bool can_make_batch() const;
  void make_batch();
  void take_waiting(batch& into, arrival which);
  void admit(batch& into, const item& next);
  void await(const item& next);
  [[nodiscard]] bool park(const item& next);
  void enter_desk(const item& next);
  void leave_desk(arrival which);
  void judge_by_rows(arrival which);
  void refuse(entry& e);
  void expect(live_account& by, const item& next);
  void activate(live_account& account);
  void decide(live_account& by, const batch_ptr& in, ticket settled);
  void decide_unit(account_rules::batch_decider& decider, live_account& by, entry& e);
  [[nodiscard]] static unit_accounts accounts_of(const item& of);
  [[nodiscard]] static std::vector<std::size_t> legs_of(account_number n, const item& of);
  void rule_decided();
  void rule(batch& b, entry& e);
  void tell(const batch& b, const entry& e, std::size_t leg, verdict_rules::fate is);
  [[nodiscard]] verdict_rules::ruling balance(const batch& b, entry& e);
  void take_back(const batch& b, const entry& e, std::size_t leg, minor_units amount);
  void commit_oldest();
  void commit(batch& b, entry& e, std::int32_t index);
  void answer(const transfer& what, item_result result);
  void checkpoint();
  void crash();

  random_source& chance_;
  options with_;
  std::map<account_number, live_account> accounts_;
  std::deque<item> asked_;
  arrival arrivals_ = 0;
  waiting_room room_;
  std::map<arrival, item> held_;  // who waits in it
  reversal_desk desk_;
  std::set<arrival> asking_;                         // whose originals are looked up
  std::map<transfer_id, std::vector<item>> parked_;  // ids that reversals there name
  std::vector<std::function<void()>> before_batch_;
  std::deque<batch_ptr> flights_;
  std::int64_t last_ticket_ = 0;
  ticket settled_;
  std::vector<ledger_row> rows_;
  std::map<transfer_id, std::size_t> row_of_;
  std::map<transfer_id, std::vector<transfer>> in_flight_;  // and the copies that wait for each
  std::vector<ledger_answer> answers_;
  std::uint16_t rounds_most_ = 0;
  std::size_t batches_ = 0;
  bool broken_ = false;
};

/// A transfer of this event code is refused by the database alone (R12).
inline constexpr std::int32_t poison_code = 13;

}  // namespace suanpan::samples
