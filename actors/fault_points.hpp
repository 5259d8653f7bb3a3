// Places where a test may make the product fail, crash or stand still, compiled in only for tests
// (SUANPAN_FAULT_POINTS); elsewhere a point costs nothing. Each stands between two steps whose
// order matters: what was before it has happened, what follows has not.
#pragma once

#ifdef SUANPAN_FAULT_POINTS
#include <array>
#include <cstddef>
#include <functional>
#include <string_view>

namespace suanpan {

/// Every point there is. A point that is not here does not compile, so that a run can say which it
/// never visited.
inline constexpr std::array<std::string_view, 59> fault_points = {
    "account.decide",              // a leg's verdict; the only one that may throw (R11)
    "account.before_verdicts",     // decided, the teller does not know
    "account.before_undo",         // a leg did not come about, the account counts it (R10)
    "supervisor.before_activate",  // rows are read, actors are not
    "supervisor.before_escalate",  // an account has failed, nobody else knows
    "supervisor.before_voids",     // holds have expired, nothing says so yet
    "teller.before_decide",        // a batch has its ticket, no account knows (R3)
    "teller.between_accounts",     // some accounts of a batch know
    "teller.before_rule",          // all verdicts are there
    "teller.before_hand_over",     // ruled, undone, deferred; the journal does not know
    "teller.after_hand_over",      // it does
    "teller.before_settle",        // durable, nobody was told
    "teller.before_answer",        // between the answers to two callers of one batch
    "teller.before_round",      // accounts are asked for balances, the checkpointer does not know
    "teller.before_passivate",  // forgotten by the teller, still there
    "teller.before_drained",    // a shard is forgotten, the keeper does not know (R11)
    "teller.session_lost",      // memory is void from here (R9)
    "teller.before_serve",      // recovered state has come, nothing is served
    "teller.before_asking_what_was_in_doubt",  // the locks are held again (R9)
    "keeper.after_epochs",                // the epochs are raised, recovery has not begun (R16)
    "keeper.before_serve",                // recovered, not served (R13)
    "keeper.before_drain",                // a shard is to be given up (R11)
    "keeper.before_release",              // drained, still locked
    "keeper.session_lost",                // the locks are gone, memory is not yet void (R9)
    "checkpointer.before_store",          // balances are gathered, not stored (R13)
    "checkpointer.after_store",           // stored, nobody else knows
    "journal.after_locks",                // the locks are held, the epochs are old (R16)
    "journal.before_commit",              // decided, not written
    "journal.after_commit",               // durable, not answered
    "journal.before_release",             // drained, still locked
    "journal.before_fence",               // answers from memory wait for a round trip (R8)
    "journal.before_checkpoint",          // no row of the round is stored
    "journal.between_checkpoint_parts",   // some rows are, no position is
    "reader.before_recovery",             // the epoch's commit is done, nothing is read (R16)
    "reader.after_recovery",              // read, nobody has it
    "journal.before_steps",               // decided steps of orders, not written
    "journal.after_steps",                // durable, not answered
    "journal.before_payment_fence",       // acts and answers wait for a round trip (R8, R19)
    "payments.before_serve",              // open orders are read, none has an actor
    "payments.before_find",               // calls wait for an order, nobody was asked for it
    "payments.before_found",              // it is read, nobody who waits knows
    "payments.before_forget",             // the shard is given up, its orders still live
    "payments.before_escalate",           // an order has failed, nobody else knows (R11)
    "payments.before_passivate",          // an order is done and quiet, its actor still there
    "payment.decide",                     // one event of an order; may throw (R11)
    "payment.before_commit",              // decided, the journal does not know
    "payment.after_record",               // durable, nothing is done about it
    "payment.before_submit",              // the attempt is durable, not sent (R19)
    "payment.before_ask",                 // a query is due, not sent
    "payment.before_answer",              // a caller may be told, and is not yet
    "payment.before_notify",              // the notification is a row, the notifier does not know
    "booker.before_post",                 // an intent is durable, its voucher is not posted (R22)
    "booker.before_redirect",             // refused, not yet booked on suspense
    "booker.after_post",                  // booked, the order does not know
    "channel.before_admit",               // asked, in no lane yet
    "channel.before_submit",              // its turn, the adapter does not have it
    "channel.after_submit",               // the adapter has it, and answers whatever comes
    "channel.before_release",             // answered, its place in the lane is not free yet
    "channel_supervisor.before_restart",  // a channel has failed, nobody who waits knows
};

consteval std::size_t number_of_fault_point(std::string_view name) {
  for (std::size_t i = 0; i < fault_points.size(); ++i)
    if (fault_points[i] == name) return i;
  throw "a fault point that is not in the list";  // stops the compiler
}

/// Called at each fault point with its name. Empty: nothing happens.
inline std::function<void(std::string_view)> on_fault_point;  // NOLINT: tests set it, one thread
}  // namespace suanpan
#define SUANPAN_FAULT_POINT(name)                                                                 \
  do {                                                                                            \
    if (::suanpan::on_fault_point)                                                                \
      ::suanpan::on_fault_point(::suanpan::fault_points[::suanpan::number_of_fault_point(name)]); \
  } while (false)
#else
#define SUANPAN_FAULT_POINT(name) static_cast<void>(0)
#endif
