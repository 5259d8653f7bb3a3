// Reads and checks channels. Every fault names the line to edit; none shows a secret.
#include "config/channels.hpp"

#include "config/channel_settings.hpp"
#include "config/schema.hpp"
#include "config/secrets.hpp"
#include "config/toml_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <map>
#include <set>

namespace suanpan::config {
namespace {

constexpr std::string_view secret_variable = "SUANPAN_CHANNEL_SECRET_";
constexpr std::string_view url_variable = "SUANPAN_CHANNEL_URL_";
constexpr std::size_t channels_max = 256;
constexpr std::size_t secret_bytes_least = 8;

/// One channel being read.
struct reading {
  channel_config read;
  std::string where;                                      // of the table
  std::map<std::string, std::string, std::less<>> lines;  // of the keys that it states
  std::set<std::string, std::less<>> faulty;

  [[nodiscard]] std::string at(std::string_view key) const {
    const auto found = lines.find(key);
    return found == lines.end() ? where : found->second;
  }
};

struct loading {
  const channel_sources& from;
  std::vector<fault>& faults;
  std::vector<reading> channels;

  void blame(reading& of, std::string_view key, std::string reason) {
    of.faulty.emplace(key);
    faults.push_back({of.at(key), "channel." + std::string(key), std::move(reason)});
  }
};

std::string expected(std::string_view what, const toml::node& found) {
  return "expected " + std::string(what) + ", found " + std::string(kind_of(found));
}

std::optional<std::string> take(channel_config& to, const channel_number& as,
                                const toml::node& node) {
  const auto* number = node.as_integer();
  if (number == nullptr) return expected("a whole number", node);
  if (number->get() < as.least || number->get() > as.most) {
    return std::to_string(number->get()) + " is out of range: " + std::to_string(as.least) + " … " +
           std::to_string(as.most) + " " + std::string(as.unit);
  }
  as.field(to) = number->get();
  return std::nullopt;
}

std::optional<std::string> take(channel_config& to, channel_flag field, const toml::node& node) {
  const auto* flag = node.as_boolean();
  if (flag == nullptr) return expected("true or false", node);
  field(to) = flag->get();
  return std::nullopt;
}

std::optional<std::string> take(channel_config& to, const channel_text& as,
                                const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return expected("a text", node);
  if (auto reason = as.fault(text->get())) return reason;
  as.field(to) = text->get();
  return std::nullopt;
}

std::optional<std::string> take(channel_config& to, const word_list& as, const toml::node& node) {
  const auto* list = node.as_array();
  if (list == nullptr) return expected("a list of texts", node);
  as.clear(to);
  for (const toml::node& each : *list) {
    const auto* word = each.as_string();
    if (word == nullptr) return expected("a list of texts", each);
    if (auto reason = as.add(to, word->get())) return reason;
  }
  return std::nullopt;
}

void take_table(loading& to, reading& into, const toml::table& table, const std::string& prefix) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    into.lines[key] = position(to.from.file, node.source());
    const auto* inner = node.as_table();
    const auto* known = find_channel_setting(key);
    if (known != nullptr) {
      auto reason = std::visit([&into, &node](const auto& as) { return take(into.read, as, node); },
                               known->value);
      if (reason) to.blame(into, key, std::move(*reason));
    } else if (inner != nullptr && prefix.empty() && is_channel_section(key)) {
      take_table(to, into, *inner, key + ".");
    } else {
      to.blame(into, key, "is not a setting of a channel");
    }
  }
}

std::string upper_case(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char ch) {
    return ch >= 'a' && ch <= 'z' ? static_cast<char>(ch - 'a' + 'A') : ch;
  });
  return upper;
}

/// What the environment says of a channel; null: nothing.
const std::string* variable_of(const loading& in, std::string_view prefix, const reading& of) {
  const auto& variables = *in.from.variables;
  const auto found = variables.find(std::string(prefix) + upper_case(of.read.name.value));
  return found == variables.end() ? nullptr : &found->second;
}

void take_url(loading& to, reading& of) {
  const auto* text = variable_of(to, url_variable, of);
  if (text == nullptr) return;
  const auto& as = std::get<channel_text>(find_channel_setting("url")->value);
  of.lines["url"] = "environment " + std::string(url_variable) + upper_case(of.read.name.value);
  of.faulty.erase("url");
  if (auto reason = as.fault(*text)) return to.blame(of, "url", std::move(*reason));
  of.read.url = *text;
}

void take_secret(loading& to, reading& of) {
  if (of.faulty.contains("secret_file") || of.faulty.contains("name")) return;
  if (const auto* text = variable_of(to, secret_variable, of)) {
    of.read.secret = *text;
  } else if (of.read.secret_file.empty()) {
    return to.blame(of, "secret_file",
                    "required: state secret_file, or " + std::string(secret_variable) +
                        upper_case(of.read.name.value) + " in the environment");
  } else {
    const auto folder = std::filesystem::path(to.from.file).parent_path();
    of.read.secret_file = (folder / of.read.secret_file).string();
    auto file = read_secret(of.read.secret_file, !to.from.settings->node.dev);
    if (!file.fault.empty()) return to.blame(of, "secret_file", std::move(file.fault));
    of.read.secret = std::move(file.value);
  }
  if (of.read.secret.size() < secret_bytes_least) {
    to.blame(of, "secret_file",
             "the secret is shorter than " + std::to_string(secret_bytes_least) + " bytes");
  }
}

void require_all(loading& to, reading& of) {
  for (const auto& s : all_channel_settings()) {
    if (s.required && !of.lines.contains(s.key)) to.blame(of, s.key, "is missing");
  }
  for (const std::string_view list : {"products", "currencies"}) {
    if (of.faulty.contains(list)) continue;
    const bool empty = list == "products" ? of.read.products.empty() : of.read.currencies.empty();
    if (empty) to.blame(of, list, "is empty");
  }
}

