// A node as an operator would run it: a program, a directory, ports, signals.
#include "tests/faults/process.hpp"

#include <signal.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace suanpan::faults {
namespace {

std::atomic<bool> logs_are_kept{false};

// "VmRSS:   123456 kB"
std::int64_t status_kib(pid_t pid, const std::string& key) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(in, line))
    if (line.starts_with(key)) return std::stoll(line.substr(key.size()));
  return -1;
}

}  // namespace

void keep_logs() {
  logs_are_kept = true;
}

node_process::node_process(node_options options)
    : options_(std::move(options)),
      directory_(fresh_directory(options_.name)),
      grpc_port_(free_port()),
      http_port_(free_port()) {}

node_process::~node_process() {
  child_.kill();
  if (logs_are_kept) {
    std::cerr << options_.name << ": log kept in " << log_path() << '\n';
  } else {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
}

void node_process::start() {
  const std::string source = SUANPAN_SOURCE_DIR;
  std::vector<std::string> arguments{std::string(SUANPAN_BINARY_DIR) + "/bin/suanpan-node",
                                     "--config", source + "/config/dev.toml", "--dev"};
  std::vector<std::string> settings{
      "node.name=" + options_.name,  "node.run_dir=" + directory_ + "/run",
      "node.log_file=" + log_path(), "grpc.port=" + std::to_string(grpc_port_),
      "grpc.port_search=false",      "http.port=" + std::to_string(http_port_),
      "http.port_search=false"};
  settings.insert(settings.end(), options_.settings.begin(), options_.settings.end());
  for (const auto& setting : settings) {
    arguments.emplace_back("--set");
    arguments.push_back(setting);
  }
  child_ =
      child_process({arguments, {{"SUANPAN_DATABASE__DSN", options_.dsn}}, directory_ + "/output"});
}

int node_process::stop(milliseconds at_most) {
  child_.signal(SIGTERM);
  const int status = child_.wait(at_most);
  if (status < 0) child_.kill();
  return status;
}

void node_process::freeze() const {
  child_.signal(SIGSTOP);
}

void node_process::resume() const {
  child_.signal(SIGCONT);
}

std::string node_process::address() const {
  return "127.0.0.1:" + std::to_string(grpc_port_);
}

void node_process::await_ready(milliseconds at_most) {
  const bool is =
      wait_until(at_most, [this] { return !child_.alive() || ready(); }) && child_.alive();
  if (!is)
    throw std::runtime_error(options_.name + " is not ready: " + readyz().body + "\n" + log_tail());
}

double node_process::metric(const std::string& sample) const {
  const auto text = http_get(http_port_, "/metrics").body;
  for (std::size_t at = text.find(sample); at != std::string::npos;
       at = text.find(sample, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == '\n';
    const auto space = text.find(' ', at);
    if (begins && space != std::string::npos) return std::stod(text.substr(space + 1));
  }
  return -1;
}

std::int64_t node_process::resident_kib() const {
  return status_kib(pid(), "VmRSS:");
}

std::int64_t node_process::resident_peak_kib() const {
  return status_kib(pid(), "VmHWM:");
}

std::string node_process::log_tail(std::size_t lines) const {
  std::deque<std::string> last;
  for (const auto& path : {directory_ + "/output", log_path()}) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      last.push_back(line);
      if (last.size() > lines) last.pop_front();
    }
  }
  std::string text;
  for (const auto& line : last) text += line + '\n';
  return text;
}

}  // namespace suanpan::faults
