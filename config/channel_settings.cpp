// The list itself. A new setting is a field in channel_config.hpp and a line here.
#include "config/channel_settings.hpp"

#include "config/fault.hpp"

#include <algorithm>
#include <array>

namespace suanpan::config {
namespace {

using c = channel_config;

template <auto Field>
auto& at(c& of) {
  return of.*Field;
}
template <auto Part, auto Field>
auto& in(c& of) {
  return (of.*Part).*Field;
}
std::string& name_field(c& of) {
  return of.name.value;
}
template <auto Field>
std::int64_t& amount(c& of) {
  return (of.*Field).value;
}

constexpr std::size_t text_bytes_max = 512;
constexpr std::int64_t amount_most =
    (std::int64_t{1} << 53) - 1;  // the most that JSON tells exactly

std::optional<std::string> name_fault(std::string_view text) {
  const bool sound =
      !text.empty() && text.size() <= 32 &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  if (sound) return std::nullopt;
  return in_quotes(text.substr(0, 64)) + " is not a channel's name: a-z, 0-9 and _, at most 32";
}

std::optional<std::string> adapter_fault(std::string_view text) {
  if (text == "bank_http") return std::nullopt;
  return in_quotes(text.substr(0, 64)) + " is no adapter; there is bank_http";
}

std::optional<std::string> url_fault(std::string_view text) {
  std::string_view rest = text;
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  if (http) rest.remove_prefix(text.find("//") + 2);
  const bool odd =
      std::ranges::any_of(rest, [](unsigned char ch) { return ch <= ' ' || ch > '~'; });
  if (http && !rest.empty() && !odd && text.size() <= text_bytes_max &&
      rest.find_first_of("/?#@\\") == std::string_view::npos) {
    return std::nullopt;
  }
  return "expected http:// or https:// with host and port, without a path or a user";
}

std::optional<std::string> merchant_fault(std::string_view text) {
  const bool odd =
      std::ranges::any_of(text, [](unsigned char ch) { return ch <= ' ' || ch > '~'; });
  if (!text.empty() && text.size() <= 64 && !odd) return std::nullopt;
  return "expected 1 to 64 printable characters";
}

std::optional<std::string> path_fault(std::string_view text) {
  if (text.size() <= text_bytes_max && text.find('\0') == std::string_view::npos) {
    return std::nullopt;
  }
  return "is no path of at most 512 bytes";
}

template <class Values, class Value>
std::optional<std::string> add_to(Values& values, Value value, std::string_view word) {
  if (std::ranges::find(values, value) != values.end()) return in_quotes(word) + " is there twice";
  values.push_back(value);
  return std::nullopt;
}

constexpr word_list product_words{
    [](c& of, std::string_view word) -> std::optional<std::string> {
      const auto kind = parse_payment_kind(word);
      if (!kind) return in_quotes(word.substr(0, 64)) + " is not a product";
      if (!collects(*kind) && *kind != payment_kind::payout && *kind != payment_kind::withdrawal) {
        return in_quotes(word) + " is not routed: it has no channel, or its original's";
      }
      return add_to(of.products, *kind, word);
    },
    [](c& of) { of.products.clear(); },
    [](const c& of) {
      std::vector<std::string> words;
      for (const auto kind : of.products) words.emplace_back(name_of(kind));
      return words;
    },
    "top_up quick_pay online_bank_pay withholding payout withdrawal"};

constexpr word_list currency_words{[](c& of, std::string_view word) -> std::optional<std::string> {
                                     const auto ccy = parse_currency(word);
                                     if (!ccy)
                                       return in_quotes(word.substr(0, 64)) +
                                              " is not a currency of ISO 4217";
                                     return add_to(of.currencies, *ccy, word);
                                   },
                                   [](c& of) { of.currencies.clear(); },
                                   [](const c& of) {
                                     std::vector<std::string> words;
                                     for (const auto ccy : of.currencies)
                                       words.emplace_back(letters(ccy));
                                     return words;
                                   },
                                   "ISO 4217"};

constexpr std::array operations = {channel_operation::charge, channel_operation::open_online,
                                   channel_operation::refund, channel_operation::payout,
                                   channel_operation::query,  channel_operation::bind,
                                   channel_operation::unbind};

constexpr word_list operation_words{
    [](c& of, std::string_view word) -> std::optional<std::string> {
      const auto found =
          std::ranges::find(operations, word, [](channel_operation each) { return name_of(each); });
      if (found == operations.end()) return in_quotes(word.substr(0, 64)) + " is no operation";
      return add_to(of.slow_operations, *found, word);
    },
    [](c& of) { of.slow_operations.clear(); },
    [](const c& of) {
      std::vector<std::string> words;
      for (const auto each : of.slow_operations) words.emplace_back(name_of(each));
      return words;
    },
    "charge open_online refund payout query bind unbind"};

// clang-format off
constexpr std::array settings = std::to_array<channel_setting>({
    {"name", channel_text{name_field, name_fault, "name: a-z, 0-9, _; at most 32"},
     "Names the channel for ever, in rows and books: its receivable is channel:NAME.", true},
    {"adapter", channel_text{at<&c::adapter>, adapter_fault, "bank_http"},
     "The protocol that its bank speaks."},
    {"url", channel_text{at<&c::url>, url_fault, "http(s)://host:port"},
     "Where the bank is; SUANPAN_CHANNEL_URL_NAME in the environment wins.", true},
    {"merchant_at_bank", channel_text{at<&c::merchant_at_bank>, merchant_fault, "text, 1 … 64"},
     "Who we are to the bank.", true},
    {"secret_file", channel_text{at<&c::secret_file>, path_fault, "path"},
     "File with the secret shared with the bank, relative to this file, readable by the node's "
     "user only; SUANPAN_CHANNEL_SECRET_NAME in the environment wins."},
    {"products", product_words, "What may be routed to it.", true},
    {"currencies", currency_words, "Currencies that it takes.", true},
    {"amount_least", channel_number{amount<&c::amount_least>, "minor units", 1, amount_most},
     "The smallest payment that it takes."},
    {"amount_most", channel_number{amount<&c::amount_most>, "minor units", 1, amount_most},
     "The largest payment that it takes."},
    {"priority", channel_number{at<&c::priority>, "rank", 0, 1'000},
     "Of channels that would do, the smallest is asked; of equal ones the first by name."},
    {"fast.concurrency",
     channel_number{in<&c::fast, &lane_config::concurrency>, "requests", 1, 10'000},
     "Requests of the fast lane at the bank at once."},
    {"fast.queue", channel_number{in<&c::fast, &lane_config::queue>, "requests", 0, 100'000},
     "Requests that wait for the fast lane; a further one is turned back at once."},
    {"fast.timeout_ms", channel_number{in<&c::fast, &lane_config::timeout_ms>, "ms", 100, 30'000},
     "Longest time in the fast lane, waiting included."},
    {"slow.concurrency",
     channel_number{in<&c::slow, &lane_config::concurrency>, "requests", 1, 10'000},
     "Requests of the slow lane at the bank at once."},
    {"slow.queue", channel_number{in<&c::slow, &lane_config::queue>, "requests", 0, 100'000},
     "Requests that wait for the slow lane; a further one is turned back at once."},
    {"slow.timeout_ms", channel_number{in<&c::slow, &lane_config::timeout_ms>, "ms", 100, 30'000},
     "Longest time in the slow lane, waiting included."},
    {"slow_operations", operation_words, "What goes through the slow lane."},
    {"dedupes", channel_flag{at<&c::dedupes>},
     "The bank moves money once for one reference, however often it comes: a resend is safe."},
    {"not_found_final", channel_flag{at<&c::not_found_final>},
     "\"Not found\" is the bank's last word once the settling time has passed."},
    {"settling_ms", channel_number{at<&c::settling_ms>, "ms", 0, 604'800'000},
     "How long after its arrival a request may still become known at the bank."},
    {"callbacks", channel_flag{at<&c::callbacks>},
     "The bank is asked to call back; else only its answers and queries tell."},
    {"refunds", channel_flag{at<&c::refunds>}, "Money that came through it can be sent back."},
    {"binds", channel_flag{at<&c::binds>}, "It takes cards on file."},
    {"connect_timeout_ms", channel_number{at<&c::connect_timeout_ms>, "ms", 10, 30'000},
     "Longest wait for a connection."},
    {"skew_s", channel_number{at<&c::skew_s>, "s", 1, 86'400},
     "By how much the bank's clock may differ in what it signs."},
    {"rate_per_second", channel_number{at<&c::rate_per_second>, "requests", 0, 1'000'000},
     "Requests a second over both lanes; 0: as many as come."},
    {"burst", channel_number{at<&c::burst>, "requests", 1, 1'000'000},
     "Requests at once after a pause, where there is a rate."},
    {"breaker.failures",
     channel_number{in<&c::breaker, &breaker_config::failures>, "failures", 1, 10'000},
     "So many requests of a lane in a row without an answer open its breaker."},
    {"breaker.window_ms",
     channel_number{in<&c::breaker, &breaker_config::window_ms>, "ms", 10, 3'600'000},
     "From the first of those to the last."},
    {"breaker.open_ms",
     channel_number{in<&c::breaker, &breaker_config::open_ms>, "ms", 10, 3'600'000},
     "So long nobody is asked; then one request tries."},
});
// clang-format on

template <class... Handlers>
struct overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
overloaded(Handlers...) -> overloaded<Handlers...>;

std::string list_of(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const auto& word : words) text += (text.size() > 1 ? ", " : "") + in_quotes(word);
  return text + "]";
}

std::string default_of(const channel_setting& s) {
  c preset;
  return std::visit(
      overloaded{[&preset](const channel_number& n) { return std::to_string(n.field(preset)); },
                 [&preset](channel_flag f) { return std::string(f(preset) ? "true" : "false"); },
                 [&preset](const channel_text& t) {
                   return t.field(preset).empty() ? std::string() : in_quotes(t.field(preset));
                 },
                 [&preset](const word_list& w) { return list_of(w.words(preset)); }},
      s.value);
}

std::string range_of(const channel_setting& s) {
  return std::visit(overloaded{[](const channel_number& n) {
                                 return std::to_string(n.least) + " … " + std::to_string(n.most) +
                                        " " + std::string(n.unit);
                               },
                               [](channel_flag) { return std::string("true, false"); },
                               [](const channel_text& t) { return std::string(t.form); },
                               [](const word_list& w) { return "of " + std::string(w.one_of); }},
                    s.value);
}

}  // namespace

std::span<const channel_setting> all_channel_settings() {
  return settings;
}

const channel_setting* find_channel_setting(std::string_view key) {
  const auto found = std::ranges::find(settings, key, &channel_setting::key);
  return found == settings.end() ? nullptr : &*found;
}

bool is_channel_section(std::string_view name) {
  return name == "fast" || name == "slow" || name == "breaker";
}

std::string channel_settings_table() {
  std::string table = "| key | default | range | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& s : settings) {
    const std::string preset = s.required ? "required" : default_of(s);
    const bool quoted = !s.required && !preset.empty();
    table += "| `" + std::string(s.key) + "` | " + (quoted ? "`" + preset + "`" : preset) + " | " +
             range_of(s) + " | " + std::string(s.sentence) + " |\n";
  }
  return table;
}

}  // namespace suanpan::config
