// `suanpan-bench`: makes work for a ledger and measures it. See README.md here.
#include "tools/bench/commands.hpp"

int main(int argc, char** argv) {
  CLI::App app("Makes work for a Suanpan ledger and measures it.", "suanpan-bench");
  suanpan::cli::command_line line;
  app.set_version_flag("--version", "suanpan-bench " SUANPAN_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Examples:\n"
      "  suanpan-bench day --lines 120000 --seed 1 --out day.csv\n"
      "  suanpan-bench transfers --pattern hot --seconds 10\n"
      "  suanpan-bench COMMAND --help");
  suanpan::cli::add_common(app, line.common);
  suanpan::bench::add_day(app, line);
  suanpan::bench::add_transfers(app, line);
  suanpan::bench::add_prepare(app, line);
  suanpan::bench::add_echo(app, line);
  suanpan::bench::add_orders(app, line);
  suanpan::bench::add_payments(app, line);
  suanpan::bench::add_relay(app, line);
  suanpan::bench::add_statement_pages(app, line);
  return suanpan::cli::run_command_line(app, line, argc, argv);
}
