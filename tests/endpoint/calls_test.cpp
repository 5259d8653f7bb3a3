// The other calls of the Ledger: accounts, look-ups, lists, reports.
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

TEST_CASE("opening: each account is judged alone against the chart, then by the teller") {
  served node;
  auto client = node.client();
  v1::OpenAccountsRequest request;
  const auto add = [&](const std::string& owner, const std::string& subject) {
    auto& item = *request.add_accounts();
    item.set_owner(owner);
    item.set_subject(subject);
    item.set_currency("CNY");
    return &item;
  };
  add("merchant:M1", "2001");
  add("Merchant", "2001");
  add("merchant:M2", "9999");
  add("internal", "1001")->set_shard(7);
  v1::OpenAccountsResponse response;
  REQUIRE(call(*client, &v1::Ledger::Stub::OpenAccounts, request, response).ok());
  REQUIRE(response.results_size() == 4);
  CHECK(response.results(0).result() == v1::OPEN_ACCOUNT_RESULT_OPENED);
  CHECK(response.results(1).result() == v1::OPEN_ACCOUNT_RESULT_OWNER_INVALID);
  CHECK(response.results(1).number() == 0);
  CHECK(response.results(2).result() == v1::OPEN_ACCOUNT_RESULT_SUBJECT_NOT_FOUND);
  CHECK(response.results(3).result() == v1::OPEN_ACCOUNT_RESULT_OPENED);
  CHECK(account_number{response.results(3).number()}.shard() == shard_id{7});
}

TEST_CASE("opening: more than 10,000 accounts are refused whole") {
  served node;
  auto client = node.client();
  v1::OpenAccountsRequest request;
  for (int i = 0; i < 10'001; ++i) request.add_accounts()->set_owner("merchant:M");
  v1::OpenAccountsResponse response;
  const auto status = call(*client, &v1::Ledger::Stub::OpenAccounts, request, response);
  CHECK(reason_of(status) == "BATCH_TOO_LARGE");
  CHECK(wire::read_error(status)->field == "accounts");
}

TEST_CASE("reading an account: found, not found, impossible, not to be had") {
  served node;
  auto client = node.client();
  v1::GetAccountRequest request;
  v1::Account account;
  request.set_number(account_number::make({4}, 9).value);
  REQUIRE(call(*client, &v1::Ledger::Stub::GetAccount, request, account).ok());
  CHECK(account.number() == request.number());
  CHECK(account.totals().balance() == "75");
  CHECK(account.as_of_ticket() == answered_at.micros);
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{-4}, std::int64_t{17}, account_number::make({64}, 1).value,
        account_number::make({4}, 100'001).value}) {
    request.set_number(number);
    const auto status = call(*client, &v1::Ledger::Stub::GetAccount, request, account);
    CHECK(status.error_code() == StatusCode::NOT_FOUND);
    CHECK(reason_of(status) == "ACCOUNT_NOT_FOUND");
  }
  node.told->set(script::mode::unavailable);
  request.set_number(account_number::make({4}, 9).value);
  const auto status = call(*client, &v1::Ledger::Stub::GetAccount, request, account);
  CHECK(status.error_code() == StatusCode::UNAVAILABLE);
  CHECK(wire::read_error(status)->retry_after);
}

TEST_CASE("looking up a transfer: found, not found, no id") {
  served node;
  auto client = node.client();
  v1::GetTransferRequest request;
  v1::GetTransferResponse response;
  request.set_id(transfer_of(1).id());
  REQUIRE(call(*client, &v1::Ledger::Stub::GetTransfer, request, response).ok());
  CHECK(response.transfer().id() == request.id());
  CHECK(response.result() == v1::TRANSFER_RESULT_POSTED);
  request.set_id(std::string(16, '\0'));
  CHECK(reason_of(call(*client, &v1::Ledger::Stub::GetTransfer, request, response)) ==
        "TRANSFER_NOT_FOUND");
  request.set_id("short");
  const auto status = call(*client, &v1::Ledger::Stub::GetTransfer, request, response);
  CHECK(reason_of(status) == "ID_INVALID");
  CHECK(wire::read_error(status)->field == "id");
}

TEST_CASE("a list of accounts is whole and without repeats over its pages") {
  served node;
  auto client = node.client();
  v1::ListAccountsRequest request;
  request.set_page_size(10);
  std::set<std::int64_t> seen;
  int pages = 0;
  do {
    v1::ListAccountsResponse response;
    REQUIRE(call(*client, &v1::Ledger::Stub::ListAccounts, request, response).ok());
    CHECK(response.accounts_size() <= 10);
    for (const auto& account : response.accounts()) CHECK(seen.insert(account.number()).second);
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  CHECK(pages == 3);
  CHECK(seen.size() == 25);
}

TEST_CASE("a list of accounts refuses pages too large and tokens of other questions") {
  served node;
  auto client = node.client();
  v1::ListAccountsRequest request;
  v1::ListAccountsResponse response;
  request.set_page_size(1'001);
  CHECK(reason_of(call(*client, &v1::Ledger::Stub::ListAccounts, request, response)) ==
        "PAGE_SIZE_TOO_LARGE");
  request.set_page_size(5);
  REQUIRE(call(*client, &v1::Ledger::Stub::ListAccounts, request, response).ok());
  request.set_page_token(response.next_page_token());
  request.set_owner("merchant:M2");
  CHECK(reason_of(call(*client, &v1::Ledger::Stub::ListAccounts, request, response)) ==
        "PAGE_TOKEN_INVALID");
}

TEST_CASE("the trial balance names its subjects, also one that left the chart") {
  served node;
  auto client = node.client();
  v1::TrialBalance response;
  REQUIRE(call(*client, &v1::Ledger::Stub::GetTrialBalance, {}, response).ok());
  REQUIRE(response.lines_size() == 2);
  CHECK(response.lines(0).subject_name_zh() == "应付商户款");
  CHECK(response.lines(0).totals().balance() == "150");
  CHECK(response.lines(1).subject_name().empty());
  CHECK(response.lines(1).totals().balance() == "150");
  CHECK(response.as_of_ticket() == answered_at.micros);
  node.told->set(script::mode::unavailable);
  CHECK(call(*client, &v1::Ledger::Stub::GetTrialBalance, {}, response).error_code() ==
        StatusCode::UNAVAILABLE);
}

TEST_CASE("the subjects are those of the chart, by code") {
  served node;
  auto client = node.client();
  v1::ListSubjectsResponse response;
  REQUIRE(call(*client, &v1::Ledger::Stub::ListSubjects, {}, response).ok());
  REQUIRE(response.subjects_size() == 2);
  CHECK(response.subjects(0).code() == "1001");
  CHECK(response.subjects(0).subject_class() == v1::SUBJECT_CLASS_ASSET);
  CHECK(response.subjects(1).normal_side() == v1::NORMAL_SIDE_CREDIT);
  CHECK(response.subjects(1).name() == "Merchant payables");
}
