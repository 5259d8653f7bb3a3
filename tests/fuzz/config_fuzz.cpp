// A node's configuration file of whatever bytes: faults that a person can read, or settings that
// keep every bound and read back as they are shown.
#include "config/loader.hpp"
#include "config/schema.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <string>
#include <variant>

using namespace suanpan;
using fuzz::require;

namespace {

constexpr std::size_t told_bytes_max = 16'384;  // of one fault, the name of the file included

void judge(const config::fault& told) {
  require(!told.where.empty() && !told.key.empty() && !told.reason.empty(),
          "a fault says where, what and why");
  const auto line = config::to_string(told);
  require(line.size() <= told_bytes_max, "a fault is bounded");
  require(line.find('\n') == std::string::npos, "a fault is one line");
  require(fuzz::is_utf8(line), "a fault is UTF-8");
}

void judge(const config::node_config& settings) {
  for (const auto& s : config::all_settings()) {
    const auto shown = config::value_text(s, settings);
    require(fuzz::is_utf8(shown) && shown.find('\n') == std::string::npos,
            "a setting is shown as one line of UTF-8");
    if (std::holds_alternative<config::text_field>(s.field)) continue;  // shown in quotes, or cut
    config::node_config again;
    require(!config::assign_text(s, shown, again), "a setting is accepted as it is shown");
    require(config::value_text(s, again) == shown, "and means the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static fuzz::memory_file file;
  file.write(bytes, size);
  const auto read = config::load(
      {.file = file.path(),
       .variables = {},
       .sets = {"database.dsn=host=/tmp dbname=ledger",
                "ledger.chart_of_accounts=" SUANPAN_SOURCE_DIR "/config/chart_of_accounts.toml"},
       .dev = false});
  for (const auto& told : read.faults) judge(told);
  if (read.faults.empty()) judge(read.settings);
  return 0;
}
