// Callers' keys: few, and read rarely, so each call has a connection of its own.
#include "storage/keys.hpp"

#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

constexpr std::int64_t key_timeout_ms = 10'000;

constexpr const char* keys_query =
    "SELECT key_id,role,merchant,note,sha256,(extract(epoch FROM created)*1000000)::int8,"
    "coalesce((extract(epoch FROM revoked)*1000000)::int8,0) "
    "FROM suanpan.api_key ORDER BY created,key_id";

}  // namespace

outcome<done> insert_key(const std::string& dsn, const api_key_row& row) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:keys", key_timeout_ms);
    pqxx::work transaction{*connection};
    execute(transaction,
            "INSERT INTO suanpan.api_key(key_id,role,merchant,note,sha256,created) VALUES "
            "($1,$2::int2,$3,$4,$5,CASE WHEN $6::int8=0 THEN clock_timestamp() "
            "ELSE to_timestamp(0)+$6::int8*interval '1 microsecond' END)",
            row.key_id, std::to_string(static_cast<std::int16_t>(row.as)), row.merchant, row.note,
            row.sha256, std::to_string(row.created_micros));
    transaction.commit();
    return done{};
  });
}

outcome<bool> revoke_key(const std::string& dsn, const std::string& key_id) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:keys", key_timeout_ms);
    pqxx::work transaction{*connection};
    const auto revoked = execute(transaction,
                                 "UPDATE suanpan.api_key SET revoked=clock_timestamp() "
                                 "WHERE key_id=$1 AND revoked IS NULL",
                                 key_id);
    transaction.commit();
    return revoked.affected_rows() == 1;
  });
}

outcome<std::vector<api_key_row>> list_keys(const std::string& dsn) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:keys", key_timeout_ms);
    pqxx::work transaction{*connection};
    std::vector<api_key_row> keys;
    for (const auto& row : transaction.exec(keys_query)) {
      keys.push_back({text_in(row, 0), static_cast<role>(number_in<std::int16_t>(row, 1)),
                      text_in(row, 2), text_in(row, 3), text_in(row, 4), number_in(row, 5),
                      number_in(row, 6)});
    }
    return keys;
  });
}

}  // namespace suanpan::storage
