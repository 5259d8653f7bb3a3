// One partition of suanpan.transfer a UTC day of the id's time. A day's table is made apart, with a
// CHECK that repeats its bounds, and then attached: that takes no lock which a COPY or a reader
// would wait for.
#include "storage/partitions.hpp"

#include "protocol/model/ids.hpp"
#include "storage/advisory_keys.hpp"
#include "storage/pqxx_session.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

namespace suanpan::storage {
namespace {

constexpr std::int64_t day_micros_all = 86'400'000'000;
constexpr int attach_attempts = 5;
constexpr auto attempt_pause = std::chrono::milliseconds{200};
constexpr std::string_view lock_wait = "SET lock_timeout='2s'";
constexpr std::int64_t kept_commit_micros =
    3'600'000'000;                                 // cursors live minutes; an hour is ample
constexpr std::int64_t pruned_rows_max = 200'000;  // a round stays short

std::int64_t day_of(std::int64_t micros) {
  return micros / day_micros_all;
}

// transfer_20261123
std::string name_of_day(std::int64_t day) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "transfer_%04d%02u%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

// The day's lower bound, as SQL writes it.
std::string first_id_of_day(std::int64_t day) {
  std::string quoted = "'";
  quoted += to_string(transfer_id::first_of(day * (day_micros_all / 1000)));
  quoted += "'";
  return quoted;
}

std::set<std::string> names_of(const pqxx::result& rows) {
  std::set<std::string> names;
  for (const auto& row : rows) names.insert(row[0].as<std::string>());
  return names;
}

std::set<std::string> attached(pqxx::transaction_base& in) {
  return names_of(
      in.exec("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid=i.inhrelid "
              "WHERE i.inhparent='suanpan.transfer'::regclass AND NOT i.inhdetachpending"));
}

// A table of its own, complete with keys and checks. Repeatable: a crash may have left one.
void create_apart(pqxx::transaction_base& in, std::int64_t day) {
  const std::string table = "suanpan." + name_of_day(day);
  in.exec("CREATE TABLE IF NOT EXISTS " + table +
          " (LIKE suanpan.transfer INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES "
          "INCLUDING COMMENTS)");
  // The parent's statement triggers do not fire for a statement that names the partition.
  in.exec("CREATE OR REPLACE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON " + table +
          " FOR EACH STATEMENT EXECUTE FUNCTION suanpan.refuse_change()");
}

void attach(pqxx::transaction_base& in, std::int64_t day) {
  const std::string table = "suanpan." + name_of_day(day);
  const std::string low = first_id_of_day(day);
  const std::string high = first_id_of_day(day + 1);
  // Proves the bounds, so that ATTACH need not read the table; afterwards it would only repeat
  // them.
  in.exec("ALTER TABLE " + table + " DROP CONSTRAINT IF EXISTS transfer_day, ADD CONSTRAINT " +
          "transfer_day CHECK (id >= " + low + " AND id < " + high + ")");
  in.exec("ALTER TABLE suanpan.transfer ATTACH PARTITION " + table + " FOR VALUES FROM (" + low +
          ") TO (" + high + ")");
  in.exec("ALTER TABLE " + table + " DROP CONSTRAINT transfer_day");
}

// Somebody's long lock may stand in the way: short waits, so that nobody queues behind ours.
template <class Body>
void with_short_waits(pqxx::connection& connection, Body body) {
  for (int attempt = 1;; ++attempt) {
    try {
      pqxx::work transaction{connection};
      transaction.exec("SET LOCAL lock_timeout='2s'");
      body(transaction);
      transaction.commit();
      return;
    } catch (const pqxx::sql_error&) {
      if (attempt == attach_attempts || !connection.is_open()) throw;
      std::this_thread::sleep_for(attempt_pause);
    }
  }
}

// An interrupted DETACH CONCURRENTLY leaves a partition half out.
bool is_detach_pending(pqxx::transaction_base& in, const std::string& name) {
  return !in.exec(
                "SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid=i.inhrelid "
                "WHERE i.inhparent='suanpan.transfer'::regclass AND i.inhdetachpending "
                "AND c.relname='" +
                name + "'")
              .empty();
}

// The general ledger reads open accounting days from their rows, and only from attached ones.
bool holds_open_day(pqxx::transaction_base& in, const std::string& name) {
  return !in.exec("SELECT 1 FROM suanpan.accounting_calendar WHERE EXISTS (SELECT FROM suanpan." +
                  name +
                  " t WHERE t.accounting_date>"
                  "(SELECT coalesce(max(date),'-infinity') FROM suanpan.accounting_day))")
              .empty();
}

// R6: an intent's vouchers take their ids from when it was caused, an expired hold's void from the
// expiry, however late they are booked.
bool may_be_written(pqxx::transaction_base& in, std::int64_t day) {
  const auto from = std::to_string(day * day_micros_all);
  const auto to = std::to_string((day + 1) * day_micros_all);
  return !in.exec(
                "SELECT 1 WHERE EXISTS (SELECT FROM suanpan.payment p"
                " JOIN suanpan.booking_intent i ON i.payment=p.id WHERE p.open AND NOT i.booked"
                " AND i.refusal=0 AND i.caused_at>=" +
                from + " AND i.caused_at<" + to +
                ") OR EXISTS (SELECT FROM suanpan.open_hold"
                " WHERE expires_at>=" +
                from + " AND expires_at<" + to + ")")
              .empty();
}

}  // namespace

outcome<std::vector<std::string>> ensure_partitions(const std::string& dsn,
                                                    const partition_plan& plan) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:partitions", 60'000);
    {
      pqxx::nontransaction lock{*connection};  // two nodes at once; the session's end releases it
      execute(lock, "SELECT pg_advisory_lock($1::int4,0)", std::to_string(partition_lock_key));
    }
    std::set<std::string> there;
    {
      pqxx::work transaction{*connection};
      there = attached(transaction);
    }
    std::vector<std::string> made;
    const std::int64_t today = day_of(plan.now_micros);
    for (auto day = today - plan.days_back; day <= today + plan.days_ahead; ++day) {
      if (there.contains(name_of_day(day))) continue;
      with_short_waits(*connection, [day](pqxx::transaction_base& in) {
        create_apart(in, day);
        attach(in, day);
      });
      made.push_back(name_of_day(day));
    }
    return made;
  });
}

