// See statement_check.hpp. The rows of all accounts are summed up in one pass: rows have no index
// by account.
#include "tools/bench/statement_check.hpp"

#include "protocol/model/ids.hpp"

#include <pqxx/pqxx>

#include <cstring>
#include <map>
#include <utility>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

constexpr std::size_t ids_at_once = 5'000;
constexpr std::uint32_t lines_a_page = 100;

/// What the rows say of an account since the beginning of the run.
struct row_sums {
  std::int64_t debits = 0;
  std::int64_t credits = 0;
};

struct line_of {
  std::int64_t account = 0;
  v1::StatementLine line;
};

std::string array_of(std::span<const std::int64_t> numbers) {
  std::string text;
  for (const auto number : numbers)
    text.append(text.empty() ? "{" : ",").append(std::to_string(number));
  return text + '}';
}

class statement_checker {
 public:
  statement_checker(const cli::ledger_client& client, const std::string& dsn,
                    std::int64_t from_micros)
      : client_(client), connection_(dsn), from_(from_micros) {}

  statement_agreement run(std::span<const std::int64_t> accounts) {
    read_sums(accounts);
    for (const auto account : accounts) {
      check_account(account);
      ++found_.accounts;
      if (lines_.size() >= ids_at_once) check_lines();
    }
    check_lines();
    return std::move(found_);
  }

 private:
  void differs(std::int64_t account, const std::string& what) {
    if (found_.difference.empty())
      found_.difference = "account " + std::to_string(account) + ": " + what;
  }

  void read_sums(std::span<const std::int64_t> accounts) {
    pqxx::nontransaction session(connection_);
    const std::string list = "'" + array_of(accounts) + "'::int8[]";
    const std::string rows = " FROM audit.transfer WHERE ticket>=" + std::to_string(from_);
    const pqxx::result sums = session.exec(
        "SELECT account,sum(debit),sum(credit) FROM (SELECT debit_account AS account,amount AS "
        "debit,0 AS credit" +
        rows + " UNION ALL SELECT credit_account,0,amount" + rows + ") s WHERE account=ANY(" +
        list + ") GROUP BY account");
    for (const auto& row : sums)
      sums_[row[0].as<std::int64_t>()] = {row[1].as<std::int64_t>(), row[2].as<std::int64_t>()};
  }

  [[nodiscard]] v1::Statement page(std::int64_t account, bool newest_first) const {
    v1::GetStatementRequest request;
    request.set_number(account);
    request.set_from_micros(from_);
    request.set_newest_first(newest_first);
    request.set_page_size(newest_first ? lines_a_page : 1);
    v1::Statement answer;
    cli::require_ok(client_.ledger().GetStatement(client_.unary_context().get(), request, &answer),
                    "reading the statement of account " + std::to_string(account));
    return answer;
  }

  void check_account(std::int64_t account) {
    const auto oldest = page(account, false);
    const auto newest = page(account, true);
    const auto sums = sums_[account];
    if (newest.lines_size() == 0) {
      if (sums.debits != 0 || sums.credits != 0) differs(account, "has rows and no lines");
      return;
    }
    const auto moved = [](const std::string& after, const std::string& before) {
      return std::stoll(after) - std::stoll(before);
    };
    const auto& last = newest.lines(0).totals();
    if (moved(last.debits_posted(), oldest.before().debits_posted()) != sums.debits ||
        moved(last.credits_posted(), oldest.before().credits_posted()) != sums.credits)
      differs(account, "its totals moved by other sums than its rows have");
    for (const auto& line : newest.lines()) lines_.push_back({account, line});
  }

  void check_lines() {
    if (lines_.empty()) return;
    std::string ids;
    for (const auto& [account, line] : lines_) {
      transfer_id id;
      if (line.transfer_id().size() == sizeof id.bytes)
        std::memcpy(id.bytes.data(), line.transfer_id().data(), sizeof id.bytes);
      ids.append(ids.empty() ? "{" : ",").append(to_string(id));
    }
    pqxx::nontransaction session(connection_);
    std::map<std::pair<std::int64_t, std::int64_t>, pqxx::row> rows;  // by ticket and index
    for (const auto& row : session.exec(
             "SELECT ticket,idx,debit_account,credit_account,amount FROM audit.transfer WHERE "
             "id=ANY('" +
             ids + "}'::uuid[])"))
      rows.emplace(std::pair{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()}, row);
    for (const auto& [account, line] : lines_) {
      const auto row = rows.find({line.ticket(), line.index()});
      if (row == rows.end()) {
        differs(account, "a line has no row");
        continue;
      }
      const bool debit = line.side() == v1::ENTRY_SIDE_DEBIT;
      const auto number = [&row](int column) { return row->second[column].as<std::int64_t>(); };
      if (number(debit ? 2 : 3) != account || number(debit ? 3 : 2) != line.counterpart() ||
          number(4) != line.amount())
        differs(account, "a line differs from its row");
    }
    found_.lines += static_cast<std::int64_t>(lines_.size());
    lines_.clear();
  }

  const cli::ledger_client& client_;
  pqxx::connection connection_;
  std::int64_t from_;
  std::map<std::int64_t, row_sums> sums_;
  std::vector<line_of> lines_;
  statement_agreement found_;
};

}  // namespace

statement_agreement check_statements(const cli::ledger_client& client, const std::string& dsn,
                                     std::span<const std::int64_t> accounts,
                                     std::int64_t from_micros) {
  try {
    return statement_checker(client, dsn, from_micros).run(accounts);
  } catch (const pqxx::failure& fault) {
    throw cli::command_failure(cli::exit_status::unavailable,
                               std::string("the database: ") + fault.what());
  }
}

}  // namespace suanpan::bench
