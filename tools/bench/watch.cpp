// See watch.hpp.
#include "tools/bench/watch.hpp"

#include "tools/bench/database.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/table.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

namespace suanpan::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::int64_t bytes_a_transfer = 420;  // row, key, statement and its merges, rounded up
constexpr std::int64_t wal_bytes_most =
    9'000'000'000;  // max_wal_size, and what is over it for a while
constexpr std::int64_t transfers_per_second_most = 500'000;  // where the load has no rate
constexpr std::int64_t long_seconds = 60;                    // shorter runs can't fill a disk
constexpr std::chrono::seconds look_interval{1};

bool is_nearly_full(const watch_options& options) {
  const auto left = free_bytes(options.data_directory);
  return left && *left < disk_bytes_least;
}

}  // namespace

std::string data_directory_of(const std::string& dsn) {
  if (dsn.empty() || postmaster_pid(dsn) == 0) return {};
  return query_text(dsn, "SELECT current_setting('data_directory', true)");
}

std::optional<std::int64_t> free_bytes(const std::string& directory) {
  struct statvfs seen {};
  if (directory.empty() || statvfs(directory.c_str(), &seen) != 0) return std::nullopt;
  return static_cast<std::int64_t>(seen.f_bavail) * static_cast<std::int64_t>(seen.f_frsize);
}

std::optional<std::int64_t> rss_bytes_of(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::int64_t whole = 0;
  std::int64_t resident = 0;
  if (!(file >> whole >> resident)) return std::nullopt;
  return resident * sysconf(_SC_PAGESIZE);
}

void require_disk(const load_options& load, const watch_options& options) {
  const auto left = free_bytes(options.data_directory);
  const std::int64_t seconds = std::int64_t{load.seconds} + load.warmup_seconds;
  if (!left || seconds < long_seconds) return;
  const auto rate = load.rate == 0 ? transfers_per_second_most : std::int64_t{load.rate};
  const auto needed = seconds * rate * bytes_a_transfer + wal_bytes_most;
  std::fprintf(stderr, "disk: may take %lld MB, %lld MB are free\n",
               static_cast<long long>(needed / 1'000'000),
               static_cast<long long>(*left / 1'000'000));
  if (*left - needed >= disk_bytes_least) return;
  throw cli::command_failure(cli::exit_status::refused,
                             "not enough disk: " + std::to_string(needed / 1'000'000) +
                                 " MB may be written, and 10 GB must stay free: fewer --seconds, "
                                 "or a lower --rate");
}

std::vector<window_sight> watch_load(const load_options& load, const watch_options& options,
                                     const load_run& run) {
  std::vector<window_sight> sights;
  cli::progress bar("seconds", load.seconds);
  std::uint64_t before = 0;
  const auto see_window = [&] {
    const auto now = run.counted.load(std::memory_order_relaxed);
    sights.push_back({static_cast<std::int64_t>(now - before), rss_bytes_of(options.node_pid)});
    before = now;
  };
  for (std::uint32_t second = 1; second <= load.seconds; ++second) {
    std::this_thread::sleep_until(run.counting_since + second * look_interval);
    bar.show(second);
    if (load.window_seconds != 0 && second % load.window_seconds == 0) see_window();
    if (!is_nearly_full(options)) continue;
    bar.note("stopped: under 10 GB of disk are left");
    break;
  }
  return sights;
}

}  // namespace suanpan::bench
