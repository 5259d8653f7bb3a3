// See accounting_calendar.hpp. A take-over holds its locks before it compares the shift, FOR SHARE;
// whoever changes the shift holds the row FOR UPDATE before he looks for locks: one of the two sees
// the other.
#include "storage/accounting_calendar.hpp"

#include "storage/advisory_keys.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

constexpr std::int64_t calendar_timeout_ms = 10'000;

std::string begin_words(day_shift shift) {
  return begin_text(shift) +
         " (utc_offset_minutes - cut_off_minutes = " + std::to_string(shift.minutes) + ")";
}

std::string differs(day_shift stored, day_shift asked, const std::string& why) {
  return "accounting days of this ledger begin at " + begin_words(stored) +
         ", with this configuration they would begin at " + begin_words(asked) + ": " + why;
}

bool somebody_owns_shards(pqxx::transaction_base& in) {
  return !execute(in,
                  "SELECT 1 FROM pg_locks WHERE locktype='advisory' AND granted AND objsubid=2 "
                  "AND classid=$1::int8::oid AND database="
                  "(SELECT oid FROM pg_database WHERE datname=current_database()) LIMIT 1",
                  std::to_string(shard_lock_key))
              .empty();
}

// Rows that are older than the calendar tell by any one of them how they were dated.
std::string contradicted_by_rows(pqxx::transaction_base& in, day_shift shift) {
  for (const auto& row :
       in.exec("SELECT ticket,accounting_date-date '1970-01-01' FROM suanpan.transfer LIMIT 1")) {
    const ticket at{number_in(row, 0)};
    const accounting_date stored{number_in<std::int32_t>(row, 1)};
    if (date_of(at, shift) == stored) continue;
    return "with this configuration accounting days would begin at " + begin_words(shift) +
           ", but ticket " + std::to_string(at.micros) + " is dated " + date_text(stored) +
           ": rows keep their dates";
  }
  return {};
}

calendar_claim claim_in(pqxx::connection& connection, const std::string& node, day_shift shift) {
  pqxx::work transaction{connection};
  const auto asked = std::to_string(shift.minutes);
  const auto inserted = execute(transaction,
                                "INSERT INTO suanpan.accounting_calendar(shift_minutes,set_by) "
                                "VALUES ($1::int4,$2) ON CONFLICT DO NOTHING RETURNING 1",
                                asked, node);
  if (!inserted.empty()) {
    if (auto fault = contradicted_by_rows(transaction, shift); !fault.empty())
      return {false, std::move(fault)};
    transaction.commit();
    return {true, {}};
  }
  const auto rows =
      transaction.exec("SELECT shift_minutes FROM suanpan.accounting_calendar FOR UPDATE");
  const day_shift stored{number_in<std::int32_t>(rows[0], 0)};
  if (stored == shift) return {true, {}};
  if (!transaction.exec("SELECT 1 FROM suanpan.transfer LIMIT 1").empty() ||
      !transaction.exec("SELECT 1 FROM suanpan.accounting_day LIMIT 1").empty())
    return {false, differs(stored, shift, "rows are dated, so it can't change any more")};
  if (somebody_owns_shards(transaction))
    return {false, differs(stored, shift, "a node that owns shards runs with the former")};
  execute(transaction,
          "UPDATE suanpan.accounting_calendar SET shift_minutes=$1::int4,set_by=$2,"
          "set_at=clock_timestamp()",
          asked, node);
  transaction.commit();
  return {true, {}};
}

}  // namespace

outcome<calendar_claim> claim_calendar(const std::string& dsn, const std::string& node_name,
                                       day_shift shift) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:calendar", calendar_timeout_ms);
    {
      pqxx::nontransaction read{*connection};
      const auto stored = read.exec("SELECT shift_minutes FROM suanpan.accounting_calendar");
      if (!stored.empty() && number_in<std::int32_t>(stored[0], 0) == shift.minutes)
        return calendar_claim{true, {}};
    }
    return claim_in(*connection, node_name, shift);
  });
}

}  // namespace suanpan::storage
