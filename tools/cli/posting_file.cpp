// See posting_file.hpp.
#include "tools/cli/posting_file.hpp"

#include "tools/cli/table.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace suanpan::cli {
namespace {

enum field : std::size_t {
  f_id,
  f_debit_subject,
  f_debit_owner,
  f_credit_subject,
  f_credit_owner,
  f_currency,
  f_amount,
  f_event_code,
  f_reference,
  f_memo
};

/// What is wrong with a line, and which part of it.
struct verdict {
  line_fault fault = line_fault::none;
  std::string_view part;
};

/// "internal" or "type:name" with a lower-case type, as the ledger takes them.
bool is_owner(std::string_view text) {
  if (text.size() > owner_bytes_max || !is_plain_utf8(text)) return false;
  if (text == "internal") return true;
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

line_fault fault_of(amount_fault fault) {
  switch (fault) {
    case amount_fault::none:
      return line_fault::none;
    case amount_fault::not_a_number:
      return line_fault::amount_not_a_number;
    case amount_fault::too_many_decimals:
      return line_fault::amount_too_many_decimals;
    case amount_fault::too_large:
      return line_fault::amount_too_large;
  }
  return line_fault::amount_not_a_number;
}

verdict read_amount(std::string_view text, posting& into) {
  const auto parsed = parse_amount(text, into.ccy);
  if (parsed.fault != amount_fault::none) return {fault_of(parsed.fault), text};
  if (parsed.amount.value <= 0) return {line_fault::amount_must_be_positive, text};
  into.amount = parsed.amount;
  return {};
}

/// The caps that the API puts on a text field.
struct text_rule {
  std::size_t bytes_max;
  line_fault too_long;
  line_fault invalid;
};

verdict check_text(std::string_view text, const text_rule& rule) {
  if (text.size() > rule.bytes_max) return {rule.too_long, text};
  if (!is_plain_utf8(text)) return {rule.invalid, text};
  return {};
}

verdict read_event_code(std::string_view text, posting& into) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), into.event_code);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || into.event_code < 0 || into.event_code > event_code_max)
    return {line_fault::event_code_out_of_range, text};
  return {};
}

verdict read_texts(const std::vector<std::string_view>& f, posting& into) {
  auto found = check_text(f[f_reference], {reference_bytes_max, line_fault::reference_too_long,
                                           line_fault::reference_invalid});
  if (found.fault != line_fault::none) return found;
  found =
      check_text(f[f_memo], {memo_bytes_max, line_fault::memo_too_long, line_fault::memo_invalid});
  into.reference = f[f_reference];
  into.memo = f[f_memo];
  return found;
}

class line_reader {
 public:
  line_reader(posting_file& into, const subject_test& has_subject)
      : file_(into), has_subject_(has_subject) {}

  verdict read(const csv_record& record, posting& into) {
    if (record.fault == csv_fault::quote_unclosed)
      return {line_fault::quoting, "a quote is not closed"};
    if (record.fault == csv_fault::quote_misplaced)
      return {line_fault::quoting, "a quote is out of place"};
    if (record.fields.size() != posting_columns.size()) return {line_fault::columns, {}};
    const auto& f = record.fields;
    const auto id = parse_transfer_id(f[f_id]);
    if (!id) return {line_fault::id_unreadable, f[f_id]};
    into.line = record.line;
    into.id = *id;
    if (auto found = read_accounts(f, into); found.fault != line_fault::none) return found;
    if (auto found = read_event_code(f[f_event_code], into); found.fault != line_fault::none)
      return found;
    if (auto found = read_texts(f, into); found.fault != line_fault::none) return found;
    into.debit = account_index(f[f_debit_subject], f[f_debit_owner], into.ccy);
    into.credit = account_index(f[f_credit_subject], f[f_credit_owner], into.ccy);
    return {};
  }

 private:
  verdict read_accounts(const std::vector<std::string_view>& f, posting& into) {
    if (!is_owner(f[f_debit_owner])) return {line_fault::debit_owner_invalid, f[f_debit_owner]};
    if (!is_owner(f[f_credit_owner])) return {line_fault::credit_owner_invalid, f[f_credit_owner]};
    if (!has_subject_(f[f_debit_subject]))
      return {line_fault::debit_subject_not_found, f[f_debit_subject]};
    if (!has_subject_(f[f_credit_subject]))
      return {line_fault::credit_subject_not_found, f[f_credit_subject]};
    const auto ccy = parse_currency(f[f_currency]);
    if (!ccy) return {line_fault::currency_unknown, f[f_currency]};
    into.ccy = *ccy;
    if (auto found = read_amount(f[f_amount], into); found.fault != line_fault::none) return found;
    if (f[f_debit_subject] == f[f_credit_subject] && f[f_debit_owner] == f[f_credit_owner])
      return {line_fault::accounts_must_differ, f[f_debit_owner]};
    return {};
  }

