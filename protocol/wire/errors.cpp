#include "protocol/wire/errors.hpp"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <algorithm>

namespace suanpan::wire {
namespace {

using std::chrono::milliseconds;

void attach_info(const request_error& error, google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain(std::string(error_domain));
  for (const auto& [key, value] : error.metadata) (*info.mutable_metadata())[key] = value;
  status.add_details()->PackFrom(info);
}

void attach_retry(milliseconds delay, google::rpc::Status& status) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / 1'000);
  retry.mutable_retry_delay()->set_nanos(
      static_cast<std::int32_t>(delay.count() % 1'000 * 1'000'000));
  status.add_details()->PackFrom(retry);
}

void attach_field(const request_error& error, google::rpc::Status& status) {
  google::rpc::BadRequest bad;
  auto& violation = *bad.add_field_violations();
  violation.set_field(error.field);
  violation.set_description(error.message);
  status.add_details()->PackFrom(bad);
}

void read_detail(const google::protobuf::Any& detail, request_error& into) {
  if (google::rpc::ErrorInfo info; detail.UnpackTo(&info)) {
    into.reason = info.reason();
    for (const auto& [key, value] : info.metadata()) into.metadata.emplace_back(key, value);
  }
  if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry))
    into.retry_after = milliseconds(retry.retry_delay().seconds() * 1'000 +
                                    retry.retry_delay().nanos() / 1'000'000);
  if (google::rpc::BadRequest bad; detail.UnpackTo(&bad) && bad.field_violations_size() > 0)
    into.field = bad.field_violations(0).field();
}

}  // namespace

grpc::Status to_status(const request_error& error) {
  google::rpc::Status status;
  status.set_code(error.code);
  status.set_message(error.message);
  attach_info(error, status);
  if (!error.field.empty()) attach_field(error, status);
  if (error.retry_after) attach_retry(*error.retry_after, status);
  return {error.code, error.message, status.SerializeAsString()};
}

std::optional<request_error> read_error(const grpc::Status& status) {
  google::rpc::Status details;
  if (status.ok() || status.error_details().empty()) return std::nullopt;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  request_error error;
  error.code = status.error_code();
  error.message = status.error_message();
  for (const auto& detail : details.details()) read_detail(detail, error);
  if (error.reason.empty()) return std::nullopt;
  std::ranges::sort(error.metadata);  // a map on the wire: it has no order
  return error;
}

}  // namespace suanpan::wire
