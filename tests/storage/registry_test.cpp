// R17: who lives is told by the database's clock; whoever stopped is ended, and nobody else is.
#include "storage/keys.hpp"
#include "storage/node_registry.hpp"
#include "tests/storage/ledger_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

node_row row_of(const ledger_case& ledger, const std::string& name, std::int64_t incarnation) {
  return {name, incarnation, "127.0.0.1:7400", "127.0.0.1:7401", ledger.session->backend_pid()};
}

// The row as a peer saw it some time ago.
node_state aged(const node_row& row, std::int64_t age_ms) {
  return {row, age_ms};
}

void age_row(const ledger_case& ledger, const std::string& name) {
  sql(ledger.dsn,
      "UPDATE suanpan.node SET renewed_at=renewed_at-interval '1 hour' WHERE name='" + name + "'");
}

TEST_CASE("renewing tells every node's row and its age by the database's clock") {
  const ledger_case ledger;
  node_registry one{ledger.dsn, "one"};
  node_registry two{ledger.dsn, "two"};
  REQUIRE(one.renew(row_of(ledger, "one", 11)));
  age_row(ledger, "one");
  const auto seen = two.renew(row_of(ledger, "two", 22));
  REQUIRE_MESSAGE(seen, seen.reason());
  REQUIRE(seen->size() == 2);
  CHECK(seen->at(0).row.name == "one");
  CHECK(seen->at(0).row.incarnation == 11);
  CHECK(seen->at(0).row.grpc_address == "127.0.0.1:7400");
  CHECK(seen->at(0).row.journal_pid == ledger.session->backend_pid());
  CHECK(seen->at(0).age_ms >= 3'600'000);
  CHECK(seen->at(1).age_ms < 3'600'000);
}

TEST_CASE("signing off removes our row, but not that of a later process of our name") {
  const ledger_case ledger;
  node_registry one{ledger.dsn, "one"};
  REQUIRE(one.renew(row_of(ledger, "one", 12)));
  REQUIRE(one.sign_off(row_of(ledger, "one", 11)));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.node") == "1");
  REQUIRE(one.sign_off(row_of(ledger, "one", 12)));
  CHECK(ledger.value("SELECT count(*) FROM suanpan.node") == "0");
}

TEST_CASE("a stale node's owning session is ended and its shards are free") {
  ledger_case ledger;
  node_registry two{ledger.dsn, "two"};
  auto stale = row_of(ledger, "one", 11);
  SUBCASE("its row names the session's backend") {}
  SUBCASE("its row names an older backend, or none") {
    stale.journal_pid = 0;
  }
  REQUIRE(two.renew(stale));
  age_row(ledger, "one");
  const auto told = two.evict(aged(stale, 600'000));
  REQUIRE_MESSAGE(told, told.reason());
  CHECK(*told);
  CHECK_FALSE(ledger.session->fence());
}

TEST_CASE("a node that renewed its row since, or is another process, is not evicted") {
  ledger_case ledger;
  node_registry two{ledger.dsn, "two"};
  const auto row = row_of(ledger, "one", 11);
  REQUIRE(two.renew(row));
  auto seen = aged(row, 600'000);
  SUBCASE("renewed") {}
  SUBCASE("restarted") {
    age_row(ledger, "one");
    seen.row.incarnation = 10;
  }
  SUBCASE("a node without locks") {
    age_row(ledger, "one");
    REQUIRE(ledger.session->release(std::vector<shard_id>{shard_0, shard_1}));
  }
  const auto told = two.evict(seen);
  REQUIRE_MESSAGE(told, told.reason());
  CHECK_FALSE(*told);
  CHECK(ledger.session->fence());
}

TEST_CASE("a holder of shards that no row speaks for is seen, and ended") {
  ledger_case ledger;
  node_registry two{ledger.dsn, "two"};
  auto other = row_of(ledger, "two", 22);
  other.journal_pid = 0;
  const auto seen = two.renew(other);
  REQUIRE_MESSAGE(seen, seen.reason());
  REQUIRE(seen->size() == 2);
  const auto& holder = seen->at(1);
  CHECK(holder.row.name.empty());
  CHECK(holder.row.journal_pid == ledger.session->backend_pid());
  CHECK(holder.age_ms >= 0);
  SUBCASE("it is silent still") {
    const auto told = two.evict(holder);
    REQUIRE_MESSAGE(told, told.reason());
    CHECK(*told);
    CHECK_FALSE(ledger.session->fence());
  }
  SUBCASE("it gave a sign of life since") {
    node_registry one{ledger.dsn, "one"};
    REQUIRE(one.renew(row_of(ledger, "one", 11)));
    const auto told = two.evict(holder);
    REQUIRE_MESSAGE(told, told.reason());
    CHECK_FALSE(*told);
    CHECK(ledger.session->fence());
  }
}

TEST_CASE("evicting one node leaves another node's session alone") {
  ledger_case ledger;
  const auto other = ledger.open("two");
  REQUIRE(other->try_lock(std::vector<shard_id>{{9}}));
  node_registry three{ledger.dsn, "three"};
  const auto stale = row_of(ledger, "one", 11);
  auto neighbour = row_of(ledger, "two", 11);  // as silent, and by chance of the same number
  neighbour.journal_pid = other->backend_pid();
  REQUIRE(three.renew(stale));
  REQUIRE(three.renew(neighbour));
  age_row(ledger, "one");
  age_row(ledger, "two");
  REQUIRE(*three.evict(aged(stale, 600'000)));
  CHECK(other->fence());
}

TEST_CASE("a key is stored with its hash, listed, and revoked once") {
  const auto dsn = private_postgres::instance().fresh_database();
  api_key_row key{"k_0123456789abcdef", role::merchant,        "M001", "checkout",
                  std::string(64, 'a'), 1'700'000'000'123'456, 0};
  const auto stored = insert_key(dsn, key);
  REQUIRE_MESSAGE(stored, stored.reason());
  const auto keys = list_keys(dsn);
  REQUIRE_MESSAGE(keys, keys.reason());
  REQUIRE(keys->size() == 1);
  CHECK(keys->front().key_id == key.key_id);
  CHECK(keys->front().as == role::merchant);
  CHECK(keys->front().merchant == "M001");
  CHECK(keys->front().note == "checkout");
  CHECK(keys->front().sha256 == key.sha256);
  CHECK(keys->front().created_micros == key.created_micros);
  CHECK(keys->front().revoked_micros == 0);

  CHECK(*revoke_key(dsn, key.key_id));
  CHECK_FALSE(*revoke_key(dsn, key.key_id));
  CHECK_FALSE(*revoke_key(dsn, "k_ffffffffffffffff"));
  CHECK(list_keys(dsn)->front().revoked_micros > 0);
}

TEST_CASE("a key that is malformed, or of a merchant without name, is refused by the database") {
  const auto dsn = private_postgres::instance().fresh_database();
  api_key_row key{"k_0123456789abcdef", role::operator_, "", "", std::string(64, 'a'), 0, 0};
  SUBCASE("id") {
    key.key_id = "short";
  }
  SUBCASE("hash") {
    key.sha256 = "plain text";
  }
  SUBCASE("merchant without name") {
    key.as = role::merchant;
  }
  SUBCASE("operator with a merchant") {
    key.merchant = "M001";
  }
  CHECK_FALSE(insert_key(dsn, key));
}

}  // namespace
}  // namespace suanpan::testing
