// How the channels of a node are, as a picture that any thread may take: written by channels and
// their supervisor, read by routing. Never waits.
#pragma once

#include "actors/channel/routing_rules.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace suanpan {

class channel_health {
 public:
  /// The channels of the node, for ever. All begin out of order: a channel reports itself.
  explicit channel_health(std::vector<channel_terms> channels);

  [[nodiscard]] const std::vector<channel_terms>& channels() const noexcept { return channels_; }
  /// Null if there is none of that name. Lives as long as this object.
  [[nodiscard]] const channel_terms* find(const channel_name& name) const noexcept;
  /// By position in channels().
  [[nodiscard]] channel_condition condition(std::size_t index) const noexcept;
  void report(std::size_t index, channel_lane lane, lane_condition condition) noexcept;

  /// choose_route() over all channels as they are now.
  [[nodiscard]] route_choice choose(const route_question& question) const;

 private:
  struct cell {
    std::array<std::atomic<lane_condition>, 2> lanes;
  };
  std::vector<channel_terms> channels_;
  std::unique_ptr<cell[]> cells_;
};

}  // namespace suanpan
