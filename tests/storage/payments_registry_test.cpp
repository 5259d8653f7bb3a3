// Merchants, their terms and keys, and cards on file.
#include "storage/registry.hpp"
#include "tests/storage/ledger_case.hpp"

namespace suanpan::testing {
namespace {

using namespace storage;

struct registry_case {
  std::string dsn = private_postgres::instance().fresh_database();
  registry book{{dsn, "one", "registry"}};

  [[nodiscard]] merchant found(const std::string& id) {
    const auto row = book.find_merchant({id});
    REQUIRE_MESSAGE(row, row.reason());
    REQUIRE(row->has_value());
    return **row;
  }
};

merchant tea_house() {
  merchant row;
  row.id = {"M001"};
  row.name = "茶馆 \"Tea\" 'n' more\\";
  row.products = {{payment_kind::quick_pay, 60, false, true},
                  {payment_kind::refund, 0, true, false}};
  row.webhook_url = "https://example.com/hook?a=b";
  row.webhook_secret = "whsec_1";
  row.created_micros = 1'000'000;
  return row;
}

bound_card a_card(char last, const std::string& owner = "M001") {
  bound_card card;
  card.id = {std::string{"card_01J2TW4YHYFK0RY0014D2PF2D"} + last};
  card.owner = {owner};
  card.holder = "user:42";
  card.channel = {"icbc"};
  card.token = "tok_secret";
  card.last_four = "0002";
  card.mandate = true;
  card.bound_micros = 5;
  return card;
}

api_key_row a_key(int number, const std::string& merchant = "M001") {
  api_key_row row;
  row.key_id = "k_000000000000000" + std::to_string(number);
  row.as = role::merchant;
  row.merchant = merchant;
  row.sha256 = std::string(63, 'a') + std::to_string(number);
  return row;
}

TEST_CASE("a merchant is registered once, with its terms, and its terms change") {
  registry_case is_in;
  auto& book = is_in.book;
  CHECK(*book.add_merchant(tea_house()) == registered::recorded);
  CHECK(is_in.found("M001") == tea_house());
  auto other = tea_house();
  other.name = "other";
  CHECK(*book.add_merchant(other) == registered::exists);
  CHECK(is_in.found("M001") == tea_house());

  CHECK(*book.set_product({"M001"}, {payment_kind::quick_pay, 38, true, false}) ==
        registered::recorded);
  CHECK(*book.set_product({"M001"}, {payment_kind::payout, 10, false, false}) ==
        registered::recorded);
  CHECK(*book.remove_product({"M001"}, payment_kind::refund) == registered::recorded);
  CHECK(*book.remove_product({"M001"}, payment_kind::refund) == registered::not_found);
  CHECK(*book.set_webhook({"M001"}, {"https://b", "whsec_2", "whsec_1"}) == registered::recorded);
  const auto now = is_in.found("M001");
  CHECK(now.products == std::vector<product_terms>{{payment_kind::quick_pay, 38, true, false},
                                                   {payment_kind::payout, 10, false, false}});
  CHECK(now.former_webhook_secret == "whsec_1");
  CHECK(*book.set_product({"M9"}, {}) == registered::not_found);
  CHECK_FALSE(book.set_product({"M001"}, {payment_kind::payout, 10'001, false, false}));
  CHECK_FALSE(book.set_webhook({"M001"}, {"https://b", "", ""}));  // nothing unsigned
  auto bad = tea_house();
  bad.id = {"M 1"};
  CHECK_FALSE(book.add_merchant(bad));

  other.id = {"A"};
  CHECK(*book.add_merchant(other) == registered::recorded);
  const auto all = book.list_merchants();
  REQUIRE_MESSAGE(all, all.reason());
  REQUIRE(all->size() == 2);
  CHECK(all->at(0) == other);
  CHECK(all->at(1) == now);
}

TEST_CASE("a closed merchant stays closed and gets nothing new") {
  registry_case is_in;
  auto& book = is_in.book;
  REQUIRE(*book.add_merchant(tea_house()) == registered::recorded);
  CHECK(*book.close_merchant({"M001"}) == registered::recorded);
  CHECK(*book.close_merchant({"M001"}) == registered::not_found);
  CHECK(is_in.found("M001").closed);
  CHECK(*book.set_product({"M001"}, {}) == registered::not_found);
  CHECK(*book.set_webhook({"M001"}, {}) == registered::not_found);
  CHECK(*book.add_card(a_card('B')) == registered::not_found);
  CHECK(*book.add_merchant_key(a_key(1)) == registered::not_found);
  CHECK(sql_fault(is_in.dsn, "UPDATE suanpan.merchant SET closed=false").starts_with("23"));
  CHECK(sql_fault(is_in.dsn, "DELETE FROM suanpan.merchant").starts_with("23"));
}

TEST_CASE("a merchant has two valid keys at most") {
  registry_case is_in;
  auto& book = is_in.book;
  REQUIRE(*book.add_merchant(tea_house()) == registered::recorded);
  CHECK(*book.add_merchant_key(a_key(1)) == registered::recorded);
  CHECK(*book.add_merchant_key(a_key(2)) == registered::recorded);
  CHECK(*book.add_merchant_key(a_key(3)) == registered::too_many_keys);
  CHECK(*book.revoke_merchant_key({"M002"}, a_key(1).key_id) == registered::not_found);
  CHECK(*book.revoke_merchant_key({"M001"}, a_key(1).key_id) == registered::recorded);
  CHECK(*book.revoke_merchant_key({"M001"}, a_key(1).key_id) == registered::not_found);
  CHECK(*book.add_merchant_key(a_key(3)) == registered::recorded);
  auto operators = a_key(4);
  operators.as = role::operator_;
  CHECK(*book.add_merchant_key(operators) == registered::not_found);
  CHECK(*book.add_merchant_key(a_key(4, "M9")) == registered::not_found);
  const auto keys = book.list_merchant_keys({"M001"});
  REQUIRE_MESSAGE(keys, keys.reason());
  CHECK(keys->size() == 3);
  CHECK(list_keys(is_in.dsn)->size() == 3);
}

TEST_CASE("cards are bound to one merchant, and unbound for ever") {
  registry_case is_in;
  auto& book = is_in.book;
  REQUIRE(*book.add_merchant(tea_house()) == registered::recorded);
  CHECK(*book.add_card(a_card('A', "M9")) == registered::not_found);
  CHECK(*book.add_card(a_card('A')) == registered::recorded);
  CHECK(*book.add_card(a_card('A')) == registered::exists);
  CHECK(*book.add_card(a_card('B')) == registered::recorded);
  CHECK(*book.unbind_card({"M9"}, a_card('A').id) == registered::not_found);
  CHECK(*book.unbind_card({"M001"}, a_card('A').id) == registered::recorded);
  CHECK(*book.unbind_card({"M001"}, a_card('A').id) == registered::not_found);
  const auto found = book.find_cards({a_card('A').id, a_card('C').id});
  REQUIRE_MESSAGE(found, found.reason());
  REQUIRE(found->size() == 1);
  CHECK_FALSE(found->front().active);
  CHECK(found->front().token == "tok_secret");
  const auto listed = book.list_cards({"M001"});
  REQUIRE(listed);
  REQUIRE(listed->size() == 2);
  CHECK(listed->at(0).id == a_card('B').id);
  CHECK(listed->at(0).active);
  CHECK(listed->at(0).mandate);
  for (const auto* change : {"token='x'", "merchant='M9'", "active=true,unbound_at=0"})
    CHECK(
        sql_fault(is_in.dsn, "UPDATE suanpan.card SET " + std::string{change} + " WHERE NOT active")
            .starts_with("23"));
  auto bad = a_card('D');
  bad.last_four = "6222020200112233";  // a whole number never gets in
  CHECK_FALSE(book.add_card(bad));
}

TEST_CASE("no view for checkers shows a secret") {
  registry_case is_in;
  CHECK(sql(is_in.dsn,
            "SELECT table_name||'.'||column_name FROM information_schema.columns WHERE "
            "table_schema='audit' AND column_name~'secret|token|card|webhook|sha256|body'")
            .empty());
}

}  // namespace
}  // namespace suanpan::testing
