// Orders of one kind on one connection: so many at once, or at an even rate; all calls on the
// caller's thread with one completion queue.
#pragma once

#include "tools/orders/merchant_client.hpp"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace suanpan::bench {

/// How one call ended, and when: from when it was due, so that a late start counts (a client that
/// only waits for answers would not see the time in which it could not even ask).
struct ended_order {
  const grpc::Status& status;
  const v1::Payment& answer;
  std::int64_t micros;
};

/// `Request`: CreateQuickPayRequest or its like.
template <class Request>
class order_stream {
 public:
  using steady = std::chrono::steady_clock;
  using reader = std::unique_ptr<grpc::ClientAsyncResponseReader<v1::Payment>>;
  using call = reader (v1::Payments::Stub::*)(grpc::ClientContext*, const Request&,
                                              grpc::CompletionQueue*);
  struct plan {
    call with;
    Request like;  // all but the order's number
    std::uint32_t in_flight = 1;
    std::int64_t gap_micros = 0;  // from one order to the next; 0: as soon as one has ended
    std::function<std::string()> next_number;
    std::function<void(const ended_order&)> ended;
  };

  order_stream(orders::merchant_client sells, plan what)
      : sells_(std::move(sells)), what_(std::move(what)), all_(what_.in_flight) {
    for (auto& one : all_) idle_.push_back(&one);
  }

  /// Until `stopping`, then until the last call has ended.
  void run(const std::atomic<bool>& stopping) {
    due_ = steady::now();
    for (;;) {
      while (!stopping && !idle_.empty() && is_due()) start();
      if (stopping && idle_.size() == all_.size()) return;
      await_one(stopping);
    }
  }

 private:
  struct order {
    Request request;
    v1::Payment answer;
    grpc::Status status;
    std::unique_ptr<grpc::ClientContext> context;
    reader reads;
    steady::time_point due;
  };
  static constexpr std::chrono::milliseconds call_deadline{20'000};
  static constexpr std::chrono::milliseconds look_again{50};

  [[nodiscard]] bool is_due() const { return what_.gap_micros == 0 || due_ <= steady::now(); }

  void start() {
    auto& one = *idle_.back();
    idle_.pop_back();
    one.request = what_.like;
    one.request.set_order_number(what_.next_number());
    one.context = std::make_unique<grpc::ClientContext>();
    sells_.prepare(*one.context, call_deadline);
    one.due = what_.gap_micros == 0 ? steady::now() : due_;
    due_ += std::chrono::microseconds(what_.gap_micros);
    one.reads = (sells_.payments().*what_.with)(one.context.get(), one.request, &queue_);
    one.reads->Finish(&one.answer, &one.status, &one);
  }

  void await_one(const std::atomic<bool>& stopping) {
    auto wait = std::chrono::duration_cast<std::chrono::microseconds>(look_again);
    if (!stopping && !idle_.empty())
      wait = std::min(wait,
                      std::chrono::duration_cast<std::chrono::microseconds>(due_ - steady::now()));
    void* tag = nullptr;
    bool ok = false;
    const auto until = std::chrono::system_clock::now() + wait;
    if (queue_.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::GOT_EVENT) return;
    auto& one = *static_cast<order*>(tag);
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - one.due);
    what_.ended({one.status, one.answer, took.count()});
    idle_.push_back(&one);
  }

  orders::merchant_client sells_;
  plan what_;
  grpc::CompletionQueue queue_;
  std::vector<order> all_;
  std::vector<order*> idle_;
  steady::time_point due_;
};

}  // namespace suanpan::bench
