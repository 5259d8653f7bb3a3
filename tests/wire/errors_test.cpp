// Refused calls: what is put into the trailer comes out of it, and any gRPC library can read it.
#include "protocol/wire/errors.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <doctest/doctest.h>

using namespace suanpan::wire;
using std::chrono::milliseconds;

namespace {

request_error overloaded() {
  request_error error;
  error.code = grpc::StatusCode::UNAVAILABLE;
  error.reason = "OVERLOADED";
  error.message = "As much work as this node takes is in flight.";
  error.metadata = {{"scope", "peer"}};
  error.retry_after = milliseconds(1'250);
  return error;
}

google::rpc::Status details_of(const grpc::Status& status) {
  google::rpc::Status details;
  REQUIRE(details.ParseFromString(status.error_details()));
  return details;
}

}  // namespace

TEST_CASE("a refused call carries exactly one ErrorInfo, in the domain suanpan.v1") {
  for (auto error : {overloaded(), request_error{grpc::StatusCode::INVALID_ARGUMENT,
                                                 "PAGE_TOKEN_INVALID",
                                                 "The token is none.",
                                                 {},
                                                 "page_token"}}) {
    const auto status = to_status(error);
    CHECK(status.error_code() == error.code);
    CHECK(status.error_message() == error.message);
    const auto details = details_of(status);
    CHECK(details.code() == static_cast<int>(error.code));
    CHECK(details.message() == error.message);
    int infos = 0;
    for (const auto& detail : details.details()) {
      google::rpc::ErrorInfo info;
      if (!detail.UnpackTo(&info)) continue;
      ++infos;
      CHECK(info.reason() == error.reason);
      CHECK(info.domain() == "suanpan.v1");
    }
    CHECK(infos == 1);
  }
}

TEST_CASE("details have the type names that gRPC libraries look for") {
  const auto details = details_of(to_status(overloaded()));
  REQUIRE(details.details_size() == 2);
  CHECK(details.details(0).type_url() == "type.googleapis.com/google.rpc.ErrorInfo");
  CHECK(details.details(1).type_url() == "type.googleapis.com/google.rpc.RetryInfo");
}

TEST_CASE("an error read back is the one that was sent") {
  auto sent = overloaded();
  sent.field = "transfers";
  const auto got = read_error(to_status(sent));
  REQUIRE(got);
  CHECK(got->code == sent.code);
  CHECK(got->reason == sent.reason);
  CHECK(got->message == sent.message);
  CHECK(got->metadata == sent.metadata);
  CHECK(got->field == sent.field);
  CHECK(got->retry_after == sent.retry_after);
}

TEST_CASE("a status without our details reads as nothing") {
  CHECK_FALSE(read_error(grpc::Status::OK));
  CHECK_FALSE(read_error(grpc::Status(grpc::StatusCode::INTERNAL, "proxy")));
  CHECK_FALSE(read_error(grpc::Status(grpc::StatusCode::INTERNAL, "x", "no protobuf \xff")));
}
