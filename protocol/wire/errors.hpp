// Refusals of whole calls, as google.rpc.Status in the trailer grpc-status-details-bin with exactly
// one ErrorInfo. Refusals of single items are no errors: they are enums in an OK answer.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suanpan::wire {

inline constexpr std::string_view error_domain = "suanpan.v1";

/// Why a call is refused. Only UNAVAILABLE invites a retry, and then says after what pause.
struct request_error {
  grpc::StatusCode code = grpc::StatusCode::INTERNAL;
  std::string reason;   // UPPER_SNAKE, stable; what programs compare
  std::string message;  // one sentence for a developer; never holds a secret
  std::vector<std::pair<std::string, std::string>> metadata = {};
  std::string field = {};  // the request's field at fault, if it is one: "page_token"
  std::optional<std::chrono::milliseconds> retry_after = {};
};

/// Never throws but for lack of memory.
[[nodiscard]] grpc::Status to_status(const request_error& error);

/// What a client reads back out of a failed call; nothing if the server attached no such details
/// (a proxy, or gRPC itself, refused). Metadata comes sorted by key.
[[nodiscard]] std::optional<request_error> read_error(const grpc::Status& status);

}  // namespace suanpan::wire
