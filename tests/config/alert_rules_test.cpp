// What promtool does not see: every alert is complete, has a runbook and a test, and asks for
// metrics that exist.
#include "tests/config/folder.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace {

const std::string source = SUANPAN_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> all_matches(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return found;
}

/// The rules, one text per alert, by name.
std::map<std::string, std::string> alerts() {
  const std::string text = text_of(source + "/config/prometheus/alerts.yml");
  const std::regex start(R"(- alert: (\w+))");
  std::map<std::string, std::string> by_name;
  for (std::sregex_iterator at(text.begin(), text.end(), start), end; at != end; ++at) {
    const auto begin = static_cast<std::size_t>(at->position());
    const std::size_t end_of_rule =
        std::min(text.find("- alert:", begin + 1), text.find("- name:", begin + 1));
    by_name[(*at)[1]] = text.substr(begin, end_of_rule - begin);
  }
  return by_name;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Names of metrics that the sources register.
std::set<std::string> registered_metrics() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source + "/actors")) {
    if (entry.path().extension() != ".cpp") continue;
    names.merge(all_matches(text_of(entry.path()), R"re("((?:suanpan|grpc_server)_[a-z_]+)")re"));
  }
  return names;
}

std::string without_series_suffix(const std::string& name) {
  return std::regex_replace(name, std::regex("_(bucket|count|sum)$"), "");
}

}  // namespace

TEST_CASE("every alert has a severity, a summary, and its section in the runbook") {
  const std::string runbook = text_of(source + "/config/prometheus/RUNBOOK.md");
  const auto rules = alerts();
  CHECK(rules.size() >= 12);
  for (const auto& [name, rule] : rules) {
    CAPTURE(name);
    CHECK(std::regex_search(rule, std::regex("severity: (critical|warning)\n")));
    CHECK(std::regex_search(rule, std::regex("summary: \".{10,}\"\n")));
    const std::string anchor = "runbook_url: config/prometheus/RUNBOOK.md#" + lower(name) + "\n";
    CHECK(rule.find(anchor) != std::string::npos);
    CHECK(runbook.find("\n## " + name + "\n") != std::string::npos);
  }
  for (const auto& section : all_matches(runbook, "\n## (\\w+)\n")) CHECK(rules.contains(section));
}

TEST_CASE("every alert is seen firing in a unit test") {
  const std::string tests = text_of(source + "/config/prometheus/alerts_test.yml");
  const auto fired = all_matches(tests, R"(alertname: (\w+)\s+exp_alerts:\n\s+- exp_labels)");
  for (const auto& [name, rule] : alerts()) {
    CAPTURE(name);
    CHECK(fired.contains(name));
  }
}

TEST_CASE("alerts ask only for metrics that the node registers") {
  const auto registered = registered_metrics();
  CHECK(registered.size() > 10);
  for (const auto& [name, rule] : alerts()) {
    for (const auto& metric : all_matches(rule, R"(\b((?:suanpan|grpc_server)_[a-z_]+))")) {
      CAPTURE(name);
      CAPTURE(metric);
      CHECK(registered.contains(without_series_suffix(metric)));
    }
  }
}
