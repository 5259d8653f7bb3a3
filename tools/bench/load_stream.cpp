// One connection's load as a bidirectional stream: a writer and a reader. After UNAVAILABLE a
// stream answers nothing else, so it is closed and another one opened.
#include "tools/bench/load.hpp"

#include <array>
#include <chrono>
#include <semaphore>
#include <thread>
#include <vector>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto reopen_pause = 50ms;
constexpr std::size_t sent_ring = 4'096;  // above any number of messages in flight

class one_stream {
 public:
  one_stream(const cli::ledger_client& client, const load_options& options, load_run& run,
             std::uint64_t seed, load_tally& tally)
      : options_(options),
        run_(run),
        tally_(tally),
        filler_(options, run, seed),
        room_(static_cast<std::ptrdiff_t>(options.in_flight)),
        context_(client.stream_context()),
        stream_(client.ledger().StreamTransfers(context_.get())) {}

  /// False: the stream ended with an error.
  bool run() {
    std::jthread writer([this] { write(); });
    v1::PostTransfersResponse response;
    while (stream_->Read(&response)) {
      const auto unavailable_before = tally_.unavailable;
      tally_answer(options_, run_, response, sent_[response.sequence() % sent_ring], tally_);
      if (tally_.unavailable > unavailable_before) broken_ = true;
      ++answered_;
      room_.release();
    }
    broken_ = true;
    room_.release();
    writer.join();
    tally_.unknown += (written_ - answered_) * options_.batch;
    const auto status = stream_->Finish();
    if (status.ok()) return true;
    ++tally_.calls_failed;
    if (tally_.failure.empty()) tally_.failure = cli::text_of(status);
    return false;
  }

 private:
  void write() {
    // A message of holds may be made one of captures only once it was answered: with as many as
    // there are messages in flight it was.
    std::vector<v1::PostTransfersRequest> requests(
        options_.pattern == load_pattern::holds ? options_.in_flight : 1);
    for (auto& request : requests) filler_.build(request);
    pace paced(options_);
    for (std::uint64_t sequence = 0;; ++sequence) {
      room_.acquire();
      if (broken_ || run_.stopping) break;
      auto& request = requests[sequence % requests.size()];
      filler_.refill(request);
      request.set_sequence(sequence);
      sent_[sequence % sent_ring] = paced.next();
      if (!stream_->Write(request)) break;
      ++written_;
    }
    stream_->WritesDone();
  }

  const load_options& options_;
  load_run& run_;
  load_tally& tally_;
  load_filler filler_;
  std::counting_semaphore<> room_;
  std::atomic<bool> broken_{false};
  std::uint64_t written_ = 0;   // the writer's until it is joined
  std::uint64_t answered_ = 0;  // the reader's
  // Written before the message leaves and read once its answer is here: the network orders the two.
  std::array<steady::time_point, sent_ring> sent_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PostTransfersRequest, v1::PostTransfersResponse>>
      stream_;
};

}  // namespace

void load_by_stream(const cli::ledger_client& client, const load_options& options, load_run& run,
                    std::uint64_t seed, load_tally& tally) {
  while (!run.stopping) {
    const auto stream = std::make_unique<one_stream>(client, options, run, ++seed, tally);
    stream->run();
    if (!run.stopping) std::this_thread::sleep_for(reopen_pause);
  }
}

}  // namespace suanpan::bench
