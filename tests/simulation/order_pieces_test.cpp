// The pure pieces around an order: due times, vouchers in both forms, content compared, ids.
#include "actors/payment/due_heap.hpp"
#include "actors/payment/order_content.hpp"
#include "actors/payment/payment_ids.hpp"
#include "actors/payment/voucher.hpp"
#include "tests/support/samples.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace suanpan;

namespace {

payment_id id_of(std::uint8_t n) {
  payment_id id;
  id.bytes[15] = n;
  return id;
}

booking_intent settled_intent() {
  booking_intent i;
  i.number = 2;
  i.transition = payment_transition::settled;
  i.caused_micros = 1'795'392'000'000'000;
  i.legs.push_back({{"internal", "2101", false}, {"merchant:M9", "2001", true}, {9'940}});
  i.legs.push_back({{"internal", "2101", false}, {"internal", "6001", false}, {60}});
  return i;
}

normal_side side_of(std::string_view subject) {
  return subject.starts_with("1") ? normal_side::debit : normal_side::credit;
}

}  // namespace

TEST_CASE("due heap: what is due comes once, earliest first, until it is set again") {
  due_heap heap;
  heap.set(id_of(1), 30);
  heap.set(id_of(2), 10);
  heap.set(id_of(3), 20);
  CHECK(heap.next() == 10);
  CHECK(heap.take_due(9, 10).empty());
  CHECK(heap.take_due(25, 10) == std::vector{id_of(2), id_of(3)});
  CHECK(heap.take_due(25, 10).empty());
  heap.set(id_of(2), 15);
  CHECK(heap.take_due(25, 10) == std::vector{id_of(2)});
  CHECK(heap.size() == 1);
}

TEST_CASE("due heap: a time replaces the one before, and none takes it away") {
  due_heap heap;
  heap.set(id_of(1), 10);
  heap.set(id_of(1), 50);
  CHECK(heap.take_due(20, 10).empty());
  CHECK(heap.next() == 50);
  heap.set(id_of(1), std::nullopt);
  CHECK_FALSE(heap.next());
  CHECK(heap.size() == 0);
  for (std::uint8_t n = 0; n < 5; ++n) heap.set(id_of(n), 1);
  CHECK(heap.take_due(1, 3).size() == 3);
  CHECK(heap.take_due(1, 3).size() == 2);
}

TEST_CASE("voucher: the legs of an intent are one voucher under ids that never change (R2, R22)") {
  book_intents what;
  what.order = id_of(7);
  what.number = {"A1"};
  what.ccy = samples::cny;
  const intent_to_book which{settled_intent(), {}};
  const std::vector<account_number> numbers = {
      account_number::make({0}, 1), account_number::make({0}, 2), account_number::make({0}, 1),
      account_number::make({0}, 3)};
  const auto made = voucher_of(what, which, voucher_form::as_intended, numbers);
  REQUIRE(made.items.size() == 2);
  CHECK(made.items[0].linked);
  CHECK_FALSE(made.items[1].linked);
  CHECK(made.items[0].id == voucher_leg_id(what.order, which.intent, 0));
  CHECK(made.items[1].id == voucher_leg_id(what.order, which.intent, 1));
  CHECK(made.reference == "A1");
  CHECK(made.memo == to_string(what.order));
  CHECK(made.refusals_unrecorded);
  const auto elsewhere = voucher_of(what, which, voucher_form::on_suspense, numbers);
  CHECK(elsewhere.items[0].id == made.items[0].id);
}

TEST_CASE("voucher: on suspense whatever could refuse is replaced, and nothing else (R22)") {
  const auto legs = legs_in(settled_intent(), voucher_form::on_suspense);
  REQUIRE(legs.size() == 2);
  CHECK(legs[0].is.debit.subject == "2101");
  CHECK(legs[0].is.credit.subject == suspense_subject);
  CHECK(legs[0].is.credit.owner == "internal");
  CHECK(legs[1].is.credit.subject == "6001");
  auto inside = settled_intent();
  inside.legs[0].debit = {"user:1", "2002", true};
  CHECK(legs_in(inside, voucher_form::on_suspense).size() == 1);
  CHECK(legs_in(inside, voucher_form::on_suspense)[0].place == 1);
}

TEST_CASE("voucher: a capture whose hold is gone moves the money from suspense (R22)") {
  book_intents what;
  what.order = id_of(7);
  intent_to_book which{settled_intent(), samples::id_at(1, 1)};
  which.intent.kind = transfer_kind::capture;
  which.intent.legs.resize(1);
  const std::vector<account_number> numbers(2, account_number::make({0}, 1));
  CHECK(voucher_of(what, which, voucher_form::as_intended, numbers).items[0].related == which.hold);
  const auto moved = voucher_of(what, which, voucher_form::on_suspense, numbers);
  CHECK(moved.items[0].kind == transfer_kind::post);
  CHECK(moved.items[0].related == transfer_id{});
  CHECK(can_be_redirected(which.intent));
  which.intent.kind = transfer_kind::void_hold;
  CHECK_FALSE(can_be_redirected(which.intent));
  which.intent.kind = transfer_kind::post;
  which.intent.may_be_refused = true;
  CHECK_FALSE(can_be_redirected(which.intent));
}

TEST_CASE("voucher: of many answers that one decides which says most of what is open") {
  const auto verdict = [](std::vector<item_result> each) {
    std::vector<item_answer> answers;
    for (const auto r : each) answers.push_back({r, {}, {}});
    return verdict_of(answers);
  };
  using enum item_result;
  CHECK(verdict({posted, exists}) == posted);
  CHECK(verdict({linked_failed, credit_account_frozen}) == credit_account_frozen);
  CHECK(verdict({credit_account_frozen, linked_failed}) == credit_account_frozen);
  CHECK(verdict({exists, unknown}) == unknown);
  CHECK(verdict({linked_failed, unavailable}) == unavailable);
  CHECK(is_other_content(exists_with_different_debit_account));
  CHECK_FALSE(is_other_content(exists));
}

TEST_CASE(
    "voucher: accounts of the house are on the order's shard, others on their owner's (R24)") {
  const account_place where{{3}, 4, samples::cny};
  CHECK(opening_of({"internal", "2101", false}, where, side_of).key.shard == shard_id{3});
  CHECK(opening_of({"channel:icbc", "1122", false}, where, side_of).key.shard == shard_id{3});
  const auto user = opening_of({"user:42", "2002", true}, where, side_of);
  CHECK(user.key.shard == shard_of_owner("user:42", 4));
  CHECK(user.flags == account_flags::no_overdraft);
  CHECK(user.side == normal_side::credit);
}

TEST_CASE("order content: fee, terms, times and id are set when an order is accepted") {
  payment_order asked;
  asked.kind = payment_kind::quick_pay;
  asked.amount = {10'000};
  asked.attempts_max = 5;
  const order_terms with{.id = id_of(3), .now_micros = 1'000, .expiry_micros = 500};
  const product_terms terms{.product = payment_kind::quick_pay,
                            .fee_basis_points = 60,
                            .returns_fee = true,
                            .books_before_answer = true};
  const auto order = completed(asked, with, terms);
  CHECK(order.id == id_of(3));
  CHECK(order.fee == minor_units{60});
  CHECK(order.returns_fee);
  CHECK(order.books_before_answer);
  CHECK(order.expires_micros == 1'500);
  CHECK(order.attempts_max == 5);
  asked.kind = payment_kind::withholding;
  asked.expires_micros = 9'000;
  CHECK(completed(asked, with, terms).attempts_max == 1);
  CHECK(completed(asked, with, terms).expires_micros == 9'000);
}

TEST_CASE("payment ids: time first, then the shard, and never twice") {
  std::uint64_t state = 42;
  std::set<payment_id> made;
  for (int i = 0; i < 10'000; ++i)
    made.insert(next_payment_id(1'795'392'000'000'000, {513}, state));
  CHECK(made.size() == 10'000);
  CHECK(transfer_id{made.begin()->bytes}.unix_millis() == 1'795'392'000'000);
  CHECK(made.begin()->bytes[6] == 2);
  CHECK(made.begin()->bytes[7] == 1);
}
