// Which event goes to which merchant next: nearest due first, of each order one at a time and in
// its sequence, a fair turn among merchants, and to a merchant that does not answer one at a time
// with rests, so that its thousands delay nobody. Holds the next events of each shard and leaves
// the others in the database, which it asks for again as it empties. Pure: no actor, no I/O, no
// clock.
//
// What must stay true: an event is handed out only when its order's previous one is acknowledged or
// given up, durably. An order that may have earlier events in the database is `uncertain` until a
// load that began after it came has told its first.
#pragma once

#include "protocol/model/payment_life.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/btree_set.h>
#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace suanpan {

/// Counts are of events or orders; times in microseconds.
struct delivery_bounds {
  std::size_t in_flight_max = 256;              // tries at a time, of the node
  std::size_t per_merchant_in_flight_max = 32;  // a merchant works its way up to it by answering
  std::size_t held_per_merchant_max = 2'000;  // orders; of one that fails, load_limit_per_merchant
  std::size_t held_max = 100'000;             // events in memory
  std::uint32_t load_limit = 2'000;           // orders a load of one shard brings
  std::uint32_t load_limit_per_merchant = 100;
  std::int32_t failures_until_rest = 3;  // in a row
  std::int64_t rest_first = 1'000'000;   // doubles with each further failure
  std::int64_t rest_most = 30'000'000;
  std::int64_t load_pause_least = 100'000;   // between loads of one shard; doubles while they
  std::int64_t load_pause_most = 5'000'000;  // bring nothing
};

struct event_key {
  payment_id order;
  std::int32_t sequence = 0;
  auto operator<=>(const event_key&) const = default;
};

/// To be sent now.
struct due_delivery {
  undelivered_notification what;
  std::int32_t tries = 1;  // in this series, this one included
  bool once = false;       // a resend of what was acknowledged: never tried again
};

/// One load of a shard: at most `limit` orders, of a merchant `limit_per_merchant`.
struct wanted_load {
  shard_id shard;
  std::uint64_t round = 0;
  std::uint32_t limit = 0;
  std::uint32_t limit_per_merchant = 0;
};

/// Not thread-safe. "now": Unix microseconds.
class delivery_queue {
 public:
  explicit delivery_queue(delivery_bounds bounds) : bounds_(bounds) {}

  void serve(shard_id shard);
  /// Whatever is known of it is void; answers that come later are ignored.
  void forget(shard_id shard);
  [[nodiscard]] bool serves(shard_id shard) const { return shards_.contains(shard); }

  /// New rows of one order, durable, in sequence.
  struct fresh_events {
    shard_id shard;
    payment_id order;
    merchant_id merchant;
    std::vector<payment_notification> events;
  };
  void add(const fresh_events& fresh);

  /// Loads that are to begin now; each is answered by loaded() or load_failed().
  [[nodiscard]] std::vector<wanted_load> take_loads(std::int64_t now);
  /// Of each order the earliest undelivered event, next due first.
  void loaded(const wanted_load& which, const std::vector<undelivered_notification>& found);
  void load_failed(const wanted_load& which);

  /// Events whose turn it is. Each comes back through answered() and then settled().
  [[nodiscard]] std::vector<due_delivery> take_due(std::int64_t now);
  /// The receiver did or did not; nothing is recorded yet. `rests_until`: it asked to be left alone
  /// (0: it did not).
  struct receiver_answer {
    bool acknowledged = false;
    std::int64_t now = 0;
    std::int64_t rests_until = 0;
  };
  void answered(const event_key& event, const receiver_answer& answer);
  /// It is recorded: due again then, or ended (0).
  void settled(const event_key& event, std::int64_t next_micros);
  /// It can't be recorded: read again in a while, and tried by what the database says.
  void unsettled(const event_key& event, std::int64_t now);

  /// By hand, whatever became of it before; a new series of tries begins, and what had been
  /// acknowledged is tried once.
  struct resend {
    undelivered_notification what;
    bool acknowledged = false;
  };
  /// False: too many are held, or its shard is not served.
  [[nodiscard]] bool send_again(const resend& which, std::int64_t now);

