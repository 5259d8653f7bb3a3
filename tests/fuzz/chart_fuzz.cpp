// A chart of accounts of whatever bytes: faults, or subjects that keep the rules of a chart.
#include "config/chart_of_accounts.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <algorithm>
#include <string>

using namespace suanpan;
using fuzz::require;

namespace {

void judge(const config::chart_of_accounts& chart) {
  const auto all = chart.all();
  require(!all.empty() && all.size() <= config::subjects_max, "a chart has subjects, not too many");
  require(std::ranges::is_sorted(all, {}, &config::subject::code), "sorted by code");
  for (const auto& s : all) {
    require(chart.find(s.code) == &s, "each is found by its code, which is no other's");
    require(s.code.size() >= 4 && s.code.size() <= 16, "a code has 4 to 16 digits");
    require(std::ranges::all_of(s.code, [](char c) { return c >= '0' && c <= '9'; }),
            "and nothing else");
    require(!s.name.empty() && s.name.size() <= config::subject_name_bytes_max, "names are short");
    require(fuzz::is_utf8(s.name) && fuzz::is_utf8(s.name_zh), "names are UTF-8");
    require(s.contra == (s.side != config::normal_side_of(s.cls)),
            "only a contra account is turned");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static fuzz::memory_file file;
  file.write(bytes, size);
  std::vector<config::fault> faults;
  const auto chart = config::load_chart(file.path(), faults);
  for (const auto& told : faults) {
    const auto line = config::to_string(told);
    require(fuzz::is_utf8(line) && line.find('\n') == std::string::npos,
            "a fault is one line of UTF-8");
  }
  if (faults.empty()) judge(chart);
  return 0;
}
