// See import.hpp.
#include "tools/cli/import.hpp"

#include "protocol/model/result.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/table.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;
using steady = std::chrono::steady_clock;

constexpr std::size_t accounts_per_call = 5'000;

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) throw command_failure(exit_status::usage, path + " can't be read");
  return std::move(text).str();
}

/// A unary call tried again while the ledger is away, until patience ends.
template <class Call>
void call_patiently(const ledger_client& client, const stream_options& options,
                    std::string_view doing, const Call& call) {
  const auto until = steady::now() + std::chrono::seconds(options.patience_seconds);
  auto pause = std::chrono::milliseconds(100);
  for (;;) {
    const auto context = client.unary_context();
    const grpc::Status status = call(*context);
    if (status.ok()) return;
    if (status_of(status) != exit_status::unavailable || steady::now() > until)
      require_ok(status, std::string(doing) + " at " + client.endpoint());
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::milliseconds(2'000));
  }
}

v1::ListSubjectsResponse load_subjects(const ledger_client& client, const stream_options& options) {
  v1::ListSubjectsResponse subjects;
  call_patiently(client, options, "reading the chart of accounts",
                 [&](grpc::ClientContext& context) {
                   return client.ledger().ListSubjects(&context, {}, &subjects);
                 });
  return subjects;
}

using subject_map = std::map<std::string, v1::Subject, std::less<>>;

/// Merchants' and users' money can't be overdrawn; the company's own accounts can.
std::uint32_t flags_for(const named_account& account, const subject_map& subjects) {
  const bool theirs = account.owner.starts_with("merchant:") || account.owner.starts_with("user:");
  const bool owed = subjects.at(account.subject).subject_class() == v1::SUBJECT_CLASS_LIABILITY;
  return theirs && owed ? v1::ACCOUNT_FLAG_NO_OVERDRAFT : 0;
}

bool is_open(const v1::OpenedAccount& answer) {
  return answer.result() == v1::OPEN_ACCOUNT_RESULT_OPENED ||
         answer.result() == v1::OPEN_ACCOUNT_RESULT_EXISTS ||
         // Opened by somebody else with other flags: still the account that the line names.
         (answer.result() == v1::OPEN_ACCOUNT_RESULT_EXISTS_WITH_DIFFERENT_FLAGS &&
          answer.number() > 0);
}

bool is_away(v1::OpenAccountResult result) {
  return result == v1::OPEN_ACCOUNT_RESULT_UNAVAILABLE || result == v1::OPEN_ACCOUNT_RESULT_UNKNOWN;
}

/// Opens one slice of the file's accounts; opening is idempotent, so what was unavailable is asked
/// again.
class account_opener {
 public:
  account_opener(const ledger_client& client, const import_options& options,
                 const subject_map& subjects)
      : client_(client), options_(options), subjects_(subjects) {}

  /// Numbers in the place of the accounts; 0 where the ledger refused, with the refusal in
  /// `refused`.
  std::vector<std::int64_t> open(const std::vector<named_account>& accounts, import_report& report,
                                 std::map<std::size_t, std::string>& refused) {
    std::vector<std::int64_t> numbers(accounts.size(), 0);
    for (std::size_t at = 0; at < accounts.size(); at += accounts_per_call) {
      const std::size_t end = std::min(accounts.size(), at + accounts_per_call);
      const auto answers = ask({accounts.data() + at, end - at});
      for (std::size_t i = at; i < end; ++i) {
        const auto& answer = answers.results(static_cast<int>(i - at));
        if (answer.result() == v1::OPEN_ACCOUNT_RESULT_OPENED) ++report.accounts_opened;
        if (is_open(answer)) {
          numbers[i] = answer.number();
        } else {
          refused[i] = v1::OpenAccountResult_Name(answer.result());
        }
      }
    }
    report.accounts = static_cast<std::int64_t>(accounts.size() - refused.size());
    return numbers;
  }

 private:
  v1::OpenAccountsResponse ask(std::span<const named_account> accounts) {
    v1::OpenAccountsRequest request;
    for (const auto& account : accounts) {
      auto& item = *request.add_accounts();
      item.set_owner(account.owner);
      item.set_subject(account.subject);
      item.set_currency(std::string(letters(account.ccy)));
      item.set_flags(flags_for(account, subjects_));
    }
    v1::OpenAccountsResponse response;
    call_patiently(client_, options_.stream, "opening accounts", [&](grpc::ClientContext& context) {
      const auto status = client_.ledger().OpenAccounts(&context, request, &response);
      if (!status.ok()) return status;
      if (response.results_size() != request.accounts_size())
        return grpc::Status(grpc::StatusCode::INTERNAL, "the node did not answer every account");
      const bool away = std::any_of(response.results().begin(), response.results().end(),
                                    [](const auto& answer) { return is_away(answer.result()); });
      return away ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "accounts can't be opened now")
                  : status;
    });
    return response;
  }

  const ledger_client& client_;
  const import_options& options_;
  const subject_map& subjects_;
};

