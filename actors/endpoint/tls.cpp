#include "actors/endpoint/tls.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <sstream>

namespace suanpan::endpoint {
namespace {

constexpr std::size_t pem_bytes_max = 1'048'576;

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* held) const noexcept {
    Free(held);
  }
};
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using private_key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using memory_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

/// Empty if the file can't be read.
std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto bytes = text.str();
  return !file || bytes.size() > pem_bytes_max ? std::string{} : bytes;
}

memory_ptr memory_of(const std::string& pem) {
  return memory_ptr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// An encrypted key must not make the start ask on a terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

std::string judge(const tls_files& files, const std::string& chain, const std::string& key) {
  if (chain.empty()) return files.certificate + ": can't be read";
  if (key.empty()) return files.key + ": can't be read";
  const certificate_ptr certificate(
      PEM_read_bio_X509(memory_of(chain).get(), nullptr, no_passphrase, nullptr));
  if (!certificate) return files.certificate + ": holds no certificate in PEM form";
  const private_key_ptr secret(
      PEM_read_bio_PrivateKey(memory_of(key).get(), nullptr, no_passphrase, nullptr));
  if (!secret) return files.key + ": holds no private key in PEM form without a passphrase";
  if (X509_check_private_key(certificate.get(), secret.get()) != 1)
    return files.key + ": is not the key of " + files.certificate;
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
    return files.certificate + ": has expired";
  if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) > 0)
    return files.certificate + ": is not valid yet";
  return {};
}

}  // namespace

tls_outcome load_tls(const tls_files& files) {
  const auto chain = read_file(files.certificate);
  const auto key = read_file(files.key);
  if (auto fault = judge(files, chain, key); !fault.empty()) return {nullptr, std::move(fault)};
  // gRPC's own floor is TLS 1.2.
  grpc::SslServerCredentialsOptions options(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_key_cert_pairs.push_back({key, chain});
  return {grpc::SslServerCredentials(options), {}};
}

}  // namespace suanpan::endpoint
