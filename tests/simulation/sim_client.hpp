// Clients as they are: they send batches, wait for a while, ask again under the same ids when an
// answer is missing or says to, repeat what they were told already, send things twice, change their
// mind about an amount, give up. Plain objects; the world's events are their timers.
#pragma once

#include "tests/simulation/history.hpp"
#include "tests/simulation/sim_node.hpp"

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace suanpan::simulation {

/// What clients share: whom they can ask, and about what.
struct sim_town {
  sim_world& world;
  history& told;
  std::vector<std::unique_ptr<sim_node>>& nodes;
  std::vector<account_row> accounts;  // opened; number, currency and flags as asked for
};

struct sim_client_options {
  int batches = 25;
  std::size_t batch_items_max = 6;
  std::int64_t amount_max = 120;
  std::uint64_t poison = 0;      // once in so many items
  std::uint64_t strangers = 60;  // names an account that may not exist
  sim_time patience_max = 5 * seconds;
  bool limits = false;     // changes those of accounts, too
  bool balancing = false;  // and moves what there is
};

class sim_client {
 public:
  sim_client(sim_town& town, std::uint64_t number, sim_client_options options);
  void begin();
  /// Nothing is left that it would ask again.
  [[nodiscard]] bool done() const { return batches_left_ == 0 && open_.empty(); }
  /// The end is near: no more doubles, repeats and changes; just get every answer.
  void settle_down() { settling_ = true; }

 private:
  void send_new();
  void send(const std::vector<transfer>& what, bool once);
  void send_to(sim_node& node, const std::vector<transfer>& what, bool once);
  /// To each node that runs; whatever comes of it is not asked again.
  void send_everywhere(const std::vector<transfer>& what);
  void judge(const std::shared_ptr<sim_posting>& request, bool once);
  void ask_again(transfer what);
  void read_something();
  void change_something();
  void change_limits();
  void change(account_number which, const terms_change& what, int tries = 12);
  void open_something();
  void opened(const account_opening& what, const opening_answer& answer);
  void schedule_next();
  /// `it`, counted under `what` if it happened.
  bool met(bool it, std::string_view what);
  [[nodiscard]] transfer invent();
  [[nodiscard]] transfer make_hold(transfer t);
  [[nodiscard]] transfer end_hold(const transfer& fresh);
  [[nodiscard]] transfer reverse(transfer t);
  [[nodiscard]] std::vector<transfer> invent_voucher();
  /// The voucher that an item is of, or the item alone.
  [[nodiscard]] std::vector<transfer> whole(const transfer& t) const;
  /// Of a voucher only one item asks again for all: the first whose fate is open.
  [[nodiscard]] bool speaks(const transfer& t) const;
  [[nodiscard]] transfer changed(transfer t);
  [[nodiscard]] transfer_id next_id();
  [[nodiscard]] std::vector<sim_node*> running_nodes() const;
  [[nodiscard]] sim_node* some_node();

  sim_town& town_;
  samples::random_source& chance_;
  std::uint64_t number_;
  sim_client_options options_;
  int batches_left_;
  std::uint64_t ids_ = 0;
  std::vector<transfer> holds_;  // that it asked for
  std::vector<transfer> posts_;  // likewise
  bool settling_ = false;
  std::size_t liked_ = 0;                                  // the node that answered last
  std::map<transfer_id, std::vector<transfer>> vouchers_;  // by the id of each item
  std::map<transfer_id, int> open_;  // wants to know its fate; how often it asked again
  std::vector<transfer> finished_;   // was told a fate
};

}  // namespace suanpan::simulation
