// Banks' callbacks, as any node takes them over HTTP: authenticated by the channel's adapter,
// handed to the order's actor, and acknowledged only after the commit (R21). Whoever calls waits on
// its own thread, so few may wait at a time; one that is turned away comes again.
//
// A callback about an order that another node owns is passed on to the others once, byte by byte:
// it proves its own authenticity wherever it arrives.
#pragma once

#include "actors/channel/channel_contract.hpp"
#include "protocol/model/clock.hpp"

#include <caf/actor.hpp>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace suanpan::endpoint {

/// Either one, then the channel's name.
inline constexpr std::string_view callback_path = "/callback/";
inline constexpr std::string_view callbacks_path = "/callbacks/";
/// Of a callback that another node passed on: it goes no further.
inline constexpr std::string_view passed_on_header = "x-suanpan-passed-on";

struct callback_door_options {
  std::map<std::string, channel_adapter_ptr> channels;  // by name
  caf::actor desk;                                      // takes channel_reported
  const wall_clock* clock = nullptr;                    // outlives the door
  std::size_t waiting_max = 1;                          // threads that may wait at a time
  std::size_t bytes_max = 65'536;                       // of a callback's body
  std::chrono::milliseconds patience{4'000};            // for the commit
  /// Asks the other nodes, in turn; true: one of them has accepted it. Blocks. Empty: there are
  /// none.
  std::function<bool(const callback_bytes&)> ask_others;
};

/// Thread-safe.
class callback_door {
 public:
  callback_door(callback_door_options options, prometheus::Registry& registry);

  struct reply {
    int status = 503;
    std::string_view text;   // for people
    bool unmatched = false;  // authentic, and about no attempt of ours: 503, and somebody must look
  };
  /// Blocks for the patience at most. 200: it is durable, or was known already. 401: it is not the
  /// bank's. 404: there is no such channel. 503: nothing is known to have happened; send it again.
  [[nodiscard]] reply take(const callback_bytes& what);
  [[nodiscard]] std::size_t bytes_max() const noexcept { return options_.bytes_max; }
  /// Turns away whoever waits and whoever comes, and lets go of the actor.
  void close();

 private:
  class waiting;
  [[nodiscard]] reply judged(const callback_bytes& what);
  [[nodiscard]] reply hand_on(const std::string& channel, channel_answer answer);
  void count(const char* result);

  callback_door_options options_;
  std::mutex guard_;
  std::set<std::shared_ptr<waiting>> waiting_;
  std::size_t inside_ = 0;
  bool closed_ = false;
  prometheus::Family<prometheus::Counter>& callbacks_;
};

}  // namespace suanpan::endpoint
