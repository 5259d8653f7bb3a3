// Certificates: what a start accepts, and what it says of the rest.
#include "actors/endpoint/tls.hpp"

#include "tests/endpoint/certificates.hpp"
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;
using endpoint::load_tls;

namespace {

std::string fault_of(const endpoint::tls_files& files) {
  const auto outcome = load_tls(files);
  CHECK((outcome.credentials == nullptr) == !outcome.fault.empty());
  return outcome.fault;
}

bool says(const std::string& fault, const std::string& words) {
  INFO("fault ", fault);
  return fault.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("tls: a certificate with its key is taken") {
  const scratch_folder folder;
  const auto made = make_certificate();
  CHECK(fault_of({folder.file("a.pem", made.chain), folder.file("a.key", made.key)}).empty());
}

TEST_CASE("tls: files that can't serve are refused, each with its own reason") {
  const scratch_folder folder;
  const auto made = make_certificate();
  const auto other = make_certificate();
  const auto expired = make_certificate(-3);
  const auto chain = folder.file("a.pem", made.chain);
  const auto key = folder.file("a.key", made.key);
  CHECK(says(fault_of({"/nowhere/a.pem", key}), "/nowhere/a.pem: can't be read"));
  CHECK(says(fault_of({chain, "/nowhere/a.key"}), "/nowhere/a.key: can't be read"));
  CHECK(says(fault_of({folder.file("b.pem", "hello"), key}), "b.pem: holds no certificate"));
  CHECK(says(fault_of({chain, folder.file("b.key", "hello")}), "b.key: holds no private key"));
  CHECK(says(fault_of({key, key}), "a.key: holds no certificate"));
  CHECK(says(fault_of({chain, folder.file("c.key", other.key)}), "c.key: is not the key of"));
  CHECK(says(fault_of({folder.file("d.pem", expired.chain), folder.file("d.key", expired.key)}),
             "d.pem: has expired"));
  const std::string locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  CHECK(says(fault_of({chain, folder.file("e.key", locked)}), "e.key: holds no private key"));
}

TEST_CASE("tls: without --dev the start needs a certificate and a key") {
  auto settings = dev_settings();
  settings.node.dev = false;
  const served without(settings);
  CHECK_FALSE(without.running);
  CHECK(without.configuration_fault);
  CHECK(says(without.fault, "security.tls_certificate"));
  const scratch_folder folder;
  settings.security.tls_certificate = folder.file("a.pem", make_certificate().chain);
  const served half(settings);
  CHECK(says(half.fault, "security.tls_key"));
}

TEST_CASE("tls: a client that speaks plain text, or trusts another certificate, gets nothing") {
  const scratch_folder folder;
  const auto made = make_certificate();
  auto settings = dev_settings();
  settings.security.tls_certificate = folder.file("a.pem", made.chain);
  settings.security.tls_key = folder.file("a.key", made.key);
  served node(settings);
  REQUIRE(node.running);
  const auto list = [&](const std::shared_ptr<grpc::ChannelCredentials>& with) {
    auto client = v1::Ledger::NewStub(grpc::CreateChannel(node.target(), with));
    bounded_context context;
    v1::ListSubjectsResponse response;
    return client->ListSubjects(&context, {}, &response).error_code();
  };
  const auto trusting = [](const std::string& pem) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = pem;
    return grpc::SslCredentials(options);
  };
  CHECK(list(trusting(made.chain)) == grpc::StatusCode::OK);
  CHECK(list(trusting(make_certificate().chain)) == grpc::StatusCode::UNAVAILABLE);
  CHECK(list(grpc::InsecureChannelCredentials()) == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE("--dev listens on loopback only, whatever the configuration says") {
  auto settings = dev_settings();
  settings.grpc.address = "0.0.0.0";
  const served node(settings);
  CHECK_FALSE(node.running);
  CHECK(node.configuration_fault);
  CHECK(says(node.fault, "loopback"));
}
