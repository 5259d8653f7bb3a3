// Payments as people and rows see them: names, ids, fees, the ids of vouchers.
#include "protocol/model/payment.hpp"

#include "protocol/model/channel_answer.hpp"
#include "protocol/model/merchant.hpp"
#include "protocol/model/payment_records.hpp"
#include "protocol/model/payment_refusal.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <string>

using namespace suanpan;

namespace {

/// How many of the numbers 0 … 99 have a name of their own; every other is called `stranger`.
template <class Enum>
std::size_t names_of(std::string_view stranger) {
  std::set<std::string> names;
  std::size_t named = 0;
  for (int number = 0; number < 100; ++number) {
    const std::string name(name_of(static_cast<Enum>(number)));
    if (name == stranger) continue;
    ++named;
    CAPTURE(name);
    CHECK(!name.empty());
    CHECK(std::ranges::all_of(name, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
    CHECK(names.insert(name).second);
  }
  return named;
}

payment_id random_payment_id(std::mt19937_64& random) {
  payment_id id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return id;
}

}  // namespace

TEST_CASE("every word about payments has a name of its own in small letters") {
  CHECK(names_of<payment_kind>("kind_not_known") == payment_kinds.size());
  CHECK(names_of<payment_stage>("stage_not_known") == payment_stages.size());
  CHECK(names_of<retry_advice>("advice_not_known") == 5);
  CHECK(names_of<channel_operation>("operation_not_known") == 7);
  CHECK(names_of<channel_outcome>("outcome_not_known") == 5);
  CHECK(names_of<channel_doubt>("doubt_not_known") == 4);
  CHECK(names_of<answer_door>("door_not_known") == 3);
  CHECK(names_of<payment_event>("event_not_known") == 31);
  CHECK(names_of<payment_transition>("transition_not_known") == 12);
  CHECK(names_of<case_reason>("reason_not_known") == 7);
  CHECK(names_of<payment_refusal>("refusal_not_known") == 19);
}

TEST_CASE("a kind and a transition are read by exactly the name that they print") {
  for (const auto kind : payment_kinds) CHECK(parse_payment_kind(name_of(kind)) == kind);
  for (int number = 1; number <= 12; ++number) {
    const auto transition = static_cast<payment_transition>(number);
    CHECK(parse_payment_transition(name_of(transition)) == transition);
  }
  for (const auto* text :
       {"", "Quick_pay", "quick_pay ", "kind_not_known", "transition_not_known"}) {
    CHECK(!parse_payment_kind(text));
    CHECK(!parse_payment_transition(text));
  }
}

TEST_CASE("a payment's id is pay_ and a ULID, and is read from nothing else") {
  std::mt19937_64 random(6);
  payment_id id;
  id.bytes = {0x01, 0x90, 0xb5, 0xc2, 0x7a, 0x3e, 0x7c, 0xc1,
              0x8f, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab};
  CHECK(to_string(id) == "pay_01J2TW4YHYFK0RY0014D2PF2DB");
  CHECK(to_string(payment_id{}) == "pay_00000000000000000000000000");
  for (int i = 0; i < 1'000; ++i) {
    id = random_payment_id(random);
    const auto text = to_string(id);
    CAPTURE(text);
    REQUIRE(text.size() == 30);
    CHECK(parse_payment_id(text) == id);
    CHECK(parse_transfer_id(text.substr(4)) == transfer_id{id.bytes});
    CHECK(!parse_payment_id(text.substr(4)));
    CHECK(!parse_payment_id(text + "0"));
    CHECK(!parse_payment_id("PAY_" + text.substr(4)));
  }
  CHECK(!parse_payment_id("pay_8ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
  CHECK(!parse_payment_id("pay_" + to_string(transfer_id{}).substr(0, 26)));
}

TEST_CASE("payment ids sort as their text does") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 1'000; ++i) {
    const auto a = random_payment_id(random);
    const auto b = random_payment_id(random);
    CHECK((a < b) == (to_string(a) < to_string(b)));
  }
}

TEST_CASE("a fee is rounded half up, and no amount overflows it") {
  CHECK(fee_of({10'000}, 60) == minor_units{60});
  CHECK(fee_of({83}, 60) == minor_units{0});   // 0.498
  CHECK(fee_of({84}, 60) == minor_units{1});   // 0.504
  CHECK(fee_of({250}, 20) == minor_units{1});  // 0.5: up
  CHECK(fee_of({750}, 20) == minor_units{2});  // 1.5: up
  CHECK(fee_of({749}, 20) == minor_units{1});
  CHECK(fee_of({1}, 0) == minor_units{0});
  const minor_units most{std::numeric_limits<std::int64_t>::max()};
  CHECK(fee_of(most, fee_basis_points_max) == most);
  CHECK(fee_of(most, 1) == minor_units{922'337'203'685'478});
}

TEST_CASE("a voucher's id follows from order, intent and leg alone, and no two are alike") {
  std::mt19937_64 random(8);
  const auto order = random_payment_id(random);
  booking_intent intent;
  intent.caused_micros = 1'700'000'000'123'456;
  std::set<transfer_id> seen;
  for (const auto& each : {order, random_payment_id(random)}) {
    for (std::int16_t number = 1; number <= 100; ++number) {
      for (std::size_t leg = 0; leg < 8; ++leg) {
        intent.number = number;
        const auto id = voucher_leg_id(each, intent, leg);
        CHECK(id.unix_millis() == 1'700'000'000'123);
        CHECK((id.bytes[6] & 0xf0) == 0x80);
        CHECK((id.bytes[8] & 0xc0) == 0x80);
        CHECK(seen.insert(id).second);
      }
    }
  }
  // What was stored is found again only if these never change.
  payment_id zero;
  intent.number = 1;
  const auto once = voucher_leg_id(zero, intent, 0);
  intent.legs.resize(3);
  intent.booked = true;
  CHECK(voucher_leg_id(zero, intent, 0) == once);
  CHECK(to_string(once) == "018bcfe5-687b-8420-9124-171b673a4322");
}

TEST_CASE("a merchant's terms are found by product, and there are none for others") {
  merchant shop;
  shop.products = {{payment_kind::quick_pay, 60, false, false},
                   {payment_kind::payout, 10, false, true}};
  REQUIRE(shop.terms_of(payment_kind::payout) != nullptr);
  CHECK(shop.terms_of(payment_kind::payout)->fee_basis_points == 10);
  CHECK(shop.terms_of(payment_kind::top_up) == nullptr);
}
