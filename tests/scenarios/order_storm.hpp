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
#include <set>
#include <string>
#include <vector>

namespace suanpan::scenarios {

struct storm_plan {
  std::uint64_t seed = 1;
  int orders = 60;
  int kills = 1;  // each of the node, of the bank and of PostgreSQL
  int workers = 32;
  faults::milliseconds quiet_patience{60'000};  // without faults, from one end to the next
};

struct storm_figures {
  int orders = 0;
  std::map<std::string, int> ended;  // by stage
  int kills = 0;
  int told_again = 0;  // calls that were repeated under their number
  std::vector<std::string> violations;
  std::vector<std::string> lives;  // of orders that did not end, for a person to read
};

/// Numbers of the events that the merchant heard, by payment id.
using heard_events = std::map<std::string, std::set<std::int64_t>>;

class order_storm {
 public:
  order_storm(payment_town& town, storm_plan plan);
  [[nodiscard]] storm_figures run();

 private:
  void prepare();
  void work(int worker);
  void order(std::size_t n);
  grpc::Status told_until_known(const orders::order_wish& wish, v1::Payment& seen);
  void kill_now_and_then();
  void judge();
  [[nodiscard]] std::vector<v1::Payment> await_ends();
  [[nodiscard]] heard_events heard() const;
  [[nodiscard]] std::string missing_of(const v1::Payment& one, const heard_events& heard);
  void judge_notifications();
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
