// What `suanpan payment create` asks for, by kind: which options a kind needs and takes.
#pragma once

#include "suanpan/v1/payments.grpc.pb.h"
#include "tools/cli/client.hpp"

#include <cstdint>
#include <string>

namespace suanpan::cli {

/// As it was typed. Empty: not given.
struct order_options {
  std::string kind;  // "quick_pay"
  std::string merchant;
  std::string order_number;
  std::string amount;  // in major units
  std::string currency;
  std::string card;
  std::uint32_t cards_max = 0;  // of a quick pay
  std::string payer;
  std::string payee;
  std::string payment;  // what a refund refunds
  std::string return_url;
  std::string description;
  std::string expires_at;
};

/// Asks for it and tells how it stands. Throws command_failure (usage) for an option that the kind
/// does not take, or one that it needs.
[[nodiscard]] suanpan::v1::Payment create_order(const ledger_client& client,
                                                const order_options& options);

/// Done: paid, or the payer goes on at the bank. Refused: failed, closed, or another card is
/// needed. Unavailable: not decided in time.
[[nodiscard]] exit_status status_of_payment(const suanpan::v1::Payment& payment) noexcept;

}  // namespace suanpan::cli
