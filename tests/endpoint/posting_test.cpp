// PostTransfers from the client's side: each item answered in its place, each fault alone.
#include "tests/endpoint/served.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;
using grpc::StatusCode;

namespace {

struct posted {
  grpc::Status status;
  v1::PostTransfersResponse response;
};

posted post(v1::Ledger::Stub& client, const v1::PostTransfersRequest& request) {
  posted out;
  bounded_context context;
  out.status = client.PostTransfers(&context, request, &out.response);
  return out;
}

}  // namespace

TEST_CASE("posting: each item is answered in its place, with its ticket") {
  served node;
  auto client = node.client();
  const auto got = post(*client, batch_of(500));
  REQUIRE(got.status.ok());
  REQUIRE(got.response.results_size() == 500);
  for (const auto& outcome : got.response.results()) {
    CHECK(outcome.result() == v1::TRANSFER_RESULT_POSTED);
    CHECK(outcome.ticket() == answered_at.micros);
  }
  const auto ids = node.told->ids();
  REQUIRE(ids.size() == 500);
  CHECK(std::string(ids[499].bytes.begin(), ids[499].bytes.end()) == transfer_of(499).id());
}

TEST_CASE("posting: malformed items are refused alone and never reach the teller") {
  served node;
  auto client = node.client();
  auto request = batch_of(6);
  request.mutable_transfers(0)->set_amount(-5);
  request.mutable_transfers(2)->set_currency("ABC");
  request.mutable_transfers(3)->set_memo(std::string("a\0b", 3));
  request.mutable_transfers(5)->clear_id();
  const auto got = post(*client, request);
  REQUIRE(got.status.ok());
  REQUIRE(got.response.results_size() == 6);
  CHECK(got.response.results(0).result() == v1::TRANSFER_RESULT_AMOUNT_MUST_BE_POSITIVE);
  CHECK(got.response.results(1).result() == v1::TRANSFER_RESULT_POSTED);
  CHECK(got.response.results(2).result() == v1::TRANSFER_RESULT_CURRENCY_UNKNOWN);
  CHECK(got.response.results(3).result() == v1::TRANSFER_RESULT_MEMO_INVALID);
  CHECK(got.response.results(4).result() == v1::TRANSFER_RESULT_POSTED);
  CHECK(got.response.results(5).result() == v1::TRANSFER_RESULT_ID_MUST_NOT_BE_ZERO);
  CHECK(got.response.results(5).ticket() == 0);
  CHECK(node.told->items() == 2);
}

TEST_CASE("posting: a string that is not UTF-8 is refused alone, though no library would send it") {
  served node;
  auto request = batch_of(3);
  request.mutable_transfers(1)->set_reference("\xff\xfe");
  std::string answer;
  REQUIRE(
      call_with_bytes(node.channel(), "PostTransfers", request.SerializePartialAsString(), &answer)
          .ok());
  v1::PostTransfersResponse response;
  REQUIRE(response.ParseFromString(answer));
  REQUIRE(response.results_size() == 3);
  CHECK(response.results(0).result() == v1::TRANSFER_RESULT_POSTED);
  CHECK(response.results(1).result() == v1::TRANSFER_RESULT_REFERENCE_INVALID);
  CHECK(response.results(2).result() == v1::TRANSFER_RESULT_POSTED);
}

TEST_CASE("posting: a batch with nothing left to decide is answered without the teller") {
  served node;
  auto client = node.client();
  auto request = batch_of(2);
  for (auto& item : *request.mutable_transfers()) item.set_amount(0);
  CHECK(post(*client, request).response.results_size() == 2);
  const auto empty = post(*client, {});
  CHECK(empty.status.ok());
  CHECK(empty.response.results_size() == 0);
  CHECK(node.told->postings() == 0);
}

