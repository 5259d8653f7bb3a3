// The model's records as messages, and the tokens between pages.
#include "protocol/wire/answers.hpp"

#include "protocol/wire/page_token.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::wire;

TEST_CASE("an accounting date is written as a day of the calendar") {
  CHECK(wire::to_string(accounting_date{20'780}) == "2026-11-23");
  CHECK(wire::to_string(accounting_date{11'016}) == "2000-02-29");
  CHECK(wire::to_string(accounting_date{}).empty());
}

TEST_CASE("an account's balance is positive on its subject's normal side") {
  account_row row;
  row.number = account_number::make({5}, 7);
  row.key = {"merchant:M1", "2001", *parse_currency("JPY"), "main", {5}};
  row.flags = account_flags::no_overdraft;
  row.opened = {11};
  row.covers = {12};
  row.totals = {30, 100};
  row.side = normal_side::credit;
  v1::Account account;
  fill(row, account);
  CHECK(account.number() == row.number.value);
  CHECK(account.owner() == "merchant:M1");
  CHECK(account.subject() == "2001");
  CHECK(account.currency() == "JPY");
  CHECK(account.exponent() == 0);
  CHECK(account.label() == "main");
  CHECK(account.flags() == 1);
  CHECK(account.shard() == 5);
  CHECK(account.opened_at_micros() == 11);
  CHECK(account.as_of_ticket() == 12);
  CHECK(account.totals().debits_posted() == "30");
  CHECK(account.totals().credits_posted() == "100");
  CHECK(account.totals().balance() == "70");
  row.side = normal_side::debit;
  fill(row, account);
  CHECK(account.totals().balance() == "-70");
}

TEST_CASE("a stored transfer is answered with its outcome and its accounting date") {
  stored_transfer stored;
  stored.what.id.bytes[15] = 9;
  stored.what.debit = {2'049};
  stored.what.credit = {3'073};
  stored.what.amount = {5};
  stored.what.ccy = *parse_currency("CNY");
  stored.what.event_code = 77;
  stored.reference = "r";
  stored.memo = "备注";
  stored.what.reference = stored.reference;
  stored.what.memo = stored.memo;
  stored.at = {99};
  stored.result = item_result::debit_insufficient_funds;
  stored.date = {20'780};
  v1::GetTransferResponse response;
  fill(stored, response);
  CHECK(response.result() == v1::TRANSFER_RESULT_DEBIT_INSUFFICIENT_FUNDS);
  CHECK(response.ticket() == 99);
  CHECK(response.transfer().id() == std::string(15, '\0') + '\x09');
  CHECK(response.transfer().accounting_date() == "2026-11-23");
  CHECK(response.transfer().memo() == "备注");
  CHECK(response.transfer().kind() == v1::TRANSFER_KIND_POST);
  CHECK(response.transfer().currency() == "CNY");
}

TEST_CASE("a line of the trial balance keeps sums beyond 64 bits") {
  trial_balance_line line;
  line.subject = "1001";
  line.ccy = *parse_currency("CNY");
  line.totals.debits_posted = int128{9'000'000'000'000'000'000} * 10;
  line.accounts = 3;
  v1::TrialBalanceLine to;
  fill(line, normal_side::debit, to);
  CHECK(to.totals().debits_posted() == "90000000000000000000");
  CHECK(to.totals().balance() == "90000000000000000000");
  CHECK(to.exponent() == 2);
  CHECK(to.accounts() == 3);
}

TEST_CASE("a page token goes on where it was made, for the same question only") {
  const account_number after{123'456'789'012};
  const auto token = make_page_token(after, "merchant:M1\n2001");
  CHECK(read_page_token(token, "merchant:M1\n2001") == after);
  CHECK_FALSE(read_page_token(token, "merchant:M2\n2001"));
  CHECK(read_page_token("", "anything") == account_number{});
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto bent = token;
    bent[i] = bent[i] == '0' ? '1' : '0';
    CHECK_FALSE(read_page_token(bent, "merchant:M1\n2001"));
  }
  for (const char* bad : {"x", "00000000000000000000000000000000", "zz", "+000000000000000"})
    CHECK_FALSE(read_page_token(bad, ""));
}
