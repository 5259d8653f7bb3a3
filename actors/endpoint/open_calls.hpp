// Every call that is open, so that the node can look after them: answers that come too late,
// clients that take no answers, calls to end at a stop. An intrusive list: entering and leaving
// allocate nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace suanpan::endpoint {

using instant = std::chrono::steady_clock::time_point;

/// What the housekeeper looks at. Methods are called on its thread, at any moment of the call's
/// life.
class open_call {
 public:
  virtual ~open_call() = default;
  /// `patience`: how long a client may leave an answer untaken. Must not block.
  virtual void look_after(instant now, std::chrono::milliseconds patience) noexcept = 0;
  /// The node stops: take nothing new, let the actors answer what they have.
  virtual void drain() noexcept = 0;
  /// The node stops and waits no longer: answer without the actors.
  virtual void close() noexcept = 0;
  /// Keeps the call alive while it is looked after; null if it is going away.
  [[nodiscard]] virtual std::shared_ptr<open_call> keep() noexcept = 0;

 private:
  friend class open_calls;
  open_call* before_ = nullptr;
  open_call* after_ = nullptr;
  bool listed_ = false;
};

class open_calls {
 public:
  void enter(open_call& call) noexcept {
    const std::scoped_lock lock(guard_);
    call.after_ = first_;
    if (first_ != nullptr) first_->before_ = &call;
    first_ = &call;
    call.listed_ = true;
    ++count_;
  }
  /// Before the call is destroyed. Harmless if it isn't listed.
  void leave(open_call& call) noexcept {
    const std::scoped_lock lock(guard_);
    if (!call.listed_) return;
    (call.before_ == nullptr ? first_ : call.before_->after_) = call.after_;
    if (call.after_ != nullptr) call.after_->before_ = call.before_;
    call.listed_ = false;
    if (--count_ == 0) none_.notify_all();
  }
  /// True if no call is open before the time is up.
  bool wait_for_none(instant until) const {
    std::unique_lock lock(guard_);
    return none_.wait_until(lock, until, [this] { return count_ == 0; });
  }
  /// All that are open now. They are kept alive by what is returned; look after them without a
  /// lock, because finishing a call makes it leave.
  [[nodiscard]] std::vector<std::shared_ptr<open_call>> all() const {
    std::vector<std::shared_ptr<open_call>> calls;
    const std::scoped_lock lock(guard_);
    calls.reserve(count_);
    for (auto* call = first_; call != nullptr; call = call->after_)
      if (auto kept = call->keep()) calls.push_back(std::move(kept));
    return calls;
  }
  [[nodiscard]] std::size_t count() const noexcept {
    const std::scoped_lock lock(guard_);
    return count_;
  }

 private:
  mutable std::mutex guard_;
  mutable std::condition_variable none_;
  open_call* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace suanpan::endpoint
