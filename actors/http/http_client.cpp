#include "actors/http/http_client.hpp"

#include "actors/http/http_exchange.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace suanpan {
namespace {

constexpr int look_ms = 20;  // how often those that wait are looked at for their time being up
constexpr int idle_ms = 1'000;
constexpr std::size_t spare_exchanges_max = 256;

/// libcurl wants to be told once, before any thread uses it.
void prepare_libcurl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error("libcurl can't be used");
}

struct pending {
  http_request what;
  http_client::ended done;
  std::int64_t give_up_micros = 0;  // of boot_micros()
  std::int64_t bytes = 0;
};

void refuse(pending& one, std::string why) {
  explicit_bzero(one.what.body.data(), one.what.body.size());
  http_result result;
  result.trouble = std::move(why);
  one.done(std::move(result));
}

}  // namespace

class http_client::worker {
 public:
  explicit worker(http_client_options options);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void start(pending one);
  [[nodiscard]] load current() const noexcept;

 private:
  static int on_watch(CURL*, curl_socket_t socket, int what, void* self, void* known) noexcept;
  static int on_timer(CURLM*, long after_ms, void* self) noexcept;

  [[nodiscard]] bool admit(pending& one);
  void run();
  void wait();
  void take_fresh();
  void expire_waiting();
  void begin_waiting();
  void finish_ended();
  void end_all();
  void release(std::int64_t bytes) noexcept;
  [[nodiscard]] int wait_ms() const noexcept;

  http_client_options options_;
  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  std::int64_t timer_micros_ = -1;  // when libcurl wants to be called; -1: never
  std::deque<pending> waiting_;
  std::vector<std::unique_ptr<http_exchange>> begun_;
  std::vector<std::unique_ptr<http_exchange>> spare_;

  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<std::int64_t> queued_{0};  // fresh and waiting ones
  std::atomic<std::int64_t> bytes_{0};
  std::mutex guard_;
  std::vector<pending> fresh_;  // guarded
  bool stopping_ = false;       // guarded
  std::thread thread_;
};

http_client::worker::worker(http_client_options options) : options_(options) {
  prepare_libcurl();
  multi_ = curl_multi_init();
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (multi_ == nullptr || epoll_ < 0 || wake_ < 0) {
    throw std::runtime_error("an HTTP client can't be made");
  }
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &worker::on_watch);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &worker::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, long{CURLPIPE_NOTHING});
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.in_flight_max));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake_;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  thread_ = std::thread([this] { run(); });
}

http_client::worker::~worker() {
  {
    const std::scoped_lock lock(guard_);
    stopping_ = true;
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);
  thread_.join();
  spare_.clear();
  curl_multi_cleanup(multi_);
  ::close(epoll_);
  ::close(wake_);
}

bool http_client::worker::admit(pending& one) {
  const std::scoped_lock lock(guard_);
  const bool room =
      queued_.load() < options_.waiting_max && bytes_.load() + one.bytes <= options_.bytes_max;
  if (stopping_ || !room) return false;
  queued_ += 1;
  bytes_ += one.bytes;
  const bool asleep = fresh_.empty();
  fresh_.push_back(std::move(one));
  const std::uint64_t one_more = 1;
  if (asleep) (void)!::write(wake_, &one_more, sizeof one_more);
  return true;
}

void http_client::worker::start(pending one) {
  if (!admit(one)) refuse(one, "too many requests wait");
}

http_client::load http_client::worker::current() const noexcept {
  return {in_flight_.load(), queued_.load(), bytes_.load()};
}

int http_client::worker::on_watch(CURL*, curl_socket_t socket, int what, void* self,
                                  void* known) noexcept {
  auto& me = *static_cast<worker*>(self);
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(me.epoll_, EPOLL_CTL_DEL, socket, nullptr);
    curl_multi_assign(me.multi_, socket, nullptr);
    return 0;
  }
  epoll_event event{};
  if ((what & CURL_POLL_IN) != 0) event.events |= EPOLLIN;
  if ((what & CURL_POLL_OUT) != 0) event.events |= EPOLLOUT;
  event.data.fd = socket;
  epoll_ctl(me.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
  if (known == nullptr) curl_multi_assign(me.multi_, socket, self);
  return 0;
}

int http_client::worker::on_timer(CURLM*, long after_ms, void* self) noexcept {
  static_cast<worker*>(self)->timer_micros_ =
      after_ms < 0 ? -1 : boot_micros() + std::int64_t{after_ms} * 1'000;
  return 0;
}

