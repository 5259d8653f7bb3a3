#include "tests/endpoint/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace suanpan::testing {
namespace {

std::string text_of(BIO* memory) {
  char* bytes = nullptr;
  const long length = BIO_get_mem_data(memory, &bytes);
  std::string text(bytes, static_cast<std::size_t>(length));
  BIO_free(memory);
  return text;
}

void add_extension(X509* to, int kind, const char* value) {
  auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(to, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

certificate make_certificate(int days) {
  constexpr long day = 86'400;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), days < 0 ? (days - 1) * day : -day);
  X509_gmtime_adj(X509_getm_notAfter(made), days * day);
  X509_set_pubkey(made, key);
  auto* name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("suanpan test"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  add_extension(made, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(made, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  X509_sign(made, key, EVP_sha256());
  certificate out;
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, made);
  out.chain = text_of(memory);
  memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
  out.key = text_of(memory);
  X509_free(made);
  EVP_PKEY_free(key);
  return out;
}

scratch_folder::scratch_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "suanpan-endpoint-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::file(const std::string& name, const std::string& content) const {
  const auto path = path_ / name;
  std::ofstream(path, std::ios::binary) << content;
  return path.string();
}

}  // namespace suanpan::testing
