// Applies the embedded migrations. One at a time, under an advisory lock, each in its own
// transaction.
#include "storage/migrate.hpp"

#include "protocol/model/currency.hpp"
#include "storage/advisory_keys.hpp"
#include "storage/embedded_migrations.hpp"
#include "storage/partitions.hpp"
#include "storage/pqxx_session.hpp"

#include <openssl/evp.h>

#include <array>

namespace suanpan::storage {
namespace {

constexpr std::int64_t migration_timeout_ms = 0;  // a migration may take as long as it must

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4U];
    hex += "0123456789abcdef"[digest[i] & 15U];
  }
  return hex;
}

schema_state stored_state(pqxx::transaction_base& in) {
  const auto table = in.exec("SELECT to_regclass('suanpan.schema_migration') IS NOT NULL");
  if (!table[0][0].as<bool>()) return compare_schema({});
  std::vector<applied_migration> applied;
  for (const auto& row :
       in.exec("SELECT number,sha256 FROM suanpan.schema_migration ORDER BY number"))
    applied.push_back({row[0].as<std::int32_t>(), row[1].as<std::string>()});
  auto state = compare_schema(applied);
  if (state.stored == 0) return state;
  const auto shards = in.exec("SELECT shards FROM suanpan.settings");
  if (!shards.empty()) state.shards = shards[0][0].as<std::uint32_t>();
  return state;
}

void apply(pqxx::connection& connection, const migration& next, std::uint32_t shards) {
  pqxx::work transaction{connection};
  transaction.exec(next.sql);
  execute(transaction, "INSERT INTO suanpan.schema_migration(number,name,sha256) VALUES ($1,$2,$3)",
          next.number, next.name, next.sha256);
  if (next.number == 1) {
    execute(transaction, "INSERT INTO suanpan.settings(shards) VALUES ($1)",
            std::to_string(shards));
    transaction.exec(
        "INSERT INTO suanpan.shard(shard) "
        "SELECT generate_series(0,(SELECT shards-1 FROM suanpan.settings));"
        "INSERT INTO suanpan.shard_position(shard) SELECT shard FROM suanpan.shard");
  }
  transaction.commit();
}

// ISO 4217 grows now and then; a currency once known stays.
void add_currencies(pqxx::connection& connection) {
  pqxx::work transaction{connection};
  for (const auto& entry : iso_4217()) {
    execute(transaction,
            "INSERT INTO suanpan.currency(code,letters,exponent) VALUES ($1,$2,$3) "
            "ON CONFLICT (code) DO NOTHING",
            std::to_string(entry.code), std::string{entry.letters},
            std::to_string(static_cast<int>(entry.exponent)));
  }
  transaction.commit();
}

std::int64_t database_micros(pqxx::connection& connection) {
  pqxx::nontransaction query{connection};
  return query.exec("SELECT (extract(epoch FROM clock_timestamp())*1000000)::int8")[0][0]
      .as<std::int64_t>();
}

outcome<schema_state> migrate_locked(pqxx::connection& connection, const std::string& dsn,
                                     std::uint32_t shards) {
  schema_state before;
  {
    pqxx::work transaction{connection};
    before = stored_state(transaction);
  }
  if (!before.fault.empty()) return unavailable{before.fault};
  for (const auto& next : migrations()) {
    if (next.number > before.stored) apply(connection, next, shards);
  }
  add_currencies(connection);
  partition_plan plan;
  plan.now_micros = database_micros(connection);
  if (auto made = ensure_partitions(dsn, plan); !made) return unavailable{made.reason()};
  pqxx::work transaction{connection};
  return stored_state(transaction);
}

}  // namespace

const std::vector<migration>& migrations() {
  static const std::vector<migration> all = [] {
    std::vector<migration> list;
    for (const auto& file : embedded_migrations()) {
      list.push_back({std::stoi(std::string{file.name.substr(0, 4)}), std::string{file.name},
                      std::string{file.sql}, sha256_hex(file.sql)});
    }
    return list;
  }();
  return all;
}

schema_state compare_schema(const std::vector<applied_migration>& applied) {
  schema_state state;
  state.known = migrations().back().number;
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const auto& stored = applied[i];
    state.stored = stored.number;
    if (i >= migrations().size()) {
      state.fault = "the schema has migration " + std::to_string(stored.number) +
                    ", which is newer than this binary (" + std::to_string(state.known) + ")";
      return state;
    }
    const auto& ours = migrations()[i];
    if (stored.number != ours.number || stored.sha256 != ours.sha256) {
      state.fault = "migration " + ours.name + " was applied with other content than this binary's";
      return state;
    }
  }
  return state;
}

outcome<schema_state> inspect_schema(const std::string& dsn) {
  return guarded([&] {
    const auto connection = connect(dsn, "suanpan:inspect", 10'000);
    pqxx::work transaction{*connection};
    return stored_state(transaction);
  });
}

outcome<schema_state> migrate(const std::string& dsn, std::uint32_t shards) {
  auto result = guarded([&]() -> outcome<schema_state> {
    const auto connection = connect(dsn, "suanpan:migrate", migration_timeout_ms);
    {
      pqxx::nontransaction lock{*connection};  // the session's end releases it
      execute(lock, "SELECT pg_advisory_lock($1::int4,0)", std::to_string(migration_lock_key));
    }
    return migrate_locked(*connection, dsn, shards);
  });
  if (!result) return unavailable{result.reason()};
  return *result;
}

}  // namespace suanpan::storage
