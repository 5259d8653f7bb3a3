// `suanpan-bench day`.
#include "protocol/model/accounting_day.hpp"
#include "protocol/model/clock.hpp"
#include "tools/bench/commands.hpp"
#include "tools/bench/day.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <memory>

namespace suanpan::bench {
namespace {

using cli::command_failure;
using cli::exit_status;

constexpr std::int64_t micros_of_day = 86'400'000'000;

struct day_command {
  day_options day;
  std::string date;  // YYYY-MM-DD, UTC; empty: today
  std::string out;
};

std::int32_t day_of(const std::string& date) {
  if (date.empty())
    return static_cast<std::int32_t>(system_wall_clock().unix_micros() / micros_of_day);
  const auto day = parse_accounting_date(date);
  if (!day) throw command_failure(exit_status::usage, "--date must be YYYY-MM-DD: " + date);
  return day->days;
}

class output_file {
 public:
  explicit output_file(const std::string& path)
      : path_(path), file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) throw command_failure(exit_status::usage, path + " can't be written");
  }
  ~output_file() {
    if (file_ != nullptr) std::fclose(file_);
  }
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  void write(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
  }
  /// A full disk shows here at the latest.
  void close() {
    if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
  }

 private:
  [[noreturn]] void fail() {
    throw command_failure(exit_status::unavailable, path_ + " can't be written to its end");
  }
  std::string path_;
  std::FILE* file_;
};

std::string day_text(const day_summary& made, const day_command& command) {
  cli::table kinds({{"lines", cli::align::right}, {"bad lines: an import rejects them as"}});
  for (const auto& kind : made.kinds)
    kinds.add({cli::count_text(kind.lines), std::string(kind.reason)});
  return command.out + ": " + cli::count_text(made.lines) + " lines, " + cli::count_text(made.bad) +
         " of them bad, " + cli::count_text(made.merchants) + " merchants, seed " +
         std::to_string(command.day.seed) + "\n" + kinds.text();
}

std::string day_json(const day_summary& made, const day_command& command) {
  nlohmann::json kinds = nlohmann::json::object();
  for (const auto& kind : made.kinds) kinds[std::string(kind.reason)] = kind.lines;
  return nlohmann::json{{"file", command.out},
                        {"lines", made.lines},
                        {"good", made.lines - made.bad},
                        {"bad", made.bad},
                        {"bad_by_line", made.bad - made.bad_by_ledger},
                        {"bad_by_ledger", made.bad_by_ledger},
                        {"kinds", kinds},
                        {"merchants", made.merchants}}
             .dump() +
         '\n';
}

exit_status make_day(const cli::common_options& common, day_command command) {
  command.day.day = day_of(command.date);
  output_file file(command.out);
  const auto made = write_day(command.day, [&file](std::string_view line) { file.write(line); });
  file.close();
  cli::print(common.json ? day_json(made, command) : day_text(made, command));
  return exit_status::done;
}

}  // namespace

void add_day(CLI::App& app, cli::command_line& line) {
  auto* day = app.add_subcommand("day", "Makes a file of a payment company's day of postings.");
  const auto command = std::make_shared<day_command>();
  cli::bounded(
      day->add_option("--lines", command->day.lines, "lines after the header, bad ones included"),
      day_lines_min, day_lines_max);
  day->add_option("--seed", command->day.seed, "same seed and date, same bytes")
      ->capture_default_str();
  day->add_option("--date", command->date, "YYYY-MM-DD, UTC [today]");
  cli::bounded(
      day->add_option("--merchants", command->day.merchants, "few have most of the business"), 1,
      1'000'000);
  day->add_option("--out", command->out, "the file")->required();
  day->footer(
      "The ids lie in the first four minutes of the date (UTC): a ledger takes ids up to 5 minutes "
      "ahead\n"
      "and 7 days back, so the file can be imported from the first moment of its day on, for a "
      "week.\n"
      "Bad lines of each kind are spread over the file; their number is printed. Every other line\n"
      "succeeds.\n\n"
      "Examples:\n  suanpan-bench day --lines 120000 --seed 1 --out day.csv");
  day->callback([&line, command] {
    line.run = [&line, command] { return make_day(line.common, *command); };
  });
}

}  // namespace suanpan::bench