int http_client::worker::wait_ms() const noexcept {
  int ms = waiting_.empty() ? idle_ms : look_ms;
  if (timer_micros_ >= 0) {
    const std::int64_t left = (timer_micros_ - boot_micros() + 999) / 1'000;
    ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, ms));
  }
  return ms;
}

void http_client::worker::wait() {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), wait_ms());
  int running = 0;
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_) {
      std::uint64_t knocks = 0;
      (void)!::read(wake_, &knocks, sizeof knocks);
      continue;
    }
    int what = 0;
    if ((event.events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
    curl_multi_socket_action(multi_, event.data.fd, what, &running);
  }
  if (timer_micros_ >= 0 && boot_micros() >= timer_micros_) {
    timer_micros_ = -1;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

void http_client::worker::take_fresh() {
  std::vector<pending> fresh;
  {
    const std::scoped_lock lock(guard_);
    fresh.swap(fresh_);
  }
  for (auto& one : fresh) waiting_.push_back(std::move(one));
}

void http_client::worker::release(std::int64_t bytes) noexcept {
  bytes_ -= bytes;
}

void http_client::worker::expire_waiting() {
  if (waiting_.empty()) return;
  const std::int64_t now = boot_micros();
  const auto late =
      std::stable_partition(waiting_.begin(), waiting_.end(),
                            [now](const pending& one) { return one.give_up_micros > now; });
  std::vector<pending> expired(std::make_move_iterator(late),
                               std::make_move_iterator(waiting_.end()));
  waiting_.erase(late, waiting_.end());
  for (auto& one : expired) {
    queued_ -= 1;
    release(one.bytes);
    refuse(one, "its time was up before it was sent");
  }
}

void http_client::worker::begin_waiting() {
  while (!waiting_.empty() && in_flight_.load() < options_.in_flight_max) {
    auto one = std::move(waiting_.front());
    waiting_.pop_front();
    queued_ -= 1;
    in_flight_ += 1;
    if (spare_.empty()) spare_.push_back(std::make_unique<http_exchange>(options_));
    auto exchange = std::move(spare_.back());
    spare_.pop_back();
    exchange->prepare(std::move(one.what), std::move(one.done), one.give_up_micros);
    curl_multi_add_handle(multi_, exchange->handle());
    exchange->slot = begun_.size();
    begun_.push_back(std::move(exchange));
  }
}

void http_client::worker::finish_ended() {
  int left = 0;
  while (const CURLMsg* told = curl_multi_info_read(multi_, &left)) {
    if (told->msg != CURLMSG_DONE) continue;
    CURL* easy = told->easy_handle;
    const CURLcode code = told->data.result;
    http_exchange* ended = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &ended);
    curl_multi_remove_handle(multi_, easy);
    auto exchange = std::exchange(begun_[ended->slot], nullptr);
    if (begun_.back() != nullptr) {
      begun_.back()->slot = exchange->slot;
      begun_[exchange->slot] = std::move(begun_.back());
    }
    begun_.pop_back();
    in_flight_ -= 1;
    release(exchange->bytes());
    exchange->finish(code);
    if (spare_.size() < spare_exchanges_max) spare_.push_back(std::move(exchange));
  }
}

void http_client::worker::run() {
  for (;;) {
    wait();
    finish_ended();
    take_fresh();
    expire_waiting();
    begin_waiting();
    const std::scoped_lock lock(guard_);
    if (stopping_) break;
  }
  end_all();
}

void http_client::worker::end_all() {
  take_fresh();
  for (auto& one : waiting_) refuse(one, "the client was stopped");
  waiting_.clear();
  for (auto& exchange : begun_) {
    curl_multi_remove_handle(multi_, exchange->handle());
    exchange->break_off("the client was stopped");
  }
  begun_.clear();
}

http_client::http_client(http_client_options options)
    : worker_(std::make_unique<worker>(options)) {}
http_client::~http_client() = default;

void http_client::start(http_request what, ended done) {
  pending one{std::move(what), std::move(done), 0, 0};
  one.give_up_micros = boot_micros() + one.what.timeout.count() * 1'000;
  one.bytes = bytes_of(one.what);
  worker_->start(std::move(one));
}

http_client::load http_client::current() const noexcept {
  return worker_->current();
}

}  // namespace suanpan
