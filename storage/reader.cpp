// Look-ups through libpqxx. Ids and numbers travel as arrays, so that a batch is one statement.
#include "storage/reader.hpp"

#include "storage/array_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/recovery.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

const std::string account_query =
    "SELECT " + std::string{account_select} +
    " FROM suanpan.account a JOIN suanpan.account_balance b ON b.account=a.number ";

std::vector<account_row> read_accounts(const pqxx::result& rows) {
  std::vector<account_row> accounts;
  accounts.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) accounts.push_back(read_account(row));
  return accounts;
}

// With their open holds; each of them is found by its own index.
std::vector<account_row> with_holds(pqxx::transaction_base& in, const pqxx::result& rows) {
  auto accounts = read_accounts(rows);
  if (accounts.empty()) return accounts;
  const auto numbers =
      array_of(accounts, [](const account_row& a) { return std::to_string(a.number.value); });
  const std::string select =
      "SELECT " + std::string{hold_select} + " FROM suanpan.open_hold h WHERE ";
  add_holds(execute(in,
                    select + "h.debit_account=any($1::int8[]) UNION " + select +
                        "h.credit_account=any($1::int8[]) ORDER BY id",
                    numbers),
            accounts);
  return accounts;
}

// Balances as checkpointed, and the booked legs that they do not cover yet. No account is older in
// its row than its shard's position, so the tail begins at the lowest.
constexpr const char* trial_balance_query =
    "WITH tail AS MATERIALIZED ("
    " SELECT debit_account,credit_account,amount,ticket FROM suanpan.transfer"
    " WHERE result=1 AND ticket>$1::int8),"
    "leg AS ("
    " SELECT t.debit_account AS account,t.amount AS debit,0::int8 AS credit FROM tail t"
    " JOIN suanpan.account_balance b ON b.account=t.debit_account AND t.ticket>b.covers"
    " UNION ALL"
    " SELECT t.credit_account,0,t.amount FROM tail t"
    " JOIN suanpan.account_balance b ON b.account=t.credit_account AND t.ticket>b.covers),"
    "uncovered AS ("
    " SELECT account,sum(debit) AS debits,sum(credit) AS credits FROM leg GROUP BY account) "
    "SELECT a.subject,a.currency,sum(b.debits+coalesce(u.debits,0)),"
    "sum(b.credits+coalesce(u.credits,0)),count(*) FROM suanpan.account a "
    "JOIN suanpan.account_balance b ON b.account=a.number "
    "LEFT JOIN uncovered u ON u.account=a.number "
    "GROUP BY a.subject,a.currency ORDER BY a.subject,a.currency";

}  // namespace

struct reader::impl {
  reader_options options;
  kept_session session;

  template <class Body>
  auto with_connection(Body body) -> outcome<decltype(body(*session.connection))> {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":" + options.purpose,
                       options.statement_timeout_ms, options.seen},
                      std::move(body));
  }
};

reader::reader(reader_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;
reader& reader::operator=(reader&&) noexcept = default;

outcome<std::vector<stored_transfer>> reader::find_transfers(std::span<const transfer_id> ids) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    std::vector<stored_transfer> found;
    if (ids.empty()) return found;
    pqxx::work transaction{connection};
    const auto rows = execute(transaction,
                              "SELECT " + std::string{transfer_select} +
                                  " FROM suanpan.transfer t WHERE t.id=any($1::uuid[]) AND t.leg=0",
                              array_of(ids, [](const transfer_id& id) { return to_string(id); }));
    found.reserve(static_cast<std::size_t>(rows.size()));
    for (const auto& row : rows) found.push_back(read_transfer(row));
    return found;
  });
}

