// Bytes that no stub would send: a gRPC call with any body, and a connection without HTTP/2.
#pragma once

#include "tests/faults/ledger_client.hpp"

#include <string>

namespace suanpan::faults {

/// Calls "/suanpan.v1.Ledger/<method>" with these bytes as the message.
[[nodiscard]] grpc::Status call_raw(ledger_client& ledger, const std::string& method,
                                    const std::string& bytes, std::string* answered = nullptr);

/// Connects, sends the bytes, and reads until the other side closes or half a second is over.
void send_to_port(std::uint16_t port, const std::string& bytes);

/// One field of Protobuf's wire format with a length.
[[nodiscard]] std::string wire_field(int number, const std::string& content);

/// An item whose texts are any bytes, as a whole PostTransfersRequest.
[[nodiscard]] std::string raw_request(const item& what, const std::string& reference,
                                      const std::string& memo);

}  // namespace suanpan::faults
