#include "tests/faults/process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

namespace suanpan::faults {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t port_first = 12'000;  // postgres.sh takes from 20,000 on
constexpr std::uint16_t port_last = 19'999;

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** e = environ; *e != nullptr; ++e) {
    const std::string entry = *e;
    const auto name = entry.substr(0, entry.find('='));
    if (!added.contains(name) && !name.starts_with("SUANPAN_")) all.push_back(entry);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool is_free(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(socket);
  return bound;
}

}  // namespace

void pause_for(milliseconds time) {
  std::this_thread::sleep_for(time);
}

// --- a child
// --------------------------------------------------------------------------------------

child_process::child_process(const command& what) {
  auto arguments = what.arguments;
  auto environment = environment_with(what.environment);
  const auto argv = pointers_of(arguments);
  const auto envp = pointers_of(environment);
  const int output = open(what.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0) throw std::runtime_error("can't write " + what.output);
  pid_ = fork();
  if (pid_ == 0) {  // only calls that are safe between fork and exec
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(output);
  if (pid_ < 0) throw std::runtime_error("can't fork");
}

child_process::~child_process() {
  kill();
}

child_process::child_process(child_process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), status_(other.status_) {}

child_process& child_process::operator=(child_process&& other) noexcept {
  if (this == &other) return *this;
  kill();
  pid_ = std::exchange(other.pid_, 0);
  status_ = other.status_;
  return *this;
}

bool child_process::alive() {
  if (pid_ == 0 || status_ >= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void child_process::signal(int number) const {
  if (pid_ != 0 && status_ < 0) ::kill(pid_, number);
}

int child_process::wait(milliseconds at_most) {
  if (!wait_until(at_most, [this] { return !alive(); })) return -1;
  return status_;
}

void child_process::kill() {
  if (!alive()) return;
  signal(SIGKILL);
  static_cast<void>(wait(milliseconds(30'000)));
}

// --- small tools
// ----------------------------------------------------------------------------------

std::uint16_t free_port() {
  static std::atomic<std::uint32_t> next{std::random_device{}()};
  for (int tries = 0; tries < 2'000; ++tries) {
    const auto port = static_cast<std::uint16_t>(port_first + next++ % (port_last - port_first));
    if (is_free(port)) return port;
  }
  throw std::runtime_error("no free port");
}

http_answer http_get(std::uint16_t port, const std::string& path, milliseconds at_most) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{at_most.count() / 1'000, at_most.count() % 1'000 * 1'000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto request = "GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";
  std::string text;
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 16'384> chunk{};
    for (ssize_t n = 0; (n = recv(socket, chunk.data(), chunk.size(), 0)) > 0;)
      text.append(chunk.data(), static_cast<std::size_t>(n));
  }
  close(socket);
  const auto head = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || head == std::string::npos) return {};
  return {std::atoi(text.c_str() + 9), text.substr(head + 4)};
}

std::string fresh_directory(const std::string& name) {
  static std::atomic<int> count{0};
  const fs::path directory =
      fs::path(SUANPAN_BINARY_DIR) / "tests" /
      (std::string("run-") + program_invocation_short_name) /
      (name + "-" + std::to_string(getpid()) + "-" + std::to_string(++count));
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

program_end run_program(const std::string& name, const std::vector<std::string>& arguments,
                        const std::map<std::string, std::string>& environment) {
  const auto directory = fresh_directory(name);
  const auto output = directory + "/output";
  std::vector<std::string> all{std::string(SUANPAN_BINARY_DIR) + "/bin/" + name};
  all.insert(all.end(), arguments.begin(), arguments.end());
  child_process child({all, environment, output});
  program_end end;
  end.status = child.wait(milliseconds(300'000));
  std::ifstream in(output);
  end.output.assign(std::istreambuf_iterator<char>(in), {});
  fs::remove_all(directory);
  return end;
}

std::string verify_line(const std::string& dsn, const std::string& endpoint) {
  std::vector<std::string> arguments{"verify", "--quiet"};
  if (endpoint.empty())
    arguments.emplace_back("--no-live");
  else
    arguments.insert(arguments.begin(), {"--endpoint", endpoint});
  const auto end = run_program("suanpan", arguments, {{"SUANPAN_DATABASE__DSN", dsn}});
  auto text = end.output;
  while (text.ends_with('\n')) text.pop_back();
  const auto last = text.substr(text.rfind('\n') + 1);
  return end.status == 0 ? last : end.output;
}

}  // namespace suanpan::faults
