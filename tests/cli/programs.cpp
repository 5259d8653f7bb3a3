// See programs.hpp.
#include "tests/cli/programs.hpp"

#include "tools/cli/probe.hpp"
#include "tools/cli/run_files.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace suanpan::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto ready_deadline = 60s;
constexpr auto poll_interval = 20ms;

std::string path_of(const std::string& program) {
  return program.starts_with('/') ? program : std::string(SUANPAN_BINARY_DIR "/bin/") + program;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// This process's environment without SUANPAN_…, and `set`.
std::vector<std::string> environment_with(const variables& set) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (const std::string text = *entry; !text.starts_with("SUANPAN_")) all.push_back(text);
  for (const auto& [name, value] : set) all.push_back(name + '=' + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Starts a program with its output in files of `directory`, which it also runs in.
pid_t start(std::vector<std::string> words, const variables& set, const std::string& directory) {
  words[0] = path_of(words[0]);
  auto environment = environment_with(set);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const int flags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, (directory + "/out").c_str(), flags,
                                   0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, (directory + "/err").c_str(), flags,
                                   0600);
  posix_spawn_file_actions_addchdir_np(&files, directory.c_str());
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, words[0].c_str(), &files, nullptr, pointers(words).data(),
                                 pointers(environment).data());
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error(words[0] + " can't be started");
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) throw std::runtime_error("a child is gone");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

scratch_directory::scratch_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "suanpan-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = name;
}

scratch_directory::~scratch_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

program_end run_program(const std::vector<std::string>& words, const variables& set) {
  const scratch_directory directory;
  program_end end;
  end.status = wait_for(start(words, set, directory.path()));
  end.out = contents(directory.path() + "/out");
  end.err = contents(directory.path() + "/err");
  return end;
}

running_node::running_node(const std::string& dsn, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"suanpan-node", "--dev"};
  for (const std::string setting : {"grpc.port=0", "http.port=0", "cluster.port=0"}) {
    words.emplace_back("--set");
    words.push_back(setting);
  }
  words.insert(words.end(), {"--set", "node.run_dir=" + directory_.path()});
  words.insert(words.end(), {"--set", "ledger.chart_of_accounts=" SUANPAN_SOURCE_DIR
                                      "/config/chart_of_accounts.toml"});
  words.insert(words.end(), more.begin(), more.end());
  pid_ = start(words, {{"SUANPAN_DATABASE__DSN", dsn}}, directory_.path());
  wait_until_ready();
}

void running_node::wait_until_ready() {
  const auto until = std::chrono::steady_clock::now() + ready_deadline;
  while (std::chrono::steady_clock::now() < until) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("the node ended at its start: " +
                               contents(directory_.path() + "/err"));
    }
    if (const auto file = cli::read_run_file(directory_.path() + "/node-1.json")) {
      grpc_ = file->grpc;
      http_ = file->http;
      if (cli::http_get(http_, "/readyz", 5).code == 200) return;
    }
    std::this_thread::sleep_for(poll_interval);
  }
  throw std::runtime_error("the node is not ready: " + contents(directory_.path() + "/err"));
}

running_node::~running_node() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
}

}  // namespace suanpan::testing
