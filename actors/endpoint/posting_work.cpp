#include "actors/endpoint/posting_work.hpp"

#include "actors/endpoint/caller.hpp"
#include "protocol/messages/messages.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace suanpan::endpoint {
namespace {

std::string_view view_of(const grpc::Slice& slice) noexcept {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

}  // namespace

std::optional<wire::request_error> posting_work::take(const grpc::ByteBuffer& request) {
  // A copy, and not a share of what gRPC received: its slices count on the memory quota, and
  // in 1.51 giving one back from a thread of ours crashes when the quota is short.
  if (request.Length() != 0 && !request.DumpToSingleSlice(&bytes_).ok())
    return malformed_message();  // a compressed body that doesn't inflate
  outline_ = wire::outline_posting(view_of(bytes_));
  if (outline_.malformed) return malformed_message();
  const auto items_max = context_->limits.items_max;
  if (outline_.items > items_max) return batch_too_large(outline_.items, items_max, "transfers");
  return std::nullopt;
}

const char* posting_work::admit(const applicant& by) {
  const auto items_counted =
      std::max<std::size_t>(1, outline_.items);  // empty ones cost memory too
  const work_bound work{static_cast<std::int64_t>(items_counted),
                        static_cast<std::int64_t>(bytes_.size() + overhead_bytes)};
  return context_->work.enter(by, work, permit_);
}

bool posting_work::judge() {
  items.reserve(outline_.items);
  answers.reserve(outline_.items);
  std::size_t refused = 0;
  bool linked = false;
  const auto take_item = [this, &refused, &linked](item_result refusal, const transfer& what) {
    items.push_back(what);
    answers.push_back({refusal, {}});
    if (refusal != item_result::none) ++refused;
    linked = linked || what.linked;
  };
  if (!wire::decode_posting(view_of(bytes_), context_->limits, take_item)) return false;
  if (linked) {
    wire::judge_vouchers(items, answers);
    refused = static_cast<std::size_t>(std::ranges::count_if(
        answers, [](const item_answer& a) { return a.result != item_result::none; }));
  }
  open_items_ = items.size() - refused;
  if (refused != 0) count_malformed(refused);
  return true;
}

void posting_work::count_malformed(std::size_t refused) {
  if (refused < answers.size()) judged_ = answers;
  if (context_->items == nullptr) return;
  for (const auto& answer : answers)
    if (answer.result != item_result::none) context_->items->answered(answer.result);
}

void posting_work::submit(const posting_request_ptr& self) {
  if (open_items_ == 0) return finish();
  caf::anon_send(context_->actors.teller, post_transfers{self});
}

void posting_work::finish() noexcept {
  permit_.leave();
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  const bool failed = std::any_of(answers.begin(), answers.end(), [](const item_answer& answer) {
    return answer.result == item_result::unavailable || answer.result == item_result::unknown;
  });
  answered(encode(answers), failed);
}

void posting_work::give_up() noexcept {
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  // `answers` is the actors' to write; what was known before they had it is in `judged_`.
  auto known = judged_;
  known.resize(outline_.items);
  for (auto& answer : known)
    if (answer.result == item_result::none) answer.result = item_result::unknown;
  answered(encode(known), true);
}

void posting_work::refuse() noexcept {
  permit_.leave();
  if (answered_.exchange(true, std::memory_order_acq_rel)) return;
  if (context_->items != nullptr)
    context_->items->answered(item_result::unavailable, outline_.items);
  answered(encode({outline_.items, item_answer{item_result::unavailable, {}}}), true);
}

grpc::ByteBuffer posting_work::encode(const std::vector<item_answer>& from) const {
  const auto bytes = wire::answers_bytes(from, outline_.sequence);
  grpc_slice raw = grpc_slice_malloc(bytes);
  wire::write_answers(from, outline_.sequence, GRPC_SLICE_START_PTR(raw));
  const grpc::Slice slice(raw, grpc::Slice::STEAL_REF);
  return {&slice, 1};
}

}  // namespace suanpan::endpoint