  std::uint32_t account_index(std::string_view subject, std::string_view owner, currency ccy) {
    key_.assign(subject).append(1, '\n').append(owner).append(1, '\n').append(letters(ccy));
    const auto [place, added] = known_.try_emplace(key_, file_.accounts.size());
    if (added) file_.accounts.push_back({std::string(subject), std::string(owner), ccy});
    return place->second;
  }

  posting_file& file_;
  const subject_test& has_subject_;
  absl::flat_hash_map<std::string, std::uint32_t> known_;
  std::string key_;
};

bool is_header(const csv_record& record) {
  return record.fault == csv_fault::none &&
         std::equal(record.fields.begin(), record.fields.end(), posting_columns.begin(),
                    posting_columns.end());
}

std::string expected_header() {
  std::string names;
  for (const auto column : posting_columns) names.append(names.empty() ? "" : ",").append(column);
  return names;
}

}  // namespace

posting_file read_postings(std::string text, const subject_test& has_subject) {
  posting_file file;
  file.text = std::make_unique<const std::string>(std::move(text));
  file.reader = std::make_unique<csv_reader>(*file.text);
  csv_record record;
  if (!file.reader->next(record) || !is_header(record))
    throw std::runtime_error("the first line must be " + expected_header());

  line_reader lines(file, has_subject);
  while (file.reader->next(record)) {
    ++file.lines;
    posting line;
    const auto found = lines.read(record, line);
    if (found.fault == line_fault::none) {
      file.postings.push_back(line);
      continue;
    }
    std::string detail(found.part);
    if (found.fault == line_fault::columns)
      detail =
          std::to_string(record.fields.size()) + " of " + std::to_string(posting_columns.size());
    file.rejected.push_back({record.line, std::string(name_of(found.fault)), std::move(detail)});
  }
  return file;
}

std::string_view name_of(line_fault fault) {
  switch (fault) {
    case line_fault::none:
      return "none";
    case line_fault::quoting:
      return "quoting";
    case line_fault::columns:
      return "columns";
    case line_fault::id_unreadable:
      return "id_unreadable";
    case line_fault::debit_owner_invalid:
      return "debit_owner_invalid";
    case line_fault::credit_owner_invalid:
      return "credit_owner_invalid";
    case line_fault::debit_subject_not_found:
      return "debit_subject_not_found";
    case line_fault::credit_subject_not_found:
      return "credit_subject_not_found";
    case line_fault::currency_unknown:
      return "currency_unknown";
    case line_fault::amount_not_a_number:
      return "amount_not_a_number";
    case line_fault::amount_too_many_decimals:
      return "amount_too_many_decimals";
    case line_fault::amount_too_large:
      return "amount_too_large";
    case line_fault::amount_must_be_positive:
      return "amount_must_be_positive";
    case line_fault::accounts_must_differ:
      return "accounts_must_differ";
    case line_fault::event_code_out_of_range:
      return "event_code_out_of_range";
    case line_fault::reference_too_long:
      return "reference_too_long";
    case line_fault::reference_invalid:
      return "reference_invalid";
    case line_fault::memo_too_long:
      return "memo_too_long";
    case line_fault::memo_invalid:
      return "memo_invalid";
    case line_fault::account_not_opened:
      return "account_not_opened";
  }
  return "none";
}

std::string_view sentence_of(line_fault fault) {
  switch (fault) {
    case line_fault::none:
      return "The line is a posting.";
    case line_fault::quoting:
      return "The line's quotes don't match (RFC 4180).";
    case line_fault::columns:
      return "The line does not have ten columns.";
    case line_fault::id_unreadable:
      return "The id is neither a UUID nor a ULID.";
    case line_fault::debit_owner_invalid:
    case line_fault::credit_owner_invalid:
      return "The owner is neither \"internal\" nor type:name of at most 64 bytes.";
    case line_fault::debit_subject_not_found:
    case line_fault::credit_subject_not_found:
      return "The subject is not in the chart of accounts.";
    case line_fault::currency_unknown:
      return "The currency is not in ISO 4217.";
    case line_fault::amount_not_a_number:
      return "The amount is not a number.";
    case line_fault::amount_too_many_decimals:
      return "The amount has more decimals than the currency.";
    case line_fault::amount_too_large:
      return "The amount does not fit 64 bits of minor units.";
    case line_fault::amount_must_be_positive:
      return "The amount is zero or negative.";
    case line_fault::accounts_must_differ:
      return "Debit and credit account are the same.";
    case line_fault::event_code_out_of_range:
      return "The event code is not 0 to 65,535.";
    case line_fault::reference_too_long:
      return "The reference is longer than 128 bytes.";
    case line_fault::reference_invalid:
      return "The reference is not UTF-8, or contains NUL.";
    case line_fault::memo_too_long:
      return "The memo is longer than 256 bytes.";
    case line_fault::memo_invalid:
      return "The memo is not UTF-8, or contains NUL.";
    case line_fault::account_not_opened:
      return "The ledger did not open an account of this line.";
  }
  return "";
}

}  // namespace suanpan::cli
