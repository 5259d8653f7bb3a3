// The ring of keys and the shape of a key, without an endpoint around them.
#include "actors/endpoint/key_ring.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::endpoint;

namespace {

std::string hex_of(const key_hash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : hash) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

storage::api_key_row row_of(const std::string& key, std::int64_t revoked_micros = 0) {
  storage::api_key_row row;
  row.key_id = "k_1";
  row.sha256 = hex_of(hash_of_key(key));
  row.revoked_micros = revoked_micros;
  return row;
}

}  // namespace

TEST_CASE("key ring: a hash is SHA-256 of the whole key") {
  CHECK(hex_of(hash_of_key("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("key ring: a key is of its alphabet, no longer than 128, with its purpose before it") {
  CHECK(looks_like_key("sk_live_Az09-_"));
  CHECK(looks_like_key("sk_test_" + std::string(120, 'x')));
  CHECK_FALSE(looks_like_key("sk_test_" + std::string(121, 'x')));
  for (const char* bad :
       {"", "sk_live", "pk_live_abc", "sk_live_a b", "sk_live_a\n", "sk_live_\xc3"})
    CHECK_FALSE(looks_like_key(bad));
}

TEST_CASE("key ring: who waits is answered by the next reading, and revocation shows at once") {
  std::vector<storage::api_key_row> rows;
  bool reachable = true;
  key_ring ring([&]() -> storage::outcome<std::vector<storage::api_key_row>> {
    if (!reachable) return storage::unavailable{"gone"};
    return rows;
  });
  const std::string key = "sk_live_one";
  rows.push_back(row_of(key));
  CHECK(ring.find(hash_of_key(key)) == nullptr);
  principal_ptr told;
  bool read = false;
  REQUIRE(ring.wait_for(hash_of_key(key), [&](principal_ptr who, bool keys_read) {
    told = std::move(who);
    read = keys_read;
  }));
  ring.refresh();
  REQUIRE(told != nullptr);
  CHECK(read);
  CHECK_FALSE(told->revoked);
  rows[0] = row_of(key, 5);
  reachable = false;
  ring.refresh();
  CHECK_FALSE(ring.find(hash_of_key(key))->revoked);  // what is known stays while nothing is read
  reachable = true;
  ring.refresh();
  CHECK(ring.find(hash_of_key(key))->revoked);
}

TEST_CASE(
    "key ring: what a caller has in flight stays counted when the keys are read again (R26)") {
  const auto rows = std::vector{row_of("sk_live_one")};
  key_ring ring([&rows]() -> storage::outcome<std::vector<storage::api_key_row>> { return rows; });
  ring.refresh();
  const auto before = ring.find(hash_of_key("sk_live_one"));
  REQUIRE(before->load->enter({3, 30}, {10, 100}));
  ring.refresh();
  CHECK(ring.find(hash_of_key("sk_live_one"))->load->items() == 3);
}

TEST_CASE("key ring: rows that are no SHA-256 are passed over, and too many may not wait") {
  auto broken = row_of("sk_live_one");
  broken.sha256[0] = 'G';
  const auto rows = std::vector{broken};
  key_ring ring([&rows]() -> storage::outcome<std::vector<storage::api_key_row>> { return rows; });
  ring.refresh();
  CHECK(ring.find(hash_of_key("sk_live_one")) == nullptr);
  int waiting = 0;
  while (waiting < 5'000 && ring.wait_for({}, [](const principal_ptr&, bool) {})) ++waiting;
  CHECK(waiting == 1'024);
}
