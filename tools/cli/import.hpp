// `suanpan import`: books a file of postings, says what became of every line, and shows the books
// after it.
#pragma once

#include "tools/cli/client.hpp"
#include "tools/cli/import_stream.hpp"
#include "tools/cli/posting_file.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace suanpan::cli {

struct import_options {
  std::string file;
  std::string rejected_file;  // empty: rejected lines are not written anywhere
  stream_options stream;
  std::uint32_t hottest = 10;      // accounts shown
  bool quiet = false;              // no progress on stderr
  std::int64_t rejected_max = -1;  // more rejected lines than this end with status 1; -1: no bound
};

/// An account and how many legs of this file hit it.
struct hot_account {
  named_account account;
  std::int64_t legs = 0;
  std::int64_t number = 0;
  std::string balance;  // minor units on the normal side
};

/// What an import did. Counts add up: lines = posted + exists + rejected.
struct import_report {
  std::int64_t lines = 0;
  std::int64_t posted = 0;
  std::int64_t exists = 0;
  std::vector<rejected_line> rejected;          // by line number
  std::map<std::string, std::int64_t> reasons;  // of the rejected lines
  std::int64_t rejected_by_ledger = 0;
  std::int64_t accounts = 0;
  std::int64_t accounts_opened = 0;
  std::int64_t posting_micros = 0;  // wall time of posting alone
  std::uint32_t streams = 0;
  std::vector<hot_account> hottest;
  suanpan::v1::TrialBalance trial_balance;
};

[[nodiscard]] exit_status run_import(const common_options& common, const import_options& options);

/// The report for people, and as one JSON document.
[[nodiscard]] std::string import_text(const import_report& report);
[[nodiscard]] std::string import_json(const import_report& report);

/// The rejected lines as CSV: line, reason, by, detail.
[[nodiscard]] std::string rejected_csv(const std::vector<rejected_line>& rejected);

}  // namespace suanpan::cli
