#include "actors/endpoint/unary_call.hpp"

#include "protocol/model/clock.hpp"
#include "protocol/model/payment_content.hpp"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <algorithm>
#include <utility>

namespace suanpan::endpoint {
namespace {

/// So much before the client stops waiting, the answer is on its way.
constexpr std::chrono::microseconds answer_margin{100'000};

}  // namespace

void unary_call::recognise_caller() {
  recognise(context_, grpc_,
            [me = shared_from_this()](const recognition& what) { me->recognised(what); });
}

void unary_call::recognised(const recognition& what) {
  if (const auto* error = std::get_if<wire::request_error>(&what)) return refuse_now(*error);
  who_ = std::get<principal_ptr>(what);
  if (const auto error = may_call(*who_, method_)) return refuse_now(*error);
  if (context_.closing.load(std::memory_order_acquire)) return refuse_now(draining());
  begin();
}

bool unary_call::admit(std::int64_t items) {
  by_ = applicant_of(context_, *who_, grpc_);
  const work_bound work{items, static_cast<std::int64_t>(request_.Length())};
  const char* reached = context_.work.enter(by_, work, permit_);
  if (reached != nullptr) refuse_now(overloaded(reached));
  return reached == nullptr;
}

bool unary_call::may_read_accounts_of(const std::string& owner) const {
  const auto own = own_merchant(*who_);
  return !own || owner == owner_of(*own);
}

std::int64_t unary_call::answer_by() const {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto now = system_wall_clock().unix_micros();
  const auto most =
      now + duration_cast<microseconds>(context_.actors.payments.answer_deadline).count();
  const auto client = grpc_.deadline();
  if (client == std::chrono::system_clock::time_point::max()) return most;
  const auto until = duration_cast<microseconds>(client.time_since_epoch()) - answer_margin;
  return std::clamp(until.count(), now, most);
}

void unary_call::refuse_now(const wire::request_error& error) noexcept {
  if (claim()) refuse(error);
}

void unary_call::respond(const grpc::Status& status) noexcept {
  const auto now = std::chrono::steady_clock::now();
  context_.red.handled(method_, status.error_code(), now - arrived_);
  const auto bytes = status.ok() ? static_cast<std::int64_t>(response_.Length()) : 0;
  unsent_.store(bytes, std::memory_order_relaxed);
  context_.unsent_bytes.fetch_add(bytes, std::memory_order_relaxed);
  sent_at_.store(now.time_since_epoch().count(), std::memory_order_release);
  Finish(status);  // may end in OnDone before it returns
}

void unary_call::respond_with(const google::protobuf::Message& message) noexcept {
  const auto bytes = static_cast<int>(message.ByteSizeLong());
  {
    grpc::ProtoBufferWriter writer(&response_, grpc::kProtoBufferWriterMaxBufferLength, bytes);
    message.SerializeToZeroCopyStream(&writer);
  }
  respond(grpc::Status::OK);
}

bool unary_call::parse(google::protobuf::Message& into) {
  grpc::ByteBuffer bytes(request_);
  if (bytes.Length() == 0) return true;  // a message without fields
  grpc::ProtoBufferReader reader(&bytes);
  if (reader.status().ok() && into.ParseFromZeroCopyStream(&reader)) return true;
  refuse_now(malformed_message());
  return false;
}

void unary_call::OnDone() {
  context_.unsent_bytes.fetch_sub(unsent_.load(std::memory_order_relaxed),
                                  std::memory_order_relaxed);
  context_.calls.leave(*this);
  const auto last = std::move(self_);
  const std::scoped_lock lock(guard_);
  done_ = true;
}

void unary_call::answer_late() noexcept {
  refuse_now(
      {grpc::StatusCode::DEADLINE_EXCEEDED, "ANSWER_LATE", "The answer was not found in time."});
}

void unary_call::look_after(instant now, std::chrono::milliseconds patience) noexcept {
  const auto sent_at = sent_at_.load(std::memory_order_acquire);
  if (sent_at != 0) {
    const instant sent{instant::duration{sent_at}};
    if (now - sent < patience) return;
    const std::scoped_lock lock(guard_);
    if (done_) return;
    context_.red.calls_evicted.Increment();
    grpc_.TryCancel();
    return;
  }
  const std::chrono::milliseconds deadline{context_.grpc.answer_deadline_ms};
  if (now - arrived_ > deadline) answer_late();
}

}  // namespace suanpan::endpoint
