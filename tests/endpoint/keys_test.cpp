// Callers' keys and roles: who may call what, and what the others are told.
#include "actors/endpoint/caller.hpp"
#include "tests/endpoint/certificates.hpp"
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

const std::string operator_key = "sk_live_operator0123456789";
const std::string held_auditor_key = "sk_live_auditor0123456789";
const std::string some_merchants_key = "sk_test_merchant0123456789";
const std::string revoked_key = "sk_live_revoked0123456789";

storage::api_key_row row_of(const std::string& key, storage::role role) {
  storage::api_key_row row;
  row.key_id = "k_" + key.substr(8, 4);
  row.as = role;
  for (const auto byte : endpoint::hash_of_key(key)) {
    constexpr char digits[] = "0123456789abcdef";
    row.sha256 += digits[byte >> 4];
    row.sha256 += digits[byte & 15];
  }
  return row;
}

/// The database's keys, as the test has them.
class key_store {
 public:
  endpoint::key_ring::loader loader() {
    return [this]() -> storage::outcome<std::vector<storage::api_key_row>> {
      ++reads;
      const std::scoped_lock lock(guard_);
      if (!reachable_) return storage::unavailable{"gone"};
      return rows_;
    };
  }
  void add(storage::api_key_row row) {
    const std::scoped_lock lock(guard_);
    rows_.push_back(std::move(row));
  }
  void set_reachable(bool to) {
    const std::scoped_lock lock(guard_);
    reachable_ = to;
  }
  std::atomic<int> reads{0};

 private:
  std::mutex guard_;
  std::vector<storage::api_key_row> rows_;
  bool reachable_ = true;
};

/// A node as in production: TLS and keys.
class keyed {
 public:
  keyed() {
    store.add(row_of(operator_key, storage::role::operator_));
    store.add(row_of(held_auditor_key, storage::role::auditor));
    store.add(row_of(some_merchants_key, storage::role::merchant));
    auto revoked = row_of(revoked_key, storage::role::operator_);
    revoked.revoked_micros = 5;
    store.add(revoked);
  }
  void start() {
    auto settings = dev_settings();
    settings.node.dev = false;
    settings.security.tls_certificate = folder_.file("node.pem", certificate_.chain);
    settings.security.tls_key = folder_.file("node.key", certificate_.key);
    node_ = std::make_unique<served>(settings, store.loader());
    REQUIRE_MESSAGE(node_->running, node_->fault);
    grpc::SslCredentialsOptions trusted;
    trusted.pem_root_certs = certificate_.chain;
    client_ =
        v1::Ledger::NewStub(grpc::CreateChannel(node_->target(), grpc::SslCredentials(trusted)));
  }
  [[nodiscard]] grpc::Status post(const std::string& authorization) {
    bounded_context context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    v1::PostTransfersResponse response;
    return client_->PostTransfers(&context, batch_of(1), &response);
  }
  [[nodiscard]] grpc::Status read(const std::string& authorization) {
    bounded_context context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    v1::ListSubjectsResponse response;
    return client_->ListSubjects(&context, {}, &response);
  }
  [[nodiscard]] grpc::Status stream(const std::string& authorization) {
    bounded_context context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    auto stream = client_->StreamTransfers(&context);
    v1::PostTransfersResponse response;
    stream->Write(batch_of(1));
    stream->WritesDone();
    while (stream->Read(&response)) ++streamed;
    return stream->Finish();
  }
  key_store store;
  int streamed = 0;

 private:
  scratch_folder folder_;
  certificate certificate_ = make_certificate();
  std::unique_ptr<served> node_;
  std::unique_ptr<v1::Ledger::Stub> client_;
};

}  // namespace

TEST_CASE("keys: an operator may write and read, over TLS, in a stream too") {
  keyed node;
  node.start();
  CHECK(node.post("Bearer " + operator_key).ok());
  CHECK(node.post("bearer " + operator_key).ok());
  CHECK(node.read("Bearer " + operator_key).ok());
  CHECK(node.stream("Bearer " + operator_key).ok());
  CHECK(node.streamed == 1);
}

