// What calls that only read refuse alike.
#pragma once

#include "protocol/wire/errors.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace suanpan::endpoint {

inline constexpr std::uint32_t page_size_default = 100;
inline constexpr std::uint32_t page_size_max = 1'000;

[[nodiscard]] inline wire::request_error read_unavailable() {
  return {.code = grpc::StatusCode::UNAVAILABLE,
          .reason = "READ_UNAVAILABLE",
          .message = "The answer can't be had now: take-over or database trouble.",
          .retry_after = std::chrono::milliseconds(500)};
}

[[nodiscard]] inline wire::request_error not_found(std::string reason, std::string message) {
  return {grpc::StatusCode::NOT_FOUND, std::move(reason), std::move(message)};
}

[[nodiscard]] inline wire::request_error account_not_found() {
  return not_found("ACCOUNT_NOT_FOUND", "There is no account of this number.");
}

[[nodiscard]] inline wire::request_error invalid(std::string reason, std::string field,
                                                 std::string message) {
  wire::request_error error{grpc::StatusCode::INVALID_ARGUMENT, std::move(reason),
                            std::move(message)};
  error.field = std::move(field);
  return error;
}

[[nodiscard]] inline wire::request_error page_token_invalid() {
  return invalid("PAGE_TOKEN_INVALID", "page_token", "The token was not given for this question.");
}

}  // namespace suanpan::endpoint