/// Lines whose account the ledger would not open are rejected before anything is posted.
void reject_without_account(posting_file& file, const std::map<std::size_t, std::string>& refused) {
  if (refused.empty()) return;
  std::erase_if(file.postings, [&file, &refused](const posting& p) {
    auto place = refused.find(p.debit);
    if (place == refused.end()) place = refused.find(p.credit);
    if (place == refused.end()) return false;
    const auto& account = file.accounts[place->first];
    file.rejected.push_back({p.line, std::string(name_of(line_fault::account_not_opened)),
                             account.owner + ' ' + account.subject + ": " + place->second, true});
    return true;
  });
}

void count_results(const posting_file& file, const stream_report& posted, import_report& report) {
  for (std::size_t i = 0; i < file.postings.size(); ++i) {
    const auto result = static_cast<item_result>(posted.results[i]);
    if (result == item_result::posted) {
      ++report.posted;
    } else if (result == item_result::exists) {
      ++report.exists;
    } else {
      report.rejected.push_back({file.postings[i].line, std::string(name_of(result)),
                                 to_string(file.postings[i].id), true});
    }
  }
  std::sort(report.rejected.begin(), report.rejected.end(),
            [](const auto& a, const auto& b) { return a.line < b.line; });
  for (const auto& line : report.rejected) {
    ++report.reasons[line.reason];
    if (line.by_ledger) ++report.rejected_by_ledger;
  }
}

/// The accounts with most legs among the lines that are booked, with the balances they have now.
void find_hottest(const ledger_client& client, const posting_file& file,
                  const stream_report& posted, std::span<const std::int64_t> numbers,
                  std::size_t wanted, import_report& report) {
  std::vector<std::int64_t> legs(file.accounts.size(), 0);
  for (std::size_t i = 0; i < file.postings.size(); ++i) {
    if (!is_done(static_cast<item_result>(posted.results[i]))) continue;
    ++legs[file.postings[i].debit];
    ++legs[file.postings[i].credit];
  }
  std::vector<std::size_t> order(legs.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t shown = std::min(wanted, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                    [&legs](auto a, auto b) { return legs[a] > legs[b]; });
  order.resize(shown);
  for (const auto index : order) {
    v1::GetAccountRequest request;
    request.set_number(numbers[index]);
    v1::Account account;
    const auto context = client.unary_context();
    require_ok(client.ledger().GetAccount(context.get(), request, &account), "reading a balance");
    report.hottest.push_back(
        {file.accounts[index], legs[index], numbers[index], account.totals().balance()});
  }
}

void write_rejected(const std::string& path, const import_report& report) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::binary);
  file << rejected_csv(report.rejected);
  file.close();
  if (!file) throw command_failure(exit_status::usage, path + " can't be written");
}

import_report import_file(const ledger_client& client, const import_options& options) {
  import_report report;
  std::string text = read_whole(options.file);
  const auto listed = load_subjects(client, options.stream);
  subject_map subjects;
  for (const auto& subject : listed.subjects()) subjects.emplace(subject.code(), subject);

  auto file = read_postings(std::move(text),
                            [&subjects](std::string_view code) { return subjects.contains(code); });
  report.lines = static_cast<std::int64_t>(file.lines);
  std::map<std::size_t, std::string> refused;
  const auto numbers =
      account_opener(client, options, subjects).open(file.accounts, report, refused);
  reject_without_account(file, refused);

  const auto began = steady::now();
  stream_report posted;
  {
    progress bar("posting", static_cast<std::int64_t>(file.postings.size()), options.quiet);
    posted = stream_postings(
        client, file.postings, numbers, options.stream, [&bar](std::int64_t n) { bar.show(n); },
        [&bar](const std::string& note) { bar.note(note); });
  }
  report.posting_micros =
      std::chrono::duration_cast<std::chrono::microseconds>(steady::now() - began).count();
  report.streams = posted.streams;
  report.rejected = std::move(file.rejected);
  count_results(file, posted, report);
  find_hottest(client, file, posted, numbers, options.hottest, report);
  call_patiently(client, options.stream, "reading the trial balance",
                 [&](grpc::ClientContext& context) {
                   return client.ledger().GetTrialBalance(&context, {}, &report.trial_balance);
                 });
  return report;
}

}  // namespace

exit_status run_import(const common_options& common, const import_options& options) {
  const ledger_client client(common);
  import_report report;
  try {
    report = import_file(client, options);
  } catch (const command_failure&) {
    throw;
  } catch (const std::runtime_error& unreadable) {
    throw command_failure(exit_status::refused, options.file + ": " + unreadable.what());
  }
  write_rejected(options.rejected_file, report);
  const std::string text = common.json ? import_json(report) + '\n' : import_text(report);
  print(text);
  const auto rejected = static_cast<std::int64_t>(report.rejected.size());
  const bool too_many = options.rejected_max >= 0 && rejected > options.rejected_max;
  return too_many ? exit_status::refused : exit_status::done;
}

}  // namespace suanpan::cli
