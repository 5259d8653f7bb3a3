// GetStatement, GetBalanceAt and ListTransfers: read the question, ask the desk, fill in the
// answer.
#pragma once

#include "actors/endpoint/ledger_calls.hpp"

#include <cstdint>
#include <string>

namespace suanpan::endpoint {

/// GetStatement.
class get_statement_call final : public queued_call, public statement_read {
 public:
  explicit get_statement_call(const arrival& from) : queued_call(from, rpc_method::get_statement) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::string filter_;
};

/// GetBalanceAt.
class get_balance_at_call final : public queued_call, public past_balance_read {
 public:
  explicit get_balance_at_call(const arrival& from)
      : queued_call(from, rpc_method::get_balance_at) {}
  void finish() noexcept override;

 private:
  void begin() override;
};

/// ListTransfers.
class list_transfers_call final : public queued_call, public transfer_list_read {
 public:
  explicit list_transfers_call(const arrival& from)
      : queued_call(from, rpc_method::list_transfers) {}
  void finish() noexcept override;

 private:
  void begin() override;

  std::string filter_;
};

}  // namespace suanpan::endpoint
