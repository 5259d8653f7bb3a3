// `suanpan`: the command line of the ledger. Options, exit statuses and last lines are those that
// programs rely on; see README.md here.
#include "tools/cli/commands.hpp"

int main(int argc, char** argv) {
  CLI::App app("Books, reads and checks a Suanpan ledger.", "suanpan");
  suanpan::cli::command_line line;
  app.set_version_flag("--version", "suanpan " SUANPAN_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Exit status: 0 done; 1 refused or differences found; 2 usage; 3 configuration; 4 "
      "unavailable or\n"
      "deadline. SUANPAN_KEY holds the caller's key.\n\n"
      "Examples:\n"
      "  suanpan import day.csv                     book a file of postings; twice books nothing "
      "twice\n"
      "  suanpan verify                             recompute the books from the rows\n"
      "  suanpan gl 2026-11-22                      the general ledger of an accounting day\n"
      "  suanpan account show 2049 --json           one account, for programs\n"
      "  suanpan transfer --debit 2049 --credit 3073 --amount 12.50 --currency CNY\n"
      "  suanpan hold --debit 2049 --credit 3073 --amount 50 --currency CNY --expires-in 15m\n"
      "  suanpan payment explain pay_01J8ZQ4K2M7N9P0R1S2T3V4W5Y\n"
      "  suanpan COMMAND --help                     more about a command");
  add_common(app, line.common);
  add_import(app, line);
  add_verify(app, line);
  add_reports(app, line);
  add_days(app, line);
  add_status(app, line);
  add_account(app, line);
  add_transfer(app, line);
  add_voucher(app, line);
  add_holds(app, line);
  add_payment(app, line);
  add_merchants(app, line);
  add_cards(app, line);
  add_notify(app, line);
  add_cases(app, line);
  add_database(app, line);
  add_rules(app, line);
  add_config(app, line);
  return run_command_line(app, line, argc, argv);
}
