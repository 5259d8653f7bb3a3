// CSV as RFC 4180 has it, and what becomes of a file that breaks it.
#include "tools/cli/csv.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan::cli;

namespace {

struct read_record {
  std::size_t line;
  std::vector<std::string> fields;
  csv_fault fault;
};

std::vector<read_record> read_all(std::string_view text) {
  csv_reader reader(text);
  csv_record record;
  std::vector<read_record> all;
  while (reader.next(record))
    all.push_back({record.line, {record.fields.begin(), record.fields.end()}, record.fault});
  return all;
}

using fields = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "csv: fields are split at commas, records at LF or CRLF, with or without one at the end") {
  for (const std::string text : {"a,b\nc,d", "a,b\nc,d\n", "a,b\r\nc,d\r\n",
                                 "\xEF\xBB\xBF"
                                 "a,b\nc,d\n"}) {
    CAPTURE(text);
    const auto all = read_all(text);
    REQUIRE(all.size() == 2);
    CHECK(all[0].fields == fields{"a", "b"});
    CHECK(all[1].fields == fields{"c", "d"});
    CHECK(all[1].line == 2);
  }
}

TEST_CASE("csv: an empty field is a field, an empty line is nothing") {
  const auto all = read_all(",\n\n\r\na,,\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0].fields == fields{"", ""});
  CHECK(all[1].fields == fields{"a", "", ""});
  CHECK(all[1].line == 4);
}

TEST_CASE("csv: a quoted field keeps commas, line ends and doubled quotes") {
  const auto all = read_all("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\"\"\nnext,1\n");
  REQUIRE(all.size() == 2);
  CHECK(all[0].fields == fields{"a,b", "say \"hi\"", "two\r\nlines", ""});
  CHECK(all[1].fields == fields{"next", "1"});
  CHECK(all[1].line == 3);
}

TEST_CASE("csv: a stray quote spoils its own line only") {
  for (const std::string bad : {"x,a \" b", "x,\"a\"b", "x,\"open", "\"x,1", "x,\"a\"\"b"}) {
    for (const std::string after : {"\"q\",2", "r,2", "\"\"\"q\"\"\",2"}) {
      const std::string text = "a,1\n" + bad + '\n' + after + "\nz,3\n";
      CAPTURE(text);
      const auto all = read_all(text);
      REQUIRE(all.size() == 4);
      CHECK(all[1].fault != csv_fault::none);
      CHECK(all[1].line == 2);
      CHECK(all[2].fault == csv_fault::none);
      CHECK(all[2].fields.size() == 2);
      CHECK(all[2].line == 3);
      CHECK(all[3].fields == fields{"z", "3"});
    }
  }
}

TEST_CASE(
    "csv: a quote that never closes is given up after the bound, not at the end of the file") {
  const std::string line = "a," + std::string(quoted_bytes_max, 'x') + '\n';
  const auto all = read_all("b,\"" + line + line + "\"c\",1\n");
  REQUIRE(all.size() == 3);
  CHECK(all[0].fault == csv_fault::quote_unclosed);
  CHECK(all[1].fault == csv_fault::none);
  CHECK(all[2].fields == fields{"c", "1"});
}

TEST_CASE("csv: what is quoted reads back as it was") {
  const std::vector<std::string> texts = {"plain",      "a,b", "say \"hi\"",
                                          "two\nlines", "",    "金额,一百"};
  std::string file;
  for (const auto& text : texts) file += "x," + csv_quoted(text) + '\n';
  const auto all = read_all(file);
  REQUIRE(all.size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) CHECK(all[i].fields[1] == texts[i]);
}
