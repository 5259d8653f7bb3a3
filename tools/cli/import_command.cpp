// The options of `suanpan import`.
#include "tools/cli/commands.hpp"
#include "tools/cli/import.hpp"

#include <memory>

namespace suanpan::cli {

void add_import(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand("import", "Books a CSV file of postings.");
  const auto options = std::make_shared<import_options>();
  command->add_option("file", options->file, "CSV file; its header is shown below")->required();
  bounded(command->add_option("--batch", options->stream.batch, "transfers a message"), 1, 10'000);
  bounded(
      command->add_option("--in-flight", options->stream.in_flight, "messages not answered yet"), 1,
      1'000);
  bounded(command->add_option("--patience", options->stream.patience_seconds,
                              "seconds to go on trying without any progress"),
          1, 86'400);
  command->add_option("--rejected-file", options->rejected_file,
                      "write all rejected lines here, as CSV");
  command->add_option("--max-rejected", options->rejected_max,
                      "more rejected lines than this end with status 1 [no bound]");
  bounded(command->add_option("--hottest", options->hottest, "accounts shown as hottest"), 0,
          1'000);
  command->add_flag("--quiet", options->quiet, "no progress on stderr");
  command->footer(
      "Header:\n"
      "  "
      "id,debit_subject,debit_owner,credit_subject,credit_owner,currency,amount,event_code,"
      "reference,memo\n\n"
      "Amounts are in major units (\"12.50\") with no more decimals than the currency has. Ids are "
      "UUIDv7 or\n"
      "ULID. Quoting as RFC 4180. Accounts that a line needs are opened; those of merchants and "
      "users under\n"
      "liabilities can't be overdrawn. A bad line is rejected alone, and listed with its reason. "
      "Importing\n"
      "the same file again books nothing twice: after a failure, import it again.\n\n"
      "Examples:\n"
      "  suanpan-bench day --lines 120000 --seed 1 --out day.csv && suanpan import day.csv\n"
      "  suanpan import day.csv --json --rejected-file rejected.csv");
  command->callback([&line, options] {
    line.run = [&line, options] { return run_import(line.common, *options); };
  });
}

}  // namespace suanpan::cli
