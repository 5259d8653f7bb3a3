#include "tests/faults/raw_call.hpp"

#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace suanpan::faults {
namespace {

void append_varint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) to += static_cast<char>(value | 0x80U);
  to += static_cast<char>(value);
}

}  // namespace

grpc::Status call_raw(ledger_client& ledger, const std::string& method, const std::string& bytes,
                      std::string* answered) {
  grpc::GenericStub stub(ledger.channel());
  grpc::ClientContext context;
  limit(context, milliseconds(10'000));
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, "/suanpan.v1.Ledger/" + method, request, &queue);
  grpc::ByteBuffer response;
  grpc::Status status;
  call->StartCall();
  call->Finish(&response, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  grpc::Slice whole;
  if (answered != nullptr && status.ok() && response.DumpToSingleSlice(&whole).ok())
    answered->assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
  return status;
}

void send_to_port(std::uint16_t port, const std::string& bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{0, 500'000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<char, 4'096> chunk{};
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0) {
    while (recv(socket, chunk.data(), chunk.size(), 0) > 0) {
    }
  }
  close(socket);
}

std::string wire_field(int number, const std::string& content) {
  std::string field;
  append_varint(field, static_cast<std::uint64_t>(number) << 3U | 2U);
  append_varint(field, content.size());
  return field + content;
}

std::string raw_request(const item& what, const std::string& reference, const std::string& memo) {
  v1::Transfer transfer;
  auto plain = what;
  plain.reference.clear();
  plain.memo.clear();
  fill(transfer, plain);
  auto bytes = transfer.SerializeAsString();
  if (!reference.empty()) bytes += wire_field(11, reference);
  if (!memo.empty()) bytes += wire_field(13, memo);
  return wire_field(1, bytes);
}

}  // namespace suanpan::faults
