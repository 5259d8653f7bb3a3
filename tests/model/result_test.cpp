// Answers: named as the .proto names them, each with a sentence, in classes that do not overlap.
#include "protocol/model/result.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <regex>
#include <string>

using namespace suanpan;

namespace {

/// TransferResult in the .proto: number -> name, small and without its prefix.
std::map<int, std::string> published_results() {
  std::ifstream file(SUANPAN_SOURCE_DIR "/protocol/wire/suanpan/v1/ledger.proto");
  REQUIRE(file.good());
  const std::regex value(R"(^\s*TRANSFER_RESULT_(\w+)\s*=\s*(\d+);)");
  std::map<int, std::string> published;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, value)) continue;
    std::string name = match[1];
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    published[std::stoi(match[2])] = name;
  }
  return published;
}

constexpr int results_end = 256;

}  // namespace

TEST_CASE("an answer is called what the published enum calls it, and no other number has a name") {
  auto published = published_results();
  CHECK(published.size() > 30);
  published[0] = "none";
  for (int number = 0; number < results_end; ++number) {
    CAPTURE(number);
    const auto found = published.find(number);
    const std::string expected = found == published.end() ? "result_not_known" : found->second;
    CHECK(name_of(static_cast<item_result>(number)) == expected);
  }
}

TEST_CASE("every answer is one sentence") {
  for (const auto& [number, name] : published_results()) {
    CAPTURE(name);
    const std::string sentence(sentence_of(static_cast<item_result>(number)));
    CHECK(sentence.size() > 10);
    CHECK(sentence.front() >= 'A');
    CHECK(sentence.front() <= 'Z');
    CHECK(sentence.back() == '.');
    CHECK(sentence != sentence_of(static_cast<item_result>(255)));
  }
}

TEST_CASE(
    "exactly the refusals that depend on accounts, balances and what is booked are recorded") {
  for (int number = 0; number < results_end; ++number) {
    CAPTURE(number);
    CHECK(is_recorded_refusal(static_cast<item_result>(number)) == (number >= 70 && number < 200));
    CHECK(is_done(static_cast<item_result>(number)) == (number >= 1 && number <= 4));
  }
}
