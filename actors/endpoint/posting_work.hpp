// A batch of transfers on its way through the node: what a unary call and a message of a stream
// share. Holds the request's bytes, because the transfers' strings point into them.
#pragma once

#include "actors/endpoint/ledger_context.hpp"
#include "protocol/messages/requests.hpp"
#include "protocol/wire/errors.hpp"
#include "protocol/wire/posting.hpp"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace suanpan::endpoint {

/// What a request or an answer costs beside its own bytes, roughly.
inline constexpr std::size_t overhead_bytes = 512;

class posting_work : public posting_request {
 public:
  explicit posting_work(std::shared_ptr<ledger_context> context) : context_(std::move(context)) {}

  /// Takes the bytes and counts. An error refuses the whole call: no Protobuf, or too many items.
  [[nodiscard]] std::optional<wire::request_error> take(const grpc::ByteBuffer& request);
  /// After take(): lets the batch in, or names the bound that is reached.
  [[nodiscard]] const char* admit(const applicant& by);
  /// After admit(): judges each item. False: an item is no Protobuf message; nothing was done.
  [[nodiscard]] bool judge();
  /// After judge(): to the teller, or answered at once if no item is left to decide.
  /// `self` is this object; it must not be touched after the call.
  void submit(const posting_request_ptr& self);

  /// After take(), in place of submit(): UNAVAILABLE for each item, without asking anybody.
  void refuse() noexcept;
  /// The actors are done: leaves by answered(), unless the answer left already.
  void finish() noexcept final;
  /// Time is up: items that are with the actors answer UNKNOWN. Nothing is undone (R7).
  void give_up() noexcept;

  [[nodiscard]] std::size_t item_count() const noexcept { return outline_.items; }

 protected:
  /// Exactly once. `failed`: an item is answered UNAVAILABLE or UNKNOWN.
  virtual void answered(grpc::ByteBuffer answer, bool failed) noexcept = 0;

 private:
  [[nodiscard]] grpc::ByteBuffer encode(const std::vector<item_answer>& from) const;
  void count_malformed(std::size_t refused);

  std::shared_ptr<ledger_context> context_;
  grpc::Slice bytes_;
  wire::posting_outline outline_;
  std::size_t open_items_ = 0;
  std::vector<item_answer>
      judged_;  // what was refused before the actors saw it; empty if nothing was
  entry_permit permit_;
  std::atomic<bool> answered_{false};
};

}  // namespace suanpan::endpoint
