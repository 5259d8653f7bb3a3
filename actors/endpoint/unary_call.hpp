// One unary call, from its arrival to its last byte: recognised, judged, handed to an actor,
// answered once. Methods derive from it and say what happens between. Each call is its own gRPC
// reactor and its own request object to the actors, so a call costs one allocation for both.
#pragma once

#include "actors/endpoint/caller.hpp"
#include "actors/endpoint/ledger_context.hpp"

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

namespace suanpan::endpoint {

class unary_call : public grpc::ServerUnaryReactor,
                   public open_call,
                   public std::enable_shared_from_this<unary_call> {
 public:
  struct arrival {
    const std::shared_ptr<ledger_context>& context;
    grpc::CallbackServerContext& grpc;
    const grpc::ByteBuffer& request;
    grpc::ByteBuffer& response;
  };

  /// What a service's method returns. The call lives until gRPC and the actors are done with it.
  template <class Call>
  static grpc::ServerUnaryReactor* start(const arrival& from) {
    auto call = std::make_shared<Call>(from);
    call->self_ = call;
    from.context->calls.enter(*call);
    call->recognise_caller();
    return call.get();
  }

  void look_after(instant now, std::chrono::milliseconds patience) noexcept final;
  void drain() noexcept final {}
  void close() noexcept final { answer_late(); }
  [[nodiscard]] std::shared_ptr<open_call> keep() noexcept final { return weak_from_this().lock(); }

 protected:
  unary_call(const arrival& from, rpc_method method)
      : held_(from.context),
        context_(*held_),
        grpc_(from.grpc),
        request_(from.request),
        response_(from.response),
        method_(method) {}

  /// The caller is known and may. Ends in respond() or hands the call to an actor.
  virtual void begin() = 0;
  /// The answer did not come in time: claim() and answer without the actors.
  virtual void answer_late() noexcept;

  /// True for exactly one caller, who must respond() or refuse().
  [[nodiscard]] bool claim() noexcept {
    return !answered_.exchange(true, std::memory_order_acq_rel);
  }
  /// After claim(): the response buffer is complete.
  void respond(const grpc::Status& status) noexcept;
  /// After claim(): OK, with this message.
  void respond_with(const google::protobuf::Message& message) noexcept;
  void refuse(const wire::request_error& error) noexcept { respond(wire::to_status(error)); }
  /// Reads the request; otherwise it is refused already, and false.
  [[nodiscard]] bool parse(google::protobuf::Message& into);
  /// Gives the request's bytes back to gRPC before the call ends: they are the bulk of a call.
  void forget_request() noexcept { const_cast<grpc::ByteBuffer&>(request_).Clear(); }
  /// claim() and refuse().
  void refuse_now(const wire::request_error& error) noexcept;
  /// Counts the call in; otherwise it is refused already, and false.
  [[nodiscard]] bool admit(std::int64_t items);
  /// A merchant's key reads the accounts of its merchant alone.
  [[nodiscard]] bool may_read_accounts_of(const std::string& owner) const;
  /// Unix microseconds by which an actor should answer: a little before the client stops waiting,
  /// and no later than payment_actors::answer_deadline from now.
  [[nodiscard]] std::int64_t answer_by() const;

  const std::shared_ptr<ledger_context>
      held_;  // actors may hold the call longer than the endpoint lives
  ledger_context& context_;
  grpc::CallbackServerContext& grpc_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
  const rpc_method method_;
  principal_ptr who_;
  applicant by_;
  entry_permit permit_;
  std::mutex guard_;  // what a call's thread and the housekeeper both touch

 private:
  void recognise_caller();
  void recognised(const recognition& what);
  void OnDone() override;
  /// OnDone only drops references: it needs no thread of its own, and a hop costs as much as the
  /// rest of a small call.
  bool InternalInlineable() override { return true; }

  std::shared_ptr<unary_call> self_;
  const instant arrived_ = std::chrono::steady_clock::now();
  std::atomic<bool> answered_{false};
  std::atomic<std::int64_t> unsent_{0};
  std::atomic<instant::rep> sent_at_{0};
  bool done_ = false;  // by guard_: the gRPC context dies with OnDone
};

}  // namespace suanpan::endpoint
