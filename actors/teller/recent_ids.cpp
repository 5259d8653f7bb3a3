#include "actors/teller/recent_ids.hpp"

#include <algorithm>

namespace suanpan {

void recent_ids::reset(std::int64_t since_millis) {
  by_time_.clear();
  last_slice_ = nullptr;
  last_time_ = std::numeric_limits<std::int64_t>::min();
  size_ = 0;
  complete_since_millis_ = since_millis;
}

void recent_ids::raise_completeness(std::int64_t since_millis) {
  complete_since_millis_ = std::max(complete_since_millis_, since_millis);
}

recent_ids::slice& recent_ids::slice_at(std::int64_t time) {
  if (time != last_time_ || last_slice_ == nullptr) {
    last_slice_ = &by_time_[time];
    last_time_ = time;
  }
  return *last_slice_;
}

recent_ids::claim_result recent_ids::claim(const transfer_id& id, std::uint64_t content) {
  if (size_ >= bound_) shrink();
  const auto [it, fresh] = slice_at(slice_of(id)).try_emplace(id);
  if (fresh) {
    it->second.content = content;
    ++size_;
  }
  return {&it->second, fresh};
}

const known_id* recent_ids::find(const transfer_id& id) const {
  const auto b = by_time_.find(slice_of(id));
  if (b == by_time_.end()) return nullptr;
  const auto it = b->second.find(id);
  return it == b->second.end() ? nullptr : &it->second;
}

void recent_ids::resolve(const transfer_id& id, ticket at, item_result result) {
  if (id.unix_millis() < complete_since_millis_) return forget(id);
  auto& near = slice_at(slice_of(id));
  const auto it = near.find(id);
  if (it == near.end()) return;
  it->second.at = at;
  it->second.result = result;
}

void recent_ids::load(const transfer_id& id, const known_id& fate) {
  const auto [it, fresh] = slice_at(slice_of(id)).insert_or_assign(id, fate);
  if (fresh) ++size_;
}

void recent_ids::learn(const transfer_id& id, const known_id& fate) {
  if (id.unix_millis() < complete_since_millis_) return forget(id);
  load(id, fate);
}

void recent_ids::forget(const transfer_id& id) {
  const auto b = by_time_.find(slice_of(id));
  if (b == by_time_.end()) return;
  size_ -= b->second.erase(id);
  if (!b->second.empty()) return;
  if (last_slice_ == &b->second) last_slice_ = nullptr;
  by_time_.erase(b);
}

// Forgets the oldest slices until an eighth of the bound is free. Ids in flight stay: they are
// known by being claimed, whatever their time.
void recent_ids::shrink() {
  const std::size_t goal = bound_ - bound_ / 8;
  last_slice_ = nullptr;
  for (auto b = by_time_.begin(); size_ > goal && b != by_time_.end();) {
    complete_since_millis_ = std::max(complete_since_millis_, (b->first + 1) * slice_millis);
    size_ -= b->second.size();
    absl::erase_if(b->second, [](const auto& e) { return e.second.result != item_result::none; });
    size_ += b->second.size();
    b = b->second.empty() ? by_time_.erase(b) : std::next(b);
  }
}

}  // namespace suanpan
