// GetStatement, GetBalanceAt and ListTransfers at the endpoint: pages, tokens, refusals and their
// words.
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

const std::int64_t some_account = account_number::make({4}, 9).value;

v1::GetStatementRequest statement_of(std::int64_t number = some_account) {
  v1::GetStatementRequest request;
  request.set_number(number);
  return request;
}

struct reply {
  grpc::Status status;
  v1::Statement page;
};

reply ask(v1::Ledger::Stub& client, const v1::GetStatementRequest& request) {
  reply got;
  bounded_context context;
  got.status = client.GetStatement(&context, request, &got.page);
  return got;
}

void check_refusal(const grpc::Status& status, StatusCode code, const std::string& reason,
                   const std::string& field, const std::string& message) {
  CHECK(status.error_code() == code);
  const auto error = wire::read_error(status);
  REQUIRE(error);
  CHECK(error->reason == reason);
  CHECK(error->field == field);
  CHECK(error->message == message);
}

}  // namespace

TEST_CASE("a statement is whole and without repeats over its pages, in both directions") {
  served node;
  auto client = node.client();
  for (const bool newest : {false, true}) {
    auto request = statement_of();
    request.set_newest_first(newest);
    request.set_page_size(10);
    std::vector<std::int64_t> tickets;
    int pages = 0;
    do {
      const auto got = ask(*client, request);
      REQUIRE(got.status.ok());
      CHECK(got.page.as_of_ticket() == answered_at.micros);
      for (const auto& line : got.page.lines()) {
        tickets.push_back(line.ticket());
        CHECK(line.side() == v1::ENTRY_SIDE_CREDIT);
        CHECK(line.change() == line.amount());  // the account stands on the credit side
        CHECK(line.counterpart() == line.ticket() + 1'024);
        CHECK(line.totals().balance() == std::to_string(line.ticket() * (line.ticket() + 1) / 2));
      }
      request.set_page_token(got.page.next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    CHECK(pages == 3);
    REQUIRE(tickets.size() == 25);
    for (std::int64_t n = 1; n <= 25; ++n)
      CHECK(tickets[static_cast<std::size_t>(n - 1)] == (newest ? 26 - n : n));
  }
}

TEST_CASE("a statement's range is of times of booking: the first included, the last not") {
  served node;
  auto client = node.client();
  auto request = statement_of();
  request.set_from_micros(5);
  request.set_to_micros(8);
  const auto got = ask(*client, request);
  REQUIRE(got.status.ok());
  REQUIRE(got.page.lines_size() == 3);
  CHECK(got.page.lines(0).ticket() == 5);
  CHECK(got.page.lines(2).ticket() == 7);
  CHECK(got.page.next_page_token().empty());
}

TEST_CASE(
    "a statement refuses: pages too large, ranges and tokens that are none, unknown accounts") {
  served node;
  auto client = node.client();
  auto request = statement_of();
  request.set_page_size(1'001);
  check_refusal(ask(*client, request).status, StatusCode::INVALID_ARGUMENT, "PAGE_SIZE_TOO_LARGE",
                "page_size", "A page holds at most 1,000 lines.");
  request = statement_of();
  request.set_from_micros(-1);
  check_refusal(ask(*client, request).status, StatusCode::INVALID_ARGUMENT, "RANGE_INVALID",
                "from_micros", "A time is not below 0.");
  request = statement_of();
  request.set_to_micros(-1);
  check_refusal(ask(*client, request).status, StatusCode::INVALID_ARGUMENT, "RANGE_INVALID",
                "to_micros", "A time is not below 0.");
  request.set_from_micros(8);
  request.set_to_micros(8);
  check_refusal(ask(*client, request).status, StatusCode::INVALID_ARGUMENT, "RANGE_INVALID",
                "to_micros", "The range ends before it begins.");
  for (const std::int64_t number :
       {std::int64_t{0}, std::int64_t{-4}, account_number::make({64}, 1).value,
        account_number::make({4}, 100'001).value})
    check_refusal(ask(*client, statement_of(number)).status, StatusCode::NOT_FOUND,
                  "ACCOUNT_NOT_FOUND", "", "There is no account of this number.");
  node.told->set(script::mode::unavailable);
  CHECK(reason_of(ask(*client, statement_of()).status) == "READ_UNAVAILABLE");
}

TEST_CASE("a statement's token is good for its question alone") {
  served node;
  auto client = node.client();
  auto first = statement_of();
  first.set_page_size(5);
  const auto token = ask(*client, first).page.next_page_token();
  REQUIRE(!token.empty());
  using change = std::function<void(v1::GetStatementRequest&)>;
  const std::vector<change> changes{
      [](auto& r) { r.set_number(account_number::make({4}, 10).value); },
      [](auto& r) { r.set_from_micros(2); },
      [](auto& r) { r.set_to_micros(20); },
      [](auto& r) { r.set_newest_first(true); },
      [](auto& r) { r.set_page_token(r.page_token() + "0"); },
      [](auto& r) { r.set_page_token("0"); },
      [](auto& r) { r.mutable_page_token()->front() = 'f'; },
      [](auto& r) { r.mutable_page_token()->back() ^= 1; },
  };
  for (const auto& apply : changes) {
    auto request = first;
    request.set_page_token(token);
    apply(request);
    check_refusal(ask(*client, request).status, StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN_INVALID",
                  "page_token", "The token was not given for this question.");
  }
  first.set_page_token(token);
  first.set_page_size(3);  // may change from page to page
  CHECK(ask(*client, first).page.lines_size() == 3);
}

TEST_CASE("a past balance says up to when it holds, and refuses no time and no account") {
  served node;
  auto client = node.client();
  const auto ask_balance = [&](std::int64_t number, std::int64_t at, v1::BalanceAt& found) {
    v1::GetBalanceAtRequest request;
    request.set_number(number);
    request.set_at_micros(at);
    bounded_context context;
    return client->GetBalanceAt(&context, request, &found);
  };
  v1::BalanceAt found;
  REQUIRE(ask_balance(some_account, 17, found).ok());
  CHECK(found.as_of_ticket() == 17);
  CHECK(found.totals().balance() == "75");
  CHECK(found.currency() == "CNY");
  CHECK(found.exponent() == 2);
  check_refusal(ask_balance(some_account, 0, found), StatusCode::INVALID_ARGUMENT, "RANGE_INVALID",
                "at_micros", "A time above 0 is required.");
  check_refusal(ask_balance(account_number::make({4}, 100'001).value, 17, found),
                StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND", "",
                "There is no account of this number.");
  node.told->set(script::mode::unavailable);
  CHECK(reason_of(ask_balance(some_account, 17, found)) == "READ_UNAVAILABLE");
}

TEST_CASE("a list of transfers goes on where a page stopped, and refuses what can't be asked") {
  served node;
  auto client = node.client();
  const auto list = [&](const v1::ListTransfersRequest& request, v1::ListTransfersResponse& page) {
    bounded_context context;
    return client->ListTransfers(&context, request, &page);
  };
  v1::ListTransfersRequest request;
  v1::ListTransfersResponse page;
  request.set_reference("Q1");
  int transfers = 0;
  do {
    REQUIRE(list(request, page).ok());
    for (const auto& listed : page.transfers()) CHECK(listed.ticket() == ++transfers);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  CHECK(transfers == 5);

  REQUIRE(list(request, page).ok());
  auto other = request;
  other.set_page_token(page.next_page_token());
  other.set_reference("Q2");
  check_refusal(list(other, page), StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN_INVALID", "page_token",
                "The token was not given for this question.");
  other = request;
  other.set_reference(std::string(129, 'x'));
  check_refusal(list(other, page), StatusCode::INVALID_ARGUMENT, "REFERENCE_INVALID", "reference",
                "A reference is at most 128 bytes of UTF-8 without NUL.");
  other.set_reference(std::string("a\0b", 3));
  CHECK(reason_of(list(other, page)) == "REFERENCE_INVALID");
  other = request;
  other.set_event_code(65'536);
  check_refusal(list(other, page), StatusCode::INVALID_ARGUMENT, "EVENT_CODE_INVALID", "event_code",
                "An event code is at most 65,535.");
  other = request;
  other.set_from_micros(9);
  other.set_to_micros(9);
  CHECK(reason_of(list(other, page)) == "RANGE_INVALID");
  other = request;
  other.set_page_size(1'001);
  CHECK(reason_of(list(other, page)) == "PAGE_SIZE_TOO_LARGE");
}
