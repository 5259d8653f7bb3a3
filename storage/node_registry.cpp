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

// Only backends that hold a shard's lock, only of that very process, and only if it gave no sign of
// life since its row was read. Its pid may be that of an older session, so the name counts too.
constexpr const char* evict_statement =
    "SELECT coalesce(bool_or(pg_terminate_backend(holder.pid)),false) FROM ("
    " SELECT DISTINCT l.pid FROM suanpan.node n"
    " JOIN pg_locks l ON l.locktype='advisory' AND l.granted AND l.objsubid=2"
    "  AND l.classid=$4::int8::oid"
    "  AND l.database=(SELECT oid FROM pg_database WHERE datname=current_database())"
    " JOIN pg_stat_activity s ON s.pid=l.pid"
    " WHERE n.name=$1 AND n.incarnation=$2::int8"
    "  AND clock_timestamp()-n.renewed_at>=$3::int8*interval '1 millisecond'"
    "  AND (l.pid=n.journal_pid OR s.application_name=left('suanpan:'||n.name||':journal',63))"
    ") AS holder";

}  // namespace

struct node_registry::impl {
  std::string dsn;
  std::string node_name;
  std::unique_ptr<pqxx::connection> connection;

  template <class Body>
  auto with_connection(Body body) -> outcome<decltype(body(*connection))> {
    auto result = guarded([&] {
      if (!connection || !connection->is_open())
        connection = connect(dsn, "suanpan:" + node_name + ":registry", registry_timeout_ms);
      return body(*connection);
    });
    if (!result) connection.reset();
    return result;
  }
};

node_registry::node_registry(std::string dsn, std::string node_name)
    : impl_(new impl{std::move(dsn), std::move(node_name), nullptr}) {}
node_registry::~node_registry() = default;

outcome<std::vector<node_state>> node_registry::renew(const node_row& ours) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::work transaction{connection};
    execute(transaction, renew_statement, ours.name, std::to_string(ours.incarnation),
            ours.grpc_address, ours.http_address, std::to_string(ours.journal_pid));
    std::vector<node_state> nodes;
    for (const auto& row : transaction.exec(nodes_query)) {
      nodes.push_back({{text_in(row, 0), number_in(row, 1), text_in(row, 2), text_in(row, 3),
                        number_in(row, 4)},
                       number_in(row, 5)});
    }
    transaction.commit();
    return nodes;
  });
}

outcome<bool> node_registry::evict(const node_state& stale) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::work transaction{connection};
    const auto told =
        execute(transaction, evict_statement, stale.row.name, std::to_string(stale.row.incarnation),
                std::to_string(stale.age_ms), std::to_string(shard_lock_key));
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
