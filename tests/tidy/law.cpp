// See law.hpp. Each rule is a few lines that say where it applies and what breaks it.
#include "tests/tidy/law.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace suanpan::tidy {
namespace {

using breaches = std::vector<breach>;

// Breaches of a rule that looks at a line of code at a time.
template <class Breaks>
breaches each_code_line(const source_text& file, std::string_view what, Breaks breaks) {
  breaches found;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (breaks(file.code[i])) found.push_back({file.path, i + 1, std::string(what)});
  }
  return found;
}

template <class Forbidden>
breaches each_include(const source_text& file, std::string_view what, const Forbidden& forbidden) {
  breaches found;
  if (!is_cpp(file.path)) return found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto included = included_by(file.lines[i]);
    if (!included.empty() && forbidden(included)) {
      found.push_back({file.path, i + 1, std::string(what) + ": " + std::string(included)});
    }
  }
  return found;
}

bool is_rules_file(std::string_view path) {
  return path.ends_with("_rules.hpp") || path.ends_with("_rules.cpp");
}

bool has_written_lines(const source_text& file) {
  return is_cpp(file.path) || is_script(file) || file.path.ends_with(".proto") ||
         file.path.ends_with(".sql");
}

breaches judge_columns(const source_text& file) {
  breaches found;
  if (!has_written_lines(file)) return found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const auto columns = columns_of(file.lines[i]);
    if (columns > columns_max) {
      found.push_back({file.path, i + 1, std::to_string(columns) + " columns"});
    }
  }
  return found;
}

breaches judge_length(const source_text& file) {
  if (!has_written_lines(file) || file.lines.size() <= file_lines_max) return {};
  return {{file.path, 0, std::to_string(file.lines.size()) + " lines"}};
}

bool opens_a_function(std::string_view signature) {
  return signature.find(')') != std::string_view::npos &&
         !starts_with_any(signature, {"struct ", "class ", "enum ", "union ", "namespace ", "#"}) &&
         signature.find("= {") == std::string_view::npos;
}

// What begins in the first column, up to a "}" there: namespaces are not indented.
breaches judge_functions(const source_text& file) {
  breaches found;
  if (file.path.starts_with("tests/")) return found;
  std::size_t begin = 0;
  std::string signature;
  bool in_body = false;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string_view line = file.code[i];
    if (line.starts_with('}')) {
      const auto lines = i + 1 - begin;
      if (in_body && opens_a_function(signature) && lines >= function_lines_max) {
        found.push_back({file.path, begin + 1, std::to_string(lines) + " lines of function"});
      }
      in_body = false;
    } else if (!in_body) {
      if (!line.empty() && line.front() != ' ') {
        begin = i;
        signature.clear();
      }
      signature += line;
      in_body = line.ends_with("{") && !line.starts_with("namespace");
    }
  }
  return found;
}

breaches judge_opening(const source_text& file) {
  if (file.lines.empty()) return {{file.path, 0, "an empty file"}};
  // A .cpp that begins with its own header is explained there.
  const auto stem = file.path.substr(0, file.path.rfind('.'));
  const bool explained =
      file.lines.front().starts_with("// ") || included_by(file.lines.front()) == stem + ".hpp";
  if (is_cpp(file.path) && !explained) {
    return {{file.path, 1, "says nothing about its purpose"}};
  }
  const bool once = std::any_of(file.lines.begin(), file.lines.end(),
                                [](const auto& line) { return line == "#pragma once"; });
  if (file.path.ends_with(".hpp") && !once) return {{file.path, 1, "no #pragma once"}};
  return {};
}

// Prometheus counts in double; a line that hands a figure to it is no amount.
bool feeds_a_metric(std::string_view line) {
  constexpr std::array<std::string_view, 4> calls = {"Increment(", "Decrement(", "Set(",
                                                     "Observe("};
  return std::any_of(calls.begin(), calls.end(), [line](std::string_view call) {
    return line.find(call) != std::string_view::npos;
  });
}

breaches judge_floating(const source_text& file) {
  if (starts_with_any(file.path, {"actors/metrics/", "actors/endpoint/http", "tools/bench/",
                                  "actors/endpoint/red_metrics", "tests/"})) {
    return {};
  }
  bool metric_above = false;  // a call may go on in the next line
  return each_code_line(file, "floating point", [&metric_above](std::string_view line) {
    const bool metric = feeds_a_metric(line);
    const bool excused = metric || metric_above;
    metric_above = metric;
    return (has_word(line, "double") || has_word(line, "float")) && !excused;
  });
}

