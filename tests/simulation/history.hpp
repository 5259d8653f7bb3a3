// What clients asked and what they were told, with the virtual times: the only thing besides the
// database's rows that the auditor believes.
#pragma once

#include "protocol/messages/requests.hpp"
#include "tests/simulation/sim_world.hpp"
#include "tools/bank/bank_messages.hpp"

#include <deque>
#include <memory>
#include <optional>

namespace suanpan::simulation {

struct asked_item {
  transfer what;
  sim_time sent = 0;
  std::optional<sim_time> answered;
  item_answer answer;
  party_id to = 0;       // the life of a node that was asked
  bool lost = false;     // that life ended: no answer can come
  std::size_t unit = 0;  // index in the history of the first item of its voucher; its own if alone
  std::size_t unit_size = 1;
};

struct asked_read {
  account_number number;
  sim_time sent = 0;
  std::optional<sim_time> answered;
  read_result result = read_result::none;
  account_row row;
  party_id to = 0;
  bool lost = false;
};

struct asked_opening {
  account_opening what;
  sim_time sent = 0;
  std::optional<sim_time> answered;
  opening_answer answer;
  party_id to = 0;
  bool lost = false;
};

struct asked_change {
  account_number number;
  terms_change what;
  sim_time sent = 0;
  std::optional<sim_time> answered;
  change_result result = change_result::none;
  account_terms terms;
  ticket at;
  party_id to = 0;
  bool lost = false;
};

/// A request that went to a bank. What came of it is in `reports`.
struct asked_payment {
  std::string order;
  bank::request what;
  sim_time sent = 0;
};

/// What a bank was heard to say of a reference, authentic or not.
struct heard_report {
  bank::report what;
  sim_time asked = 0;  // when the query was sent; of an answer or a callback: when it was heard
  sim_time heard = 0;
  bool queried = false;
  bool forged = false;
};

enum class order_fate : std::uint8_t {
  open,
  booked,    // the bank paid, the ledger has it
  failed,    // the bank did not pay
  refunded,  // the bank paid, the ledger refused, the bank has it back
};

/// What a payer came to, of one order.
struct paid_order {
  std::string number;
  transfer booking;  // of the bank's payment; its amount is the order's
  order_fate fate = order_fate::open;
};

struct history {
  /// That life of a node ended: whoever waits for it waits in vain.
  void lose(party_id life);

  std::deque<asked_item> items;
  std::deque<asked_read> reads;
  std::deque<asked_opening> openings;
  std::deque<asked_change> changes;
  std::deque<asked_payment> payments;
  std::deque<heard_report> reports;
  std::deque<paid_order> orders;
};

/// A request that writes its answers into the history and then tells its client.
class sim_posting final : public posting_request {
 public:
  sim_posting(sim_world& world, history& into, party_id to, const std::vector<transfer>& what);
  void finish() noexcept override;

  std::function<void()> on_answer;
  std::vector<asked_item*> asked;
  bool finished = false;

 private:
  sim_world& world_;
  party_id to_;
};

class sim_opening final : public opening_request {
 public:
  sim_opening(sim_world& world, history& into, party_id to,
              const std::vector<account_opening>& what);
  void finish() noexcept override;

  std::function<void()> on_answer;
  std::vector<asked_opening*> asked;
  bool finished = false;

 private:
  sim_world& world_;
  party_id to_;
};

class sim_read final : public account_read {
 public:
  sim_read(sim_world& world, history& into, party_id to, account_number which);
  void finish() noexcept override;

  std::function<void()> on_answer;
  asked_read* asked = nullptr;
  bool finished = false;

 private:
  sim_world& world_;
  party_id to_;
};

class sim_change final : public account_change_request {
 public:
  sim_change(sim_world& world, history& into, party_id to, const asked_change& what);
  void finish() noexcept override;

  std::function<void()> on_answer;
  asked_change* asked = nullptr;
  bool finished = false;

 private:
  sim_world& world_;
  party_id to_;
};

}  // namespace suanpan::simulation
