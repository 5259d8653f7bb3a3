// One connection's load as unary calls, so many at once, all on one thread with a completion queue.
#include "tools/bench/load.hpp"

#include <chrono>
#include <memory>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;
using steady = std::chrono::steady_clock;

struct one_call {
  v1::PostTransfersRequest request;
  v1::PostTransfersResponse response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::PostTransfersResponse>> reader;
  steady::time_point sent;
};

}  // namespace

void load_by_calls(const cli::ledger_client& client, const load_options& options, load_run& run,
                   std::uint64_t seed, load_tally& tally) {
  load_filler filler(options, run, seed);
  grpc::CompletionQueue queue;
  std::vector<one_call> calls(options.in_flight);
  std::size_t open = 0;
  const auto start = [&](one_call& call) {
    filler.refill(call.request);
    call.context = client.unary_context();
    call.sent = steady::now();
    call.reader = client.ledger().AsyncPostTransfers(call.context.get(), call.request, &queue);
    call.reader->Finish(&call.response, &call.status, &call);
    ++open;
  };
  for (auto& call : calls) {
    filler.build(call.request);
    start(call);
  }
  void* tag = nullptr;
  bool ok = false;
  while (open > 0 && queue.Next(&tag, &ok)) {
    auto& call = *static_cast<one_call*>(tag);
    --open;
    if (call.status.ok()) {
      tally_answer(options, run, call.response, call.sent, tally);
    } else {
      ++tally.calls_failed;
      tally.unknown += options.batch;
      if (tally.failure.empty()) tally.failure = cli::text_of(call.status);
    }
    if (!run.stopping) start(call);
  }
}

}  // namespace suanpan::bench
