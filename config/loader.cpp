// Applies the sources in order, then looks at the whole: relations, secrets, files, chart of
// accounts, posting rules, channels.
#include "config/loader.hpp"

#include "config/channels.hpp"
#include "config/dsn.hpp"
#include "config/posting_rules.hpp"
#include "config/relations.hpp"
#include "config/schema.hpp"
#include "config/secrets.hpp"
#include "config/toml_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

namespace suanpan::config {
namespace {

constexpr std::string_view variable_prefix = "SUANPAN_";
constexpr std::string_view default_chart = "chart_of_accounts.toml";
constexpr std::string_view default_rules = "posting_rules.toml";

/// How strong a source is: each overrides those before it.
enum class source : std::uint8_t { preset, file, environment, command_line };

struct origin {
  source from = source::preset;
  std::string where;
};

/// One load: what has been stated so far, by whom, and what was wrong.
struct loading {
  loaded result;
  std::string file;
  std::map<std::string, origin, std::less<>> origins;       // settings that a source has stated
  std::set<std::string, std::less<>> faulty;                // settings with a fault of their own
  std::map<std::string, std::string, std::less<>> section;  // where a section begins in the file

  void blame(const std::string& where, std::string_view key, std::string reason) {
    result.faults.push_back({where, std::string(key), std::move(reason)});
    faulty.emplace(key);
  }
  [[nodiscard]] bool sound(std::string_view key) const { return !faulty.contains(key); }

  /// Where a setting was stated; for one that was not, where it would be.
  [[nodiscard]] std::string where(std::string_view key) const {
    if (const auto stated = origins.find(key); stated != origins.end()) return stated->second.where;
    if (file.empty()) return "configuration";
    const auto found = section.find(key.substr(0, key.find('.')));
    return found == section.end() ? file + ":1" : found->second;
  }
  [[nodiscard]] source strength(std::string_view key) const {
    const auto stated = origins.find(key);
    return stated == origins.end() ? source::preset : stated->second.from;
  }
};

std::string unknown_key(std::string_view key) {
  if (is_section(key)) return "is a section, not a setting";
  const std::string_view near = nearest_key(key);
  if (near.empty()) return "is not a setting";
  return "is not a setting; did you mean " + std::string(near) + "?";
}

/// A password may come from a file of its own or from the environment; elsewhere it would be seen.
std::optional<std::string> exposed_password(std::string_view dsn, source from) {
  if (!has_password(dsn)) return std::nullopt;
  const std::string instead = "; use database.dsn_file or SUANPAN_DATABASE__DSN";
  if (from == source::command_line) return "a password here is visible in ps" + instead;
  if (from == source::file) return "a password does not belong in a configuration file" + instead;
  return std::nullopt;
}

/// Books the outcome of assign(): an origin, or a fault.
void note(loading& to, const setting& s, const origin& from, std::optional<std::string> reason) {
  if (!reason && s.secret) {
    const std::string& dsn = to.result.settings.database.dsn;
    reason = dsn.empty() ? std::nullopt : dsn_fault(dsn);
    if (!reason) reason = exposed_password(dsn, from.from);
  }
  if (reason) return to.blame(from.where, s.key, std::move(*reason));
  to.origins[std::string(s.key)] = from;
}

raw_value raw_of(const toml::node& node) {
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* text = node.as_string()) return text->get();
  return other_value{kind_of(node)};
}

void take_table(loading& to, const toml::table& table, const std::string& prefix) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const std::string where = position(to.file, node.source());
    const auto* inner = node.as_table();
    if (const setting* s = find_setting(key)) {
      note(to, *s, {source::file, where}, assign(*s, raw_of(node), to.result.settings));
    } else if (inner != nullptr && (is_section(key) || !inner->empty())) {
      if (is_section(key)) to.section[key] = where;
      take_table(to, *inner, key + ".");
    } else {
      to.blame(where, key, unknown_key(key));
    }
  }
}

/// The line in "file:line".
long line_of(const fault& f) {
  return std::atol(f.where.c_str() + f.where.rfind(':') + 1);
}