breaches judge_infinite(const source_text& file) {
  return each_code_line(file, "a wait without end", [](std::string_view line) {
    return line.find("caf::infinite") != std::string_view::npos;
  });
}

breaches judge_captures(const source_text& file) {
  if (!file.path.starts_with("actors/")) return {};
  return each_code_line(file, "captures whatever is used", [](std::string_view line) {
    constexpr std::array<std::string_view, 4> captures = {"[=]", "[&]", "[=,", "[&,"};
    return std::any_of(captures.begin(), captures.end(), [line](std::string_view capture) {
      return line.find(capture) != std::string_view::npos;
    });
  });
}

breaches judge_sleeps(const source_text& file) {
  const bool may_wait = starts_with_any(
      file.path, {"tests/faults/", "tests/cluster/", "tests/support/", "tests/cli/programs"});
  if (may_wait || !starts_with_any(file.path, {"tests/", "actors/"})) return {};
  return each_code_line(file, "sleeps", [](std::string_view line) {
    return has_word(line, "sleep_for") || has_word(line, "usleep") || has_word(line, "sleep");
  });
}

breaches judge_caf(const source_text& file) {
  const bool pure =
      is_rules_file(file.path) || starts_with_any(file.path, {"protocol/model/", "protocol/wire/",
                                                              "storage/", "config/", "tools/"});
  if (!pure) return {};
  return each_include(file, "CAF in a part that must not know it",
                      [](std::string_view name) { return name.starts_with("caf/"); });
}

breaches judge_postgresql(const source_text& file) {
  if (starts_with_any(file.path, {"storage/", "tests/", "tools/bench/"})) return {};
  return each_include(file, "PostgreSQL outside storage/", [](std::string_view name) {
    return name.starts_with("pqxx") || name == "libpq-fe.h";
  });
}

breaches judge_libpq(const source_text& file) {
  if (starts_with_any(file.path, {"storage/libpq_connection", "tests/", "tools/bench/"})) return {};
  return each_include(file, "raw libpq outside its one file",
                      [](std::string_view name) { return name == "libpq-fe.h"; });
}

breaches judge_grpc(const source_text& file) {
  if (starts_with_any(file.path, {"protocol/wire/", "actors/endpoint/", "tools/", "tests/"})) {
    return {};
  }
  return each_include(file, "Protobuf or gRPC behind the endpoint", [](std::string_view name) {
    return name.ends_with(".pb.h") || name.starts_with("grpc") ||
           name.starts_with("google/protobuf");
  });
}

breaches judge_rules_purity(const source_text& file) {
  if (!is_rules_file(file.path)) return {};
  return each_include(file, "I/O or a clock in pure rules", [](std::string_view name) {
    constexpr std::array<std::string_view, 5> impure = {"chrono", "fstream", "iostream", "thread",
                                                        "mutex"};
    return std::find(impure.begin(), impure.end(), name) != impure.end() ||
           name.starts_with("spdlog") || name.starts_with("storage/");
  });
}

breaches judge_messages(const source_text& file) {
  if (file.path != "protocol/messages/messages.hpp") return {};
  breaches found;
  const auto names_after = [&file](std::string_view opening) {
    std::vector<std::string> names;
    for (const auto& line : file.code) {
      if (!line.starts_with(opening)) continue;
      const auto name = std::string_view(line).substr(opening.size());
      names.emplace_back(name.substr(0, name.find_first_of(" ){;")));
    }
    return names;
  };
  const auto declared = names_after("struct ");
  const auto registered = names_after("SUANPAN_MESSAGE(");
  for (const auto& name : declared) {
    if (std::count(registered.begin(), registered.end(), name) != 1) {
      found.push_back({file.path, 0, name + " is not registered once"});
    }
  }
  return found;
}

// A metric is born where its name stands before its help: `"suanpan_x", "Help."` in the house's own
// helpers, `.Name("suanpan_x").Help("Help.")` in the library's words.
breaches judge_metrics(const source_text& file) {
  breaches found;
  if (!file.path.starts_with("actors/") || !file.path.ends_with(".cpp")) return found;
  std::string text;
  for (const auto& line : file.lines) {
    std::copy_if(line.begin(), line.end(), std::back_inserter(text),
                 [](char c) { return c != ' '; });
  }
  for (const std::string_view opening : {"\"suanpan_", "\"grpc_server_"}) {
    for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
      const auto end = text.find('"', at + 1) + 1;
      const auto rest = std::string_view(text).substr(end);
      const bool helped = (rest.starts_with(",\"") && !rest.starts_with(",\"\"")) ||
                          (rest.starts_with(").Help(\"") && !rest.starts_with(").Help(\"\""));
      if (!helped) found.push_back({file.path, 0, text.substr(at, end - at) + " has no help text"});
    }
  }
  return found;
}

