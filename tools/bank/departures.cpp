#include "tools/bank/departures.hpp"

#include "tools/bank/alarm.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace suanpan::bank {

departures::departures(std::int64_t hang_micros)
    : hang_micros_(hang_micros),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wakes_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wakes_;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wakes_, &event);
  thread_ = std::thread([this] { run(); });
}

void departures::watch(std::shared_ptr<exchange> what) {
  const int fd = what->socket_fd();
  const std::lock_guard lock(mutex_);
  if (ending_) return what->drop();
  until_.emplace_back(clock_micros() + hang_micros_, what);
  hanging_[fd] = std::move(what);
  epoll_event event{};
  event.events = EPOLLRDHUP;
  event.data.fd = fd;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

// The socket is closed only after its exchange was dropped, and its number lives until then.
void departures::drop(int fd, const exchange* only) {
  const std::lock_guard lock(mutex_);
  const auto it = hanging_.find(fd);
  if (it == hanging_.end() || (only != nullptr && it->second.get() != only)) return;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  const auto gone = std::move(it->second);
  hanging_.erase(it);
  gone->drop();
}

int departures::pause_millis() {
  constexpr std::int64_t longest = 1'000;
  for (;;) {
    std::shared_ptr<exchange> patient;
    {
      const std::lock_guard lock(mutex_);
      if (until_.empty()) return longest;
      const auto left = until_.front().first - clock_micros();
      if (left > 0) return static_cast<int>(std::min(left / 1'000 + 1, longest));
      patient = until_.front().second.lock();
      until_.pop_front();
    }
    if (patient) drop(patient->socket_fd(), patient.get());
  }
}

void departures::run() {
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int n = ::epoll_wait(epoll_, events.data(), events.size(), pause_millis());
    for (int i = 0; i < n; ++i) {
      const int fd = events.at(static_cast<std::size_t>(i)).data.fd;
      if (fd == wakes_) return;
      drop(fd, nullptr);
    }
  }
}

void departures::close() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ending_, true)) return;
  }
  ::eventfd_write(wakes_, 1);
  thread_.join();
  for (const auto& [fd, hanging] : std::exchange(hanging_, {})) hanging->drop();
  ::close(wakes_);
  ::close(epoll_);
}

}  // namespace suanpan::bank
