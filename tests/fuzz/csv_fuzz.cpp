// CSV of whatever bytes: every record is good or names its fault, and what was read reads the same
// when it is written again.
#include "tests/fuzz/fuzz.hpp"
#include "tools/cli/csv.hpp"

#include <string>

using namespace suanpan;
using namespace suanpan::cli;
using fuzz::require;

namespace {

void read_again(const csv_record& record) {
  if (record.fields.size() == 1 && record.fields[0].empty()) return;  // an empty line is no record
  std::string text = "first\n";  // a byte order mark in a field would be passed over at the start
  for (std::size_t i = 0; i < record.fields.size(); ++i)
    text += (i == 0 ? "" : ",") + csv_quoted(record.fields[i]);
  text += "\n";
  csv_reader reader(text);
  csv_record again;
  require(reader.next(again), "the line before is there");
  require(reader.next(again), "what was written is a record");
  require(again.fault == csv_fault::none, "what was written is good");
  require(again.fields == record.fields, "what was written reads the same");
  require(!reader.next(again), "and is one record");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(fuzz::text_of(bytes, size));
  csv_reader reader(text);
  csv_record record;
  std::size_t line = 0;
  std::size_t records = 0;
  while (reader.next(record)) {
    require(++records <= size, "no more records than bytes");
    require(record.line > line, "records come in order of their lines");
    line = record.line;
    if (record.fault != csv_fault::none) continue;
    require(!record.fields.empty(), "a good record has a field");
    bool long_field = false;  // longer than a quoted one may be
    for (const auto field : record.fields)
      long_field = long_field || 2 * field.size() >= quoted_bytes_max;
    if (!long_field) read_again(record);
  }
  return 0;
}
