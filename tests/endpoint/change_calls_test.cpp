// SetAccountFlags, SetAccountLimits, SetAccountMetadata, CloseAccount: what is let through, and how
// each end reads.
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

const auto some_account = account_number::make({4}, 9);

grpc::Status set_flags(v1::Ledger::Stub& client, std::uint32_t set, std::uint32_t clear,
                       v1::AccountFlags& answer, std::int64_t number = some_account.value) {
  v1::SetAccountFlagsRequest request;
  request.set_number(number);
  request.set_set(set);
  request.set_clear(clear);
  return call(client, &v1::Ledger::Stub::SetAccountFlags, request, answer);
}

}  // namespace

TEST_CASE("freezing and unfreezing: the flags and since when") {
  served node;
  auto client = node.client();
  v1::AccountFlags answer;
  REQUIRE(set_flags(*client, v1::ACCOUNT_FLAG_FROZEN_DEBIT, v1::ACCOUNT_FLAG_FROZEN_CREDIT, answer)
              .ok());
  CHECK(answer.number() == some_account.value);
  CHECK(answer.flags() == v1::ACCOUNT_FLAG_FROZEN_DEBIT);
  CHECK(answer.ticket() == answered_at.micros);
}

TEST_CASE("flags that are none of it, both, or nothing at all") {
  served node;
  auto client = node.client();
  v1::AccountFlags answer;
  struct wrong {
    std::uint32_t set;
    std::uint32_t clear;
    const char* field;
  };
  for (const auto& w : {wrong{0, 0, "clear"}, wrong{2, 2, "clear"}, wrong{8, 0, "set"},
                        wrong{1, 0, "set"}, wrong{2, 8, "clear"}, wrong{64, 0, "set"}}) {
    const auto status = set_flags(*client, w.set, w.clear, answer);
    CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
    CHECK(reason_of(status) == "FLAGS_INVALID");
    CHECK(wire::read_error(status)->field == w.field);
  }
  const auto status = set_flags(*client, 2, 0, answer, 17);
  CHECK(status.error_code() == StatusCode::NOT_FOUND);
  CHECK(reason_of(status) == "ACCOUNT_NOT_FOUND");
}

TEST_CASE("closing: each reason why not") {
  served node;
  auto client = node.client();
  struct end {
    change_result result;
    StatusCode code;
    const char* reason;
  };
  v1::CloseAccountRequest request;
  request.set_number(some_account.value);
  v1::AccountFlags answer;
  for (const auto& e :
       {end{change_result::not_found, StatusCode::NOT_FOUND, "ACCOUNT_NOT_FOUND"},
        end{change_result::closed, StatusCode::FAILED_PRECONDITION, "ACCOUNT_CLOSED"},
        end{change_result::balance_not_zero, StatusCode::FAILED_PRECONDITION, "BALANCE_NOT_ZERO"},
        end{change_result::holds_open, StatusCode::FAILED_PRECONDITION, "HOLDS_OPEN"},
        end{change_result::transfers_in_flight, StatusCode::FAILED_PRECONDITION,
            "TRANSFERS_IN_FLIGHT"},
        end{change_result::unavailable, StatusCode::UNAVAILABLE, "CHANGE_UNAVAILABLE"}}) {
    node.told->change_ends(e.result);
    const auto status = call(*client, &v1::Ledger::Stub::CloseAccount, request, answer);
    CHECK(status.error_code() == e.code);
    CHECK(reason_of(status) == e.reason);
    const auto error = wire::read_error(status);
    if (e.result == change_result::balance_not_zero)
      CHECK(error->metadata == std::vector<std::pair<std::string, std::string>>{{"balance", "75"}});
    CHECK(bool(error->retry_after) == (e.code == StatusCode::UNAVAILABLE));
  }
  node.told->change_ends(change_result::changed);
  REQUIRE(call(*client, &v1::Ledger::Stub::CloseAccount, request, answer).ok());
  CHECK(answer.flags() == v1::ACCOUNT_FLAG_CLOSED);
}

TEST_CASE("limits: what is named changes, and all of them are told") {
  served node;
  auto client = node.client();
  v1::SetAccountLimitsRequest request;
  request.set_number(some_account.value);
  request.set_credit_limit(500);
  v1::AccountLimits answer;
  REQUIRE(call(*client, &v1::Ledger::Stub::SetAccountLimits, request, answer).ok());
  CHECK(answer.credit_limit() == 500);
  CHECK_FALSE(answer.has_maximum_balance());
  CHECK(answer.ticket() == answered_at.micros);
  request.set_maximum_balance(0);
  REQUIRE(call(*client, &v1::Ledger::Stub::SetAccountLimits, request, answer).ok());
  CHECK(answer.has_maximum_balance());
  node.told->change_ends(change_result::overdraft_allowed);
  const auto status = call(*client, &v1::Ledger::Stub::SetAccountLimits, request, answer);
  CHECK(status.error_code() == StatusCode::FAILED_PRECONDITION);
  CHECK(reason_of(status) == "OVERDRAFT_ALLOWED");
}

TEST_CASE("limits that are none") {
  served node;
  auto client = node.client();
  const auto refused = [&](auto fill, const std::string& field) {
    v1::SetAccountLimitsRequest request;
    request.set_number(some_account.value);
    fill(request);
    v1::AccountLimits answer;
    const auto status = call(*client, &v1::Ledger::Stub::SetAccountLimits, request, answer);
    CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
    CHECK(reason_of(status) == "LIMITS_INVALID");
    CHECK(wire::read_error(status)->field == field);
  };
  refused([](auto& r) { r.set_credit_limit(-1); }, "credit_limit");
  refused([](auto& r) { r.set_maximum_balance(-1); }, "maximum_balance");
  refused([](auto& r) { r.set_no_maximum(false); }, "no_maximum");
  refused([](auto&) {}, "credit_limit");
}

TEST_CASE("metadata: a JSON object of at most 1,024 bytes, or nothing") {
  served node;
  auto client = node.client();
  v1::SetAccountMetadataRequest request;
  request.set_number(some_account.value);
  v1::AccountMetadata answer;
  for (const std::string good : {"", R"({"tier": "gold"})", " {} "}) {
    request.set_metadata(good);
    REQUIRE(call(*client, &v1::Ledger::Stub::SetAccountMetadata, request, answer).ok());
    CHECK(answer.metadata() == good);
  }
  for (const std::string& bad :
       {std::string("gold"), std::string("[1]"), std::string("{"), std::string(R"({"a": 1} x)"),
        '{' + std::string(1'023, ' ') + '}'}) {
    request.set_metadata(bad);
    const auto status = call(*client, &v1::Ledger::Stub::SetAccountMetadata, request, answer);
    CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
    CHECK(reason_of(status) == "METADATA_INVALID");
    CHECK(wire::read_error(status)->field == "metadata");
  }
}
