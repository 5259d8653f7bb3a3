// `suanpan-bench statement`: how long a page of a statement takes.
#include "tools/bench/commands.hpp"
#include "tools/bench/histogram.hpp"
#include "tools/bench/random.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

struct statement_options {
  std::vector<std::int64_t> accounts;
  std::uint32_t pages = 100;
  std::uint32_t page_size = 100;
  std::uint64_t seed = 1;
};

struct page_times {
  histogram first;   // oldest lines
  histogram newest;  // newest lines
  histogram within;  // from a random time on
  std::uint64_t lines = 0;
};

class pages_of_account {
 public:
  pages_of_account(const cli::ledger_client& client, const statement_options& options,
                   std::int64_t account)
      : client_(client), options_(options), account_(account), random_(options.seed) {}

  page_times measure() {
    v1::Statement oldest;
    v1::Statement newest;
    for (std::uint32_t i = 0; i < options_.pages; ++i) {
      times_.first.add(ask(0, false, oldest));
      times_.newest.add(ask(0, true, newest));
      if (oldest.lines_size() == 0) continue;
      const auto from = oldest.lines(0).ticket();
      const auto span = newest.lines(0).ticket() - from + 1;
      const auto part = static_cast<std::int64_t>(random_.below(1'000'000));
      v1::Statement page;
      times_.within.add(ask(from + span / 1'000'000 * part, false, page));
    }
    times_.lines = static_cast<std::uint64_t>(oldest.lines_size());
    return times_;
  }

 private:
  std::int64_t ask(std::int64_t from, bool newest_first, v1::Statement& page) {
    v1::GetStatementRequest request;
    request.set_number(account_);
    request.set_from_micros(from);
    request.set_newest_first(newest_first);
    request.set_page_size(options_.page_size);
    const auto began = std::chrono::steady_clock::now();
    cli::require_ok(client_.ledger().GetStatement(client_.unary_context().get(), request, &page),
                    "reading the statement of account " + std::to_string(account_));
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 began)
        .count();
  }

  const cli::ledger_client& client_;
  const statement_options& options_;
  std::int64_t account_;
  random_source random_;
  page_times times_;
};

cli::exit_status run_statement(const cli::common_options& common,
                               const statement_options& options) {
  const cli::ledger_client client(common);
  auto all = nlohmann::json::array();
  cli::table lines({{"account", cli::align::right},
                    {"page"},
                    {"pages", cli::align::right},
                    {"lines a page", cli::align::right},
                    {"p50", cli::align::right},
                    {"p99", cli::align::right},
                    {"max", cli::align::right}});
  for (const auto account : options.accounts) {
    const auto times = pages_of_account(client, options, account).measure();
    for (const auto& [name, of] : {std::pair{"oldest", &times.first},
                                   {"newest", &times.newest},
                                   {"from a random time", &times.within}}) {
      const auto ms = [](std::int64_t micros) {
        const auto tenths = (micros + 50) / 100;
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " ms";
      };
      lines.add({std::to_string(account), name, std::to_string(of->count()),
                 std::to_string(times.lines), ms(of->percentile(50'000)),
                 ms(of->percentile(99'000)), ms(of->max())});
      all.push_back({{"account", account},
                     {"page", name},
                     {"pages", of->count()},
                     {"p50_micros", of->percentile(50'000)},
                     {"p99_micros", of->percentile(99'000)},
                     {"max_micros", of->max()}});
    }
  }
  cli::print(common.json ? all.dump() + '\n' : lines.text());
  return cli::exit_status::done;
}

}  // namespace

void add_statement_pages(CLI::App& app, cli::command_line& line) {
  auto* command = app.add_subcommand("statement", "Measures pages of accounts' statements.");
  const auto options = std::make_shared<statement_options>();
  command->add_option("accounts", options->accounts, "their numbers")->required();
  cli::bounded(command->add_option("--pages", options->pages, "of each sort"), 1, 1'000'000);
  cli::bounded(command->add_option("--page-size", options->page_size, "lines a page"), 1, 1'000);
  command->add_option("--seed", options->seed, "of the random times")->capture_default_str();
  command->footer("Examples:\n  suanpan-bench statement 1024 2049 --pages 200");
  command->callback([&line, options] {
    line.run = [&line, options] { return run_statement(line.common, *options); };
  });
}

}  // namespace suanpan::bench