/// False if the file can't be read at all: then nothing can be said of settings as a whole.
bool take_file(loading& to) {
  const auto table = read_toml(to.file, to.result.faults);
  if (!table) return false;
  take_table(to, *table, "");
  // toml++ walks in order of the keys; people read in order of the lines.
  std::ranges::stable_sort(to.result.faults, {}, line_of);
  return true;
}

/// SUANPAN_LEDGER__ID_WINDOW_S is ledger.id_window_s.
std::string key_of_variable(std::string_view name) {
  name.remove_prefix(variable_prefix.size());
  const std::size_t gap = name.find("__");
  std::string key(name.substr(0, gap));
  key.append(1, '.').append(name.substr(gap + 2));
  std::ranges::transform(key, key.begin(), [](char ch) {
    return ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch - 'A' + 'a') : ch;
  });
  return key;
}

void take_environment(loading& to, const environment& variables) {
  for (const auto& [name, value] : variables) {
    if (!name.starts_with(variable_prefix)) continue;
    if (name.find("__", variable_prefix.size()) == std::string::npos) continue;
    const std::string key = key_of_variable(name);
    const origin from{source::environment, "environment " + name};
    if (const setting* s = find_setting(key)) {
      note(to, *s, from, assign_text(*s, value, to.result.settings));
    } else {
      to.blame(from.where, key, unknown_key(key));
    }
  }
}

void take_sets(loading& to, const std::vector<std::string>& sets) {
  const origin from{source::command_line, "--set"};
  for (const std::string& text : sets) {
    const std::size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    const setting* s = find_setting(key);
    if (s == nullptr) {
      to.blame(from.where, key.empty() ? "(empty)" : key, unknown_key(key));
    } else if (equals == std::string::npos) {
      to.blame(from.where, key, "has no value: write " + key + "=VALUE");
    } else {
      note(to, *s, from,
           assign_text(*s, std::string_view(text).substr(equals + 1), to.result.settings));
    }
  }
}

/// " (grpc.port = 7400, http.port = 7400)"
std::string values_of(const relation& r, const node_config& settings) {
  std::string text;
  for (const std::string_view key : r.keys) {
    if (key.empty()) continue;
    text += text.empty() ? " (" : ", ";
    text += std::string(key) + " = " + value_text(*find_setting(key), settings);
  }
  return text + ")";
}

/// The setting to blame: the first that a source stated, so that the line shown is one to edit.
std::string_view blamed_key(const loading& to, const relation& r) {
  for (const std::string_view key : r.keys) {
    if (!key.empty() && key != "node.dev" && to.origins.contains(key)) return key;
  }
  return r.keys.front();
}

void check_relations(loading& to) {
  for (const relation& r : all_relations()) {
    const bool judged = std::ranges::all_of(
        r.keys, [&to](std::string_view key) { return key.empty() || to.sound(key); });
    if (!judged || r.holds(to.result.settings)) continue;
    const std::string_view key = blamed_key(to, r);
    // Not blame(): a broken relation must not hide the next one that names the same setting.
    to.result.faults.push_back({to.where(key), std::string(key),
                                std::string(r.sentence) + values_of(r, to.result.settings)});
  }
}

/// libpq waits for ever unless it is told otherwise; it counts whole seconds.
void bound_connecting(database_settings& database) {
  const auto seconds = (database.connect_timeout_ms + 999) / 1'000;
  database.dsn = with_default(database.dsn, "connect_timeout", std::to_string(seconds));
}

