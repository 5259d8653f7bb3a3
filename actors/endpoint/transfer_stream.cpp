#include "actors/endpoint/transfer_stream.hpp"

#include <utility>

namespace suanpan::endpoint {
namespace {

std::int64_t cost_of(const grpc::ByteBuffer& answer) {
  return static_cast<std::int64_t>(answer.Length() + overhead_bytes);
}

}  // namespace

/// One batch of the stream.
class transfer_stream::work final : public posting_work {
 public:
  work(std::shared_ptr<ledger_context> context, std::shared_ptr<transfer_stream> stream)
      : posting_work(std::move(context)), stream_(std::move(stream)) {}

 private:
  void answered(grpc::ByteBuffer answer, bool failed) noexcept override {
    const auto stream = std::exchange(stream_, nullptr);
    stream->deliver(std::move(answer), item_count(), failed);
  }

  std::shared_ptr<transfer_stream> stream_;
};

// --- beginning and end
// ----------------------------------------------------------------------------

transfer_stream* transfer_stream::start(const std::shared_ptr<ledger_context>& context,
                                        grpc::CallbackServerContext& call) {
  auto stream = std::make_shared<transfer_stream>(context, call);
  stream->self_ = stream;
  context->calls.enter(*stream);
  const auto open = context->streams.fetch_add(1, std::memory_order_relaxed) + 1;
  if (open > context->grpc.streams_max)
    stream->end(wire::to_status(overloaded("streams")));
  else
    stream->recognise_caller();
  return stream.get();
}

void transfer_stream::recognise_caller() {
  recognise(context_, grpc_,
            [me = shared_from_this()](const recognition& what) { me->recognised(what); });
}

void transfer_stream::recognised(const recognition& what) {
  if (const auto* error = std::get_if<wire::request_error>(&what))
    return end(wire::to_status(*error));
  const auto& who = std::get<principal_ptr>(what);
  if (const auto error = may_call(*who, rpc_method::stream_transfers))
    return end(wire::to_status(*error));
  if (context_.closing.load(std::memory_order_acquire)) return end(wire::to_status(draining()));
  const lock held(guard_);
  if (done_) return;  // gone while its key was looked for
  who_ = who;
  by_ = applicant_of(context_, *who_, grpc_);
  read_on();
}

void transfer_stream::end(const grpc::Status& status) {
  const lock held(guard_);
  if (!ending_) ending_ = status;
  finish_if_done();
}

void transfer_stream::OnDone() {
  context_.streams.fetch_sub(1, std::memory_order_relaxed);
  context_.calls.leave(*this);
  const auto last = std::move(self_);
  const lock held(guard_);
  done_ = true;
  drop_outbox();
}

// --- in
// -------------------------------------------------------------------------------------------

void transfer_stream::OnReadDone(bool ok) {
  const auto me = shared_from_this();
  grpc::ByteBuffer message;
  {
    const lock held(guard_);
    reading_ = false;
    if (!ok && !ending_) ending_ = grpc::Status::OK;  // the client has said all
    if (!ok || ending_) return finish_if_done();      // what came after the end is not looked at
    message.Swap(&incoming_);
    taking_ = true;
  }
  take(message);
  const lock held(guard_);
  taking_ = false;
  read_on();
  finish_if_done();
}

void transfer_stream::take(const grpc::ByteBuffer& message) {
  auto batch = std::make_shared<work>(held_, shared_from_this());
  if (const auto error = batch->take(message)) return end(wire::to_status(*error));
  bool refused = false;
  {
    const lock held(guard_);
    refused = broken_;
  }
  if (!refused) refused = batch->admit(by_) != nullptr;
  if (!refused && !batch->judge()) return end(wire::to_status(malformed_message()));
  {
    const lock held(guard_);
    ++batches_;
    items_ += batch->item_count();
    if (!refused) late_first_.push_back({batch, std::chrono::steady_clock::now()});
  }
  if (refused) return batch->refuse();
  const posting_request_ptr shared = std::move(batch);
  static_cast<work&>(*shared).submit(shared);
}

bool transfer_stream::may_read() const {
  if (reading_ || taking_ || ending_ || finished_ || deaf_ || !who_) return false;
  const auto outstanding = batches_ + outbox_.size();
  return outstanding < static_cast<std::size_t>(context_.grpc.requests_per_stream_max) &&
         items_ < stream_items_max &&
         context_.unsent_bytes.load(std::memory_order_relaxed) < unsent_bytes_max;
}

void transfer_stream::read_on() {
  if (!may_read()) return;
  reading_ = true;
  StartRead(&incoming_);
}

// --- out
// ------------------------------------------------------------------------------------------

void transfer_stream::deliver(grpc::ByteBuffer answer, std::size_t items, bool failed) noexcept {
  const lock held(guard_);
  --batches_;
  if (failed) broken_ = true;
  if (late_first_.size() > 2 * batches_ + 8)
    std::erase_if(late_first_, [](const in_flight& batch) { return batch.batch.expired(); });
  if (deaf_ || finished_) {
    items_ -= items;
  } else {
    context_.unsent_bytes.fetch_add(cost_of(answer), std::memory_order_relaxed);
    outbox_.push_back({std::move(answer), items});
    write_on();
  }
  read_on();
  finish_if_done();
}

void transfer_stream::write_on() {
  if (writing_ || outbox_.empty() || finished_) return;
  writing_ = true;
  write_began_ = std::chrono::steady_clock::now();
  StartWrite(&outbox_.front().answer);
}

void transfer_stream::OnWriteDone(bool ok) {
  const auto me = shared_from_this();
  const lock held(guard_);
  writing_ = false;
  if (ok) {
    items_ -= outbox_.front().items;
    context_.unsent_bytes.fetch_sub(cost_of(outbox_.front().answer), std::memory_order_relaxed);
    outbox_.pop_front();
    write_on();
  } else {
    deaf_ = true;
    drop_outbox();
    if (!ending_) ending_ = grpc::Status::CANCELLED;
  }
  read_on();
  finish_if_done();
}

void transfer_stream::drop_outbox() {
  for (const auto& answer : outbox_) {
    items_ -= answer.items;
    context_.unsent_bytes.fetch_sub(cost_of(answer.answer), std::memory_order_relaxed);
  }
  outbox_.clear();
}

void transfer_stream::OnCancel() {
  const auto me = shared_from_this();
  const lock held(guard_);
  deaf_ = true;
  if (!writing_) drop_outbox();
  if (!ending_) ending_ = grpc::Status::CANCELLED;
  finish_if_done();
}

void transfer_stream::finish_if_done() {
  // A read may be outstanding: it ends with the call.
  if (!ending_ || finished_ || taking_ || writing_ || batches_ != 0 || !outbox_.empty()) return;
  finished_ = true;
  context_.red.handled(rpc_method::stream_transfers, ending_->error_code(),
                       std::chrono::steady_clock::now() - arrived_);
  Finish(*ending_);
}

// --- housekeeping
// ---------------------------------------------------------------------------------

void transfer_stream::look_after(instant now, std::chrono::milliseconds patience) noexcept {
  const std::chrono::milliseconds deadline{context_.grpc.answer_deadline_ms};
  std::vector<std::shared_ptr<work>> late;
  {
    const lock held(guard_);
    if (done_) return;
    if (writing_ && now - write_began_ >= patience) {
      context_.red.calls_evicted.Increment();
      grpc_.TryCancel();
    }
    for (const auto& batch : late_first_) {
      if (now - batch.since <= deadline) break;
      if (auto kept = batch.batch.lock()) late.push_back(std::move(kept));
    }
    read_on();  // it may have waited for room that other streams took
  }
  for (const auto& batch : late) batch->give_up();
}

void transfer_stream::close() noexcept {
  std::vector<std::shared_ptr<work>> left;
  {
    const lock held(guard_);
    if (done_) return;
    if (!ending_) ending_ = wire::to_status(draining());
    for (const auto& batch : late_first_)
      if (auto kept = batch.batch.lock()) left.push_back(std::move(kept));
  }
  for (const auto& batch : left) batch->give_up();
  const lock held(guard_);
  if (done_) return;
  deaf_ = true;
  if (writing_) grpc_.TryCancel();
  if (!writing_) drop_outbox();
  finish_if_done();
}

}  // namespace suanpan::endpoint
