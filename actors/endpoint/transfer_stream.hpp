// StreamTransfers: batches in, answers out, as they are ready. One read and one write outstanding.
// The stream is not read while its own work in flight is at its bound, while its client leaves
// answers untaken, or while the node holds too many untaken answers: so a client that never reads
// costs a bounded amount.
//
// After the first item that is answered UNAVAILABLE or UNKNOWN, all batches read later are answered
// UNAVAILABLE (R26), so that nothing overtakes what failed. Batches that are with the actors by
// then get their true answers.
#pragma once

#include "actors/endpoint/caller.hpp"
#include "actors/endpoint/ledger_context.hpp"
#include "actors/endpoint/posting_work.hpp"

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace suanpan::endpoint {

class transfer_stream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                              public open_call,
                              public std::enable_shared_from_this<transfer_stream> {
 public:
  static transfer_stream* start(const std::shared_ptr<ledger_context>& context,
                                grpc::CallbackServerContext& call);

  transfer_stream(const std::shared_ptr<ledger_context>& context, grpc::CallbackServerContext& call)
      : held_(context), context_(*held_), grpc_(call) {}

  void look_after(instant now, std::chrono::milliseconds patience) noexcept override;
  void drain() noexcept override { end(wire::to_status(draining())); }
  void close() noexcept override;
  [[nodiscard]] std::shared_ptr<open_call> keep() noexcept override {
    return weak_from_this().lock();
  }

 private:
  class work;
  using lock = std::unique_lock<std::mutex>;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void recognise_caller();
  void recognised(const recognition& what);
  /// Judges what was read and hands it on.
  void take(const grpc::ByteBuffer& message);
  /// An answer is ready.
  void deliver(grpc::ByteBuffer answer, std::size_t items, bool failed) noexcept;
  void end(const grpc::Status& status);

  // The rest is called with the mutex held.
  void read_on();
  void write_on();
  void finish_if_done();
  void drop_outbox();
  [[nodiscard]] bool may_read() const;

  struct unsent {
    grpc::ByteBuffer answer;
    std::size_t items = 0;
  };
  struct in_flight {
    std::weak_ptr<work> batch;
    instant since;
  };

  const std::shared_ptr<ledger_context> held_;
  ledger_context& context_;
  grpc::CallbackServerContext& grpc_;
  principal_ptr who_;
  applicant by_;
  std::shared_ptr<transfer_stream> self_;
  const instant arrived_ = std::chrono::steady_clock::now();

  std::mutex guard_;
  grpc::ByteBuffer incoming_;
  std::deque<unsent> outbox_;         // a deque: what is being written stays where it is
  std::deque<in_flight> late_first_;  // batches with the actors, oldest first
  std::size_t batches_ = 0;           // with the actors
  std::size_t items_ = 0;             // with the actors or in the outbox
  instant write_began_{};
  std::optional<grpc::Status> ending_;  // no more reads; Finish with this when all is answered
  bool reading_ = false;
  bool taking_ = false;  // what was read is not counted yet: the next read and the end wait for it
  bool writing_ = false;
  bool broken_ = false;  // R26: later batches answer UNAVAILABLE
  bool deaf_ = false;    // the client is gone: answers are dropped
  bool finished_ = false;
  bool done_ = false;
};

}  // namespace suanpan::endpoint
