// Transfer ids and account numbers as people and rows see them.
#include "protocol/model/ids.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <vector>

using namespace suanpan;

namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

transfer_id random_id(std::mt19937_64& random) {
  transfer_id id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return id;
}

/// An independent ULID writer: takes five bits at a time from the end.
std::string ulid_of(transfer_id id) {
  std::string text(26, '0');
  for (std::size_t at = text.size(); at-- > 0;) {
    text[at] = crockford[id.bytes.back() & 31U];
    for (std::size_t i = id.bytes.size(); i-- > 0;) {  // shift all 128 bits right by five
      const unsigned above = i == 0 ? 0U : id.bytes[i - 1];
      id.bytes[i] = static_cast<std::uint8_t>(id.bytes[i] >> 5 | above << 3);
    }
  }
  return text;
}

std::string without_hyphens(std::string text) {
  std::erase(text, '-');
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TEST_CASE("a transfer id prints as a lower-case UUID") {
  transfer_id id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(0x11 * i);
  }
  CHECK(to_string(id) == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(to_string(transfer_id{}) == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("every id is read back from each of its spellings") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const transfer_id id = random_id(random);
    const std::string uuid = to_string(id);
    CAPTURE(uuid);
    REQUIRE(parse_transfer_id(uuid) == id);
    REQUIRE(parse_transfer_id(upper(uuid)) == id);
    REQUIRE(parse_transfer_id(without_hyphens(uuid)) == id);
    const std::string ulid = ulid_of(id);
    CAPTURE(ulid);
    REQUIRE(parse_transfer_id(ulid) == id);
  }
}

TEST_CASE("a ULID known from elsewhere has the time that its makers print") {
  const auto id = parse_transfer_id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  REQUIRE(id.has_value());
  CHECK(id->unix_millis() == 1'469'922'850'259);
  CHECK(parse_transfer_id("01arz3ndektsv4rrffq69g5fav") == id);
  CHECK(parse_transfer_id("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").has_value());  // all 128 bits set
}

TEST_CASE("text that is not exactly a UUID or ULID is no id") {
  const std::vector<std::string_view> refused = {
      "",
      "0",
      "00112233-4455-6677-8899-aabbccddeef",    // a digit short
      "00112233-4455-6677-8899-aabbccddeeff0",  // a digit long
      "00112233-4455-6677-8899_aabbccddeeff",   // not a hyphen
      "0011223-34455-6677-8899-aabbccddeeff",   // hyphen in the wrong place
      "00112233-4455-6677-8899-aabbccddeefg",   // not a hex digit
      "0011223344556677 899aabbccddeeff",       // a blank within
      "{00112233-4455-6677-8899-aabbccddee}",   // braces
      "0011223344556677-8899aabbccddeeff",      // 33 characters
      "80000000000000000000000000",             // a ULID of 129 bits
      "01ARZ3NDEKTSV4RRFFQ69G5FAI",             // I, L, O, U are no digits of a ULID
      "01ARZ3NDEKTSV4RRFFQ69G5FAL",
      "01ARZ3NDEKTSV4RRFFQ69G5FAO",
      "01ARZ3NDEKTSV4RRFFQ69G5FAU",
      "01ARZ3NDEKTSV4RRFFQ69G5FA",  // 25 characters
      "01ARZ3NDEKTSV4RRFFQ69G5FA-",
  };
  for (const auto text : refused) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_transfer_id(text).has_value());
  }
  const std::string with_nul("00112233-4455-6677-8899-aabbccddee\0f", 36);
  CHECK_FALSE(parse_transfer_id(with_nul).has_value());
}

TEST_CASE("the first id of a millisecond is not above any id of it") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    const transfer_id id = random_id(random);
    const transfer_id first = transfer_id::first_of(id.unix_millis());
    REQUIRE(first <= id);
    REQUIRE(first.unix_millis() == id.unix_millis());
    if (id.unix_millis() > 0) REQUIRE(transfer_id::first_of(id.unix_millis() - 1) < first);
  }
}

TEST_CASE("an account number carries its shard and sequence") {
  for (std::uint32_t shard = 0; shard < shards_max; shard += 31) {
    for (const std::int64_t sequence : {std::int64_t{1}, std::int64_t{2}, std::int64_t{1} << 40}) {
      const auto number = account_number::make({static_cast<std::uint16_t>(shard)}, sequence);
      CHECK(number.shard().value == shard);
      CHECK(number.sequence() == sequence);
      CHECK(number.value > 0);
    }
  }
}
