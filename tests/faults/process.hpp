// Real processes, by pid: nodes and whatever else a fault run kills. Start them from the main
// thread only: they are told to die with the thread that started them, so that a test that crashes
// leaves nothing behind.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace suanpan::faults {

using std::chrono::milliseconds;

/// A child of this process. Killed and reaped when it goes out of scope.
class child_process {
 public:
  struct command {
    std::vector<std::string> arguments;              // the program's path first
    std::map<std::string, std::string> environment;  // beside our own
    std::string output;                              // file that takes stdout and stderr, appended
  };
  child_process() = default;
  explicit child_process(const command& what);
  ~child_process();
  child_process(child_process&& other) noexcept;
  child_process& operator=(child_process&& other) noexcept;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Not ended, stopped counts as alive.
  [[nodiscard]] bool alive();
  void signal(int number) const;
  /// Its exit status once it ended; -1 if it did not in time; 128 + n if a signal ended it.
  int wait(milliseconds at_most);
  /// SIGKILL, and wait until it is gone.
  void kill();

 private:
  pid_t pid_ = 0;
  int status_ = -1;
};

/// Status and body of one GET on loopback; status 0 if nothing answered in time.
struct http_answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] http_answer http_get(std::uint16_t port, const std::string& path,
                                   milliseconds at_most = milliseconds(1'000));

/// A port that nobody listens on, below the range that outgoing connections take theirs from: a
/// client that dials a dead node must not meet itself.
[[nodiscard]] std::uint16_t free_port();

/// True as soon as `is` is; false if it never is in time. Asks every 10 ms.
template <class Condition>
bool wait_until(milliseconds at_most, Condition is);

struct node_options {
  std::string name = "node-1";
  std::string dsn;
  std::vector<std::string> settings = {};  // "a.b=value"
};

/// suanpan-node in a directory of its own, on ports that stay the same over restarts.
class node_process {
 public:
  explicit node_process(node_options options);
  /// Keeps the log where a test failed; see keep_logs().
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  void start();
  /// SIGTERM and wait; the exit status. -1 and killed if it takes longer.
  int stop(milliseconds at_most = milliseconds(15'000));
  void kill() { child_.kill(); }
  void freeze() const;
  void resume() const;

  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  [[nodiscard]] bool alive() { return child_.alive(); }
  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::uint16_t grpc_port() const { return grpc_port_; }
  [[nodiscard]] std::uint16_t http_port() const { return http_port_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }
  [[nodiscard]] std::string log_path() const { return directory_ + "/node.log"; }

  [[nodiscard]] http_answer readyz() const { return http_get(http_port_, "/readyz"); }
  [[nodiscard]] bool ready() const { return readyz().status == 200; }
  /// Throws with the end of the log if it is not ready in time.
  void await_ready(milliseconds at_most = milliseconds(30'000));
  /// The value of the first sample whose line begins so: "suanpan_poison_rows_total"; -1: none.
  [[nodiscard]] double metric(const std::string& sample) const;
  /// Its resident memory now and at its highest, in KiB.
  [[nodiscard]] std::int64_t resident_kib() const;
  [[nodiscard]] std::int64_t resident_peak_kib() const;
  [[nodiscard]] std::string log_tail(std::size_t lines = 30) const;

 private:
  node_options options_;
  std::string directory_;
  std::uint16_t grpc_port_;
  std::uint16_t http_port_;
  child_process child_;
};

/// From here on directories of nodes stay on disk; said on stderr once.
void keep_logs();

/// A program of build/bin, run to its end: its status and what it wrote.
struct program_end {
  int status = -1;
  std::string output;
};
[[nodiscard]] program_end run_program(const std::string& name,
                                      const std::vector<std::string>& arguments,
                                      const std::map<std::string, std::string>& environment = {});

/// `suanpan verify` on rows, checkpoints and, with an endpoint, live actors: its last line.
[[nodiscard]] std::string verify_line(const std::string& dsn, const std::string& endpoint = {});

/// A new empty directory for this program's runs, below the build directory.
[[nodiscard]] std::string fresh_directory(const std::string& name);

void pause_for(milliseconds time);

template <class Condition>
bool wait_until(milliseconds at_most, Condition is) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (!is()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    pause_for(milliseconds(10));
  }
  return true;
}

}  // namespace suanpan::faults
