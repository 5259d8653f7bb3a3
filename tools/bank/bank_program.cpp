#include "tools/bank/bank_program.hpp"

#include "tools/bank/routes.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace suanpan::bank {
namespace {

constexpr int configuration = 3;
constexpr int unavailable = 4;

/// Each connection that hangs holds a descriptor.
void raise_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// The ledger can't be kept: what is not on the disk must not be said, and nobody knows what is.
void die(const std::string& why) {
  spdlog::critical("{}", why);
  _exit(1);
}

std::filesystem::path run_file(const options& from) {
  return std::filesystem::path(from.run_directory) / "bank.json";
}

std::string write_run_file(const options& from, const std::string& http) {
  std::error_code error;
  std::filesystem::create_directories(from.run_directory, error);
  const auto path = run_file(from);
  auto partial = path;
  partial += ".new";
  {
    std::ofstream out(partial);
    const nlohmann::ordered_json json{{"name", "bank"},      {"pid", getpid()}, {"grpc", ""},
                                      {"http", http},        {"cluster", ""},   {"dsn", ""},
                                      {"log", from.log_file}};
    out << json.dump() << '\n';
    if (!out.flush()) return "can't write " + partial.string();
  }
  std::filesystem::rename(partial, path, error);
  return error ? "can't write " + path.string() + ": " + error.message() : "";
}

}  // namespace

struct bank_program::parts {
  explicit parts(options o)
      : from(std::move(o)),
        carries({.secret = from.secret, .retry_micros = from.retry * 1'000}),
        works(from.desk(), {.keeps = &keeps, .wakes = &wakes, .carries = &carries}),
        answers(works, {.secret = from.secret, .dedupes = !from.no_dedupe, .origin = {}}),
        listens([this](const std::shared_ptr<exchange>& who) { answers.handle(who); },
                from.hang * 1'000) {}

  options from;
  journal keeps;
  alarm wakes;
  courier carries;
  desk works;
  routes answers;
  front listens;
  bool told = false;  // by its run file: of another bank's this one must not take away
};

bank_program::bank_program(options from) : parts_(std::make_unique<parts>(std::move(from))) {}
bank_program::~bank_program() {
  stop();
}

start_fault bank_program::start() {
  auto& p = *parts_;
  raise_descriptors();
  const auto found = p.keeps.open(p.from.directory);
  if (!found.fault.empty()) return {configuration, found.fault};
  if (found.torn_bytes != 0)
    spdlog::warn("journal: {} bytes of a torn last line were cut off", found.torn_bytes);
  const auto fault = p.works.replay(found.lines);
  if (!fault.empty()) return {configuration, p.from.directory + "/journal: " + fault};
  p.keeps.start(die);
  if (const auto why = p.listens.start(p.from.at); !why.empty()) return {unavailable, why};
  const auto http = join(p.from.at.address, p.listens.port());
  p.answers.set_origin("http://" + http);
  p.works.go_on();
  if (const auto why = write_run_file(p.from, http); !why.empty()) return {configuration, why};
  p.told = true;
  spdlog::info("bank listens on {}, {} lines recovered", http, found.lines.size());
  return {};
}

void bank_program::stop() {
  if (parts_ == nullptr) return;
  auto& p = *parts_;
  p.wakes.close();
  p.listens.stop();
  p.keeps.close();
  p.carries.close();
  if (p.told) {
    std::error_code ignored;
    std::filesystem::remove(run_file(p.from), ignored);
    spdlog::info("bank stopped");
  }
  parts_.reset();
}

}  // namespace suanpan::bank