// In two halves, so that this file keeps the rule too.
breaches judge_promises(const source_text& file) {
  constexpr std::array<std::string_view, 3> notes = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "HA"
      "CK"};
  breaches found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    for (const auto note : notes) {
      if (has_word(file.lines[i], note)) {
        found.push_back({file.path, i + 1, "a promise instead of the work"});
      }
    }
  }
  return found;
}

breaches judge_test_names(const source_text& file) {
  constexpr std::string_view opening = "TEST_CASE(\"";
  breaches found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (!file.path.starts_with("tests/") || !file.lines[i].starts_with(opening)) continue;
    const std::string_view name = std::string_view(file.lines[i]).substr(opening.size());
    if (std::count(name.begin(), name.end(), ' ') < 3) {
      found.push_back({file.path, i + 1, "a test whose name is no sentence"});
    }
  }
  return found;
}

breaches judge_whitespace(const source_text& file) {
  breaches found;
  if (file.path.find("/corpus/") != std::string::npos) return found;  // bytes, not text
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string_view line = file.lines[i];
    if (line.ends_with('\r') || (line.ends_with(' ') && !file.path.ends_with(".md"))) {
      found.push_back({file.path, i + 1, "white space at the end of a line"});
    }
  }
  return found;
}

breaches judge_scripts(const source_text& file) {
  if (!is_script(file) || file.path.ends_with("common.sh")) return {};
  const bool strict = std::any_of(file.lines.begin(), file.lines.end(), [](const auto& line) {
    return line.starts_with("set -euo pipefail") || line.find("&& exec ") != std::string::npos;
  });
  if (!strict) return {{file.path, 1, "goes on after a failed command"}};
  return {};
}

}  // namespace

const std::vector<rule>& rules() {
  static const std::vector<rule> all = {
      {"columns", "A line has at most 100 columns.", judge_columns},
      {"length", "A file has at most 400 lines.", judge_length},
      {"functions", "A function fits a screen: fewer than 60 lines.", judge_functions},
      {"opening", "A file opens with its purpose; a header has #pragma once.", judge_opening},
      {"whitespace", "No line ends with white space.", judge_whitespace},
      {"floating", "Money and time are integers; floating point is for figures.", judge_floating},
      {"infinite", "Every wait has a deadline.", judge_infinite},
      {"captures", "A lambda in an actor names what it captures.", judge_captures},
      {"sleeps", "No actor and no unit test sleeps: timers and virtual clocks wait.", judge_sleeps},
      {"caf", "The pure rules, model, wire, storage and tools know no actor.", judge_caf},
      {"postgresql", "SQL stays in storage/.", judge_postgresql},
      {"libpq", "Raw libpq stays in one file.", judge_libpq},
      {"grpc", "Protobuf and gRPC end at the endpoint.", judge_grpc},
      {"purity", "Rules judge: no I/O, no clock, no threads.", judge_rules_purity},
      {"messages", "Every message between actors is registered once.", judge_messages},
      {"metrics", "Every metric says what it means.", judge_metrics},
      {"promises", "Work is done or is an issue, not a note in the code.", judge_promises},
      {"test_names", "A test's name is a sentence of law.", judge_test_names},
      {"scripts", "A script stops at the first failed command.", judge_scripts},
  };
  return all;
}

std::vector<breach> judge_top_names(const std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 17> allowed = {
      "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md",     "actors",     "config",
      "protocol",       "storage",           "tests",   "tools",         "build",      "var",
      ".git",           ".gitignore",        ".ci",     ".clang-format", ".clang-tidy"};
  breaches found;
  for (const auto& name : names) {
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      found.push_back({name, 0, "does not belong to the top level"});
    }
  }
  return found;
}

std::vector<breach> judge_top_level(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  breaches found;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    names.push_back(name);
    const bool ours =
        entry.is_directory() && !name.starts_with('.') && name != "build" && name != "var";
    if (ours && !fs::exists(entry.path() / "README.md")) {
      found.push_back({name, 0, "has no README.md"});
    }
  }
  if (!fs::exists(root / "README.md")) found.push_back({".", 0, "has no README.md"});
  const auto strangers = judge_top_names(names);
  found.insert(found.end(), strangers.begin(), strangers.end());
  return found;
}

std::string told(const std::vector<breach>& breaches) {
  std::string text;
  for (const auto& each : breaches) {
    text += "\n  " + each.path + ":" + std::to_string(each.line) + ": " + each.what;
  }
  return text;
}

}  // namespace suanpan::tidy
