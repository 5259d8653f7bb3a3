// What clients asked and what they were told, with the virtual times: the only thing besides the
// database's rows that the auditor believes.
#pragma once

#include "protocol/messages/payment_requests.hpp"
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
  bool unrecorded = false;  // a booking: its refusal has no row, and binds nobody (R22)
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

/// What a merchant asked of an order, and what it was told.
struct asked_order {
  payment_verb verb = payment_verb::create;
  payment_order what;  // of a create
  payment_id id;       // of a retry or close
  card_id card;        // of a retry
  sim_time sent = 0;
  std::optional<sim_time> answered;
  payment_refusal refusal = payment_refusal::none;
  std::string field;
  bool replayed = false;
  payment_state state;  // where not refused
  party_id to = 0;
  bool lost = false;
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
  std::deque<asked_order> calls;
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

class sim_payment_call final : public payment_call {
 public:
  /// `what`: verb, and what that needs. Waits at most `patience` for its answer.
  sim_payment_call(sim_world& world, history& into, party_id to, const asked_order& what,
                   sim_time patience);
  void finish() noexcept override;

  std::function<void()> on_answer;
  asked_order* told = nullptr;
  bool finished = false;

 private:
  sim_world& world_;
  party_id to_;
};

/// A callback that was handed to a node; `again` where it is not acknowledged.
class sim_callback final : public callback_call {
 public:
  sim_callback(sim_world& world, party_id to, std::function<void()> again)
      : world_(world), to_(to), again_(std::move(again)) {}
  ~sim_callback() override;
  void finish() noexcept override;

 private:
  sim_world& world_;
  party_id to_;
  bool finished_ = false;
  std::function<void()> again_;
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
