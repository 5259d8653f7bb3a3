#include "tools/bank/courier.hpp"

#include "tools/bank/alarm.hpp"
#include "tools/bank/signature.hpp"

#include <curl/curl.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace suanpan::bank {
namespace {

struct url_parts {
  explicit url_parts(const std::string& url) : handle(curl_url()) {
    const auto* text = url.c_str();
    if (curl_url_set(handle, CURLUPART_URL, text, CURLU_NO_DEFAULT_PORT) != CURLUE_OK) return;
    valid = true;
  }
  ~url_parts() { curl_url_cleanup(handle); }
  url_parts(const url_parts&) = delete;
  url_parts& operator=(const url_parts&) = delete;

  [[nodiscard]] std::string part(CURLUPart which) const {
    char* text = nullptr;
    if (curl_url_get(handle, which, &text, 0) != CURLUE_OK) return {};
    std::string out(text);
    curl_free(text);
    return out;
  }

  CURLU* handle;
  bool valid = false;
};

std::size_t swallow(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

/// One callback on its way, and the handle that carries it.
struct delivery {
  callback what;
  int tries = 0;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
};

}  // namespace

std::optional<std::string> path_of_url(const std::string& url) {
  const bool printable = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; });
  const url_parts parts(url);
  if (!printable || !parts.valid) return std::nullopt;
  const auto scheme = parts.part(CURLUPART_SCHEME);
  if ((scheme != "http" && scheme != "https") || parts.part(CURLUPART_HOST).empty())
    return std::nullopt;
  const auto path = parts.part(CURLUPART_PATH);
  const auto query = parts.part(CURLUPART_QUERY);
  return query.empty() ? path : path + '?' + query;
}

class courier::work {
 public:
  explicit work(courier_options options) : options_(std::move(options)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    thread_ = std::thread([this] { run(); });
  }

  ~work() {
    ending_ = true;
    curl_multi_wakeup(multi_);
    thread_.join();
    for (auto& d : under_way_) release(*d.second);
    for (auto* easy : idle_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }
  work(const work&) = delete;
  work& operator=(const work&) = delete;

  void send(callback what) {
    auto fresh = std::make_unique<delivery>();
    fresh->what = std::move(what);
    bool full = false;
    {
      const std::lock_guard lock(mutex_);
      full = fresh_.size() >= waiting_max;
      if (!full) fresh_.push_back(std::move(fresh));
    }
    if (full) return give_up(*fresh, "too many wait");
    curl_multi_wakeup(multi_);
  }

 private:
  void run();
  void collect();
  void begin(std::unique_ptr<delivery> next);
  void end(CURL* easy, CURLcode result);
  void give_up(delivery& what, const std::string& why);
  void release(delivery& what);
  [[nodiscard]] int pause_millis() const;
  [[nodiscard]] curl_slist* headers_for(const callback& what) const;

  courier_options options_;
  CURLM* multi_ = nullptr;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::deque<std::unique_ptr<delivery>> fresh_;  // under mutex_; all else is the thread's
  std::deque<std::unique_ptr<delivery>> ready_;
  std::multimap<std::int64_t, std::unique_ptr<delivery>> paused_;  // by when they go on
  std::map<CURL*, std::unique_ptr<delivery>> under_way_;
  std::vector<CURL*> idle_;
  std::thread thread_;
};

void courier::work::run() {
  while (!ending_) {
    collect();
    while (!ready_.empty() && under_way_.size() < under_way_max) {
      auto next = std::move(ready_.front());
      ready_.pop_front();
      begin(std::move(next));
    }
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left))
      if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
    if (ready_.empty() || under_way_.size() >= under_way_max)
      curl_multi_poll(multi_, nullptr, 0, pause_millis(), nullptr);
  }
}

void courier::work::collect() {
  {
    const std::lock_guard lock(mutex_);
    for (auto& each : fresh_) ready_.push_back(std::move(each));
    fresh_.clear();
  }
  const auto now = clock_micros();
  while (!paused_.empty() && paused_.begin()->first <= now) {
    ready_.push_back(std::move(paused_.begin()->second));
    paused_.erase(paused_.begin());
  }
}

int courier::work::pause_millis() const {
  constexpr std::int64_t longest = 1'000;
  if (paused_.empty()) return longest;
  const auto left = (paused_.begin()->first - clock_micros()) / 1'000 + 1;
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, longest));
}

curl_slist* courier::work::headers_for(const callback& what) const {
  const auto timestamp = std::to_string(clock_micros() / 1'000'000);
  const auto path = path_of_url(what.url).value_or("/");
  const auto secret = what.forged ? "not " + options_.secret : options_.secret;
  const auto signature = sign(secret, {.timestamp = timestamp, .path = path, .body = what.body});
  curl_slist* all = nullptr;
  for (const auto& header :
       {std::string("Content-Type: application/json"), "X-Bank-Merchant: " + what.merchant,
        "X-Bank-Timestamp: " + timestamp, "X-Bank-Signature: " + signature, std::string("Expect:")})
    all = curl_slist_append(all, header.c_str());
  return all;
}

void courier::work::begin(std::unique_ptr<delivery> next) {
  auto& d = *next;
  if (idle_.empty()) idle_.push_back(curl_easy_init());
  d.easy = idle_.back();
  idle_.pop_back();
  curl_easy_reset(d.easy);
  d.headers = headers_for(d.what);
  ++d.tries;
  curl_easy_setopt(d.easy, CURLOPT_URL, d.what.url.c_str());
  curl_easy_setopt(d.easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(d.easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(d.easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(d.easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options_.patience_micros / 1'000));
  curl_easy_setopt(d.easy, CURLOPT_USERAGENT, "suanpan-bank");
  curl_easy_setopt(d.easy, CURLOPT_HTTPHEADER, d.headers);
  curl_easy_setopt(d.easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(d.what.body.size()));
  curl_easy_setopt(d.easy, CURLOPT_POSTFIELDS, d.what.body.c_str());
  curl_easy_setopt(d.easy, CURLOPT_WRITEFUNCTION, swallow);
  curl_multi_add_handle(multi_, d.easy);
  under_way_.emplace(d.easy, std::move(next));
}

void courier::work::release(delivery& what) {
  curl_multi_remove_handle(multi_, what.easy);
  curl_slist_free_all(std::exchange(what.headers, nullptr));
  idle_.push_back(std::exchange(what.easy, nullptr));
}

void courier::work::give_up(delivery& what, const std::string& why) {
  const auto& url = what.what.url;  // its query may hold what no log should
  spdlog::warn("callback given up: {} ({})", url.substr(0, url.find('?')), why);
  if (what.what.ended) what.what.ended();
}

void courier::work::end(CURL* easy, CURLcode result) {
  auto found = under_way_.find(easy);
  auto done = std::move(found->second);
  under_way_.erase(found);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  release(*done);
  if (result == CURLE_OK && status / 100 == 2) {
    if (done->what.ended) done->what.ended();
    return;
  }
  const auto why =
      result == CURLE_OK ? "answered " + std::to_string(status) : curl_easy_strerror(result);
  if (done->tries >= tries_max) return give_up(*done, why);
  const auto pause = options_.retry_micros << static_cast<unsigned>(done->tries - 1);
  paused_.emplace(clock_micros() + pause, std::move(done));
}

courier::courier(courier_options options) : work_(std::make_unique<work>(std::move(options))) {}
courier::~courier() = default;

void courier::send(callback what) {
  if (work_) work_->send(std::move(what));
}

void courier::close() {
  work_.reset();
}

}  // namespace suanpan::bank