  /// How long the event that is due longest has been waiting, of merchants that answer.
  [[nodiscard]] std::int64_t lag(std::int64_t now) const;
  [[nodiscard]] std::size_t held() const noexcept { return events_.size(); }
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  /// Merchants that failed so often in a row that they are left alone for a while.
  [[nodiscard]] std::size_t resting() const;

 private:
  static constexpr auto complete = std::numeric_limits<std::int64_t>::max();

  struct held_event {
    undelivered_notification what;
    std::int32_t tries = 0;  // in this series
    bool news_due = false;   // the database was quicker than its news
    bool extra = false;      // a resend of what had ended: no part of its order's line
    bool once = false;
    bool reread = false;  // what is known of it may not be what is recorded
    bool busy = false;    // being sent, or what came of it is being recorded
    bool in_flight = false;
  };
  struct order_line {
    merchant_id merchant;
    shard_id shard;
    std::int32_t next = 0;             // the sequence that is to go; 0: uncertain
    std::uint64_t since_round = 0;     // uncertain: loads from this one on know
    bool may_have_more = false;        // the database may have later ones
    std::set<std::int32_t> waiting{};  // never empty
  };
  struct merchant_line {
    shard_id shard;
    absl::btree_set<std::pair<std::int64_t, event_key>> due;  // those that may go
    std::size_t orders = 0;
    std::size_t in_flight = 0;
    std::size_t allowance = 4;
    std::int32_t failures = 0;  // in a row
    std::int64_t rests_until = 0;
    std::int64_t horizon = complete;  // whatever is due later may be in the database only
    bool ready = false;               // stands in ready_
    std::int64_t sleeps_until = 0;    // stands in sleeping_ with that; 0: does not
  };
  struct shard_window {
    std::uint64_t round = 0;
    bool loading = false;
    bool stale = true;         // the database has something that memory does not
    std::int64_t horizon = 0;  // of merchants that no load brought anything of
    std::int64_t load_after = 0;
    std::int64_t pause = 0;
    std::size_t orders = 0;
    std::size_t uncertain = 0;
    std::set<event_key> told_meanwhile;          // during a load
    std::set<event_key> heard_early;             // whose news may still come
    std::map<merchant_id, std::int64_t> missed;  // likewise: not taken for want of room
  };

  merchant_line& line_of(const merchant_id& merchant, shard_id shard);
  void place(const merchant_id& id, merchant_line& m);
  void set_horizon(const merchant_id& id, std::int64_t horizon);
  void read_again(const event_key& event);
  void shrink(const merchant_id& id);
  void hand_out(const merchant_id& id, std::vector<due_delivery>& into);
  void open_gate(const payment_id& order, order_line& line);
  void drop_order(const payment_id& order);
  void end_event(const event_key& event);
  static void forget_news(shard_window& window, const std::pair<const event_key, held_event>& of);
  void wake(std::int64_t now);
  [[nodiscard]] bool has_room(const merchant_line& m) const;
  void pass_by(shard_window& window, const merchant_id& merchant, std::int64_t due);
  void add_to_line(shard_window& window, const fresh_events& fresh,
                   const payment_notification& event);
  [[nodiscard]] std::set<shard_id> hungry_shards() const;
  bool take_loaded(shard_window& window, const undelivered_notification& row);
  void set_horizons(const wanted_load& which, const std::vector<undelivered_notification>& found);
  void settle_uncertain(const wanted_load& which);

  delivery_bounds bounds_;
  std::map<shard_id, shard_window> shards_;
  std::map<merchant_id, merchant_line> merchants_;
  absl::flat_hash_map<payment_id, order_line> orders_;
  absl::btree_map<event_key, held_event> events_;
  std::set<merchant_id> incomplete_;  // with a horizon of their own
  std::deque<merchant_id> ready_;
  std::set<std::pair<std::int64_t, merchant_id>> sleeping_;
  std::size_t in_flight_ = 0;
};

}  // namespace suanpan
