// Asks a node how it is: grpc.health.v1 over its channel, and /readyz over HTTP.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace suanpan::cli {

/// As grpc.health.v1 numbers them.
enum class serving_status : std::uint8_t {
  unknown = 0,
  serving = 1,
  not_serving = 2,
  service_unknown = 3
};
[[nodiscard]] std::string_view name_of(serving_status status);

struct health_answer {
  grpc::Status status;
  serving_status health = serving_status::unknown;
};
/// Health of `service`; empty: of the node as a whole. Blocks up to the deadline.
[[nodiscard]] health_answer check_health(const std::shared_ptr<grpc::Channel>& channel,
                                         const std::string& service,
                                         std::uint32_t deadline_seconds);

struct http_answer {
  int code = 0;      // 0: no answer; `body` says why
  std::string body;  // at most 4 MiB of it
};
/// GET http://host:port/path, plain, one connection. Blocks up to the deadline.
[[nodiscard]] http_answer http_get(const std::string& host_and_port, const std::string& path,
                                   std::uint32_t deadline_seconds);

}  // namespace suanpan::cli
