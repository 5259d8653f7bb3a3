// The ledger's rows as files of binary COPY (copy_fields.hpp). Pure: rows in, bytes out.
//
// The buffers belong to the encoder and are kept, so that a batch costs no allocation per row.
#pragma once

#include "protocol/model/records.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::storage {

/// Columns in the order in which `encode` writes them.
inline constexpr std::string_view transfer_columns =
    "ticket,debit_account,credit_account,amount,idx,event_code,accounting_date,leg,kind,result,"
    "currency,id,reference,memo,linked,voucher,related,expires_at,asked_amount,"
    "metadata";
inline constexpr std::string_view account_columns =
    "number,opened,flags,shard,currency,side,owner,subject,label,credit_limit,maximum_balance";

/// Grows to the largest batch seen and stays so. One thread at a time.
class copy_buffer {
 public:
  /// The rows as a COPY file; valid until the next call.
  [[nodiscard]] std::string_view encode(std::span<const transfer_row> rows);
  [[nodiscard]] std::string_view encode(std::span<const account_row> rows);

 private:
  char* reserve(std::size_t bytes);
  std::vector<char> bytes_;
};

}  // namespace suanpan::storage
