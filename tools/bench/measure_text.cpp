// What a measurement prints. See measure.hpp. Ratios and costs are figures, so floating point may
// serve here.
#include "tools/bench/measure.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace suanpan::bench {
namespace {

using cli::count_text;

constexpr std::uint32_t median = 50'000;
constexpr std::uint32_t p99 = 99'000;
constexpr std::uint32_t p999 = 99'900;

std::string decimals(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

double per_transfer(std::int64_t micros, const measurement& found) {
  return found.tally.counted == 0
             ? 0
             : static_cast<double>(micros) / static_cast<double>(found.tally.counted);
}

std::string cost_text(const std::optional<std::int64_t>& micros, const measurement& found) {
  return micros ? decimals(per_transfer(*micros, found), 3) + " us" : "not seen";
}

nlohmann::json cost_json(const std::optional<std::int64_t>& micros, const measurement& found) {
  return micros ? nlohmann::json(per_transfer(*micros, found)) : nlohmann::json();
}

double ratio_to_copy(const measurement& found) {
  return static_cast<double>(found.transfers_per_second()) /
         static_cast<double>(std::max<std::int64_t>(found.copy_rows_per_second.value_or(0), 1));
}

std::string latency_text(const histogram& latency) {
  return count_text(latency.percentile(median)) + " / " + count_text(latency.percentile(p99)) +
         " / " + count_text(latency.percentile(p999)) + " / " + count_text(latency.max());
}

nlohmann::json latency_json(const histogram& latency) {
  return {{"p50", latency.percentile(median)},
          {"p99", latency.percentile(p99)},
          {"p999", latency.percentile(p999)},
          {"max", latency.max()}};
}

const histogram& window_latency(const measurement& found, std::size_t window) {
  static const histogram none;
  return window < found.tally.windows.size() ? found.tally.windows[window] : none;
}

std::string windows_text(const measure_options& options, const measurement& found) {
  if (found.windows.empty()) return {};
  using cli::align;
  cli::table lines({{"from second", align::right},
                    {"transfers/s", align::right},
                    {"p50, us", align::right},
                    {"p99.9, us", align::right},
                    {"max, us", align::right},
                    {"node, MB", align::right}});
  const std::int64_t seconds = options.load.window_seconds;
  for (std::size_t i = 0; i < found.windows.size(); ++i) {
    const auto& latency = window_latency(found, i);
    lines.add({count_text(static_cast<std::int64_t>(i) * seconds),
               count_text(found.windows[i].transfers / seconds),
               count_text(latency.percentile(median)), count_text(latency.percentile(p999)),
               count_text(latency.max()),
               count_text(found.windows[i].node_rss_bytes.value_or(0) / 1'000'000)});
  }
  return lines.text();
}

nlohmann::json windows_json(const measurement& found) {
  auto windows = nlohmann::json::array();
  for (std::size_t i = 0; i < found.windows.size(); ++i)
    windows.push_back({{"transfers", found.windows[i].transfers},
                       {"latency_us", latency_json(window_latency(found, i))},
                       {"node_rss_bytes", found.windows[i].node_rss_bytes.value_or(0)}});
  return windows;
}

nlohmann::json statements_json(const measurement& found) {
  if (!found.statements) return {};
  return {{"accounts", found.statements->accounts},
          {"lines", found.statements->lines},
          {"agree", found.statements->difference.empty()},
          {"difference", found.statements->difference}};
}

}  // namespace

std::string measurement_text(const measure_options& options, const measurement& found) {
  const auto& load = options.load;
  const auto count = [](std::uint64_t n) { return count_text(static_cast<std::int64_t>(n)); };
  cli::table lines({{std::string(name_of(load.pattern)) + (load.unary ? ", calls" : ", stream")},
                    {count(load.batch) + " x " + std::to_string(load.in_flight) + " x " +
                         std::to_string(load.connections),
                     cli::align::right}});
  lines.add({"transfers/s", count_text(found.transfers_per_second())});
  lines.add({"latency of a message, us: p50 / p99 / p99.9 / max",
             latency_text(found.tally.latency_micros)});
  lines.add({"CPU a transfer: client", cost_text(found.cpu.client, found)});
  lines.add({"CPU a transfer: node", cost_text(found.cpu.node, found)});
  lines.add({"CPU a transfer: PostgreSQL", cost_text(found.cpu.postgres, found)});
  if (found.copy_rows_per_second) {
    lines.add({"COPY alone, rows/s", count_text(*found.copy_rows_per_second)});
    lines.add({"ours / COPY alone", decimals(ratio_to_copy(found), 3)});
  }
  if (found.node_rss_bytes)
    lines.add({"memory of the node, MB", count_text(*found.node_rss_bytes / 1'000'000)});
  lines.add_rule();
  lines.add({"acknowledged in the whole run", count(found.tally.posted)});
  lines.add({"refused", count(found.tally.refused)});
  lines.add({"unavailable", count(found.tally.unavailable)});
  lines.add({"unknown", count(found.tally.unknown)});
  if (found.rows_found)
    lines.add({"rows of this run",
               count_text(*found.rows_found) + (found.rows_agree() ? "" : " DIFFER")});
  if (found.statements)
    lines.add({"statements of " + count_text(found.statements->accounts) + " accounts, " +
                   count_text(found.statements->lines) + " lines",
               found.statements->difference.empty() ? "agree" : "DIFFER"});
  lines.add({"books", found.balanced ? "balanced" : "NOT BALANCED"});
  std::string text = lines.text() + windows_text(options, found);
  if (found.statements && !found.statements->difference.empty())
    text += "  first difference: " + found.statements->difference + '\n';
  if (!found.tally.failure.empty()) text += "  first failure: " + found.tally.failure + '\n';
  return text;
}

std::string measurement_json(const measure_options& options, const measurement& found) {
  using nlohmann::json;
  const auto& load = options.load;
  return json{{"pattern", name_of(load.pattern)},
              {"mode", load.unary ? "unary" : "stream"},
              {"batch", load.batch},
              {"in_flight", load.in_flight},
              {"connections", load.connections},
              {"accounts", load.accounts},
              {"seconds", load.seconds},
              {"seed", load.seed},
              {"transfers", found.tally.counted},
              {"transfers_per_second", found.transfers_per_second()},
              {"latency_us", latency_json(found.tally.latency_micros)},
              {"cpu_us_per_transfer",
               {{"client", per_transfer(found.cpu.client, found)},
                {"node", cost_json(found.cpu.node, found)},
                {"postgres", cost_json(found.cpu.postgres, found)}}},
              {"copy_rows_per_second",
               found.copy_rows_per_second ? json(*found.copy_rows_per_second) : json()},
              {"vs_copy", found.copy_rows_per_second ? json(ratio_to_copy(found)) : json()},
              {"acknowledged", found.tally.posted},
              {"refused", found.tally.refused},
              {"unavailable", found.tally.unavailable},
              {"unknown", found.tally.unknown},
              {"calls_failed", found.tally.calls_failed},
              {"rows_found", found.rows_found ? json(*found.rows_found) : json()},
              {"node_rss_bytes", found.node_rss_bytes ? json(*found.node_rss_bytes) : json()},
              {"windows", windows_json(found)},
              {"statements", statements_json(found)},
              {"rows_agree", found.rows_agree()},
              {"balanced", found.balanced}}
             .dump() +
         '\n';
}

}  // namespace suanpan::bench
