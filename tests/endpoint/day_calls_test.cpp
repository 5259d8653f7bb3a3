// Accounting days and the general ledger as callers meet them.
#include "actors/endpoint/caller.hpp"
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

struct day_client {
  v1::AccountingDay day;
  v1::ListAccountingDaysResponse days;
  v1::GeneralLedger ledger;

  grpc::Status get(const std::string& date) {
    bounded_context context;
    v1::GetAccountingDayRequest request;
    request.set_date(date);
    return stub->GetAccountingDay(&context, request, &day);
  }
  grpc::Status close(const std::string& date) {
    bounded_context context;
    v1::CloseAccountingDayRequest request;
    request.set_date(date);
    return stub->CloseAccountingDay(&context, request, &day);
  }
  grpc::Status list(const std::string& from, const std::string& to) {
    bounded_context context;
    v1::ListAccountingDaysRequest request;
    request.set_from_date(from);
    request.set_to_date(to);
    return stub->ListAccountingDays(&context, request, &days);
  }
  grpc::Status sum_up(const std::string& from, const std::string& to) {
    bounded_context context;
    v1::GetGeneralLedgerRequest request;
    request.set_from_date(from);
    request.set_to_date(to);
    return stub->GetGeneralLedger(&context, request, &ledger);
  }

  served node;
  std::unique_ptr<v1::Ledger::Stub> stub = node.client();
};

}  // namespace

TEST_CASE("days: a date that is none is refused with the field that holds it") {
  day_client client;
  for (const std::string text : {"", "yesterday", "2026-02-30", "20261123"}) {
    CHECK(reason_of(client.get(text)) == "DATE_INVALID");
    CHECK(reason_of(client.close(text)) == "DATE_INVALID");
  }
  CHECK(wire::read_error(client.list("x", ""))->field == "from_date");
  CHECK(wire::read_error(client.sum_up("", "x"))->field == "to_date");
  CHECK(reason_of(client.list("2026-11-24", "2026-11-23")) == "DATES_OUT_OF_ORDER");
  CHECK(reason_of(client.sum_up("2026-11-24", "2026-11-23")) == "DATES_OUT_OF_ORDER");
  CHECK(reason_of(client.list("2025-01-01", "2026-11-23")) == "RANGE_TOO_LONG");
}

TEST_CASE("days: a day says what holds it up; a day that there is not is not found") {
  day_client client;
  REQUIRE(client.get("2026-11-23").ok());
  CHECK(client.day.date() == "2026-11-23");
  CHECK(client.day.state() == v1::ACCOUNTING_DAY_STATE_OPEN);
  REQUIRE(client.day.unsettled_size() == 2);
  CHECK(client.day.unsettled(0).shard() == 7);
  CHECK(client.day.unsettled(0).node() == "node-2");
  CHECK(client.day.unsettled_shards() == 2);
  const auto absent = client.get("2026-11-20");
  CHECK(absent.error_code() == StatusCode::NOT_FOUND);
  CHECK(reason_of(absent) == "ACCOUNTING_DAY_NOT_FOUND");
  CHECK(absent.error_message().find("2026-11-22 to 2026-11-24") != std::string::npos);
}

TEST_CASE("days: a close is refused in words, and names who closed what is closed") {
  day_client client;
  REQUIRE(client.close("2026-11-22").ok());
  CHECK(client.day.state() == v1::ACCOUNTING_DAY_STATE_CLOSED);
  CHECK(client.day.closed_by() == "dev");

  const auto early = client.close("2026-11-23");
  CHECK(early.error_code() == StatusCode::FAILED_PRECONDITION);
  CHECK(reason_of(early) == "DAY_NOT_OVER");
  CHECK(early.error_message() ==
        "Rows of 2026-11-23 may still come: shard 7 of node-2 lags, shard 9 is owned by nobody.");
  const auto ahead = client.close("2026-11-24");
  CHECK(reason_of(ahead) == "DAYS_CLOSE_IN_ORDER");
  CHECK(ahead.error_message() == "Close 2026-11-23 before 2026-11-24.");

  client.node.told->set(script::mode::unavailable);
  CHECK(reason_of(client.close("2026-11-22")) == "CLOSE_UNAVAILABLE");
  CHECK(reason_of(client.get("2026-11-22")) == "READ_UNAVAILABLE");
  CHECK(reason_of(client.list("", "")) == "READ_UNAVAILABLE");
  CHECK(reason_of(client.sum_up("", "")) == "READ_UNAVAILABLE");
}

TEST_CASE("days: only operators close one; auditors read") {
  endpoint::principal auditor;
  auditor.as = storage::role::auditor;
  using endpoint::rpc_method;
  CHECK(endpoint::may_call(auditor, rpc_method::close_accounting_day));
  for (const auto method : {rpc_method::get_accounting_day, rpc_method::list_accounting_days,
                            rpc_method::get_general_ledger})
    CHECK_FALSE(endpoint::may_call(auditor, method));
}

TEST_CASE("days: a list tells today and the next day to close") {
  day_client client;
  REQUIRE(client.list("2026-11-22", "").ok());
  CHECK(client.days.today() == "2026-11-24");
  CHECK(client.days.first_open_date() == "2026-11-23");
  CHECK(client.days.shift_minutes() == 480);
  REQUIRE(client.days.days_size() > 0);
  CHECK(client.days.days(0).date() == "2026-11-22");
}

TEST_CASE("general ledger: opening and movement make the closing, on the subject's normal side") {
  day_client client;
  REQUIRE(client.sum_up("2026-11-23", "").ok());
  const auto& ledger = client.ledger;
  CHECK(ledger.from_date() == "2026-11-23");
  CHECK(ledger.to_date() == "2026-11-24");
  CHECK_FALSE(ledger.final());
  REQUIRE(ledger.lines_size() == 2);
  const auto& cash = ledger.lines(0);
  CHECK(cash.subject_name_zh() == "现金");
  CHECK(cash.normal_side() == v1::NORMAL_SIDE_DEBIT);
  CHECK(cash.opening() == "100");
  CHECK(cash.debits() == "30");
  CHECK(cash.credits() == "5");
  CHECK(cash.closing() == "125");
  const auto& payable = ledger.lines(1);
  CHECK(payable.opening() == "100");
  CHECK(payable.closing() == "125");
  REQUIRE(client.sum_up("2026-11-22", "2026-11-22").ok());
  CHECK(client.ledger.final());
  // A range that is not over is never final, whatever part of it is.
  REQUIRE(client.sum_up("2026-11-22", "2026-11-23").ok());
  CHECK_FALSE(client.ledger.final());
}
