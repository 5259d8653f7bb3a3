#include "tools/bank/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace suanpan::bank {
namespace {

// How long a line may stay in memory that nobody waits for.
constexpr std::chrono::milliseconds unwritten_max{50};

std::string reason(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

/// Splits whole lines off; returns the bytes that they take.
std::size_t split(const std::string& text, std::vector<std::string>& lines) {
  std::size_t at = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return at;
}

bool sync_directory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

}  // namespace

journal_content journal::open(const std::string& directory) {
  journal_content found;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const auto path = directory + "/journal";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd_ < 0) {
    found.fault = reason(path);
    return found;
  }
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    found.fault = path + ": another bank writes it";
    return found;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    found.fault = path + ": can't be read";
    return found;
  }
  const auto whole = split(text, found.lines);
  found.torn_bytes = text.size() - whole;
  if (found.torn_bytes != 0 && ::ftruncate(fd_, static_cast<off_t>(whole)) != 0)
    found.fault = reason(path);
  if (::fsync(fd_) != 0 || !sync_directory(directory)) found.fault = reason(path);
  return found;
}

void journal::start(std::function<void(const std::string&)> failed) {
  failed_ = std::move(failed);
  thread_ = std::thread([this] { run(); });
}

void journal::append(const std::string& line) {
  const std::lock_guard lock(mutex_);
  gathered_ += line;
  gathered_ += '\n';
}

void journal::when_durable(std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(then));
  }
  wakes_.notify_one();
}

std::string journal::write_and_sync(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const auto n = ::write(fd_, text.data() + written, text.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return reason("journal");
    written += static_cast<std::size_t>(n);
  }
  ++syncs_;
  // After a failed sync nobody knows what is on the disk: it is never tried again.
  return ::fdatasync(fd_) == 0 ? std::string() : reason("journal");
}

void journal::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wakes_.wait_for(lock, unwritten_max, [this] { return ending_ || !waiting_.empty(); });
    if (ending_ && gathered_.empty() && waiting_.empty()) return;
    const auto text = std::exchange(gathered_, {});
    const auto told = std::exchange(waiting_, {});
    lock.unlock();
    const auto fault = text.empty() ? std::string() : write_and_sync(text);
    if (!fault.empty()) return failed_(fault);
    for (const auto& then : told) then();
    lock.lock();
  }
}

void journal::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wakes_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace suanpan::bank
