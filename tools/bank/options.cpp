#include "tools/bank/options.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

namespace suanpan::bank {
namespace {

constexpr std::int64_t millis_max = 86'400'000;

behaviour_rate read_rate(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto number = text.substr(std::min(equals + 1, text.size()));
  const auto& all = behaviours();
  const auto* known = std::ranges::find(all, name, &behaviour_entry::name);
  if (known == all.end())
    throw CLI::ValidationError("--rates", "no behaviour is called '" + std::string(name) + "'");
  behaviour_rate rate{known->what, 0};
  const auto* end = number.data() + number.size();
  const auto read = std::from_chars(number.data(), end, rate.once_in);
  if (read.ec != std::errc() || read.ptr != end || rate.once_in == 0)
    throw CLI::ValidationError("--rates", std::string(name) + ": not 'once in so many'");
  return rate;
}

void add_millis(CLI::App& app, const std::string& name, std::int64_t& into,
                const std::string& what) {
  app.add_option(name, into, what + " (ms)")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, millis_max));
}

}  // namespace

desk_options options::desk() const {
  desk_options o;
  o.rules.dedupes = !no_dedupe;
  o.rules.seed = seed;
  o.rules.rates = read_rates(rates);
  o.rules.work_micros = work * 1'000;
  o.rules.slow_micros = slow * 1'000;
  o.rules.late_micros = late * 1'000;
  o.rules.callback_micros = callback * 1'000;
  o.expire_micros = expire * 1'000;
  return o;
}

void add_options(CLI::App& app, options& into) {
  app.add_option("--port", into.at.port, "Port to listen on; 0: any free one")
      ->capture_default_str();
  app.add_flag("--port-search", into.at.search, "If it is taken: the next free one, by tens");
  app.add_option("--address", into.at.address, "Numeric address to listen on")
      ->capture_default_str();
  app.add_option("--data", into.directory, "Directory of the ledger, which survives restarts")
      ->capture_default_str();
  app.add_option("--run-dir", into.run_directory, "Where bank.json says that this bank runs")
      ->capture_default_str();
  app.add_option("--log-file", into.log_file, "Log there instead of standard error");
  app.add_option("--secret-file", into.secret_file,
                 "File that holds the secret shared with callers (or SUANPAN_BANK__SECRET)");
  app.add_flag("--dev", into.dev, "Development: loopback only; a known secret if none is given");
  app.add_flag("--no-dedupe", into.no_dedupe, "The same reference moves money again");
  app.add_option("--seed", into.seed, "Of the random lies")->capture_default_str();
  app.add_option("--rates", into.rates,
                 "Lies of cards whose digits have no meaning: name=once_in,…");
  add_millis(app, "--work-ms", into.work, "What a request takes");
  add_millis(app, "--slow-ms", into.slow, "What a slow one takes");
  add_millis(app, "--late-ms", into.late, "When what was not found is paid");
  add_millis(app, "--callback-ms", into.callback, "From an answer to its callback");
  add_millis(app, "--retry-ms", into.retry, "Until a callback is tried again, then doubled");
  add_millis(app, "--hang-ms", into.hang, "When a connection that hangs is let go");
  add_millis(app, "--expire-ms", into.expire, "When an online order that nobody paid ends");
  app.add_flag("--list", into.list, "Print the behaviours and their digits");
  app.add_flag("--json", into.json, "With --list: as JSON");
}

std::vector<behaviour_rate> read_rates(const std::string& text) {
  std::vector<behaviour_rate> all;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    all.push_back(read_rate(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return all;
}

std::string read_secret(options& into) {
  const char* variable = std::getenv("SUANPAN_BANK__SECRET");
  if (!into.secret_file.empty()) {
    std::ifstream file(into.secret_file, std::ios::binary);
    into.secret.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (!file) return into.secret_file + ": can't be read";
    while (into.secret.ends_with('\n') || into.secret.ends_with('\r')) into.secret.pop_back();
  } else if (variable != nullptr) {
    into.secret = variable;
  } else if (into.dev) {
    into.secret = "dev-bank-secret";
  }
  return into.secret.empty() ? "no secret: --secret-file, SUANPAN_BANK__SECRET or --dev" : "";
}

}  // namespace suanpan::bank
