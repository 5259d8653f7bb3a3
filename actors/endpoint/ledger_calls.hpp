// The unary methods of the Ledger, each a call of its own kind.
#pragma once

#include "actors/endpoint/posting_work.hpp"
#include "actors/endpoint/unary_call.hpp"
#include "protocol/messages/requests.hpp"

#include <memory>
#include <string>

namespace suanpan::endpoint {

/// PostTransfers.
class post_transfers_call final : public unary_call {
 public:
  explicit post_transfers_call(const arrival& from)
      : unary_call(from, rpc_method::post_transfers) {}

 private:
  class work;
  void begin() override;
  void answer_late() noexcept override;

  std::weak_ptr<work> work_;  // by guard_
};

/// OpenAccounts.
class open_accounts_call final : public unary_call, public opening_request {
 public:
  explicit open_accounts_call(const arrival& from) : unary_call(from, rpc_method::open_accounts) {}
  void finish() noexcept override;

 private:
  void begin() override;
  [[nodiscard]] bool judge(std::string_view message);

  std::size_t open_items_ = 0;
};

/// GetAccount.
class get_account_call final : public unary_call, public account_read {
 public:
  explicit get_account_call(const arrival& from) : unary_call(from, rpc_method::get_account) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// A call that waits for a place in a bounded queue.
class queued_call : public unary_call {
 public:
  ~queued_call() override { leave_queue(); }

 protected:
  using unary_call::unary_call;
  /// False: the queue is full, and the call is refused.
  [[nodiscard]] bool enter_queue(workload& queue, std::int64_t places, std::string_view name);
  void leave_queue() noexcept;

 private:
  workload* queue_ = nullptr;
};

/// GetTransfer.
class get_transfer_call final : public queued_call, public transfer_read {
 public:
  explicit get_transfer_call(const arrival& from) : queued_call(from, rpc_method::get_transfer) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// ListAccounts.
class list_accounts_call final : public queued_call, public account_list_read {
 public:
  explicit list_accounts_call(const arrival& from) : queued_call(from, rpc_method::list_accounts) {}
  void finish() noexcept override;

 private:
  void begin() override;
  void answer_none() noexcept;

  std::string filter_;
  std::uint32_t page_size_ = 0;
};

/// GetTrialBalance.
class trial_balance_call final : public queued_call, public trial_balance_read {
 public:
  explicit trial_balance_call(const arrival& from)
      : queued_call(from, rpc_method::get_trial_balance) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// ListSubjects: answered without any actor.
class list_subjects_call final : public unary_call {
 public:
  explicit list_subjects_call(const arrival& from) : unary_call(from, rpc_method::list_subjects) {}

 private:
  void begin() override;
};

}  // namespace suanpan::endpoint
