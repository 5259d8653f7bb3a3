// The chart of accounts: what is read, and one row per fault with its line.
#include "config/chart_of_accounts.hpp"
#include "tests/config/folder.hpp"

using namespace suanpan;
using namespace suanpan::config;

namespace {

std::vector<std::string> faults_in(std::string_view text) {
  const folder in;
  std::vector<fault> faults;
  const auto chart = load_chart(in.write("chart.toml", text), faults);
  CHECK((faults.empty() || chart.all().empty()));
  return lines_of(faults, in);
}

/// One subject of five lines whose line i reads as given.
std::string subject_with(std::size_t line, std::string_view text) {
  std::vector<std::string> lines = {"[[subject]]", "code = \"1002\"", "name = \"Cash\"",
                                    "name_zh = \"现金\"", "class = \"asset\""};
  lines.at(line - 1) = text;
  std::string whole;
  for (const auto& one : lines) whole += one + "\n";
  return whole;
}

}  // namespace

TEST_CASE("a subject has its names, its class, and the class's normal side unless it is contra") {
  const folder in;
  std::vector<fault> faults;
  const auto chart =
      load_chart(in.write("chart.toml",
                          "[[subject]]\ncode = \"2001\"\nname = \"Merchants\"\n"
                          "name_zh = \"商户\"\nclass = \"liability\"\n"
                          "[[subject]]\ncode = \"1231\"\nname = \"Allowance\"\n"
                          "name_zh = \"坏账准备\"\nclass = \"asset\"\ncontra = true\n"
                          "[[subject]]\ncode = \"123101\"\nname = \"Sub\"\n"
                          "name_zh = \"子目\"\nclass = \"asset\"\n"),
                 faults);
  REQUIRE(lines_of(faults, in).empty());
  REQUIRE(chart.all().size() == 3);
  CHECK(chart.all()[0].code == "1231");  // by code
  CHECK(chart.all()[1].code == "123101");
  REQUIRE(chart.find("2001") != nullptr);
  CHECK(chart.find("2001")->name_zh == "商户");
  CHECK(chart.find("2001")->side == normal_side::credit);
  CHECK(chart.find("1231")->side == normal_side::credit);  // an asset, but contra
  CHECK(chart.find("1231")->cls == subject_class::asset);
  CHECK(chart.find("123101")->side == normal_side::debit);
  for (const auto* absent : {"", "2", "20010", "9999", "1231 "})
    CHECK(chart.find(absent) == nullptr);
}

TEST_CASE("assets and expenses stand on the debit side, the others on the credit side") {
  CHECK(normal_side_of(subject_class::asset) == normal_side::debit);
  CHECK(normal_side_of(subject_class::expense) == normal_side::debit);
  CHECK(normal_side_of(subject_class::liability) == normal_side::credit);
  CHECK(normal_side_of(subject_class::equity) == normal_side::credit);
  CHECK(normal_side_of(subject_class::income) == normal_side::credit);
  CHECK(name_of(subject_class::equity) == "equity");
  CHECK(name_of(static_cast<subject_class>(9)).empty());
}

TEST_CASE("each fault of a subject is told with its line and reason") {
  struct row {
    std::string text;
    std::string expected;
  };
  const std::string long_name(97, 'n');
  const std::vector<row> rows = {
      {subject_with(2, "code = \"100\""),
       "chart.toml:2: subject.code: \"100\" is not a code: 4 to 16 digits"},
      {subject_with(2, "code = \"12345678901234567\""),
       "chart.toml:2: subject.code: \"12345678901234567\" is not a code: 4 to 16 digits"},
      {subject_with(2, "code = \"10a2\""),
       "chart.toml:2: subject.code: \"10a2\" is not a code: 4 to 16 digits"},
      {subject_with(2, "code = 1002"),
       "chart.toml:2: subject.code: expected a text, found a whole number"},
      {subject_with(2, ""), "chart.toml:1: subject.code: is missing"},
      {subject_with(3, ""), "chart.toml:1: subject.name: is missing"},
      {subject_with(3, "name = \"\""), "chart.toml:3: subject.name: is empty"},
      {subject_with(3, "name = \" \\t\""), "chart.toml:3: subject.name: is empty"},
      {subject_with(3, "name = \"" + long_name + "\""),
       "chart.toml:3: subject.name: is longer than 96 bytes"},
      {subject_with(3, "name = \"a\\u0000b\""),
       "chart.toml:3: subject.name: contains a control character"},
      {subject_with(3, "name = true"),
       "chart.toml:3: subject.name: expected a text, found true or false"},
      {subject_with(4, ""), "chart.toml:1: subject.name_zh: is missing"},
      {subject_with(4, "name_zh = \"\""), "chart.toml:4: subject.name_zh: is empty"},
      {subject_with(5, ""), "chart.toml:1: subject.class: is missing"},
      {subject_with(5, "class = \"assets\""),
       "chart.toml:5: subject.class: \"assets\" is none of: asset, liability, equity, income, "
       "expense"},
      {subject_with(5, "class = \"asset\"\ncontra = \"yes\""),
       "chart.toml:6: subject.contra: expected true or false, found a text"},
      {subject_with(5, "class = \"asset\"\nside = \"debit\""),
       "chart.toml:6: subject.side: is unknown; a subject has code, name, name_zh, class and "
       "contra"},
      {subject_with(2, "code = \"100201\""),
       "chart.toml:2: subject.code: \"100201\" has no parent \"1002\""},
      {"subjects = 1\n" + subject_with(1, "[[subject]]"),
       "chart.toml:1: subjects: is unknown; a chart is made of [[subject]]"},
      {"", "chart.toml:1: subject: there is no [[subject]]"},
      {"subject = []", "chart.toml:1: subject: there is no [[subject]]"},
      {"subject = 5", "chart.toml:1: subject: there is no [[subject]]"},
      {"subject = [5]", "chart.toml:1: subject: expected a table, found a whole number"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    CHECK(faults_in(r.text) == std::vector<std::string>{r.expected});
  }
}

TEST_CASE("a code that is declared twice names both lines") {
  const std::string twice = subject_with(1, "[[subject]]") + subject_with(1, "[[subject]]");
  CHECK(faults_in(twice) ==
        std::vector<std::string>{
            "chart.toml:7: subject.code: \"1002\" is declared already at chart.toml:2"});
}

TEST_CASE("a sub-subject is of its parent's class") {
  const std::string text = subject_with(1, "[[subject]]") +
                           "[[subject]]\ncode = \"100201\"\nname = \"x\"\nname_zh = \"x\"\n"
                           "class = \"income\"\n";
  CHECK(
      faults_in(text) ==
      std::vector<std::string>{
          "chart.toml:7: subject.class: \"100201\" is of another class than its parent \"1002\""});
}

TEST_CASE("all faults of a chart are told in one go") {
  const std::string text = subject_with(2, "code = \"1\"") + subject_with(5, "class = \"x\"") +
                           subject_with(3, "name = \"\"");
  CHECK(faults_in(text).size() == 4);  // and the third repeats the second's code
}

TEST_CASE("a chart of too many subjects is refused") {
  std::string text;
  for (int i = 0; i < 2'001; ++i) {
    text += "[[subject]]\ncode = \"" + std::to_string(1'000 + i) +
            "\"\nname = \"n\"\nname_zh = \"n\"\nclass = \"asset\"\n";
  }
  CHECK(faults_in(text) ==
        std::vector<std::string>{"chart.toml:1: subject: there are more than 2000 subjects"});
}
