// TELLER. The node's sequencer: everything that concerns its shards' accounts passes here, in one
// order.
//
// Items gather while earlier batches are in flight; the teller makes them one batch under a ticket,
// tells each touched account once, rules on the verdicts, hands batches to the journal in ticket
// order, and answers when they are durable. It is the only sender to accounts, so that an account
// learns of an undone leg before any watermark that covers it (R10). It never blocks and never
// touches the database.
//
// teller.cpp      messages, batches, reads        intake.cpp    how an item gets into a batch
// settling.cpp    rulings, answers, deferral      looking.cpp   ids and accounts that are looked up
// openings.cpp    new accounts                    ownership.cpp serve, drain, loss, in doubt
// changes.cpp     frozen and closed accounts, limits
// reversals.cpp   what waits for its original     upkeep.cpp    checkpoints, passivation, watermark
#pragma once

#include "actors/metrics/metrics.hpp"
#include "actors/teller/directory.hpp"
#include "actors/teller/gathering.hpp"
#include "actors/teller/recent_ids.hpp"
#include "actors/teller/reversal_desk.hpp"
#include "actors/teller/verdict_rules.hpp"
#include "actors/teller/waiting_room.hpp"
#include "protocol/messages/messages.hpp"
#include "protocol/model/clock.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <caf/event_based_actor.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace suanpan {

class statement_feed;

struct teller_options {
  std::uint32_t shards = 64;
  std::int64_t id_window_ms = 7LL * 24 * 3600 * 1000;  // ids older than this are expired (R6)
  std::int64_t id_skew_ms = 5LL * 60 * 1000;           // ids further ahead are in the future
  std::size_t recent_ids_max = 1'000'000;
  std::size_t batch_transfers_max = 16384;
  std::size_t batches_in_flight_max = 4;
  gathering gather;
  std::uint16_t defer_limit = 64;           // rounds; beyond: unavailable (R1)
  std::size_t queue_items_max = 1'000'000;  // items waiting; beyond: unavailable at once
  std::size_t changes_max = 1'000;          // changes of accounts waiting; likewise
  std::size_t active_accounts_max = 2'000'000;
  std::chrono::seconds passivate_after{300};
  std::chrono::seconds idle_watermark{10};
  std::chrono::milliseconds tick{500};
  std::chrono::milliseconds in_doubt_wait{5000};  // then the answer is UNKNOWN (R9)
  std::int32_t day_shift_minutes = 480;  // zone offset minus cut-off, for the accounting date
  statement_feed* statements = nullptr;  // is offered what settles; may be null
};

/// Who the teller talks to. Set once by `teller_peers` before anything else is sent.
struct teller_peers {
  caf::actor journal;
  caf::actor reader;
  caf::actor keeper;
  caf::actor checkpointer;
  std::vector<caf::actor> supervisors;  // by shard
};