/// A caller waits for the sum of what may happen below it, and is told in time.
void check_lane(loading& to, reading& of, std::string_view key, const lane_config& lane) {
  const auto& payments = to.from.settings->payments;
  if (of.faulty.contains(key) || of.faulty.contains("connect_timeout_ms")) return;
  const std::int64_t connect = of.read.connect_timeout_ms;
  if (connect >= lane.timeout_ms) {
    to.blame(of, key,
             std::to_string(lane.timeout_ms) +
                 " ms must be above connect_timeout_ms = " + std::to_string(connect));
    return;
  }
  const std::int64_t attempts = payments.unsent_attempts_max;
  const std::int64_t pauses = (attempts - 1) * payments.unsent_retry_ms;
  const std::int64_t sum = attempts * (lane.timeout_ms + connect) + pauses;
  if (sum < payments.answer_deadline_ms) return;
  to.blame(of, key,
           "payments.unsent_attempts_max × (" + std::string(key) +
               " + connect_timeout_ms) + pauses = " + std::to_string(attempts) + " × (" +
               std::to_string(lane.timeout_ms) + " + " + std::to_string(connect) + ") + " +
               std::to_string(pauses) + " = " + std::to_string(sum) +
               " ms must be below payments.answer_deadline_ms = " +
               std::to_string(payments.answer_deadline_ms) +
               ": a caller waits for the sum of what is below it");
}

void check_alone(loading& to, reading& of) {
  const auto& read = of.read;
  if (read.amount_least > read.amount_most && !of.faulty.contains("amount_least") &&
      !of.faulty.contains("amount_most")) {
    to.blame(of, "amount_most", "must be at least amount_least");
  }
  check_lane(to, of, "fast.timeout_ms", read.fast);
  check_lane(to, of, "slow.timeout_ms", read.slow);
  const bool plain = read.url.starts_with("http://");
  if (plain && !to.from.settings->node.dev && !of.faulty.contains("url")) {
    to.blame(of, "url", "http:// only with node.dev: what is said to a bank is not for others");
  }
}

void check_together(loading& to) {
  std::map<std::string_view, const reading*> named;
  std::int64_t at_once = 0;
  for (auto& of : to.channels) {
    at_once += of.read.fast.concurrency + of.read.slow.concurrency;
    if (of.read.name.value.empty()) continue;
    const auto [first, fresh] = named.emplace(of.read.name.value, &of);
    if (fresh) continue;
    to.blame(
        of, "name",
        in_quotes(of.read.name.value) + " is declared already at " + first->second->at("name"));
  }
  const std::int64_t most = to.from.settings->payments.http_in_flight_max;
  if (at_once <= most) return;
  to.faults.push_back({to.from.file + ":1", "channel",
                       "the lanes' concurrency adds up to " + std::to_string(at_once) +
                           ", more than payments.http_in_flight_max = " + std::to_string(most)});
}

/// A variable for a channel that is not there is one with a misspelt name.
void check_variables(loading& to) {
  for (const auto& [name, value] : *to.from.variables) {
    for (const std::string_view prefix : {secret_variable, url_variable}) {
      if (!name.starts_with(prefix)) continue;
      const auto meant = std::string_view(name).substr(prefix.size());
      const bool known = std::ranges::any_of(to.channels, [meant](const reading& of) {
        return upper_case(of.read.name.value) == meant;
      });
      if (known) continue;
      to.faults.push_back({"environment " + name, "channel.name", "there is no such channel"});
    }
  }
}

void take_channels(loading& to, const toml::table& root) {
  for (const auto& [key, node] : root) {
    if (key.str() == "channel") continue;
    to.faults.push_back({position(to.from.file, node.source()), std::string(key.str()),
                         "is unknown; the file is made of [[channel]]"});
  }
  const auto* list = root.get("channel") == nullptr ? nullptr : root.get("channel")->as_array();
  if (list == nullptr || list->empty() || list->size() > channels_max) {
    to.faults.push_back({to.from.file + ":1", "channel",
                         "expected 1 to " + std::to_string(channels_max) + " [[channel]] tables"});
    return;
  }
  for (const toml::node& node : *list) {
    auto& of = to.channels.emplace_back();
    of.where = position(to.from.file, node.source());
    if (const auto* table = node.as_table()) {
      take_table(to, of, *table, "");
    } else {
      to.faults.push_back({of.where, "channel", expected("a table", node)});
    }
  }
}

/// The line in "file:line"; what comes from elsewhere is told last.
long line_of(const fault& f) {
  const std::size_t colon = f.where.rfind(':');
  return colon == std::string::npos ? std::numeric_limits<long>::max()
                                    : std::atol(f.where.c_str() + colon + 1);
}

}  // namespace

std::vector<channel_config> load_channels(const channel_sources& from, std::vector<fault>& faults) {
  const auto before = static_cast<std::ptrdiff_t>(faults.size());
  const auto root = read_toml(from.file, faults);
  if (!root) return {};
  loading to{from, faults, {}};
  take_channels(to, *root);
  for (auto& of : to.channels) {
    take_url(to, of);
    require_all(to, of);
    take_secret(to, of);
    check_alone(to, of);
  }
  if (!to.channels.empty()) check_together(to);
  // toml++ walks in order of the keys; people read in order of the lines.
  std::ranges::stable_sort(faults.begin() + before, faults.end(), {}, line_of);
  check_variables(to);
  std::vector<channel_config> channels;
  for (auto& of : to.channels) channels.push_back(std::move(of.read));
  return channels;
}

}  // namespace suanpan::config