outcome<std::vector<original_facts>> reader::find_originals(std::span<const transfer_id> ids) {
  if (ids.empty()) return std::vector<original_facts>{};
  return impl_->with_connection([&](pqxx::connection& connection) {
    std::vector<original_facts> found;
    pqxx::work transaction{connection};
    for (const auto& row :
         execute(transaction,
                 "SELECT t.id,t.kind,t.debit_account,t.credit_account,t.amount,"
                 "coalesce((SELECT sum(r.amount)::int8 FROM suanpan.transfer r"
                 " WHERE r.related=t.id AND r.kind=7 AND r.result=1),0) "
                 "FROM suanpan.transfer t"
                 " WHERE t.id=any($1::uuid[]) AND t.leg=0 AND t.result IN (1,3,4)",
                 array_of(ids, [](const transfer_id& id) { return to_string(id); })))
      found.push_back({.id = id_in(row, 0),
                       .kind = static_cast<transfer_kind>(number_in<std::int16_t>(row, 1)),
                       .debit = {number_in(row, 2)},
                       .credit = {number_in(row, 3)},
                       .amount = {number_in(row, 4)},
                       .reversed = {number_in(row, 5)}});
    return found;
  });
}

outcome<std::vector<account_row>> reader::load_accounts(std::span<const account_number> numbers) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::transaction<pqxx::isolation_level::repeatable_read> snapshot{connection};
    return with_holds(
        snapshot,
        execute(snapshot, account_query + "WHERE a.number=any($1::int8[])",
                array_of(numbers, [](account_number n) { return std::to_string(n.value); })));
  });
}

outcome<std::vector<account_row>> reader::find_accounts(std::span<const account_key> keys) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    using key = account_key;
    const auto owners = array_of(keys, [](const key& k) { return quoted_element(k.owner); });
    const auto subjects = array_of(keys, [](const key& k) { return quoted_element(k.subject); });
    const auto labels = array_of(keys, [](const key& k) { return quoted_element(k.label); });
    const auto currencies = array_of(keys, [](const key& k) { return std::to_string(k.ccy.code); });
    const auto shards = array_of(keys, [](const key& k) { return std::to_string(k.shard.value); });
    pqxx::work transaction{connection};
    // LATERAL with a LIMIT: one probe of the key's index each, whatever the planner believes.
    return read_accounts(
        execute(transaction,
                "SELECT " + std::string{account_select} +
                    " FROM unnest($1::text[],$2::text[],$3::int2[],$4::text[],$5::int2[])"
                    " AS k(owner,subject,currency,label,shard) CROSS JOIN LATERAL ("
                    "SELECT * FROM suanpan.account a WHERE a.owner=k.owner AND a.subject=k.subject"
                    " AND a.currency=k.currency AND a.label=k.label AND a.shard=k.shard LIMIT 1) a"
                    " JOIN suanpan.account_balance b ON b.account=a.number",
                owners, subjects, currencies, labels, shards));
  });
}

outcome<std::vector<account_row>> reader::list_accounts(const account_filter& filter) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::work transaction{connection};
    std::string conditions = "WHERE a.number>$1::int8";
    if (!filter.owner.empty()) conditions += " AND a.owner=$2";
    if (!filter.subject.empty()) conditions += " AND a.subject=$3";
    // Parameters that no condition names must still have a type.
    conditions += " AND ($2::text IS NOT NULL AND $3::text IS NOT NULL)";
    return with_holds(
        transaction,
        execute(transaction, account_query + conditions + " ORDER BY a.number LIMIT $4::int8",
                std::to_string(filter.after.value), filter.owner, filter.subject,
                std::to_string(filter.limit)));
  });
}

outcome<recovery> reader::recover(std::span<const shard_claim> claims,
                                  std::int64_t recent_since_millis, std::size_t recent_max) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    return read_recovery(connection, claims, recent_since_millis, recent_max);
  });
}

outcome<std::vector<trial_balance_line>> reader::trial_balance(ticket& as_of) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::transaction<pqxx::isolation_level::repeatable_read> snapshot{connection};
    const auto bounds = snapshot.exec(
        "SELECT (SELECT coalesce(min(position),0) FROM suanpan.shard_position),"
        "(SELECT coalesce(max(ticket),0) FROM suanpan.journal_commit)");
    const auto rows = execute(snapshot, trial_balance_query, text_in(bounds[0], 0));
    std::vector<trial_balance_line> lines;
    for (const auto& row : rows) {
      lines.push_back({text_in(row, 0),
                       {number_in<std::int16_t>(row, 1)},
                       {wide_in(row, 2), wide_in(row, 3)},
                       number_in(row, 4)});
    }
    as_of = {number_in(bounds[0], 1)};
    return lines;
  });
}

}  // namespace suanpan::storage
