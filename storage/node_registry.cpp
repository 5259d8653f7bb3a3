// The `node` table. Age is judged by the database's clock alone: nodes' clocks may disagree (R17).
#include "storage/node_registry.hpp"

#include "storage/advisory_keys.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

// Short, since a late answer about who lives is no answer.
constexpr std::int64_t registry_timeout_ms = 1'500;

constexpr const char* renew_statement =
    "INSERT INTO suanpan.node(name,incarnation,grpc,http,journal_pid,renewed_at) "
    "VALUES ($1,$2::int8,$3,$4,$5::int4,clock_timestamp()) ON CONFLICT (name) DO UPDATE SET "
    "incarnation=excluded.incarnation,grpc=excluded.grpc,http=excluded.http,"
    "journal_pid=excluded.journal_pid,renewed_at=excluded.renewed_at";

constexpr const char* nodes_query =
    "SELECT name,incarnation,grpc,http,journal_pid,"
    "greatest(0,(extract(epoch FROM clock_timestamp()-renewed_at)*1000)::int8) "
    "FROM suanpan.node ORDER BY name";

// Backends that hold a shard's lock. $1: the key of those locks.
constexpr const char* holders =
    " (SELECT DISTINCT l.pid,s.application_name,s.backend_start FROM pg_locks l"
    "  JOIN pg_stat_activity s ON s.pid=l.pid"
    "  WHERE l.locktype='advisory' AND l.granted AND l.objsubid=2 AND l.classid=$1::int8::oid"
    "  AND l.database=(SELECT oid FROM pg_database WHERE datname=current_database())) AS holder ";

// The pid in a row may be that of an older session, so the name counts too.
constexpr const char* is_of_node =
    "(holder.pid=n.journal_pid OR "
    "holder.application_name=left('suanpan:'||n.name||':journal',63))";

// Holders that no row speaks for: their node fell silent before its first sign of life.
const std::string rowless_query =
    "SELECT pid,greatest(0,(extract(epoch FROM clock_timestamp()-backend_start)*1000)::int8) FROM" +
    std::string{holders} + "WHERE NOT EXISTS (SELECT FROM suanpan.node n WHERE " + is_of_node +
    ") ORDER BY pid";

constexpr const char* rowless_name = "rowless";

// Only of that very process, and only if it gave no sign of life since its row was read.
const std::string evict_statement =
    "SELECT coalesce(bool_or(pg_terminate_backend(pid)),false) FROM" + std::string{holders} +
    "WHERE EXISTS (SELECT FROM suanpan.node n WHERE n.name=$2 AND n.incarnation=$3::int8"
    " AND clock_timestamp()-n.renewed_at>=$4::int8*interval '1 millisecond' AND " +
    is_of_node + ")";

const std::string evict_rowless_statement =
    "SELECT coalesce(bool_or(pg_terminate_backend(pid)),false) FROM" + std::string{holders} +
    "WHERE pid=$2::int4 AND NOT EXISTS (SELECT FROM suanpan.node n WHERE " + is_of_node + ")";

}  // namespace

struct node_registry::impl {
  session_source from;
  kept_session session;
  int prepared_at = 0;  // the backend that knows rowless_query

  // Planned once: it is asked twice a second, and planning costs several times its execution.
  void prepare(pqxx::connection& connection) {
    if (prepared_at == connection.backendpid()) return;
    connection.prepare(rowless_name, rowless_query);
    prepared_at = connection.backendpid();
  }

  template <class Body>
  auto with_connection(Body body) -> outcome<decltype(body(*session.connection))> {
    return on_session(session, from, std::move(body));
  }
};

node_registry::node_registry(std::string dsn, std::string node_name, lineage_memory_ptr seen)
    : impl_(new impl{{std::move(dsn), "suanpan:" + std::move(node_name) + ":registry",
                      registry_timeout_ms, std::move(seen)},
                     {}}) {}
node_registry::~node_registry() = default;

outcome<std::vector<node_state>> node_registry::renew(const node_row& ours) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    impl_->prepare(connection);
    pqxx::work transaction{connection};
    execute(transaction, renew_statement, ours.name, std::to_string(ours.incarnation),
            ours.grpc_address, ours.http_address, std::to_string(ours.journal_pid));
    std::vector<node_state> nodes;
    for (const auto& row : transaction.exec(nodes_query)) {
      nodes.push_back({{text_in(row, 0), number_in(row, 1), text_in(row, 2), text_in(row, 3),
                        number_in(row, 4)},
                       number_in(row, 5)});
    }
    for (const auto& row :
         execute_prepared(transaction, rowless_name, std::to_string(shard_lock_key)))
      nodes.push_back({{"", 0, "", "", number_in(row, 0)}, number_in(row, 1)});
    transaction.commit();
    return nodes;
  });
}

outcome<bool> node_registry::evict(const node_state& stale) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::work transaction{connection};
    const auto key = std::to_string(shard_lock_key);
    const auto told =
        stale.row.name.empty()
            ? execute(transaction, evict_rowless_statement, key,
                      std::to_string(stale.row.journal_pid))
            : execute(transaction, evict_statement, key, stale.row.name,
                      std::to_string(stale.row.incarnation), std::to_string(stale.age_ms));
    return told[0][0].as<bool>();
  });
}

outcome<done> node_registry::sign_off(const node_row& ours) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::work transaction{connection};
    execute(transaction, "DELETE FROM suanpan.node WHERE name=$1 AND incarnation=$2::int8",
            ours.name, std::to_string(ours.incarnation));
    transaction.commit();
    return done{};
  });
}

}  // namespace suanpan::storage
