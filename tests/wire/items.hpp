// A transfer as a caller would send it, and small generators for spoiling it.
#pragma once

#include "protocol/model/ids.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <random>
#include <string>

namespace suanpan::wire {

/// Account number of a shard, by sequence.
[[nodiscard]] inline std::int64_t account_in(std::uint16_t shard, std::int64_t sequence) {
  return account_number::make({shard}, sequence).value;
}

/// Nothing is wrong with it.
[[nodiscard]] inline v1::Transfer good_transfer() {
  v1::Transfer t;
  t.set_id(std::string("\x01\x90\xb5\xc2\x7a\x3e\x7c\xc1\x8f\x00\x01\x23\x45\x67\x89\xab", 16));
  t.set_debit_account(account_in(3, 1));
  t.set_credit_account(account_in(5, 2));
  t.set_amount(1'250);
  t.set_currency("CNY");
  t.set_event_code(1'001);
  t.set_kind(v1::TRANSFER_KIND_POST);
  t.set_reference("order-1");
  t.set_memo("午餐");
  return t;
}

/// Protobuf complains on standard error of each bad string that a test makes.
inline const google::protobuf::LogSilencer quiet;

using dice = std::mt19937_64;

[[nodiscard]] inline std::string random_bytes(dice& roll, std::size_t length_max) {
  std::string bytes(roll() % (length_max + 1), '\0');
  for (auto& byte : bytes) byte = static_cast<char>(roll());
  return bytes;
}

}  // namespace suanpan::wire
