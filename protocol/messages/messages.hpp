// Everything that actors say to each other inside a node, by flow. Named structs, no atoms: a
// message says who it is. They never cross the network, so they are registered as local types at
// the end. Commands are imperative, replies and facts are past tense.
#pragma once

#include "protocol/messages/batch.hpp"
#include "protocol/messages/day_requests.hpp"
#include "protocol/messages/monitor_requests.hpp"
#include "protocol/messages/reader_messages.hpp"
#include "protocol/messages/requests.hpp"
#include "protocol/model/leg_claim.hpp"

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace suanpan {

class expiry_voids;

// --- endpoint -> TELLER
// ---------------------------------------------------------------------------
struct post_transfers {
  posting_request_ptr request;
};
struct open_accounts {
  opening_request_ptr request;
};
struct read_account {
  account_read_ptr read;
};
struct change_account {
  account_change_ptr request;
};

// --- TELLER -> ACCOUNT; the teller is the only sender, so an account sees tickets in order (R1)
// ---
/// Decide the chain of legs that begins at `first_leg`. `settled`: every ticket up to it is
/// durable.
struct decide_legs {
  batch_ptr in;
  std::uint32_t first_leg = no_leg;
  ticket settled;
};
/// Judge one change of yourself, after the legs of its batch.
struct decide_change {
  batch_ptr in;
  std::uint32_t index = 0;  // in `changes`
  ticket settled;
};
/// A leg that the account accepted or deferred did not come about in that ticket, because the other
/// account refused or deferred it, or its row failed. Sent before any message whose `settled`
/// reaches the ticket (R10).
struct undo_leg {
  ticket at;
  leg_claim leg;
  bool was_accepted = false;  // else the account refused it, but the item is deferred all the same
  bool will_return = false;   // deferred: it comes again in a later batch; else it is gone
};
/// Sums over the account's legs of earlier items that can't be judged yet, because another account
/// of theirs has no actor or their id is being looked up. They come in a later batch (R26).
struct expect_legs {
  int128 debits = 0;
  int128 credits = 0;
  std::vector<leg_claim> about_holds;  // these one by one, and not in the sums
};
/// A leg that the account counts as deferred will not come again (refused by the other account, or
/// answered unavailable).
struct drop_deferred {
  transfer_id unit;  // id of its item, or of its voucher's first item
  leg_claim leg;
};
/// Tell the checkpointer your durable totals at `settled`.
struct report_balance {
  ticket settled;
  std::uint64_t round = 0;
};
/// Fill in the read's row with your durable totals at `settled`, then let the journal fence it
/// (R8).
struct answer_read {
  account_read_ptr read;
  ticket settled;
  incarnation session;
};

// --- ACCOUNT -> others
// ----------------------------------------------------------------------------
/// To TELLER, from the account that decided last.
struct batch_decided {
  batch_ptr decided;
};
/// To CHECKPOINTER.
struct balance_reported {
  std::uint64_t round = 0;
  balance_checkpoint balance;
};
/// To ACCOUNT_SUPERVISOR: the account caught an exception; it answers `unavailable` from now on
/// (R11).
struct account_failed {
  account_number number;
  std::string what;
};

// --- TELLER <-> JOURNAL
// ---------------------------------------------------------------------------
/// In ticket order. Entries to write: those whose result is posted or a recorded refusal.
struct commit_batch {
  batch_ptr decided;
};
/// What the database refused alone (R12), or whose id is already there.
struct failed_row {
  std::uint32_t index = 0;  // of a unit: its first entry
  row_kind kind = row_kind::unit;
  bool duplicate = false;  // the unique key on the id: look up what is there
  std::string what;
};
/// Durable, but for the rows named. Tickets arrive in order; all parts are settled.
struct batch_settled {
  incarnation session;
  batch_ptr settled;
  std::vector<failed_row> failed;
};
/// Nothing is in flight and nothing at or below this ticket will come: say so in the rows (R14).
struct append_watermark {
  incarnation session;
  ticket at;
};
/// A round trip on the owning session, begun after this message was handled, then finish() (R8).
struct fence_read {
  account_read_ptr read;
  incarnation session;  // the one that the answer stands on: a later session proves nothing
};
struct fence_answers {
  incarnation session;
  posting_request_ptr posting;  // one of these
  opening_request_ptr opening;
  account_change_ptr change;
};

// --- JOURNAL -> SHARD_KEEPER, TELLER
// --------------------------------------------------------------
/// The session is gone or can't be trusted: everything in memory that depends on it is void (R9).
struct session_lost {
  incarnation session;
  std::string reason;
};

// --- SHARD_KEEPER <-> JOURNAL
// ---------------------------------------------------------------------
/// Connect if need be, try the locks, raise the epochs, and say what was got (R16).
struct take_shards {
  std::vector<shard_id> wanted;
};
struct shards_taken {
  incarnation session;
  std::int64_t backend_pid = 0;     // of the owning session, so that peers can evict us (R17)
  std::vector<shard_claim> claims;  // empty: all are owned elsewhere
  std::string unavailable;          // not empty: the database can't be had, and why
};
/// Unlock them, each exactly once; answered by shards_released.
struct release_shards {
  incarnation session;
  std::vector<shard_id> shards;
};
struct shards_released {
  incarnation session;
  std::vector<shard_id> shards;
};

// --- SHARD_KEEPER <-> READER
// ----------------------------------------------------------------------
/// Read what the shards need before they serve (R13). Begun after the epoch's commit.
struct recover_shards {
  incarnation session;
  std::vector<shard_claim> claims;
};
/// An id that recovery loads into the recent set, with what it names.
struct recovered_shards {
  incarnation session;
  std::vector<shard_claim> claims;
  std::vector<account_row> touched;     // folded to the tail's end; they start active and dirty
  std::vector<open_hold> expiring;      // open holds with an expiry, debtors of these shards
  std::vector<stored_transfer> recent;  // newest ids first
  std::int64_t recent_complete_since_millis =
      0;  // every id of the shards from here on is in `recent`
  std::vector<std::pair<shard_id, std::int64_t>>
      last_sequence;  // highest account sequence per shard
  ticket newest;
  std::string unavailable;
};

// --- SHARD_KEEPER <-> TELLER
// ----------------------------------------------------------------------
/// Serve these shards from this state.
struct serve_shards {
  std::shared_ptr<const recovered_shards> recovered;
};
/// Refuse new items of the shard; when no batch in flight has a leg of it, forget it and say so
/// (R11).
struct drain_shard {
  shard_id shard;
};
struct shard_drained {
  incarnation session;
  shard_id shard;
};

// --- TELLER <-> READER, endpoint -> READER: in reader_messages.hpp

// --- endpoint -> BOOKKEEPER
// -----------------------------------------------------------------------
struct read_days {
  day_list_read_ptr read;
};
/// Asks how far a date is, or closes it.
struct turn_day {
  day_turn_ptr turn;
};
struct read_general_ledger {
  ledger_read_ptr read;
};
struct change_monitor {
  monitor_change_ptr change;
};
struct read_monitors {
  monitor_list_read_ptr read;
};
struct read_monitor_events {
  monitor_events_read_ptr read;
};
/// To itself.
struct count_monitors {};

// --- ACCOUNT_SUPERVISOR
// ---------------------------------------------------------------------------
/// From TELLER: make actors of these rows. Answered by accounts_active.
struct activate_accounts {
  incarnation session;
  std::vector<account_row> rows;
  std::uint64_t generation = 0;  // echoed
};
struct accounts_active {
  incarnation session;
  std::vector<std::pair<account_number, caf::actor>> actors;
  std::uint64_t generation = 0;
};
/// From TELLER: idle and checkpointed; let them go (R11).
struct passivate_accounts {
  std::vector<account_number> numbers;
};
/// From SHARD_KEEPER: every actor of this shard is void.
struct forget_accounts {};
/// From TELLER: durable by now. Holds of the shard's debtors that expire, and that ended (R23).
struct watch_holds {
  std::vector<open_hold> made;
  std::vector<transfer_id> ended;
};
/// From the voids of expired holds: every answer is there.
struct voids_answered {
  std::shared_ptr<expiry_voids> request;
};
/// To itself.
struct expiry_tick {};
/// To SHARD_KEEPER: recover the shard (R11). `exhausted`: beyond the restart intensity; stay
/// released.
struct shard_failed {
  shard_id shard;
  std::string what;
  bool exhausted = false;
};

// --- CHECKPOINTER
// ---------------------------------------------------------------------------------
/// To itself.
struct checkpoint_tick {};
/// To TELLER: begin a round of at most `rows_max` accounts.
struct begin_checkpoint {
  std::uint64_t round = 0;
  std::uint32_t rows_max = 0;
};
/// From TELLER: so many accounts were asked to report; positions hold once their rows are stored.
struct checkpoint_begun {
  incarnation session;
  std::uint64_t round = 0;
  std::uint32_t reports = 0;
  ticket settled;
  std::vector<shard_position> positions;
};
/// To JOURNAL; answered by checkpoint_written to CHECKPOINTER and TELLER.
struct write_checkpoint {
  incarnation session;
  std::uint64_t round = 0;
  std::vector<balance_checkpoint> balances;
  std::vector<shard_position> positions;
};
struct checkpoint_written {
  incarnation session;
  std::uint64_t round = 0;
};

// --- timers, each to the actor that armed it
// ------------------------------------------------------
/// TELLER to itself: make batches of what has gathered.
struct pump_batches {};
struct teller_tick {};
struct journal_tick {};
struct keeper_tick {};

}  // namespace suanpan

