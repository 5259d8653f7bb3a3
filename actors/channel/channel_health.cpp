#include "actors/channel/channel_health.hpp"

#include <algorithm>

namespace suanpan {

channel_health::channel_health(std::vector<channel_terms> channels)
    : channels_(std::move(channels)), cells_(std::make_unique<cell[]>(channels_.size())) {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    for (auto& lane : cells_[i].lanes) lane = lane_condition::out_of_order;
  }
}

const channel_terms* channel_health::find(const channel_name& name) const noexcept {
  const auto found = std::ranges::find(channels_, name, &channel_terms::name);
  return found == channels_.end() ? nullptr : &*found;
}

channel_condition channel_health::condition(std::size_t index) const noexcept {
  channel_condition now;
  for (const auto lane : channel_lanes) {
    const auto at = static_cast<std::size_t>(lane);
    now.lanes[at] = cells_[index].lanes[at].load(std::memory_order_relaxed);
  }
  return now;
}

void channel_health::report(std::size_t index, channel_lane lane,
                            lane_condition condition) noexcept {
  cells_[index].lanes[static_cast<std::size_t>(lane)].store(condition, std::memory_order_relaxed);
}

route_choice channel_health::choose(const route_question& question) const {
  std::vector<route_candidate> candidates;
  candidates.reserve(channels_.size());
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    candidates.push_back({&channels_[i], condition(i)});
  }
  return choose_route(question, candidates);
}

}  // namespace suanpan
