// Callers' keys: few, and changed by people, who get a connection for each call.
#include "storage/keys.hpp"

#include "storage/key_rows.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

constexpr std::int64_t key_timeout_ms = 10'000;

std::vector<api_key_row> all_keys(pqxx::transaction_base& in) {
  return read_keys(in.exec(std::string{"SELECT "} + key_select +
                           " FROM suanpan.api_key ORDER BY created,key_id"));
}

}  // namespace

std::vector<api_key_row> read_keys(const pqxx::result& rows) {
  std::vector<api_key_row> keys;
  for (const auto& row : rows)
    keys.push_back({text_in(row, 0), static_cast<role>(number_in<std::int16_t>(row, 1)),
                    text_in(row, 2), text_in(row, 3), text_in(row, 4), number_in(row, 5),
                    number_in(row, 6)});
  return keys;
}

void insert_key_row(pqxx::transaction_base& in, const api_key_row& row) {
  execute(in,
          "INSERT INTO suanpan.api_key(key_id,role,merchant,note,sha256,created) VALUES "
          "($1,$2::int2,$3,$4,$5,CASE WHEN $6::int8=0 THEN clock_timestamp() "
          "ELSE to_timestamp(0)+$6::int8*interval '1 microsecond' END)",
          row.key_id, std::to_string(static_cast<std::int16_t>(row.as)), row.merchant, row.note,
          row.sha256, std::to_string(row.created_micros));
}

outcome<done> insert_key(const std::string& dsn, const api_key_row& row) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:keys", key_timeout_ms);
    pqxx::work transaction{*connection};
    insert_key_row(transaction, row);
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
    pqxx::nontransaction alone{*connection};
    return all_keys(alone);
  });
}

struct key_reader::impl {
  session_source from;
  kept_session session;
};

key_reader::key_reader(std::string dsn, const std::string& node_name, lineage_memory_ptr seen)
    : impl_(std::make_unique<impl>()) {
  impl_->from = {std::move(dsn), "suanpan:" + node_name + ":keys", key_timeout_ms, std::move(seen)};
}
key_reader::~key_reader() = default;

outcome<std::vector<api_key_row>> key_reader::list() {
  return on_session(impl_->session, impl_->from, [](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    return all_keys(alone);
  });
}

}  // namespace suanpan::storage