// Local types: CAF refuses to send an unregistered type unless it is named here.
#define SUANPAN_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(suanpan::type)
SUANPAN_MESSAGE(post_transfers)
SUANPAN_MESSAGE(open_accounts)
SUANPAN_MESSAGE(read_account)
SUANPAN_MESSAGE(change_account)
SUANPAN_MESSAGE(decide_legs)
SUANPAN_MESSAGE(decide_change)
SUANPAN_MESSAGE(undo_leg)
SUANPAN_MESSAGE(expect_legs)
SUANPAN_MESSAGE(drop_deferred)
SUANPAN_MESSAGE(report_balance)
SUANPAN_MESSAGE(answer_read)
SUANPAN_MESSAGE(batch_decided)
SUANPAN_MESSAGE(balance_reported)
SUANPAN_MESSAGE(account_failed)
SUANPAN_MESSAGE(commit_batch)
SUANPAN_MESSAGE(failed_row)
SUANPAN_MESSAGE(batch_settled)
SUANPAN_MESSAGE(append_watermark)
SUANPAN_MESSAGE(fence_read)
SUANPAN_MESSAGE(fence_answers)
SUANPAN_MESSAGE(session_lost)
SUANPAN_MESSAGE(take_shards)
SUANPAN_MESSAGE(shards_taken)
SUANPAN_MESSAGE(release_shards)
SUANPAN_MESSAGE(shards_released)
SUANPAN_MESSAGE(recover_shards)
SUANPAN_MESSAGE(recovered_shards)
SUANPAN_MESSAGE(serve_shards)
SUANPAN_MESSAGE(drain_shard)
SUANPAN_MESSAGE(shard_drained)
SUANPAN_MESSAGE(read_days)
SUANPAN_MESSAGE(turn_day)
SUANPAN_MESSAGE(read_general_ledger)
SUANPAN_MESSAGE(change_monitor)
SUANPAN_MESSAGE(read_monitors)
SUANPAN_MESSAGE(read_monitor_events)
SUANPAN_MESSAGE(count_monitors)
SUANPAN_MESSAGE(activate_accounts)
SUANPAN_MESSAGE(accounts_active)
SUANPAN_MESSAGE(passivate_accounts)
SUANPAN_MESSAGE(forget_accounts)
SUANPAN_MESSAGE(watch_holds)
SUANPAN_MESSAGE(voids_answered)
SUANPAN_MESSAGE(expiry_tick)
SUANPAN_MESSAGE(shard_failed)
SUANPAN_MESSAGE(checkpoint_tick)
SUANPAN_MESSAGE(begin_checkpoint)
SUANPAN_MESSAGE(checkpoint_begun)
SUANPAN_MESSAGE(write_checkpoint)
SUANPAN_MESSAGE(checkpoint_written)
SUANPAN_MESSAGE(pump_batches)
SUANPAN_MESSAGE(teller_tick)
SUANPAN_MESSAGE(journal_tick)
SUANPAN_MESSAGE(keeper_tick)
#undef SUANPAN_MESSAGE
