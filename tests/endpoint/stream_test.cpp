// StreamTransfers: answers to each batch, nothing overtakes what failed, and a bounded cost for a
// client that does not read.
#include "tests/endpoint/served.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>

#include <set>
#include <thread>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

/// One stream of a client, read and written by one thread.
class open_stream {
 public:
  explicit open_stream(const served& node)
      : client_(node.client()), stream_(client_->StreamTransfers(&context_)) {}

  bool send(std::uint32_t items, std::uint64_t sequence) {
    return stream_->Write(batch_of(items, sequence));
  }
  bool send(const v1::PostTransfersRequest& request) { return stream_->Write(request); }
  /// The next answer; an empty one at the end.
  v1::PostTransfersResponse next() {
    v1::PostTransfersResponse response;
    stream_->Read(&response);
    return response;
  }
  void close() { stream_->WritesDone(); }
  grpc::Status finish() { return stream_->Finish(); }
  void cancel() { context_.TryCancel(); }

 private:
  std::unique_ptr<v1::Ledger::Stub> client_;
  bounded_context context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PostTransfersRequest, v1::PostTransfersResponse>>
      stream_;
};

v1::TransferResult first_result(const v1::PostTransfersResponse& response) {
  return response.results_size() == 0 ? v1::TRANSFER_RESULT_UNSPECIFIED
                                      : response.results(0).result();
}

std::int64_t gauge(const served& node, const std::string& name) {
  const auto text = get(node.running->http_port(), "/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + name.size() + 2));
}

}  // namespace

