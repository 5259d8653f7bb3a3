// Admission at the door of a node that serves (R26).
#include "tests/endpoint/served.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::testing;

TEST_CASE("beyond the bound a call is refused at once, with the scope and a pause") {
  auto settings = dev_settings();
  settings.admission.items_max = 1'000;
  served node(settings);
  auto client = node.client();
  node.told->set(script::mode::keep);
  grpc::CompletionQueue queue;
  grpc::ClientContext held_context;
  v1::PostTransfersResponse held_response;
  grpc::Status held_status;
  auto held = client->AsyncPostTransfers(&held_context, batch_of(990), &queue);
  held->Finish(&held_response, &held_status, nullptr);
  REQUIRE(node.told->kept(1));

  const auto began = std::chrono::steady_clock::now();
  bounded_context context;
  v1::PostTransfersResponse response;
  const auto status = client->PostTransfers(&context, batch_of(11), &response);
  CHECK(status.error_code() == grpc::StatusCode::UNAVAILABLE);
  const auto error = wire::read_error(status);
  REQUIRE(error);
  CHECK(error->reason == "OVERLOADED");
  CHECK(error->metadata.at(0).second == "node");
  CHECK(error->retry_after);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  CHECK(node.told->postings() == 1);

  node.told->release(1);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  CHECK(held_status.ok());
  bounded_context again;
  node.told->set(script::mode::answer);
  CHECK(client->PostTransfers(&again, batch_of(1'000), &response).ok());
}
