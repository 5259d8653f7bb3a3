// Enforces the house law on the whole checkout, and proves for each rule that it does fire: a
// planted bad text breaks it, a good one beside it does not.
#include "tests/tidy/law.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace suanpan::tidy;

namespace {

struct example {
  std::string_view rule;
  std::string path;
  std::string bad;
  std::string good;
};

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<example> style_examples() {
  const std::string file = "actors/a.cpp";
  return {
      {"columns", file, "// " + std::string(98, 'x'), "// " + std::string(97, 'x')},
      {"columns", "tools/x.sh", std::string(101, '#'), "# " + repeated("账", 98)},
      {"length", file, repeated("// x\n", 401), repeated("// x\n", 400)},
      {"functions", file, "void f() {\n" + repeated("  g();\n", 58) + "}\n",
       "void f() {\n" + repeated("  g();\n", 57) + "}\n"},
      {"functions", file, "int f(int a,\n      int b) {\n" + repeated("  g();\n", 57) + "}\n",
       "struct f : g(h) {\n" + repeated("  int i();\n", 99) + "};\n"},
      {"opening", "config/a.hpp", "#pragma once\n", "// Settings.\n#pragma once\n"},
      {"opening", "config/a.hpp", "// Settings.\n", "// Settings.\n#pragma once\n"},
      {"opening", file, "int x;\n", "// Counts.\nint x;\n"},
      {"opening", file, "#include \"actors/b.hpp\"\n", "#include \"actors/a.hpp\"\n"},
      {"whitespace", file, "int x; \n", "int x;\n"},
      {"whitespace", "config/dev.toml", "a = 1\r\n", "a = 1\n"},
      {"promises", "config/dev.toml",
       "# TO"
       "DO: name it",
       "# to do is to be"},
      {"promises", file,
       "int x;  // FIX"
       "ME",
       "int fixmes;"},
      {"test_names", "tests/a/a_test.cpp", "TEST_CASE(\"money_test\") {",
       "TEST_CASE(\"money: never mixes currencies\") {"},
      {"scripts", "tools/x", "#!/usr/bin/env bash\nfalse\n",
       "#!/usr/bin/env bash\nset -euo pipefail\n"},
  };
}

std::vector<example> boundary_examples() {
  return {
      {"floating", "storage/a.cpp", "double amount = 0;", "// double entry\nint64_t amount = 1'0;"},
      {"floating", "actors/a.cpp", "float x;", "m.Set(static_cast<double>(n));"},
      {"floating", "actors/a.cpp", "m.Set(\n0);\ndouble x;", "m.Set(\nmax<double>(n));"},
      {"floating", "protocol/a.hpp", "f(\"a\", double(x));", "f(\"a double\", x, 'd');"},
      {"infinite", "actors/a.cpp", "request(a, caf::infinite, m)",
       "request(a, 3s, m)  // not caf::infinite"},
      {"captures", "actors/a.cpp", "[=] { f(); }", "[self, this] { f(); }"},
      {"captures", "actors/a.cpp", "[&, x](int) {}", "a[i] & b"},
      {"sleeps", "tests/a/a_test.cpp", "std::this_thread::sleep_for(1s);", "clock.advance(1s);"},
      {"caf", "storage/a.hpp", "#include <caf/all.hpp>", "#include <memory>"},
      {"caf", "actors/account/account_rules.hpp", "#include <caf/actor.hpp>", "// caf/actor.hpp"},
      {"postgresql", "actors/a.cpp", "#include <pqxx/pqxx>", "#include \"storage/reader.hpp\""},
      {"libpq", "storage/reader.cpp", "#include <libpq-fe.h>", "#include <pqxx/pqxx>"},
      {"grpc", "actors/teller/a.cpp", "#include <grpcpp/grpcpp.h>", "#include <caf/all.hpp>"},
      {"grpc", "storage/a.cpp", "#include \"suanpan/v1/ledger.pb.h\"", "#include <string>"},
      {"purity", "actors/account/account_rules.cpp", "#include <chrono>", "#include <vector>"},
      {"messages", "protocol/messages/messages.hpp", "struct pay { int x; };",
       "struct pay { int x; };\nSUANPAN_MESSAGE(pay)"},
      {"messages", "protocol/messages/messages.hpp",
       "struct pay {};\nSUANPAN_MESSAGE(pay)\nSUANPAN_MESSAGE(pay)",
       "struct pay {};\nSUANPAN_MESSAGE(pay)"},
      {"metrics", "actors/m/m.cpp", "gauge(r, \"suanpan_x\", \"\")",
       "gauge(r, \"suanpan_x\",\n  \"So.\")"},
      {"metrics", "actors/m/m.cpp", "Name(\"suanpan_x\").Register(r)",
       "Name(\"suanpan_x\")\n.Help(\"So.\")"},
  };
}

const rule& rule_named(std::string_view name) {
  for (const auto& each : rules()) {
    if (each.name == name) return each;
  }
  FAIL("no such rule: " << std::string(name));
  return rules().front();
}

}  // namespace

TEST_CASE("tidy: a rule fires on what breaks it and is silent on what keeps it") {
  std::vector<example> examples = style_examples();
  for (auto& each : boundary_examples()) examples.push_back(std::move(each));
  for (const auto& each : examples) {
    CAPTURE(each.rule);
    CAPTURE(each.bad);
    CAPTURE(each.good);
    const auto& judged = rule_named(each.rule);
    CHECK_FALSE(judged.judge(read_text(each.path, each.bad)).empty());
    CHECK(told(judged.judge(read_text(each.path, each.good))) == "");
  }
}

TEST_CASE("tidy: every rule has a planted breach that proves it") {
  for (const auto& each : rules()) {
    std::size_t proofs = 0;
    for (const auto& e : style_examples()) proofs += e.rule == each.name ? 1 : 0;
    for (const auto& e : boundary_examples()) proofs += e.rule == each.name ? 1 : 0;
    CHECK_MESSAGE(proofs > 0, std::string(each.name));
  }
}

TEST_CASE("tidy: comments and literals are not code") {
  const auto file =
      read_text("a.cpp", "a /* b\nc */ d \"e\\\"f\" g 'h' 1'000 R\"(i\nj)\" k // l\nm");
  REQUIRE(file.code.size() == 4);
  for (const std::string_view blanked : {"b", "c", "e", "f", "h", "i", "j", "l"}) {
    for (const auto& line : file.code) CHECK_FALSE(has_word(line, blanked));
  }
  CHECK(has_word(file.code[0], "a"));
  CHECK(has_word(file.code[1], "d"));
  CHECK(has_word(file.code[1], "g"));
  CHECK(has_word(file.code[2], "k"));
  CHECK(has_word(file.code[3], "m"));
}

TEST_CASE("tidy: the checkout keeps the house law") {
  const auto files = read_checkout(SUANPAN_SOURCE_DIR);
  REQUIRE(files.size() > 20);
  for (const auto& each : rules()) {
    std::vector<breach> found;
    for (const auto& file : files) {
      for (auto& one : each.judge(file)) found.push_back(std::move(one));
    }
    CHECK_MESSAGE(found.empty(), (std::string(each.law) + told(found)));
  }
}

TEST_CASE("tidy: the top level holds what belongs there, and every folder explains itself") {
  CHECK(told(judge_top_level(SUANPAN_SOURCE_DIR)) == "");
  CHECK(judge_top_names({"actors", "build", "README.md"}).empty());
  CHECK(judge_top_names({"notes.md"}).size() == 1);
}
