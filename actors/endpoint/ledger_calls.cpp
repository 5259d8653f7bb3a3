// Calls that write: PostTransfers and OpenAccounts.
#include "actors/endpoint/ledger_calls.hpp"

#include "protocol/messages/messages.hpp"
#include "protocol/wire/opening.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <caf/send.hpp>

#include <utility>

namespace suanpan::endpoint {
namespace {

std::string_view opening_bytes(const grpc::Slice& slice) noexcept {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

}  // namespace

// --- PostTransfers
// --------------------------------------------------------------------------------

/// The batch; holds the call until the answer has left.
class post_transfers_call::work final : public posting_work {
 public:
  work(std::shared_ptr<ledger_context> context, std::shared_ptr<post_transfers_call> call)
      : posting_work(std::move(context)), call_(std::move(call)) {}

 private:
  void answered(grpc::ByteBuffer answer, bool /*failed*/) noexcept override {
    const auto call = std::exchange(call_, nullptr);
    if (!call->claim()) return;
    call->response_.Swap(&answer);
    call->respond(grpc::Status::OK);
  }

  std::shared_ptr<post_transfers_call> call_;
};

void post_transfers_call::begin() {
  auto me = std::static_pointer_cast<post_transfers_call>(shared_from_this());
  auto batch = std::make_shared<work>(held_, std::move(me));
  if (const auto error = batch->take(request_)) return refuse_now(*error);
  forget_request();
  by_ = applicant_of(context_, *who_, grpc_);
  if (const char* reached = batch->admit(by_)) return refuse_now(overloaded(reached));
  if (!batch->judge()) return refuse_now(malformed_message());
  {
    const std::scoped_lock lock(guard_);
    work_ = batch;
  }
  const posting_request_ptr shared = std::move(batch);
  static_cast<work&>(*shared).submit(shared);
}

void post_transfers_call::answer_late() noexcept {
  std::shared_ptr<work> batch;
  {
    const std::scoped_lock lock(guard_);
    batch = work_.lock();
  }
  if (batch) return batch->give_up();
  unary_call::answer_late();
}

// --- OpenAccounts
// ---------------------------------------------------------------------------------

void open_accounts_call::begin() {
  grpc::Slice bytes;
  if (request_.Length() != 0 && !request_.DumpToSingleSlice(&bytes).ok())
    return refuse_now(malformed_message());
  const auto count = wire::count_openings(opening_bytes(bytes));
  if (!count) return refuse_now(malformed_message());
  if (*count > context_.limits.items_max)
    return refuse_now(batch_too_large(*count, context_.limits.items_max, "accounts"));
  if (!admit(static_cast<std::int64_t>(*count))) return;
  items.reserve(*count);
  answers.reserve(*count);
  if (!judge(opening_bytes(bytes))) return refuse_now(malformed_message());
  if (open_items_ == 0) return finish();
  const auto me = std::static_pointer_cast<open_accounts_call>(shared_from_this());
  caf::anon_send(context_.actors.teller, open_accounts{me});
}

bool open_accounts_call::judge(std::string_view message) {
  const auto side_of = [this](std::string_view code) -> std::optional<normal_side> {
    const auto* subject = context_.chart.find(code);
    return subject == nullptr ? std::nullopt : std::optional(subject->side);
  };
  wire::field_reader fields(message);
  while (fields.next()) {
    if (!fields.is(1, wire::field_reader::kind::bytes)) continue;
    wire::received_opening received;
    if (!wire::read_opening(fields.bytes(), received)) return false;
    wire::wanted_account wanted;
    const auto fault = wire::translate(received, context_.limits, side_of, wanted);
    items.push_back({std::move(wanted.key), wanted.side, wanted.flags, wanted.limits});
    answers.push_back({static_cast<opening_result>(fault), {}});
    if (fault == wire::opening_fault::none) ++open_items_;
  }
  return !fields.malformed();
}

void open_accounts_call::finish() noexcept {
  permit_.leave();
  if (!claim()) return;
  google::protobuf::Arena arena;
  auto& response = *google::protobuf::Arena::CreateMessage<v1::OpenAccountsResponse>(&arena);
  response.mutable_results()->Reserve(static_cast<int>(answers.size()));
  for (const auto& answer : answers) {
    auto& result = *response.add_results();
    result.set_result(static_cast<v1::OpenAccountResult>(answer.result));
    result.set_number(answer.number.value);
  }
  respond_with(response);
}

}  // namespace suanpan::endpoint