outcome<done> detach_partition(const std::string& dsn, std::int64_t day_micros,
                               std::int64_t now_micros, std::int64_t window_micros) {
  const std::int64_t day = day_of(day_micros);
  if ((day + 1) * day_micros_all + window_micros > now_micros)
    return unavailable{"ids of " + name_of_day(day) + " may still arrive"};
  auto result = guarded([&]() -> outcome<done> {
    const auto connection = connect(dsn, "suanpan:partitions", 0);
    pqxx::nontransaction alone{*connection};  // DETACH CONCURRENTLY refuses to run in a transaction
    alone.exec(std::string{lock_wait});
    const std::string name = name_of_day(day);
    if (holds_open_day(alone, name))
      return unavailable{name + " holds rows of accounting days that are not closed"};
    if (may_be_written(alone, day))
      return unavailable{"bookings or voids under ids of " + name + " are still to come"};
    if (is_detach_pending(alone, name)) {
      alone.exec("ALTER TABLE suanpan.transfer DETACH PARTITION suanpan." + name + " FINALIZE");
    } else {
      alone.exec("ALTER TABLE suanpan.transfer DETACH PARTITION suanpan." + name + " CONCURRENTLY");
    }
    return done{};
  });
  if (!result) return unavailable{result.reason()};
  return *result;
}

outcome<done> tidy(const std::string& dsn) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:tidy", 60'000);
    pqxx::nontransaction each{*connection};
    each.exec(
        "SELECT brin_summarize_new_values(c.oid) FROM pg_inherits i "
        "JOIN pg_index x ON x.indexrelid=i.inhrelid JOIN pg_class c ON c.oid=x.indexrelid "
        "WHERE i.inhparent='suanpan.transfer_by_ticket'::regclass");
    // The last row of each session stays: a take-over reads it, however old it is.
    execute(each,
            "DELETE FROM suanpan.journal_commit WHERE ctid=ANY(ARRAY("
            "SELECT ctid FROM suanpan.journal_commit j "
            "WHERE newest<(SELECT max(newest) FROM suanpan.journal_commit)-$1::int8 "
            "AND EXISTS (SELECT 1 FROM suanpan.journal_commit k "
            "WHERE k.session=j.session AND k.ticket>j.ticket) ORDER BY newest LIMIT $2::int8))",
            std::to_string(kept_commit_micros), std::to_string(pruned_rows_max));
    return done{};
  });
}

}  // namespace suanpan::storage