/// The connection string, from whichever of dsn and dsn_file was stated by the stronger source.
void settle_dsn(loading& to) {
  auto& database = to.result.settings.database;
  if (!to.sound("database.dsn") || !to.sound("database.dsn_file")) return;
  const auto by_text = database.dsn.empty() ? source::preset : to.strength("database.dsn");
  const auto by_file =
      database.dsn_file.empty() ? source::preset : to.strength("database.dsn_file");
  if (by_text == by_file) {
    return to.blame(to.where("database.dsn"), "database.dsn",
                    by_text == source::preset
                        ? "required: state database.dsn or database.dsn_file"
                        : "database.dsn and database.dsn_file are both stated here; keep one");
  }
  if (by_text > by_file) return bound_connecting(database);
  secret_file read = read_secret(database.dsn_file, !to.result.settings.node.dev);
  if (read.fault.empty()) read.fault = dsn_fault(read.value).value_or("");
  if (!read.fault.empty()) {
    return to.blame(to.where("database.dsn_file"), "database.dsn_file", read.fault);
  }
  database.dsn = std::move(read.value);
  bound_connecting(database);
}

bool holds_text(const std::string& path, std::string_view text) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  return bytes.find(text) != std::string::npos;
}

void check_pem(loading& to, std::string_view key, const std::string& path) {
  if (path.empty() || !to.sound(key)) return;
  const bool is_key = key == "security.tls_key";
  auto reason = file_fault(path, is_key && !to.result.settings.node.dev);
  if (!reason && !holds_text(path, is_key ? "PRIVATE KEY-----" : "-----BEGIN CERTIFICATE-----")) {
    reason = in_quotes(path) + " holds no " + (is_key ? "private key" : "certificate") + " in PEM";
  }
  if (reason) to.blame(to.where(key), key, *reason);
}

void read_chart(loading& to) {
  constexpr std::string_view key = "ledger.chart_of_accounts";
  std::string& path = to.result.settings.ledger.chart_of_accounts;
  if (!to.sound(key)) return;
  if (path.empty()) {
    const std::filesystem::path folder =
        to.file.empty() ? "config" : std::filesystem::path(to.file).parent_path();
    path = (folder / default_chart).string();
  }
  if (const auto reason = file_fault(path, false)) return to.blame(to.where(key), key, *reason);
  to.result.chart = load_chart(path, to.result.faults);
}

// Beside the chart of accounts, whose subjects they name. Of a chart that is at fault nothing can
// be said about them.
void read_posting_rules(loading& to) {
  constexpr std::string_view key = "payments.posting_rules";
  std::string& path = to.result.settings.payments.posting_rules;
  if (!to.sound(key) || to.result.chart.all().empty()) return;
  if (path.empty()) {
    const std::filesystem::path chart = to.result.settings.ledger.chart_of_accounts;
    path = (chart.parent_path() / default_rules).string();
  }
  if (const auto reason = file_fault(path, false)) return to.blame(to.where(key), key, *reason);
  to.result.rules = load_posting_rules(path, to.result.chart, to.result.faults);
}

void read_channels(loading& to, const environment& variables) {
  constexpr std::string_view key = "payments.channels";
  const std::string& path = to.result.settings.payments.channels;
  if (path.empty() || !to.sound(key)) return;
  if (const auto reason = file_fault(path, false)) return to.blame(to.where(key), key, *reason);
  to.result.channels = load_channels({path, &variables, &to.result.settings}, to.result.faults);
}

}  // namespace

environment process_environment() {
  environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(variable_prefix) || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

loaded load(const sources& from) {
  loading to;
  to.file = from.file.value_or("");
  const bool readable = !from.file || take_file(to);
  take_environment(to, from.variables);
  take_sets(to, from.sets);
  if (from.dev) {
    to.result.settings.node.dev = true;
    to.origins["node.dev"] = {source::command_line, "--dev"};
  }
  if (readable) {
    check_relations(to);
    settle_dsn(to);
    check_pem(to, "security.tls_certificate", to.result.settings.security.tls_certificate);
    check_pem(to, "security.tls_key", to.result.settings.security.tls_key);
    read_chart(to);
    read_posting_rules(to);
    read_channels(to, from.variables);
  }
  return std::move(to.result);
}

std::vector<std::string> check_file(const std::string& file, const environment& variables,
                                    const std::vector<std::string>& sets) {
  std::vector<std::string> lines;
  for (const fault& f : load({file, variables, sets, false}).faults) lines.push_back(to_string(f));
  return lines;
}

}  // namespace suanpan::config
