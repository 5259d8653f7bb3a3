// Balance monitors over the wire: what is let through, and how each end reads.
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

TEST_CASE("monitors: one is added, and ended") {
  served node;
  auto client = node.client();
  v1::AddBalanceMonitorRequest request;
  request.set_account(2'049);
  request.set_bound(v1::MONITOR_BOUND_ABOVE);
  request.set_amount(-7);
  request.set_note("看");
  v1::BalanceMonitor answer;
  REQUIRE(call(*client, &v1::Ledger::Stub::AddBalanceMonitor, request, answer).ok());
  CHECK(answer.account() == 2'049);
  CHECK(answer.bound() == v1::MONITOR_BOUND_ABOVE);
  CHECK(answer.amount() == -7);
  CHECK(answer.note() == "看");
  CHECK(answer.currency() == "CNY");
  v1::RemoveBalanceMonitorRequest removal;
  removal.set_id(3);
  REQUIRE(call(*client, &v1::Ledger::Stub::RemoveBalanceMonitor, removal, answer).ok());
  CHECK(answer.removed());
}

TEST_CASE("monitors: each refusal by its name") {
  served node;
  auto client = node.client();
  v1::BalanceMonitor answer;
  const auto adding = [&](auto fill) {
    v1::AddBalanceMonitorRequest request;
    request.set_account(2'049);
    request.set_bound(v1::MONITOR_BOUND_BELOW);
    fill(request);
    return call(*client, &v1::Ledger::Stub::AddBalanceMonitor, request, answer);
  };
  auto status = adding([](auto& r) { r.clear_bound(); });
  CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
  CHECK(reason_of(status) == "MONITOR_INVALID");
  CHECK(wire::read_error(status)->field == "bound");
  status = adding([](auto& r) { r.set_note(std::string(257, 'n')); });
  CHECK(wire::read_error(status)->field == "note");
  status = adding([](auto& r) { r.set_account(16); });
  CHECK(status.error_code() == StatusCode::FAILED_PRECONDITION);
  CHECK(reason_of(status) == "MONITORS_EXHAUSTED");
  v1::RemoveBalanceMonitorRequest removal;
  removal.set_id(404);
  status = call(*client, &v1::Ledger::Stub::RemoveBalanceMonitor, removal, answer);
  CHECK(status.error_code() == StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "MONITOR_NOT_FOUND");
  v1::ListMonitorEventsRequest events;
  events.set_monitor_id(404);
  v1::ListMonitorEventsResponse told;
  status = call(*client, &v1::Ledger::Stub::ListMonitorEvents, events, told);
  CHECK(reason_of(status) == "MONITOR_NOT_FOUND");
  events.set_page_size(1'001);
  status = call(*client, &v1::Ledger::Stub::ListMonitorEvents, events, told);
  CHECK(reason_of(status) == "PAGE_SIZE_TOO_LARGE");
}

TEST_CASE("monitors: pages go on after the last one that was seen") {
  served node;
  auto client = node.client();
  v1::ListBalanceMonitorsRequest request;
  request.set_after_id(40);
  request.set_page_size(2);
  v1::ListBalanceMonitorsResponse page;
  REQUIRE(call(*client, &v1::Ledger::Stub::ListBalanceMonitors, request, page).ok());
  REQUIRE(page.monitors_size() == 2);
  CHECK(page.monitors(1).id() == 42);
  v1::ListMonitorEventsRequest events;
  events.set_monitor_id(9);
  events.set_after_number(3);
  v1::ListMonitorEventsResponse told;
  REQUIRE(call(*client, &v1::Ledger::Stub::ListMonitorEvents, events, told).ok());
  REQUIRE(told.events_size() == 1);
  CHECK(told.events(0).number() == 4);
  CHECK(told.events(0).balance() == "-5");
  CHECK(told.events(0).ticket() == answered_at.micros);
}
