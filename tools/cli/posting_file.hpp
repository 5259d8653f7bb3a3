// A day's postings as a CSV file: what a line must look like, and what is said of one that does
// not. A bad line is rejected alone. Only what can be judged without the ledger's accounts is
// judged here.
#pragma once

#include "protocol/model/account.hpp"
#include "protocol/model/transfer.hpp"
#include "tools/cli/csv.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace suanpan::cli {

/// The header that a posting file begins with, in this order.
inline constexpr std::array<std::string_view, 10> posting_columns = {
    "id",       "debit_subject", "debit_owner", "credit_subject", "credit_owner",
    "currency", "amount",        "event_code",  "reference",      "memo"};

/// Why a line is not a posting, in order of precedence.
enum class line_fault : std::uint8_t {
  none,
  quoting,
  columns,
  id_unreadable,
  debit_owner_invalid,
  credit_owner_invalid,
  debit_subject_not_found,
  credit_subject_not_found,
  currency_unknown,
  amount_not_a_number,
  amount_too_many_decimals,
  amount_too_large,
  amount_must_be_positive,
  accounts_must_differ,
  event_code_out_of_range,
  reference_too_long,
  reference_invalid,
  memo_too_long,
  memo_invalid,
  account_not_opened,  // the ledger refused to open an account that the line needs
};
[[nodiscard]] std::string_view name_of(line_fault fault);
/// One sentence for a person.
[[nodiscard]] std::string_view sentence_of(line_fault fault);

/// A good line. `debit` and `credit` index posting_file::accounts.
struct posting {
  std::size_t line = 0;
  transfer_id id;
  std::uint32_t debit = 0;
  std::uint32_t credit = 0;
  minor_units amount;
  std::int32_t event_code = 0;
  currency ccy;
  std::string_view reference;
  std::string_view memo;
};

/// An account that postings name, in order of first use.
struct named_account {
  std::string subject;
  std::string owner;
  currency ccy;
};

struct rejected_line {
  std::size_t line = 0;
  std::string reason;  // name_of a line_fault or of the ledger's item_result
  std::string detail;  // the text at fault, as it stands in the file
  bool by_ledger = false;
};

/// A file that was read. The postings' strings point into the text and the reader, which it owns.
struct posting_file {
  std::size_t lines = 0;  // records after the header, good and bad
  std::vector<posting> postings;
  std::vector<named_account> accounts;
  std::vector<rejected_line> rejected;

  std::unique_ptr<const std::string> text;
  std::unique_ptr<csv_reader> reader;
};

/// Whether the chart of accounts has this subject.
using subject_test = std::function<bool(std::string_view)>;

/// Reads postings. Throws std::runtime_error if the header is not that of a posting file.
[[nodiscard]] posting_file read_postings(std::string text, const subject_test& has_subject);

}  // namespace suanpan::cli
