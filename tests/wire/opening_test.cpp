// Accounts to open: owners, labels, and the order in which faults are told.
#include "protocol/wire/opening.hpp"

#include "suanpan/v1/ledger.pb.h"
#include "tests/wire/items.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace suanpan;
using namespace suanpan::wire;

namespace {

std::optional<normal_side> side_of(std::string_view code) {
  if (code == "2001") return normal_side::credit;
  if (code == "1001") return normal_side::debit;
  return std::nullopt;
}

v1::OpenAccount good_opening() {
  v1::OpenAccount o;
  o.set_owner("channel:icbc");
  o.set_subject("2001");
  o.set_currency("CNY");
  o.set_label("第一");
  o.set_flags(1);
  o.set_shard(9);
  return o;
}

struct outcome {
  opening_fault fault = opening_fault::none;
  wanted_account wanted;
};

outcome judge(const v1::OpenAccount& o) {
  const auto message = o.SerializePartialAsString();
  received_opening received;
  REQUIRE(read_opening(message, received));
  outcome out;
  out.fault = translate(received, ledger_limits{}, side_of, out.wanted);
  return out;
}

struct spoilt_opening {
  opening_fault told;
  std::function<void(v1::OpenAccount&)> spoil;
};

const std::vector<spoilt_opening> spoilt_openings{
    {opening_fault::owner_invalid, [](v1::OpenAccount& o) { o.set_owner("channel:"); }},
    {opening_fault::label_invalid, [](v1::OpenAccount& o) { o.set_label("\xff"); }},
    {opening_fault::subject_not_found, [](v1::OpenAccount& o) { o.set_subject("9999"); }},
    {opening_fault::currency_unknown, [](v1::OpenAccount& o) { o.set_currency("cny"); }},
    {opening_fault::flags_unknown, [](v1::OpenAccount& o) { o.set_flags(2); }},
    {opening_fault::shard_out_of_range, [](v1::OpenAccount& o) { o.set_shard(64); }},
};

}  // namespace

TEST_CASE("an account without fault is translated, with the normal side of its subject") {
  const auto got = judge(good_opening());
  REQUIRE(got.fault == opening_fault::none);
  CHECK(got.wanted.key.owner == "channel:icbc");
  CHECK(got.wanted.key.subject == "2001");
  CHECK(letters(got.wanted.key.ccy) == "CNY");
  CHECK(got.wanted.key.label == "第一");
  CHECK(got.wanted.key.shard == shard_id{9});
  CHECK(got.wanted.side == normal_side::credit);
  CHECK(got.wanted.flags == account_flags::no_overdraft);
}

TEST_CASE("every fault of an opening is told alone, and two by the smaller number") {
  for (std::size_t first = 0; first < spoilt_openings.size(); ++first) {
    auto alone = good_opening();
    spoilt_openings[first].spoil(alone);
    CHECK(judge(alone).fault == spoilt_openings[first].told);
    for (std::size_t second = first + 1; second < spoilt_openings.size(); ++second) {
      auto both = alone;
      spoilt_openings[second].spoil(both);
      CHECK(judge(both).fault == spoilt_openings[first].told);
    }
  }
}

TEST_CASE("an owner is internal, or a lower-case type, a colon and a name") {
  for (const char* good :
       {"internal", "merchant:M001", "user:42", "channel:icbc", "a_1:b:c", "用户"})
    CHECK(is_owner(good) == (std::string(good) != "用户"));
  CHECK(is_owner("merchant:商户七"));
  CHECK(is_owner("u:" + std::string(62, 'x')));
  CHECK_FALSE(is_owner("u:" + std::string(63, 'x')));
  for (const char* bad : {"", ":", "merchant", "merchant:", ":M001", "Merchant:M1", "1m:x", "_m:x",
                          "mer chant:x", "user: 42", "user:4 2", "user:42\n", "internal2",
                          "INTERNAL", "user:\xff", "user:\xe3\x80\x80", "us-er:1"})
    CHECK_FALSE(is_owner(bad));
  CHECK_FALSE(
      is_owner(std::string("user:4\0"
                           "2",
                           8)));
}

TEST_CASE("a label is text of at most 64 bytes") {
  auto o = good_opening();
  o.set_label(std::string(64, 'l'));
  CHECK(judge(o).fault == opening_fault::none);
  o.set_label(std::string(65, 'l'));
  CHECK(judge(o).fault == opening_fault::label_invalid);
  o.set_label(std::string("a\0b", 3));
  CHECK(judge(o).fault == opening_fault::label_invalid);
  o.clear_label();
  CHECK(judge(o).fault == opening_fault::none);
}

TEST_CASE("a shard may be named only for owners that exist once per shard") {
  auto o = good_opening();
  o.set_owner("user:42");
  CHECK(judge(o).fault == opening_fault::shard_out_of_range);
  o.clear_shard();
  const auto placed = judge(o);
  REQUIRE(placed.fault == opening_fault::none);
  CHECK(placed.wanted.key.shard == shard_of_owner("user:42", 64));
  o.set_owner("internal");
  o.set_shard(0);
  CHECK(judge(o).fault == opening_fault::none);
  o.set_shard(63);
  CHECK(judge(o).wanted.key.shard == shard_id{63});
}

TEST_CASE("only no_overdraft may be set at opening") {
  for (std::uint32_t flags = 0; flags < 64; ++flags) {
    auto o = good_opening();
    o.set_flags(flags);
    CHECK((judge(o).fault == opening_fault::none) == (flags <= 1));
  }
  auto o = good_opening();
  o.set_flags(0x8000'0001U);
  CHECK(judge(o).fault == opening_fault::flags_unknown);
}

TEST_CASE("no bytes crash the reader of openings") {
  dice roll(3);
  int read = 0;
  for (int i = 0; i < 30'000; ++i) {
    auto message = good_opening().SerializeAsString();
    for (std::size_t n = roll() % 4; n > 0; --n)
      message[roll() % message.size()] = static_cast<char>(roll());
    received_opening received;
    if (!read_opening(message, received)) continue;
    wanted_account wanted;
    (void)translate(received, ledger_limits{}, side_of, wanted);
    ++read;
  }
  CHECK(read > 5'000);
}
