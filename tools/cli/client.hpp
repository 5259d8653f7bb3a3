// The way to a node: channel, credentials, deadlines, and what a failed call means for the exit
// status.
#pragma once

#include "suanpan/v1/ledger.grpc.pb.h"
#include "tools/cli/command.hpp"

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace suanpan::cli {

inline constexpr std::string_view default_endpoint = "127.0.0.1:7400";
/// The most that a page of any listing holds.
inline constexpr std::uint32_t page_size = 1'000;

/// --endpoint, else the run file of node-1, else the default address.
[[nodiscard]] std::string endpoint_of(const common_options& options);

/// The caller's key from --key-file or SUANPAN_KEY; empty if there is none.
[[nodiscard]] std::string key_of(const common_options& options);

/// Channel, stub and key. Thread-safe once made.
class ledger_client {
 public:
  /// `connection` tells clients of one process apart that must not share a connection. Does not
  /// connect yet. Refuses to send a key in plain text to another machine.
  explicit ledger_client(const common_options& options, int connection = 0);

  [[nodiscard]] suanpan::v1::Ledger::Stub& ledger() const { return *stub_; }
  [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }

  /// With the key and the deadline of one unary call.
  [[nodiscard]] std::unique_ptr<grpc::ClientContext> unary_context() const;
  /// With the key alone: streams live as long as they must.
  [[nodiscard]] std::unique_ptr<grpc::ClientContext> stream_context() const;

 private:
  std::string endpoint_;
  std::string key_;
  std::uint32_t deadline_seconds_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<suanpan::v1::Ledger::Stub> stub_;
};

/// UNAVAILABLE and DEADLINE_EXCEEDED are `unavailable`, everything else is `refused`.
[[nodiscard]] exit_status status_of(const grpc::Status& status) noexcept;

/// "PERMISSION_DENIED role_required: …": code, reason of the ErrorInfo if there is one, and
/// message.
[[nodiscard]] std::string text_of(const grpc::Status& status);

/// Throws command_failure unless the call succeeded. `doing`: "opening accounts at 127.0.0.1:7400".
void require_ok(const grpc::Status& status, std::string_view doing);

/// The message as proto3 JSON with original field names, defaults included, on one line.
[[nodiscard]] std::string json_of(const google::protobuf::Message& message);

}  // namespace suanpan::cli
