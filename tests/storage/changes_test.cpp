// How changes of accounts are stored, and what verification says of them.
#include "storage/verify.hpp"
#include "tests/storage/ledger_case.hpp"

#include <algorithm>

namespace suanpan::testing {
namespace {

using namespace storage;

write_outcome change(ledger_case& ledger, const std::vector<account_change>& changes, ticket at) {
  return ledger.session->write({ledger.claims, {}, {}, at, changes});
}

account_flags stored_flags(ledger_case& ledger, account_number number) {
  const auto rows = ledger.reader().load_accounts(std::vector{number});
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  return rows->front().flags;
}

}  // namespace

TEST_CASE("a change is a row with its ticket, and the newest is in force") {
  ledger_case ledger;
  constexpr auto frozen = account_flags::frozen_debit;
  REQUIRE(is<committed>(change(ledger, {{ledger.a, {2'000}, {frozen, {}}}}, {2'000})));
  CHECK(stored_flags(ledger, ledger.a) == frozen);
  // Two tickets in one commit, given in any order; the watermark lags behind (R12).
  REQUIRE(is<committed>(change(ledger,
                               {{ledger.a, {3'001}, {account_flags::closed, {}}},
                                {ledger.a, {3'000}, {account_flags::none, {}}}},
                               {2'000})));
  CHECK(stored_flags(ledger, ledger.a) == account_flags::closed);
  CHECK(ledger.value("SELECT string_agg(ticket||':'||flags,' ' ORDER BY ticket) "
                     "FROM audit.account_change WHERE ticket>1000") == "2000:2 3000:0 3001:8");
  const auto again = change(ledger, {{ledger.a, {4'000}, {account_flags::none, {}}}}, {4'000});
  CHECK_MESSAGE(is<rejected>(again), describe(again));
  CHECK(ledger.session->lost().empty());
  // Whoever takes the shard next begins above it.
  CHECK(ledger.value("SELECT max(newest) FROM suanpan.journal_commit") == "3001");
}

TEST_CASE("limits change by rows, too; the first row says how the account was opened") {
  ledger_case ledger;
  const account_terms wide{account_flags::none, {0, 900}};
  REQUIRE(is<committed>(change(ledger, {{ledger.a, {2'000}, wide}}, {2'000})));
  REQUIRE(is<committed>(change(ledger, {{ledger.a, {3'000}, {}}}, {3'000})));
  CHECK(ledger.value("SELECT string_agg(concat_ws(':',credit_limit,coalesce(maximum_balance,-1)),"
                     "' ' ORDER BY ticket) FROM audit.account_change") == "0:-1 0:900 0:-1");
  const auto rows = ledger.reader().load_accounts(std::vector{ledger.a});
  REQUIRE(rows);
  CHECK(rows->front().limits == account_limits{});
  const account_terms wrong{account_flags::none, {5, std::nullopt}};
  CHECK(is<rejected>(change(ledger, {{ledger.a, {4'000}, wrong}}, {4'000})));
}

TEST_CASE("metadata of an account is replaced by rows, the newest stays") {
  ledger_case ledger;
  const std::string gold = R"({"tier": "金", "note": "it's \\"so\\""})";
  REQUIRE(is<committed>(change(
      ledger,
      {{ledger.a, {2'000}, {}, gold}, {ledger.a, {2'001}, {account_flags::frozen_debit, {}}}},
      {2'001})));
  const auto stored = [&ledger] {
    const auto rows = ledger.reader().load_accounts(std::vector{ledger.a});
    REQUIRE(rows);
    return rows->front().metadata;
  };
  CHECK(stored() == gold);
  REQUIRE(is<committed>(change(ledger, {{ledger.a, {3'000}, {}, ""}}, {3'000})));
  CHECK(stored().empty());
  CHECK(ledger.value("SELECT string_agg(coalesce(length(metadata)::text,'-'),' ' ORDER BY ticket)"
                     " FROM audit.account_change") ==
        "0 " + std::to_string(gold.size() - 2) + " - 0");
}

TEST_CASE("verification judges by the limits that were in force") {
  ledger_case ledger;
  const auto credit = [&ledger](std::int64_t amount, ticket at) {
    const std::vector<transfer> items{posting(ledger.a, ledger.c, amount)};
    REQUIRE(is<committed>(ledger.write(rows_of(items, at), at)));
  };
  const auto maximum = [&ledger](std::int64_t most, ticket at) {
    const account_terms terms{account_flags::none, {0, most}};
    REQUIRE(is<committed>(change(ledger, {{ledger.c, at, terms}}, at)));
  };
  const auto differences = [&ledger] {
    const auto verified = verify(ledger.dsn, {});
    REQUIRE(verified);
    return verified->differences;
  };
  credit(50, {2'000});
  maximum(60, {2'500});
  credit(10, {3'000});
  maximum(20, {3'500});  // it is beyond that already: no fault of any row
  CHECK(differences().empty());
  maximum(100, {4'000});
  credit(5, {4'000});  // of the change's own ticket: it met the 20
  const auto found = differences();
  REQUIRE(found.size() == 1);
  CHECK(found.front().what == "maximum");
  CHECK(found.front().expected == "20 or less");
}

TEST_CASE("verification finds what a frozen or closed account should not have taken") {
  ledger_case ledger;
  const std::vector<transfer> before{posting(ledger.a, ledger.c, 5)};
  REQUIRE(is<committed>(ledger.write(rows_of(before, {2'000}), {2'000})));
  REQUIRE(is<committed>(
      change(ledger, {{ledger.a, {2'500}, {account_flags::frozen_debit, {}}}}, {2'500})));
  auto verified = verify(ledger.dsn, {});
  REQUIRE(verified);
  CHECK(verified->differences_total == 0);

  const std::vector<transfer> after{posting(ledger.a, ledger.c, 7)};
  REQUIRE(is<committed>(ledger.write(rows_of(after, {3'000}), {3'000})));
  REQUIRE(
      is<committed>(change(ledger, {{ledger.c, {3'500}, {account_flags::closed, {}}}}, {3'500})));
  verified = verify(ledger.dsn, {});
  REQUIRE(verified);
  const auto found = [&verified](const std::string& what, const std::string& words) {
    return std::ranges::any_of(verified->differences, [&](const difference& d) {
      return d.what == what && d.found.find(words) != std::string::npos;
    });
  };
  CHECK(found("flags", "debited by ticket 3000"));
  CHECK(found("closed", "12"));
}

}  // namespace suanpan::testing
