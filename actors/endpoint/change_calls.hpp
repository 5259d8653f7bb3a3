// Calls that change an account: SetAccountFlags, SetAccountLimits,
// SetAccountMetadata and CloseAccount.
#pragma once

#include "actors/endpoint/unary_call.hpp"
#include "protocol/messages/requests.hpp"

namespace suanpan::endpoint {

/// What they have in common once it is known what is to change.
class change_account_call : public unary_call, public account_change_request {
 public:
  using unary_call::unary_call;
  void finish() noexcept override;

 protected:
  void ask(std::int64_t which);
  /// The change was made: says how the account is now.
  virtual void tell();
};

/// SetAccountFlags.
class set_account_flags_call final : public change_account_call {
 public:
  explicit set_account_flags_call(const arrival& from)
      : change_account_call(from, rpc_method::set_account_flags) {}

 private:
  void begin() override;
};

/// SetAccountLimits.
class set_account_limits_call final : public change_account_call {
 public:
  explicit set_account_limits_call(const arrival& from)
      : change_account_call(from, rpc_method::set_account_limits) {}

 private:
  void begin() override;
  void tell() override;
};

/// SetAccountMetadata.
class set_account_metadata_call final : public change_account_call {
 public:
  explicit set_account_metadata_call(const arrival& from)
      : change_account_call(from, rpc_method::set_account_metadata) {}

 private:
  void begin() override;
  void tell() override;
};

/// CloseAccount.
class close_account_call final : public change_account_call {
 public:
  explicit close_account_call(const arrival& from)
      : change_account_call(from, rpc_method::close_account) {}

 private:
  void begin() override;
};

}  // namespace suanpan::endpoint
