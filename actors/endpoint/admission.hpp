// How much work this node takes at once (R26): items and bytes in flight, for the node, for each
// principal and for each peer. Beyond a bound a call is refused at once; nothing queues for entry.
// Counting is atomic and takes no lock, but for finding a peer.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace suanpan::endpoint {

/// At most so much in flight.
struct work_bound {
  std::int64_t items = 0;
  std::int64_t bytes = 0;
};

/// What is in flight for the node, a principal or a peer. Thread-safe.
class workload {
 public:
  /// Counts the work in; false, and nothing counted, if a bound would be passed.
  [[nodiscard]] bool enter(const work_bound& work, const work_bound& bound) noexcept {
    const auto items = items_.fetch_add(work.items, std::memory_order_relaxed) + work.items;
    const auto bytes = bytes_.fetch_add(work.bytes, std::memory_order_relaxed) + work.bytes;
    if (items <= bound.items && bytes <= bound.bytes) return true;
    leave(work);
    return false;
  }
  void leave(const work_bound& work) noexcept {
    items_.fetch_sub(work.items, std::memory_order_relaxed);
    bytes_.fetch_sub(work.bytes, std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t items() const noexcept {
    return items_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t bytes() const noexcept {
    return bytes_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> items_{0};
  std::atomic<std::int64_t> bytes_{0};
};
using workload_ptr = std::shared_ptr<workload>;

struct admission_bounds {
  work_bound node;
  work_bound principal;
  work_bound peer;
};

/// Who asks: both are counted with every call.
struct applicant {
  workload_ptr principal;
  workload_ptr peer;
};

/// Work that was let in. Leaves when it is destroyed or told to.
class entry_permit {
 public:
  entry_permit() = default;
  entry_permit(entry_permit&& other) noexcept { *this = std::move(other); }
  entry_permit& operator=(entry_permit&& other) noexcept;
  ~entry_permit() { leave(); }
  void leave() noexcept;

 private:
  friend class admission;
  entry_permit(workload& node, const applicant& by, const work_bound& work)
      : node_(&node), by_(by), work_(work) {}

  workload* node_ = nullptr;
  applicant by_;
  work_bound work_;
};

/// The door. Thread-safe; must outlive every permit.
class admission {
 public:
  explicit admission(const admission_bounds& bounds) : bounds_(bounds) {}

  /// Lets work in, or names the bound that is reached: "node", "principal" or "peer".
  [[nodiscard]] const char* enter(const applicant& by, const work_bound& work,
                                  entry_permit& permit);

  /// The count of a peer's address. Addresses without work are forgotten now and then.
  [[nodiscard]] workload_ptr peer(std::string_view address);

  [[nodiscard]] const workload& node() const noexcept { return node_; }

 private:
  admission_bounds bounds_;
  workload node_;
  std::mutex guard_;
  std::unordered_map<std::string, workload_ptr> peers_;
  std::size_t sweep_at_ = 1'024;
};

/// "ipv4:10.0.0.7" of "ipv4:10.0.0.7:41234": a peer that opens more connections gets no more room.
[[nodiscard]] std::string_view address_of_peer(std::string_view peer) noexcept;

}  // namespace suanpan::endpoint
