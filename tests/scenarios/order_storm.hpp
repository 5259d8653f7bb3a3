// Random orders of every kind at a bank that lies, while node, bank and PostgreSQL are killed; then
// quiet, and the judgement: every order ended or is a case, our successes and the bank's are one to
// one, the books agree, and every merchant was told.
#pragma once

#include "tests/scenarios/payment_town.hpp"
#include "tools/orders/merchant_client.hpp"
#include "tools/orders/order_cases.hpp"
#include "tools/orders/webhook_receiver.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace suanpan::scenarios {

struct storm_plan {
  std::uint64_t seed = 1;
  int orders = 200;
  int kills = 3;  // each of the node, of the bank and of PostgreSQL
  int workers = 32;
  faults::milliseconds quiet_patience{120'000};  // from the last fault to the last end
};

struct storm_figures {
  int orders = 0;
  std::map<std::string, int> ended;  // by stage
  int kills = 0;
  int told_again = 0;  // calls that were repeated under their number
  std::vector<std::string> violations;
};

class order_storm {
 public:
  order_storm(payment_town& town, storm_plan plan);
  [[nodiscard]] storm_figures run();

 private:
  void prepare();
  void work(int worker);
  void order(std::size_t n);
  void kill_now_and_then();
  void judge();
  void await_ends();
  void judge_notifications(const std::vector<v1::Payment>& all);
  void judge_numbers(const std::vector<v1::Payment>& all);
  void violation(const std::string& what);
  [[nodiscard]] std::uint64_t draw(std::uint64_t n, std::uint64_t salt) const;

  payment_town& town_;
  storm_plan plan_;
  orders::webhook_receiver receiver_;
  orders::merchant_client merchant_;
  std::map<bank::behaviour, card_id> cards_;
  std::atomic<std::size_t> next_{0};
  std::atomic<int> working_{0};
  std::atomic<int> told_again_{0};
  std::mutex guard_;
  std::map<std::string, std::string> told_;  // payment ids by order number, as clients were told
  std::vector<std::string> paid_;            // payments that may be refunded
  storm_figures figures_;
};

}  // namespace suanpan::scenarios