TEST_CASE("posting: a batch above the cap is refused whole, with the cap") {
  served node;
  auto client = node.client();
  CHECK(post(*client, batch_of(10'000)).response.results_size() == 10'000);
  const auto got = post(*client, batch_of(10'001));
  CHECK(got.status.error_code() == StatusCode::INVALID_ARGUMENT);
  const auto error = wire::read_error(got.status);
  REQUIRE(error);
  CHECK(error->reason == "BATCH_TOO_LARGE");
  CHECK(error->field == "transfers");
  CHECK(error->metadata == std::vector<std::pair<std::string, std::string>>{
                               {"items", "10001"}, {"items_max", "10000"}});
  CHECK(node.told->items() == 10'000);
}

TEST_CASE("posting: garbage is answered in words, and the service lives on") {
  served node;
  const auto channel = node.channel();
  for (const char* method :
       {"PostTransfers", "OpenAccounts", "GetAccount", "GetTransfer", "ListAccounts",
        "GetTrialBalance", "ListSubjects", "ListTransfers", "GetStatement", "GetBalanceAt"}) {
    const auto status = call_with_bytes(channel, method, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff");
    INFO("method ", method);
    CHECK(status.error_code() == StatusCode::INVALID_ARGUMENT);
    CHECK(reason_of(status) == "MALFORMED_MESSAGE");
  }
  auto request = batch_of(2).SerializeAsString();
  request.resize(request.size() - 3);
  CHECK(reason_of(call_with_bytes(channel, "PostTransfers", request)) == "MALFORMED_MESSAGE");
  CHECK(node.told->postings() == 0);
  auto client = v1::Ledger::NewStub(channel);
  CHECK(post(*client, batch_of(1)).status.ok());
}

TEST_CASE("posting: a message above 4 MiB is refused by its size") {
  served node;
  auto client = node.client();
  auto request = batch_of(9'000);
  for (auto& item : *request.mutable_transfers()) item.set_memo(std::string(500, 'm'));
  REQUIRE(request.ByteSizeLong() > 4U << 20);
  CHECK(post(*client, request).status.error_code() == StatusCode::RESOURCE_EXHAUSTED);
  CHECK(post(*client, batch_of(1)).status.ok());
}

TEST_CASE(
    "posting: an answer that is late says UNKNOWN for what the teller has, the truth for the "
    "rest") {
  auto settings = dev_settings();
  settings.grpc.answer_deadline_ms = 200;
  served node(settings);
  auto client = node.client();
  node.told->set(script::mode::keep);
  auto request = batch_of(3);
  request.mutable_transfers(1)->set_amount(0);
  const auto got = post(*client, request);
  REQUIRE(got.status.ok());
  REQUIRE(got.response.results_size() == 3);
  CHECK(got.response.results(0).result() == v1::TRANSFER_RESULT_UNKNOWN);
  CHECK(got.response.results(1).result() == v1::TRANSFER_RESULT_AMOUNT_MUST_BE_POSITIVE);
  CHECK(got.response.results(2).result() == v1::TRANSFER_RESULT_UNKNOWN);
  node.told->release(1);  // the teller answers after all: to nobody
  node.told->set(script::mode::answer);
  CHECK(post(*client, batch_of(1)).response.results(0).result() == v1::TRANSFER_RESULT_POSTED);
}

TEST_CASE("posting: a client that gives up early undoes nothing, and its work leaves the counts") {
  served node;
  auto client = node.client();
  node.told->set(script::mode::keep);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  v1::PostTransfersResponse response;
  CHECK(client->PostTransfers(&context, batch_of(5), &response).error_code() ==
        StatusCode::DEADLINE_EXCEEDED);
  REQUIRE(node.told->kept(1));
  CHECK(get(node.running->http_port(), "/metrics").body.find("suanpan_admission_items 5") !=
        std::string::npos);
  node.told->release(1);
  CHECK(eventually([&] {
    return get(node.running->http_port(), "/metrics").body.find("suanpan_admission_items 0") !=
           std::string::npos;
  }));
}

TEST_CASE("posting: items refused by the endpoint are counted by their result") {
  served node;
  auto client = node.client();
  auto request = batch_of(4);
  for (int i = 0; i < 3; ++i) request.mutable_transfers(i)->set_amount(0);
  REQUIRE(post(*client, request).status.ok());
  const auto text = get(node.running->http_port(), "/metrics").body;
  CHECK(text.find("suanpan_transfers_total{result=\"amount_must_be_positive\"} 3") !=
        std::string::npos);
}
