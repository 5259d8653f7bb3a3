// Load on a ledger through its public API: what to send, how it is counted. The client must cost
// little, or it is what gets measured: messages are built once and only ids, accounts and amounts
// change.
#pragma once

#include "suanpan/v1/ledger.grpc.pb.h"
#include "tools/bench/histogram.hpp"
#include "tools/bench/pattern.hpp"
#include "tools/cli/client.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace suanpan::bench {

struct load_options {
  load_pattern pattern = load_pattern::uniform;
  double skew = 1.0;            // of zipf
  bool unary = false;           // PostTransfers calls instead of one stream a connection
  std::uint32_t batch = 8'000;  // transfers a message
  std::uint32_t in_flight = 8;  // messages not answered yet, on each connection
  std::uint32_t connections = 1;
  std::uint32_t accounts = 10'000;
  std::uint32_t seconds = 10;
  std::uint32_t warmup_seconds = 2;  // before counting begins
  std::uint32_t rate = 0;  // transfers a second, over all connections; 0: as fast as can be
  std::uint32_t window_seconds = 0;  // latency of each so many seconds, too; 0: only of all
  std::uint64_t seed = 1;
};

/// What all connections of a run share. The transfers of a run are told by their event code and
/// ids.
struct load_run {
  std::vector<std::int64_t> accounts;  // numbers; what the first ones are is the pattern's
  std::uint32_t event_code = 0;
  std::uint64_t id_salt = 0;  // 42 random bits in every id
  std::atomic<std::uint32_t> id_count{0};
  std::atomic<bool> stopping{false};                     // send no more
  std::atomic<bool> counting{false};                     // answers that arrive now are measured
  std::atomic<std::uint64_t> counted{0};                 // transfers posted while counting
  std::chrono::steady_clock::time_point counting_since;  // set before `counting`
};

/// What one connection saw. Its own thread's while the run lasts.
struct load_tally {
  histogram latency_micros;        // of messages, while counting
  std::vector<histogram> windows;  // the same, of each window of time
  std::uint64_t counted = 0;       // transfers posted while counting
  std::uint64_t posted = 0;        // in the whole run
  std::uint64_t refused = 0;
  std::uint64_t unavailable = 0;
  std::uint64_t unknown = 0;
  std::uint64_t calls_failed = 0;  // calls or streams that ended with an error
  std::string failure;             // the first error's text

  void merge(const load_tally& other);
};

/// Writes one message's content anew, and counts what was answered.
class load_filler {
 public:
  load_filler(const load_options& options, load_run& run, std::uint64_t seed);
  /// A message with `batch` transfers, ready for refill.
  void build(suanpan::v1::PostTransfersRequest& request) const;
  /// New ids of now, new accounts and amounts, in place.
  void refill(suanpan::v1::PostTransfersRequest& request);

 private:
  const load_options& options_;
  load_run& run_;
  pattern_writer pattern_;
};

/// When the next message of a connection may leave, if the load has a rate. Latency then counts
/// from that moment, so that a stall is felt by all that should have been sent meanwhile.
class pace {
 public:
  explicit pace(const load_options& options)
      : between_(options.rate == 0 ? std::chrono::nanoseconds{0}
                                   : std::chrono::nanoseconds{std::chrono::seconds{1}} *
                                         options.batch * options.connections / options.rate) {}
  /// Waits for the moment and returns it; at once and now if there is no rate.
  std::chrono::steady_clock::time_point next();

 private:
  std::chrono::nanoseconds between_;
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::now();
};

/// `sent`: when the message was.
void tally_answer(const load_options& options, load_run& run,
                  const suanpan::v1::PostTransfersResponse& response,
                  std::chrono::steady_clock::time_point sent, load_tally& tally);

/// Opens the run's accounts and returns their numbers. Throws command_failure.
[[nodiscard]] std::vector<std::int64_t> open_load_accounts(const cli::ledger_client& client,
                                                           std::uint32_t count);

/// Keeps `options.in_flight` messages going on one connection until the run stops and all are
/// answered.
void load_by_stream(const cli::ledger_client& client, const load_options& options, load_run& run,
                    std::uint64_t seed, load_tally& tally);
void load_by_calls(const cli::ledger_client& client, const load_options& options, load_run& run,
                   std::uint64_t seed, load_tally& tally);

}  // namespace suanpan::bench
