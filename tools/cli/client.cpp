// See client.hpp.
#include "tools/cli/client.hpp"

#include "protocol/wire/errors.hpp"
#include "tools/cli/run_files.hpp"
#include "tools/cli/table.hpp"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace suanpan::cli {
namespace {

std::string read_file(const std::string& path, std::string_view what) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    throw command_failure(exit_status::usage, std::string(what) + " " + path + " can't be read");
  return text.str();
}

bool is_loopback(std::string_view endpoint) {
  return endpoint.starts_with("127.") || endpoint.starts_with("localhost:") ||
         endpoint.starts_with("[::1]") || endpoint.starts_with("unix:");
}

std::shared_ptr<grpc::ChannelCredentials> credentials_of(const common_options& options) {
  if (options.ca_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = read_file(options.ca_file, "the CA file");
  return grpc::SslCredentials(tls);
}

std::string_view name_of(grpc::StatusCode code) {
  constexpr std::array<std::string_view, 17> names = {"OK",
                                                      "CANCELLED",
                                                      "UNKNOWN",
                                                      "INVALID_ARGUMENT",
                                                      "DEADLINE_EXCEEDED",
                                                      "NOT_FOUND",
                                                      "ALREADY_EXISTS",
                                                      "PERMISSION_DENIED",
                                                      "RESOURCE_EXHAUSTED",
                                                      "FAILED_PRECONDITION",
                                                      "ABORTED",
                                                      "OUT_OF_RANGE",
                                                      "UNIMPLEMENTED",
                                                      "INTERNAL",
                                                      "UNAVAILABLE",
                                                      "DATA_LOSS",
                                                      "UNAUTHENTICATED"};
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : "UNKNOWN";
}

}  // namespace

std::string endpoint_of(const common_options& options) {
  if (!options.endpoint.empty()) return options.endpoint;
  const auto node = find_run_file("node-1");
  return node && !node->grpc.empty() ? node->grpc : std::string(default_endpoint);
}

std::string key_of(const common_options& options) {
  std::string key;
  if (!options.key_file.empty()) {
    key = read_file(options.key_file, "the key file");
  } else if (const char* from_environment = std::getenv("SUANPAN_KEY")) {
    key = from_environment;
  }
  const auto end = key.find_last_not_of(" \t\r\n");
  return end == std::string::npos ? std::string() : key.substr(0, end + 1);
}

ledger_client::ledger_client(const common_options& options, int connection)
    : endpoint_(endpoint_of(options)),
      key_(key_of(options)),
      deadline_seconds_(options.deadline_seconds) {
  if (!key_.empty() && options.ca_file.empty() && !is_loopback(endpoint_))
    throw command_failure(exit_status::configuration,
                          "a key is never sent in plain text to another machine: give --ca FILE");
  grpc::ChannelArguments arguments;
  arguments.SetInt("suanpan.connection", connection);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  channel_ = grpc::CreateCustomChannel(endpoint_, credentials_of(options), arguments);
  stub_ = suanpan::v1::Ledger::NewStub(channel_);
}

std::unique_ptr<grpc::ClientContext> ledger_client::stream_context() const {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!key_.empty()) context->AddMetadata("authorization", "Bearer " + key_);
  return context;
}

std::unique_ptr<grpc::ClientContext> ledger_client::unary_context() const {
  auto context = stream_context();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(deadline_seconds_));
  return context;
}

exit_status status_of(const grpc::Status& status) noexcept {
  const bool away = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                    status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  return away ? exit_status::unavailable : exit_status::refused;
}

std::string text_of(const grpc::Status& status) {
  const auto error = wire::read_error(status);
  const std::string reason = error ? ' ' + error->reason : std::string();
  return std::string(name_of(status.error_code())) + reason + ": " +
         printable(status.error_message(), 500);
}

void require_ok(const grpc::Status& status, std::string_view doing) {
  if (status.ok()) return;
  throw command_failure(status_of(status), std::string(doing) + ": " + text_of(status));
}

std::string json_of(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions how;
  how.preserve_proto_field_names = true;
  how.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, how).ok())
    throw command_failure(exit_status::refused, "the answer can't be written as JSON");
  return text;
}

}  // namespace suanpan::cli
