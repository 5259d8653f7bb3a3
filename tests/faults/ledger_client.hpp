// A caller of the ledger over gRPC: the published stubs, plain text, one connection of its own.
// Calls end by their deadline; what ended how is the caller's to record.
#pragma once

#include "suanpan/v1/ledger.grpc.pb.h"
#include "tests/faults/history.hpp"
#include "tests/faults/process.hpp"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace suanpan::faults {

namespace v1 = suanpan::v1;

/// What one item was told.
struct answer {
  int told = no_answer;
  std::int64_t ticket = 0;
};

struct account_wish {
  std::string owner;
  std::string subject;
  std::string currency = "CNY";
  bool no_overdraft = false;
  std::string label = {};
  std::optional<std::uint32_t> shard = {};
};

/// Writes the item as the wire has it; texts go as they are, UTF-8 or not.
void fill(v1::Transfer& to, const item& from);
[[nodiscard]] v1::PostTransfersRequest request_of(std::span<const item> items,
                                                  std::uint64_t sequence = 0);
/// One for each of `items` answers; all no_answer if the response has another number.
[[nodiscard]] std::vector<answer> answers_of(const v1::PostTransfersResponse& response,
                                             std::size_t items);

class ledger_client {
 public:
  /// Does not connect yet; reconnects by itself within 200 ms.
  explicit ledger_client(const std::string& address);

  /// The call's own status in `status`, if asked for; answers are no_answer unless it is OK.
  [[nodiscard]] std::vector<answer> post(std::span<const item> items,
                                         milliseconds deadline = milliseconds(10'000),
                                         grpc::Status* status = nullptr);
  [[nodiscard]] answer post_one(const item& what, milliseconds deadline = milliseconds(10'000));
  /// Posts, and records what was told of each item.
  std::vector<answer> post_recorded(std::span<const item> items, history_writer& into,
                                    std::int32_t client = 0,
                                    milliseconds deadline = milliseconds(10'000));

  /// Numbers of the accounts, opened or there already. Throws if any can't be had in 30 s.
  [[nodiscard]] std::vector<std::int64_t> open(std::span<const account_wish> accounts);
  [[nodiscard]] std::int64_t open(const account_wish& account);

  [[nodiscard]] grpc::Status account(std::int64_t number, v1::Account& found,
                                     milliseconds deadline = milliseconds(5'000));
  [[nodiscard]] grpc::Status transfer(const transfer_id& id, v1::GetTransferResponse& found,
                                      milliseconds deadline = milliseconds(5'000));
  /// Balance on the normal side. Throws unless it is told.
  [[nodiscard]] std::int64_t balance(std::int64_t number);

  [[nodiscard]] v1::Ledger::Stub& stub() { return *stub_; }
  [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  /// True once the connection stands.
  [[nodiscard]] bool connected(milliseconds within);

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Ledger::Stub> stub_;
};

/// Sets the call's deadline.
void limit(grpc::ClientContext& context, milliseconds deadline);

/// A new id, of now plus `offset`. Thread-safe.
[[nodiscard]] transfer_id fresh_id(milliseconds offset = milliseconds(0));
/// Unix milliseconds.
[[nodiscard]] std::int64_t wall_millis();

/// A transfer with a fresh id.
[[nodiscard]] item transfer_of(std::int64_t debit, std::int64_t credit, std::int64_t amount,
                               const std::string& currency = "CNY");

}  // namespace suanpan::faults
