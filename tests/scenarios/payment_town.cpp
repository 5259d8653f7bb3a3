#include "tests/scenarios/payment_town.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace suanpan::scenarios {
namespace {

constexpr faults::milliseconds bank_ready{10'000};
constexpr const char* dev_url = "http://127.0.0.1:7500";  // in config/channels.dev.toml

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

payment_town::payment_town(town_options options)
    : options_(std::move(options)), dsn_(testing::private_postgres::instance().fresh_database()) {
  start_bank();
  std::vector<std::string> settings{"payments.channels=" + write_channels()};
  settings.insert(settings.end(), options_.node.begin(), options_.node.end());
  node_ = std::make_unique<faults::node_process>(
      faults::node_options{"node-1", dsn_, std::move(settings)});
  node_->start();
  node_->await_ready();
}

payment_town::~payment_town() {
  bank_.kill();
  node_.reset();
  std::error_code ignored;
  if (!kept_) std::filesystem::remove_all(directory_, ignored);
}

void payment_town::keep() {
  kept_ = true;
  faults::keep_logs();
  std::cerr << "the bank's ledger and log kept in " << directory_ << '\n';
}

void payment_town::start_bank() {
  std::vector<std::string> arguments{std::string(SUANPAN_BINARY_DIR) + "/bin/suanpan-bank",
                                     "--dev",
                                     "--port",
                                     std::to_string(bank_port_),
                                     "--data",
                                     directory_ + "/bank",
                                     "--run-dir",
                                     directory_ + "/run",
                                     "--late-ms",
                                     "2500"};
  arguments.insert(arguments.end(), options_.bank.begin(), options_.bank.end());
  bank_ = faults::child_process({arguments, {}, directory_ + "/bank.log"});
  const bool listens = faults::wait_until(
      bank_ready, [this] { return faults::http_get(bank_port_, "/admin/ledger").status == 200; });
  if (!listens)
    throw std::runtime_error("the bank does not listen: " + text_of(directory_ + "/bank.log"));
}

std::string payment_town::bank_address() const {
  return "127.0.0.1:" + std::to_string(bank_port_);
}

// The channels of tools/up, led to this bank.
std::string payment_town::write_channels() const {
  const auto config = std::string(SUANPAN_SOURCE_DIR) + "/config/";
  auto text = text_of(config + "channels.dev.toml");
  replace_all(text, dev_url, "http://" + bank_address());
  replace_all(text, "\"channels.dev.secret\"", '"' + config + "channels.dev.secret\"");
  const auto path = directory_ + "/channels.toml";
  std::ofstream(path) << text;
  return path;
}

}  // namespace suanpan::scenarios