TEST_CASE("stream: every batch is answered once, with its sequence") {
  served node;
  open_stream stream(node);
  std::thread writer([&] {
    for (std::uint64_t n = 1; n <= 2'000; ++n) stream.send(1 + n % 7, n);
    stream.close();
  });
  std::set<std::uint64_t> answered;
  for (auto response = stream.next(); response.sequence() != 0; response = stream.next()) {
    CHECK(response.results_size() == static_cast<int>(1 + response.sequence() % 7));
    CHECK(first_result(response) == v1::TRANSFER_RESULT_POSTED);
    CHECK(answered.insert(response.sequence()).second);
  }
  writer.join();
  CHECK(answered.size() == 2'000);
  CHECK(stream.finish().ok());
}

TEST_CASE("stream: the last batch is answered though the stream is closed while it is taken") {
  served node;
  for (int round = 0; round < 300; ++round) {
    open_stream stream(node);
    for (std::uint64_t n = 1; n <= 3; ++n) stream.send(200, n);
    stream.close();
    int answers = 0;
    while (stream.next().sequence() != 0) ++answers;
    REQUIRE(answers == 3);
    REQUIRE(stream.finish().ok());
  }
}

TEST_CASE("stream: an answer may overtake an earlier one that waits") {
  served node;
  open_stream stream(node);
  node.told->set(script::mode::keep);
  stream.send(1, 1);
  REQUIRE(node.told->kept(1));
  node.told->set(script::mode::answer);
  stream.send(1, 2);
  CHECK(stream.next().sequence() == 2);
  node.told->release(1);
  CHECK(stream.next().sequence() == 1);
}

TEST_CASE("stream: malformed items and empty batches are answered in place") {
  served node;
  open_stream stream(node);
  auto request = batch_of(2, 1);
  request.mutable_transfers(0)->set_amount(0);
  stream.send(request);
  const auto got = stream.next();
  CHECK(got.results(0).result() == v1::TRANSFER_RESULT_AMOUNT_MUST_BE_POSITIVE);
  CHECK(got.results(1).result() == v1::TRANSFER_RESULT_POSTED);
  stream.send(0, 2);
  const auto empty = stream.next();
  CHECK(empty.sequence() == 2);
  CHECK(empty.results_size() == 0);
}

TEST_CASE(
    "stream: after an item that is UNAVAILABLE all later ones are, until the stream is reopened") {
  served node;
  open_stream stream(node);
  stream.send(2, 1);
  CHECK(first_result(stream.next()) == v1::TRANSFER_RESULT_POSTED);
  node.told->set(script::mode::unavailable);
  stream.send(2, 2);
  CHECK(first_result(stream.next()) == v1::TRANSFER_RESULT_UNAVAILABLE);
  node.told->set(script::mode::answer);
  const auto reached = node.told->postings();
  for (std::uint64_t n = 3; n <= 6; ++n) {
    auto request = batch_of(3, n);
    request.mutable_transfers(1)->set_amount(0);
    stream.send(request);
    const auto got = stream.next();
    REQUIRE(got.results_size() == 3);
    for (const auto& outcome : got.results())
      CHECK(outcome.result() == v1::TRANSFER_RESULT_UNAVAILABLE);
  }
  CHECK(node.told->postings() == reached);
  stream.close();
  CHECK(stream.finish().ok());
  open_stream reopened(node);
  reopened.send(1, 7);
  CHECK(first_result(reopened.next()) == v1::TRANSFER_RESULT_POSTED);
}

TEST_CASE(
    "stream: a batch that does not fit the node is UNAVAILABLE at once, and so is what follows") {
  auto settings = dev_settings();
  settings.admission.items_max = 100;
  served node(settings);
  open_stream stream(node);
  node.told->set(script::mode::keep);
  stream.send(80, 1);
  REQUIRE(node.told->kept(1));
  stream.send(30, 2);
  const auto refused = stream.next();
  CHECK(refused.sequence() == 2);
  CHECK(first_result(refused) == v1::TRANSFER_RESULT_UNAVAILABLE);
  stream.send(1, 3);  // would fit
  CHECK(first_result(stream.next()) == v1::TRANSFER_RESULT_UNAVAILABLE);
  node.told->release(1);
  const auto late = stream.next();
  CHECK(late.sequence() == 1);
  CHECK(first_result(late) == v1::TRANSFER_RESULT_POSTED);
}

TEST_CASE("stream: it is not read beyond its bound of batches in flight") {
  auto settings = dev_settings();
  settings.grpc.requests_per_stream_max = 4;
  served node(settings);
  open_stream stream(node);
  node.told->set(script::mode::keep);
  std::thread writer([&] {
    for (std::uint64_t n = 1; n <= 12; ++n) stream.send(1, n);
    stream.close();
  });
  REQUIRE(node.told->kept(4));
  // Another stream goes round twice meanwhile: had the fifth batch been read, the teller would have
  // it.
  open_stream other(node);
  for (std::uint64_t n = 1; n <= 2; ++n) {
    other.send(1, n);
    REQUIRE(node.told->kept(4 + n));
  }
  CHECK(node.told->postings() == 6);
  node.told->set(script::mode::answer);
  node.told->release(100);
  int answers = 0;
  while (stream.next().sequence() != 0) ++answers;
  writer.join();
  CHECK(answers == 12);
  CHECK(stream.finish().ok());
}

TEST_CASE("stream: garbage ends it with a reason, after the answers that are due") {
  served node;
  open_stream stream(node);
  node.told->set(script::mode::keep);
  stream.send(1, 1);
  REQUIRE(node.told->kept(1));
  stream.send(10'001, 2);
  node.told->release(1);
  CHECK(stream.next().sequence() == 1);
  CHECK(stream.next().sequence() == 0);
  const auto status = stream.finish();
  CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
  CHECK(reason_of(status) == "BATCH_TOO_LARGE");
}

TEST_CASE("stream: an answer that is late says UNKNOWN, and later batches are UNAVAILABLE") {
  auto settings = dev_settings();
  settings.grpc.answer_deadline_ms = 200;
  served node(settings);
  open_stream stream(node);
  node.told->set(script::mode::keep);
  stream.send(2, 1);
  const auto late = stream.next();
  CHECK(late.sequence() == 1);
  CHECK(first_result(late) == v1::TRANSFER_RESULT_UNKNOWN);
  node.told->set(script::mode::answer);
  stream.send(1, 2);
  CHECK(first_result(stream.next()) == v1::TRANSFER_RESULT_UNAVAILABLE);
  node.told->release(1);
}

TEST_CASE("stream: a client that goes away leaves nothing behind") {
  served node;
  {
    open_stream stream(node);
    node.told->set(script::mode::keep);
    for (std::uint64_t n = 1; n <= 5; ++n) stream.send(10, n);
    REQUIRE(node.told->kept(5));
    stream.cancel();
    (void)stream.finish();
  }
  node.told->release(5);
  CHECK(eventually([&] { return gauge(node, "suanpan_streams_open") == 0; }));
  CHECK(eventually([&] { return gauge(node, "suanpan_admission_items") == 0; }));
  CHECK(gauge(node, "suanpan_unsent_answer_bytes") == 0);
}

TEST_CASE("stream: more streams than the node takes are refused at once") {
  auto settings = dev_settings();
  settings.grpc.streams_max = 2;
  served node(settings);
  open_stream first(node);
  open_stream second(node);
  first.send(1, 1);
  second.send(1, 1);
  CHECK(first.next().sequence() == 1);
  CHECK(second.next().sequence() == 1);
  open_stream third(node);
  CHECK(third.next().sequence() == 0);
  const auto status = third.finish();
  CHECK(status.error_code() == StatusCode::UNAVAILABLE);
  CHECK(wire::read_error(status)->metadata.at(0).second == "streams");
  second.close();
  CHECK(second.finish().ok());
}

TEST_CASE("stream: a client that never reads costs a bounded amount, beside one that is served") {
  auto settings = dev_settings();
  settings.grpc.requests_per_stream_max = 16;
  served node(settings);
  open_stream deaf(node);
  std::atomic<int> sent{0};
  std::thread writer([&] {
    while (deaf.send(5'000, 1)) ++sent;
  });
  open_stream normal(node);
  std::int64_t unsent_max = 0;
  for (std::uint64_t n = 1; n <= 300; ++n) {
    normal.send(100, n);
    REQUIRE(normal.next().sequence() == n);
    if (n % 50 == 0) unsent_max = std::max(unsent_max, gauge(node, "suanpan_unsent_answer_bytes"));
  }
  // The deaf stream was not read any further once its answers stood: its writer is stuck.
  int before = -1;
  CHECK(eventually([&] {
    const int now = sent;
    return std::exchange(before, now) == now && now > 0;
  }));
  CHECK(eventually([&] {
    unsent_max = std::max(unsent_max, gauge(node, "suanpan_unsent_answer_bytes"));
    return unsent_max > 0;
  }));
  CHECK(unsent_max < 4'000'000);
  CHECK(sent < 200);
  deaf.cancel();
  writer.join();
  (void)deaf.finish();
  CHECK(eventually([&] { return gauge(node, "suanpan_unsent_answer_bytes") == 0; }));
}

TEST_CASE("stream: a stop ends an idle stream with UNAVAILABLE, DRAINING") {
  served node;
  open_stream stream(node);
  stream.send(1, 1);
  CHECK(stream.next().sequence() == 1);
  node.running->stop(std::chrono::seconds(5));
  CHECK(stream.next().sequence() == 0);
  const auto status = stream.finish();
  CHECK(status.error_code() == StatusCode::UNAVAILABLE);
  CHECK(reason_of(status) == "DRAINING");
}
