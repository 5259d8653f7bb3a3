// Server credentials from PEM files, checked before gRPC sees them, because gRPC says of a bad file
// only that the handshake failed. Read once: a new certificate needs a restart.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

namespace suanpan::endpoint {

struct tls_files {
  std::string certificate;  // chain, the server's own first
  std::string key;          // its private key, without a passphrase
};

struct tls_outcome {
  std::shared_ptr<grpc::ServerCredentials> credentials;  // null if there is a fault
  std::string fault;                                     // names the file, never its content
};

/// TLS 1.2 or newer. Refuses files that can't be read or parsed, a key that does not belong to the
/// certificate, and a certificate that is not valid now.
[[nodiscard]] tls_outcome load_tls(const tls_files& files);

}  // namespace suanpan::endpoint
