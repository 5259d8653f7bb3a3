// Malformed items: each refusal alone, and every pair of faults told by the one that comes first.
#include "protocol/model/transfer.hpp"
#include "protocol/wire/posting.hpp"
#include "tests/wire/items.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

using namespace suanpan;
using namespace suanpan::wire;

namespace {

struct fault {
  item_result told;
  std::function<void(v1::Transfer&)> spoil;
};

/// In order of precedence, each spoiling as little as it can.
const std::vector<fault>& faults() {
  static const std::vector<fault> all{
      {item_result::id_must_not_be_zero,
       [](v1::Transfer& t) { t.set_id(std::string(t.id().size(), '\0')); }},
      {item_result::id_must_be_16_bytes, [](v1::Transfer& t) { t.mutable_id()->resize(15); }},
      {item_result::amount_must_be_positive, [](v1::Transfer& t) { t.set_amount(0); }},
      {item_result::currency_unknown, [](v1::Transfer& t) { t.set_currency("XXQ"); }},
      {item_result::debit_account_invalid, [](v1::Transfer& t) { t.set_debit_account(0); }},
      {item_result::credit_account_invalid, [](v1::Transfer& t) { t.set_credit_account(-7); }},
      {item_result::accounts_must_differ,
       [](v1::Transfer& t) { t.set_credit_account(t.debit_account()); }},
      {item_result::event_code_out_of_range, [](v1::Transfer& t) { t.set_event_code(65'536); }},
      {item_result::kind_unknown,
       [](v1::Transfer& t) { t.set_kind(static_cast<v1::TransferKind>(77)); }},
      {item_result::reference_too_long,
       [](v1::Transfer& t) { t.mutable_reference()->append(129, 'r'); }},
      {item_result::reference_invalid,
       [](v1::Transfer& t) { t.mutable_reference()->insert(0, "\xff"); }},
      {item_result::memo_too_long, [](v1::Transfer& t) { t.mutable_memo()->append(257, 'm'); }},
      {item_result::memo_invalid,
       [](v1::Transfer& t) { t.mutable_memo()->insert(0, std::string(1, '\0')); }},
      {item_result::pending_id_invalid, [](v1::Transfer& t) { t.set_pending_id("short"); }},
      {item_result::reverses_id_invalid, [](v1::Transfer& t) { t.set_reverses_id("short"); }},
      {item_result::expires_at_invalid, [](v1::Transfer& t) { t.set_expires_at(5); }},
      {item_result::metadata_too_long,
       [](v1::Transfer& t) { t.mutable_metadata()->append(1'025, ' '); }},
      {item_result::metadata_invalid,
       [](v1::Transfer& t) { t.mutable_metadata()->insert(0, "[1]"); }},
  };
  return all;
}

item_result judge(const v1::Transfer& t) {
  transfer out;
  return translate(t, ledger_limits{}, out);
}

v1::Transfer spoiled(std::initializer_list<const fault*> by) {
  auto t = good_transfer();
  for (const auto* f : by) f->spoil(t);
  return t;
}

}  // namespace

TEST_CASE("an item without fault is translated field by field") {
  const auto sent = good_transfer();
  transfer out;
  REQUIRE(translate(sent, ledger_limits{}, out) == item_result::none);
  CHECK(std::string(out.id.bytes.begin(), out.id.bytes.end()) == sent.id());
  CHECK(out.debit.value == sent.debit_account());
  CHECK(out.credit.value == sent.credit_account());
  CHECK(out.amount.value == 1'250);
  CHECK(letters(out.ccy) == "CNY");
  CHECK(out.event_code == 1'001);
  CHECK(out.kind == transfer_kind::post);
  CHECK(out.reference == "order-1");
  CHECK(out.memo == "午餐");
}

TEST_CASE("a reversal names what it reverses, and no hold") {
  auto t = good_transfer();
  transfer out;
  t.set_kind(v1::TRANSFER_KIND_REVERSE);
  CHECK(translate(t, ledger_limits{}, out) == item_result::reverses_id_invalid);
  t.set_reverses_id(std::string(16, 'r'));
  REQUIRE(translate(t, ledger_limits{}, out) == item_result::none);
  CHECK(out.kind == transfer_kind::reverse);
  CHECK(std::string(out.related.bytes.begin(), out.related.bytes.end()) == t.reverses_id());
  t.set_pending_id(std::string(16, 'h'));
  CHECK(translate(t, ledger_limits{}, out) == item_result::pending_id_invalid);
}

TEST_CASE("what ends a hold names it; only a hold expires") {
  auto t = good_transfer();
  transfer out;
  t.set_kind(v1::TRANSFER_KIND_HOLD);
  t.set_expires_at(1'800'000'000'000'000);
  REQUIRE(translate(t, ledger_limits{}, out) == item_result::none);
  CHECK(out.kind == transfer_kind::hold);
  CHECK(out.expires_at == 1'800'000'000'000'000);
  t.set_expires_at(-1);
  CHECK(translate(t, ledger_limits{}, out) == item_result::expires_at_invalid);
  for (const auto kind : {v1::TRANSFER_KIND_CAPTURE, v1::TRANSFER_KIND_VOID}) {
    auto end = good_transfer();
    end.set_kind(kind);
    CHECK(translate(end, ledger_limits{}, out) == item_result::pending_id_invalid);
    end.set_pending_id(std::string(16, 'h'));
    REQUIRE(translate(end, ledger_limits{}, out) == item_result::none);
    CHECK(std::string(out.related.bytes.begin(), out.related.bytes.end()) == end.pending_id());
    end.set_expires_at(5);
    CHECK(translate(end, ledger_limits{}, out) == item_result::expires_at_invalid);
  }
}

TEST_CASE("every malformed refusal of the enum is told for its fault alone") {
  std::vector<item_result> told;
  for (const auto& f : faults()) {
    INFO("fault ", name_of(f.told));
    CHECK(judge(spoiled({&f})) == f.told);
    told.push_back(f.told);
  }
  for (int number = 1; number < 40; ++number) {
    const auto result = static_cast<item_result>(number);
    if (!v1::TransferResult_IsValid(number) || number < 10) continue;
    if (result >= item_result::linked_balancing) continue;  // told among the items of a voucher
    INFO("result ", number);
    CHECK(std::find(told.begin(), told.end(), result) != told.end());
  }
}

TEST_CASE("an item with two faults is told the one with the smaller number") {
  const auto& all = faults();
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      // The same accounts can't be had together with an account that is invalid: it takes its
      // number.
      if (all[second].told == item_result::accounts_must_differ &&
          all[first].told == item_result::credit_account_invalid)
        continue;
      INFO(name_of(all[first].told), " before ", name_of(all[second].told));
      CHECK(judge(spoiled({&all[second], &all[first]})) == all[first].told);
      CHECK(judge(spoiled({&all[first], &all[second]})) == all[first].told);
    }
  }
}

TEST_CASE("an account that is invalid on both sides is told as the debit account") {
  auto t = good_transfer();
  t.set_debit_account(-1);
  t.set_credit_account(-1);
  CHECK(judge(t) == item_result::debit_account_invalid);
}

TEST_CASE("an id is 16 bytes that are not all zero") {
  auto t = good_transfer();
  for (const std::size_t length : {1U, 15U, 17U, 36U}) {
    t.set_id(std::string(length, 'i'));
    CHECK(judge(t) == item_result::id_must_be_16_bytes);
    t.set_id(std::string(length, '\0'));
    CHECK(judge(t) == item_result::id_must_not_be_zero);
  }
  t.clear_id();
  CHECK(judge(t) == item_result::id_must_not_be_zero);
}

TEST_CASE("an amount lies between 1 and 2^63 - 1") {
  auto t = good_transfer();
  for (const std::int64_t bad :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    t.set_amount(bad);
    CHECK(judge(t) == item_result::amount_must_be_positive);
  }
  for (const std::int64_t good : {std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
    t.set_amount(good);
    CHECK(judge(t) == item_result::none);
  }
}

TEST_CASE("a currency is three capital letters of ISO 4217") {
  auto t = good_transfer();
  for (const char* bad : {"", "cny", "CN", "CNYY", "\xff\xfe\xfd", "156", "XXX"}) {
    t.set_currency(bad);
    INFO("currency ", bad);
    CHECK(judge(t) == item_result::currency_unknown);
  }
  for (const char* good : {"CNY", "JPY", "CNY", "KWD"}) {
    t.set_currency(good);
    transfer out;
    CHECK(translate(t, ledger_limits{}, out) == item_result::none);
    CHECK(letters(out.ccy) == good);
  }
}

TEST_CASE("an account number has a sequence from 1 on and a shard of this ledger") {
  ledger_limits limits;
  limits.shards = 4;
  auto t = good_transfer();
  t.set_debit_account(account_in(3, 1));
  for (const std::int64_t bad : {std::int64_t{1}, std::int64_t{1'023}, account_in(4, 1),
                                 account_in(1'023, 9), std::numeric_limits<std::int64_t>::min()}) {
    t.set_credit_account(bad);
    transfer out;
    INFO("account ", bad);
    CHECK(translate(t, limits, out) == item_result::credit_account_invalid);
  }
  t.set_credit_account(account_in(0, 1));
  transfer out;
  CHECK(translate(t, limits, out) == item_result::none);
}

TEST_CASE("bounds of the other fields are inclusive") {
  auto t = good_transfer();
  t.set_event_code(65'535);
  t.set_reference(std::string(128, 'r'));
  t.set_memo(std::string(256, 'm'));
  CHECK(judge(t) == item_result::none);
  t.set_kind(v1::TRANSFER_KIND_UNSPECIFIED);  // read as POST
  transfer out;
  REQUIRE(translate(t, ledger_limits{}, out) == item_result::none);
  CHECK(out.kind == transfer_kind::post);
  t.set_kind(static_cast<v1::TransferKind>(-1));
  CHECK(judge(t) == item_result::kind_unknown);
}
