// A merchant as it is: creates orders of every kind, asks again when an answer is missing or says
// to, repeats what it was told, sends things twice, changes content under a known number, tries
// other cards, closes, refunds. Plain object; the world's events are its timers.
#pragma once

#include "tests/simulation/history.hpp"
#include "tests/simulation/sim_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace suanpan::simulation {

struct sim_merchant_options {
  int orders = 12;
  std::int64_t amount_max = 90;
  sim_time patience = 4 * seconds;  // after which a call is asked again
};

class sim_merchant {
 public:
  static constexpr const char* name = "M9";

  /// Everything given outlives it. Draws nothing of the world's chance.
  sim_merchant(sim_town& town, std::uint64_t seed, sim_merchant_options options);
  void begin();
  /// It knows what became of every order that it made.
  [[nodiscard]] bool done() const;
  /// No more doubles and changes; just get every answer.
  void settle_down() { settling_ = true; }

 private:
  struct order {
    payment_order asked;
    payment_id id;
    payment_stage stage = payment_stage::created;
    bool known = false;  // it was told an id
    bool ended = false;  // and how it ended, or that it never was
    bool refunded = false;
    int cards = 1;
  };

  void start_order();
  [[nodiscard]] payment_order invent();
  [[nodiscard]] int made() const;
  void ask(std::size_t n);
  void heard(std::size_t n, const asked_order& told);
  void go_on(std::size_t n);
  void try_other_card(std::size_t n);
  void close(std::size_t n);
  void refund(std::size_t n);
  void repeat(std::size_t n);
  void send(std::size_t n, const asked_order& what,
            const std::function<void(const asked_order&)>& then);
  bool met(bool it, std::string_view what);
  [[nodiscard]] sim_node* some_node();

  sim_town& town_;
  samples::random_source chance_;
  sim_merchant_options options_;
  std::vector<order> orders_;
  bool settling_ = false;
};

}  // namespace suanpan::simulation