class teller final : public caf::event_based_actor {
 public:
  teller(caf::actor_config& cfg, teller_options options, const wall_clock* clock,
         metrics* counters);
  const char* name() const override { return "teller"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  using time_point = caf::actor_clock::time_point;
  using stage = directory_entry::stage;
  using leg_accounts = absl::InlinedVector<directory_entry*, 2>;  // two an item, in order of legs

  struct flight {
    batch_ptr made;
    bool decided = false;
    bool handed = false;       // given to the journal
    std::uint64_t number = 0;  // of the commit, where handed
  };
  struct queued_request {
    posting_request_ptr request;
    std::uint32_t next = 0;
  };
  struct opening_ref {
    opening_request_ptr request;
    std::uint32_t item = 0;
  };
  struct pending_read {
    account_read_ptr read;
    bool was_active = false;
    std::uint64_t round = 0;  // of the load that began after it came
  };
  /// A look-up of ids: items that were claimed and wait for the index.
  struct look_up_round {
    std::uint64_t number = 0;
    absl::flat_hash_map<transfer_id, std::vector<item_ref>> items;  // first: the claimant
    std::vector<item_ref> vouchers;
    std::vector<arrival> reversals;  // units whose originals are asked for
    bool recovering = false;         // what was in doubt: found means posted now (R9)
  };
  enum class shard_stage : std::uint8_t { elsewhere, serving, draining };

  // teller.cpp
  void take_request(const post_transfers& m);
  void pump_soon();
  void pump();
  [[nodiscard]] bool lets_gather();
  [[nodiscard]] bool make_batch();
  void fill(batch& b);
  void fetch_ahead(std::span<const transfer> items, std::size_t now);
  void dispatch(const batch_ptr& b);
  void forget_absent();
  void begin_read(const read_account& m);
  [[nodiscard]] std::vector<pending_read> take_reads(account_number n, std::uint64_t round);
  void serve_reads(const account_row& row, std::uint64_t round);
  [[nodiscard]] bool serves(account_number n) const;
  [[nodiscard]] std::int64_t now_micros() const;
  [[nodiscard]] accounting_date date_of(ticket at) const;

  // intake.cpp
  void admit(batch& b, item_ref item);
  void admit_voucher(batch& b, item_ref item);
  void place_or_await(batch& b, const item_ref& item);
  void place(batch& b, const item_ref& item, const leg_accounts& accounts);
  [[nodiscard]] bool refuse_missing(batch& b, std::uint32_t first, const leg_accounts& accounts);
  [[nodiscard]] leg_accounts resolved_accounts(const item_ref& item);
  [[nodiscard]] static unit_accounts accounts_of(const item_ref& item);
  [[nodiscard]] bool serves_all(const item_ref& item) const;
  [[nodiscard]] bool must_look_up(const transfer_id& id) const;
  void place_waiting(batch& b, arrival which);
  void await(const item_ref& item, bool id_unknown);
  void give_up(arrival which, item_answer with);
  void leave_room(const item_ref& item);
  static void expect_item(expect_legs& sums, account_number n, const item_ref& item);
  void tell_expected();
  void resolved(directory_entry& e);
  void add_entries(batch& b, const item_ref& item);
  void link_leg(batch& b, directory_entry& to, std::uint32_t leg_index);

  // changes.cpp
  void take_change(const change_account& m);
  void answer_absent_changes();
  void fill_changes(batch& b);
  void send_changes(const batch_ptr& b);
  void settle_change(const batch& b, const batch_change& change);
  void answer_change(const account_change_ptr& change, change_result with);
  void give_up_changes(account_number n);
  void void_changes();

  // reversals.cpp
  [[nodiscard]] bool must_wait_for_reversal(const item_ref& item);
  void enter_desk(const item_ref& item);
  void leave_desk(arrival which);
  void ask_for_originals(look_up_ids& ask);
  void take_originals(const look_up_round& round, const ids_looked_up& m);
  [[nodiscard]] static bool refuse_reversal(batch& b, std::uint32_t first, const item_ref& item);

  // looking.cpp
  void look_up(const item_ref& item);
  void flush_look_ups();
  void take_look_up(const ids_looked_up& m);
  void take_found(const look_up_round& round, const stored_transfer& found);
  void take_absent(const look_up_round& round, const item_ref& claimant);
  void take_voucher(const item_ref& item, const ids_looked_up& m);
  void take_absent_voucher(const item_ref& item);
  void answer_known_voucher(const item_ref& item, std::span<const stored_transfer* const> known);
  [[nodiscard]] bool is_gone(const item_ref& item) const;
  void stop_waiting(const item_ref& item);
  void take_accounts(const accounts_loaded& m);
  void take_absent_account(account_number n, bool unavailable, std::uint64_t round);
  void take_actors(const accounts_active& m);
  [[nodiscard]] bool is_void(account_number n, std::uint64_t generation) const;

  // settling.cpp
  void take_decided(const batch_decided& m);
  void rule(flight& f);
  void rule_unit(batch& b, std::uint32_t first);
  [[nodiscard]] verdict_rules::ruling balance(batch& b, std::uint32_t e);
  void take_back(const batch& b, std::uint32_t leg_index, minor_units amount);
  void notify_leg(const batch& b, std::uint32_t leg_index, verdict_rules::fate item);
  void defer(batch& b, std::uint32_t first);
  [[nodiscard]] item_ref unit_in(const batch& b, std::uint32_t first) const;
  void hand_on();
  void take_settled(const batch_settled& m);
  void fail_row(batch& b, const failed_row& row);
  void settle_front();
  void tell_of_holds(const batch& b);
  void answer_entry(const flight& f, std::uint32_t e);
  void answer_requests(flight& f);
  void answer(posting_request& r, std::uint32_t item, item_answer with);
  void answer_item(const item_ref& item, item_answer with);
  void answer_from_memory(const item_ref& item, item_answer with);
  void answer_copies(const transfer& original, item_answer with);
  void release_claim(const transfer_id& id);
  void complete(const posting_request_ptr& r);

  // openings.cpp
  void take_openings(const open_accounts& m);
  void take_keys(const keys_looked_up& m);
  void fill_openings(batch& b);
  [[nodiscard]] bool is_being_opened(account_number n) const;
  void answer_opening(const opening_ref& o, opening_answer with);
  void answer_key(const account_key& key, opening_answer with, const account_row* row, bool fresh);
  void settle_opening(batch_opening& o);
  void void_openings(opening_result why);

  // ownership.cpp
  void serve(const serve_shards& m);
  void watch_expiring(const recovered_shards& r);
  void drain(shard_id shard);
  void finish_drains();
  void give_up_items(shard_id shard);
  void forget_shard(shard_id shard);
  void lose_session(const session_lost& m);
  void void_flights();
  void void_waiting();
  void look_up_in_doubt();
  void give_up_in_doubt();

  // upkeep.cpp
  void tick();
  void publish_metrics();
  void begin_round(const begin_checkpoint& m);
  void take_stored(const checkpoint_written& m);
  void mark_unstored();
  void store_mark();
  void passivate();
  void append_idle_watermark();

  teller_options options_;
  const wall_clock* clock_;
  metrics* counters_;
  teller_peers peers_;

  incarnation session_;
  incarnation lost_;  // the newest session that is known to be gone, served or not
  std::vector<shard_stage> shards_;
  std::vector<std::int64_t> last_sequence_;  // highest account sequence, by shard

  std::uint64_t generation_ = 0;            // counts shards that were given up
  std::vector<std::uint64_t> void_before_;  // by shard: answers to older questions are void

  ticket last_ticket_;
  ticket settled_;
  ticket stored_mark_;  // the newest settled ticket that the rows or a watermark tell of
  std::uint64_t commits_handed_ = 0;
  bool pump_pending_ = false;
  time_point last_batch_at_{};

  directory directory_;
  recent_ids recent_;
  absl::flat_hash_map<transfer_id, std::vector<item_ref>> copies_;  // of ids in flight (R4)

  std::deque<item_ref> again_;  // vouchers that waited for an id in flight: to be admitted anew
  std::deque<account_change_ptr> changes_;  // in order of arrival; not those in a batch
  reversal_desk desk_;
  absl::btree_map<transfer_id, std::vector<item_ref>> parked_;  // ids that reversals there name
  std::deque<queued_request> waiting_;
  std::size_t waiting_items_ = 0;
  arrival arrivals_ = 0;
  waiting_room room_;
  absl::flat_hash_map<arrival, item_ref> held_;  // who waits in it; not those under judgement
  std::deque<flight> flights_;                   // by ticket
  std::vector<directory_entry*> touched_;        // by the batch being made
  std::vector<std::pair<directory_entry*, expect_legs>> expecting_;  // to be told before it
  absl::flat_hash_map<account_number, std::size_t> expecting_at_;    // index in `expecting_`

  std::vector<account_number> loads_;
  std::uint64_t last_load_ = 0;
  std::vector<account_number> absent_;  // entries to forget once who waited is told
  absl::flat_hash_map<account_number, std::vector<pending_read>> reads_;
  std::uint64_t last_round_ = 0;
  look_up_round next_look_up_;
  absl::flat_hash_map<std::uint64_t, look_up_round> look_ups_;

  absl::flat_hash_map<account_key, std::vector<opening_ref>> opening_keys_;  // first: the claimant
  std::deque<account_key> openings_ready_;
  absl::flat_hash_map<std::uint64_t, std::vector<account_key>> key_rounds_;

  std::int64_t items_in_flight_ = 0;
  std::array<std::uint32_t, 256>
      answered_{};  // by result, since the last tick: a counter each costs too much

  std::vector<item_ref> in_doubt_;
  std::optional<time_point> in_doubt_until_;

  std::uint64_t checkpoint_round_ = 0;  // newest round that was stored
  std::uint64_t round_begun_ = 0;
  std::vector<std::pair<account_number, ticket>> unstored_;  // reported in it, and dirty since when
  std::int64_t last_watermark_micros_ = 0;
  std::int64_t last_sweep_micros_ = 0;
};

/// Hash of everything that makes two requests of one id the same (not of the id). Differs between
/// processes.
[[nodiscard]] std::uint64_t content_hash(const transfer& t);

}  // namespace suanpan

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::teller_peers)
