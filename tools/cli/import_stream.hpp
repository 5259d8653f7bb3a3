// Posts a file's transfers through StreamTransfers: batches in file order, several in flight, and
// every item answered for good or the command fails. What was left open (UNAVAILABLE, UNKNOWN, a
// broken stream) goes again with the same ids on a new stream, in file order: nothing can be booked
// twice, and nothing overtakes what it may depend on.
#pragma once

#include "tools/cli/client.hpp"
#include "tools/cli/posting_file.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace suanpan::cli {

struct stream_options {
  std::uint32_t batch = 1'000;          // transfers a message, at most 10,000
  std::uint32_t in_flight = 8;          // messages not answered yet
  std::uint32_t patience_seconds = 60;  // without any progress, then the command gives up
};

struct stream_report {
  /// One for each posting, in the same place.
  std::vector<suanpan::v1::TransferResult> results;
  std::uint32_t streams = 0;  // 1 if nothing had to be sent again
};

/// `numbers[i]` is the number of the file's account i; postings whose account has none must not be
/// given. `progress(answered)` and `note(text)` are called on the caller's thread. Throws
/// command_failure when patience ends or a stream is refused.
[[nodiscard]] stream_report stream_postings(const ledger_client& client,
                                            std::span<const posting> postings,
                                            std::span<const std::int64_t> numbers,
                                            const stream_options& options,
                                            const std::function<void(std::int64_t)>& progress,
                                            const std::function<void(const std::string&)>& note);

}  // namespace suanpan::cli