TEST_CASE("keys: a call without a valid key is told why, and gets nothing") {
  keyed node;
  node.start();
  const std::pair<const char*, std::string> refused[] = {
      {"KEY_MISSING", ""},
      {"KEY_MALFORMED", operator_key},
      {"KEY_MALFORMED", "Bearer "},
      {"KEY_MALFORMED", "Basic abc"},
      {"KEY_MALFORMED", "Bearer hunter2"},
      {"KEY_MALFORMED", "Bearer sk_live_" + std::string(200, 'x')},
      {"KEY_UNKNOWN", "Bearer sk_live_nobody"},
      {"KEY_UNKNOWN", "Bearer " + operator_key + "x"},
      {"KEY_REVOKED", "Bearer " + revoked_key},
  };
  for (const auto& [reason, authorization] : refused) {
    for (const auto& status :
         {node.post(authorization), node.read(authorization), node.stream(authorization)}) {
      INFO("authorization ", authorization);
      CHECK(status.error_code() == StatusCode::UNAUTHENTICATED);
      CHECK(reason_of(status) == reason);
      CHECK(status.error_details().find("operator0123456789") == std::string::npos);
    }
  }
  CHECK(node.streamed == 0);
}

TEST_CASE("keys: only operators write; auditors read; merchants have nothing in the Ledger") {
  keyed node;
  node.start();
  const auto denied = [](const grpc::Status& status) {
    return status.error_code() == StatusCode::PERMISSION_DENIED &&
           reason_of(status) == "ROLE_NOT_ALLOWED";
  };
  CHECK(denied(node.post("Bearer " + held_auditor_key)));
  CHECK(denied(node.stream("Bearer " + held_auditor_key)));
  CHECK(node.read("Bearer " + held_auditor_key).ok());
  CHECK(denied(node.post("Bearer " + some_merchants_key)));
  CHECK(denied(node.read("Bearer " + some_merchants_key)));
  CHECK(denied(node.stream("Bearer " + some_merchants_key)));
}

TEST_CASE(
    "keys: a key works at once after it was made, and no longer once revoked and read again") {
  keyed node;
  node.start();
  REQUIRE(node.post("Bearer " + operator_key).ok());
  const std::string fresh = "sk_live_fresh0123456789";
  CHECK(reason_of(node.post("Bearer " + fresh)) == "KEY_UNKNOWN");
  node.store.add(row_of(fresh, storage::role::operator_));
  CHECK(node.post("Bearer " + fresh).ok());
}

TEST_CASE("keys: a flood of wrong keys costs the database a few reads") {
  keyed node;
  node.start();
  const auto began = std::chrono::steady_clock::now();
  const int before = node.store.reads;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i)
    callers.emplace_back([&node, i] {
      for (int n = 0; n < 3; ++n)
        (void)node.post("Bearer sk_live_wrong" + std::to_string(i * 10 + n));
    });
  for (auto& caller : callers) caller.join();
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(node.store.reads - before <= 2 + took / std::chrono::milliseconds(250));
}

TEST_CASE(
    "keys: while they can't be read, known keys work and unknown ones are told to come again") {
  keyed node;
  node.start();
  REQUIRE(node.post("Bearer " + operator_key).ok());
  node.store.set_reachable(false);
  CHECK(node.post("Bearer " + operator_key).ok());
  const auto status = node.post("Bearer sk_live_nobody");
  CHECK(status.error_code() == StatusCode::UNAVAILABLE);
  CHECK(reason_of(status) == "KEYS_UNAVAILABLE");
  CHECK(wire::read_error(status)->retry_after);
}

TEST_CASE("keys: in --dev none is needed, but one that is given must be valid") {
  key_store store;
  store.add(row_of(held_auditor_key, storage::role::auditor));
  served node(dev_settings(), store.loader());
  auto client = node.client();
  const auto post = [&](const std::string& authorization) {
    bounded_context context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    v1::PostTransfersResponse response;
    return client->PostTransfers(&context, batch_of(1), &response);
  };
  CHECK(post("").ok());
  CHECK(reason_of(post("Bearer sk_live_nobody")) == "KEY_UNKNOWN");
  CHECK(reason_of(post("Bearer " + held_auditor_key)) == "ROLE_NOT_ALLOWED");
}
