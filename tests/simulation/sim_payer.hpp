// A program of a merchant that pays through a bank and books in the ledger what the bank did. It
// keeps to the rules that the product's payments must keep to: three-valued outcomes, evidence
// before it sends again (R20), a surplus goes back (R21), nothing is guessed. What it knows it has
// on disk, but a restart forgets whom it was listening to.
#pragma once

#include "tests/simulation/sim_bank.hpp"
#include "tests/simulation/sim_client.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

struct sim_payer_options {
  int orders = 10;
  std::int64_t amount_max = 90;
  sim_time lane = 2 * seconds;  // how long it waits for an answer
};

class sim_payer {
 public:
  /// Everything given outlives it. Draws nothing of the world's chance.
  sim_payer(sim_town& town, sim_bank& with, std::uint64_t seed, sim_payer_options options);
  void begin();
  /// Every order has come to its end.
  [[nodiscard]] bool done() const;
  /// No restarts any more.
  void settle_down() { settling_ = true; }

 private:
  enum class stage : std::uint8_t { paying, booking, refunding, ended };
  /// One request number at the bank, and what is known of it.
  struct attempt {
    bank::request what;
    sim_time sent = 0;  // last
    int queries = 0;
    bool open = true;
  };
  struct order {
    paid_order* told = nullptr;
    transfer booking;
    stage at = stage::paying;
    std::string paid_by;  // the reference that the bank paid
    std::vector<attempt> attempts;
  };

  void start_order();
  void restart();
  void resume(std::size_t n);

  void attempt_again(std::size_t n);
  void transmit(std::size_t n);
  void hear(std::size_t n, const std::string& reference, const bank::saying& what);
  void hear_callback(const bank::saying& what);
  void judge(std::size_t n, const std::string& reference, const bank::report& what);
  void settle(std::size_t n, bool paid);
  void ask_later(std::size_t n);
  void ask(std::size_t n);
  void asked(std::size_t n, const std::string& reference, const bank::report& what, sim_time sent);

  void book(std::size_t n);
  void booked(std::size_t n, const item_answer& answer);
  void end(std::size_t n, order_fate fate);

  /// Later, unless it was restarted since.
  void later(sim_time delay, std::function<void()> what);
  [[nodiscard]] attempt& last(std::size_t n) { return orders_[n].attempts.back(); }
  [[nodiscard]] bool is_open(std::size_t n, const std::string& reference);
  [[nodiscard]] sim_node* some_node();

  sim_town& town_;
  sim_bank& bank_;
  samples::random_source chance_;
  sim_payer_options options_;
  std::deque<order> orders_;
  std::uint64_t life_ = 0;
  bool settling_ = false;
};

}  // namespace suanpan::simulation
