// `suanpan status`: what every node that can be found says of itself, over gRPC and HTTP.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/metrics_text.hpp"
#include "tools/cli/probe.hpp"
#include "tools/cli/run_files.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace suanpan::cli {
namespace {

constexpr int http_ok = 200;
constexpr int nodes_max = 9;  // as many run files are looked for

/// Where a node is, and what it says.
struct node_report {
  std::string name = "-";
  std::int64_t pid = 0;
  std::string grpc;
  std::string http;
  std::string health;  // of the whole node, or why there is no answer
  bool serving = false;
  http_answer ready;
  std::string version = "-";
  std::string shards = "-";
  std::string in_flight = "-";
  std::string checkpoint_lag = "-";  // seconds
  std::string sessions_lost = "-";

  [[nodiscard]] bool well() const { return serving && ready.code == http_ok; }
};

/// The nodes of this checkout's run files; with --endpoint or --http that one alone.
std::vector<node_report> places(const common_options& common, const std::string& http) {
  std::vector<node_report> found;
  if (common.endpoint.empty() && http.empty()) {
    for (int n = 1; n <= nodes_max; ++n) {
      const auto file = find_run_file("node-" + std::to_string(n));
      if (!file) continue;
      node_report node;
      node.name = file->name;
      node.pid = file->pid;
      node.grpc = file->grpc;
      node.http = file->http;
      found.push_back(std::move(node));
    }
    if (!found.empty()) return found;
  }
  node_report node;
  const auto file = find_run_file("node-1");
  node.grpc = endpoint_of(common);
  node.http = !http.empty()                                            ? http
              : file && !file->http.empty() && file->grpc == node.grpc ? file->http
                                                                       : "127.0.0.1:7401";
  return {node};
}

void ask(const common_options& common, node_report& node) {
  auto options = common;
  options.endpoint = node.grpc;
  const ledger_client client(options);
  const auto health = check_health(client.channel(), "", common.deadline_seconds);
  node.health = health.status.ok() ? std::string(name_of(health.health)) : text_of(health.status);
  node.serving = health.status.ok() && health.health == serving_status::serving;
  node.ready = http_get(node.http, "/readyz", common.deadline_seconds);
  while (!node.ready.body.empty() && node.ready.body.back() == '\n') node.ready.body.pop_back();
  const auto metrics = http_get(node.http, "/metrics", common.deadline_seconds);
  if (metrics.code != http_ok) return;
  const auto take = [&metrics](const char* name, std::string& into) {
    if (auto value = metric_in(metrics.body, name)) into = std::move(*value);
  };
  take("suanpan_shards_owned", node.shards);
  take("suanpan_in_flight_items", node.in_flight);
  take("suanpan_checkpoint_lag_seconds", node.checkpoint_lag);
  take("suanpan_sessions_lost_total", node.sessions_lost);
  if (auto version = metric_label_in(metrics.body, "suanpan_build_info", "version"))
    node.version = std::move(*version);
}

/// "yes", or the reason that /readyz gives.
std::string ready_text(const http_answer& ready) {
  if (ready.code == http_ok) return "yes";
  const auto parsed = nlohmann::json::parse(ready.body, nullptr, false);
  if (parsed.is_object() && parsed.contains("reason") && parsed["reason"].is_string())
    return "no: " + printable(parsed["reason"].get<std::string>(), 60);
  return "no: " + printable(ready.body, 60);
}

/// "0.25 s" of "0.248123": figures beyond a hundredth of a second say nothing.
std::string seconds_text(const std::string& seconds) {
  if (seconds == "-") return seconds;
  const auto dot = seconds.find('.');
  return (dot == std::string::npos ? seconds : seconds.substr(0, dot + 3)) + " s";
}

std::string report_text(const node_report& node) {
  table lines({{"node"}, {node.name}});
  if (node.pid != 0) lines.add({"pid", std::to_string(node.pid)});
  lines.add({"version", printable(node.version, 40)});
  lines.add({"gRPC", node.grpc + "  " + printable(node.health, 100)});
  lines.add({"HTTP", node.http});
  lines.add({"ready", ready_text(node.ready)});
  lines.add({"shards owned", node.shards});
  lines.add({"items in flight", node.in_flight});
  lines.add({"checkpoint lag", seconds_text(node.checkpoint_lag)});
  lines.add({"sessions lost", node.sessions_lost});
  return lines.text();
}

nlohmann::json report_json(const node_report& node) {
  return {{"node", node.name},
          {"pid", node.pid},
          {"endpoint", node.grpc},
          {"health", node.health},
          {"http", node.http},
          {"ready", node.ready.code == http_ok},
          {"readyz_code", node.ready.code},
          {"readyz", printable(node.ready.body, 1'000)},
          {"version", node.version},
          {"shards_owned", node.shards},
          {"in_flight_items", node.in_flight},
          {"checkpoint_lag_seconds", node.checkpoint_lag},
          {"sessions_lost", node.sessions_lost}};
}

exit_status show_status(const common_options& common, const std::string& http) {
  auto nodes = places(common, http);
  for (auto& node : nodes) ask(common, node);
  if (common.json) {
    // The first node's members stand at the top, as they did when there was but one.
    auto document = report_json(nodes.front());
    for (const auto& node : nodes) document["nodes"].push_back(report_json(node));
    print(document.dump() + '\n');
  } else {
    std::string text;
    for (const auto& node : nodes) text += (text.empty() ? "" : "\n") + report_text(node);
    print(text);
  }
  const bool any = std::any_of(nodes.begin(), nodes.end(), [](const auto& n) { return n.well(); });
  return any ? exit_status::done : exit_status::unavailable;
}

}  // namespace

void add_status(CLI::App& app, command_line& line) {
  auto* status = app.add_subcommand("status", "Whether nodes serve, what they own and run.");
  const auto http = std::make_shared<std::string>();
  status->add_option("--http", *http,
                     "host:port of /readyz and /metrics [var/run/node-1.json, else "
                     "127.0.0.1:7401]");
  status->footer(
      "Without --endpoint and --http: every node of var/run. Status 4 if none serves.\n\n"
      "Examples:\n  suanpan status\n"
      "  suanpan status --endpoint 10.0.0.7:7400 --http 10.0.0.7:7401 --ca ca.pem");
  status->callback(
      [&line, http] { line.run = [&line, http] { return show_status(line.common, *http); }; });
}

}  // namespace suanpan::cli
