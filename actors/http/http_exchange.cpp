#include "actors/http/http_exchange.hpp"

#include "actors/http/addresses.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace suanpan {
namespace {

constexpr long dns_cache_s = 1;  // a bank that moved is found at the next connection
constexpr std::int64_t bytes_of_an_exchange = 1'024;  // what it takes beside what it carries

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  // Refused are only options and values that this libcurl does not know: ours are constant.
  if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

std::string_view name_of(http_fate fate) {
  switch (fate) {
    case http_fate::not_sent:
      return "not_sent";
    case http_fate::no_answer:
      return "no_answer";
    case http_fate::garbled:
      return "garbled";
    case http_fate::answered:
      return "answered";
  }
  return {};
}

std::int64_t boot_micros() noexcept {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

std::int64_t bytes_of(const http_request& what) noexcept {
  std::size_t bytes = what.url.size() + what.body.size();
  for (const auto& h : what.headers) bytes += h.name.size() + h.value.size();
  return bytes_of_an_exchange + static_cast<std::int64_t>(bytes);
}

http_exchange::http_exchange(const http_client_options& options)
    : options_(options), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  set_constant_options();
}

http_exchange::~http_exchange() {
  curl_easy_cleanup(easy_);
  curl_slist_free_all(header_list_);
}

void http_exchange::set_constant_options() {
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(easy_, CURLOPT_HTTP09_ALLOWED, 0L);
  set(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy_, CURLOPT_PROXY, "");  // what the environment says of proxies is not for us
  set(easy_, CURLOPT_TCP_NODELAY, 1L);
  set(easy_, CURLOPT_MAXAGE_CONN, static_cast<long>(options_.idle_max.count()));
  set(easy_, CURLOPT_DNS_CACHE_TIMEOUT, dns_cache_s);
  set(easy_, CURLOPT_ERRORBUFFER, &error_[0]);
  set(easy_, CURLOPT_PRIVATE, this);
  set(easy_, CURLOPT_PREREQFUNCTION, &http_exchange::on_ready);
  set(easy_, CURLOPT_PREREQDATA, this);
  set(easy_, CURLOPT_HEADERFUNCTION, &http_exchange::on_header);
  set(easy_, CURLOPT_HEADERDATA, this);
  set(easy_, CURLOPT_WRITEFUNCTION, &http_exchange::on_body);
  set(easy_, CURLOPT_WRITEDATA, this);
  if (options_.public_addresses_only) {
    set(easy_, CURLOPT_OPENSOCKETFUNCTION, &http_exchange::on_socket);
    set(easy_, CURLOPT_OPENSOCKETDATA, this);
  }
}

void http_exchange::set_headers() {
  curl_slist_free_all(std::exchange(header_list_, nullptr));
  const auto add = [this](const std::string& line) {
    auto* longer = curl_slist_append(header_list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    header_list_ = longer;
  };
  add("Expect:");  // no pause before a long body
  add("Accept: */*");
  for (const auto& h : request_.headers) add(h.name + ": " + h.value);
  set(easy_, CURLOPT_HTTPHEADER, header_list_);
}

void http_exchange::prepare(http_request what, http_client::ended done,
                            std::int64_t give_up_micros) {
  request_ = std::move(what);
  done_ = std::move(done);
  result_ = {};
  give_up_micros_ = give_up_micros;
  bytes_ = bytes_of(request_);
  received_ = 0;
  begun_ = twice_ = too_late_ = whole_head_ = false;
  error_[0] = '\0';
  set_headers();
  set(easy_, CURLOPT_URL, request_.url.c_str());
  if (request_.method == "GET") {
    set(easy_, CURLOPT_HTTPGET, 1L);
  } else {
    set(easy_, CURLOPT_POST, 1L);
    set(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());  // not copied
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  const auto left = std::max<std::int64_t>(1, (give_up_micros - boot_micros()) / 1'000);
  set(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(left));
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::max<std::int64_t>(1, request_.connect_timeout.count())));
}

int http_exchange::on_ready(void* self, char*, char*, int, int) noexcept {
  auto& me = *static_cast<http_exchange*>(self);
  me.twice_ = me.begun_;
  me.too_late_ = !me.begun_ && boot_micros() >= me.give_up_micros_;
  if (me.twice_ || me.too_late_) return CURL_PREREQFUNC_ABORT;
  me.begun_ = true;
  return CURL_PREREQFUNC_OK;
}

void http_exchange::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    result_.headers.clear();  // of an interim answer, if any
    whole_head_ = false;
    return;
  }
  if (trimmed(line).empty()) whole_head_ = true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  result_.headers[lower_case(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
}

std::size_t http_exchange::on_header(const char* from, std::size_t, std::size_t bytes, void* self) {
  auto& me = *static_cast<http_exchange*>(self);
  me.received_ += static_cast<std::int64_t>(bytes);
  if (me.received_ > me.options_.response_bytes_max) return 0;
  me.take_header({from, bytes});
  return bytes;
}

std::size_t http_exchange::on_body(const char* from, std::size_t, std::size_t bytes, void* self) {
  auto& me = *static_cast<http_exchange*>(self);
  const std::int64_t room = me.options_.response_bytes_max - me.received_;
  const auto fits = static_cast<std::size_t>(std::max<std::int64_t>(0, room));
  me.result_.body.append(from, std::min(bytes, fits));
  me.received_ += static_cast<std::int64_t>(bytes);
  me.result_.oversized = bytes > fits;
  return me.result_.oversized ? 0 : bytes;
}

curl_socket_t http_exchange::on_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  if (!is_public_address(address->addr)) {
    static_cast<http_exchange*>(self)->result_.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

http_fate http_exchange::fate_of(CURLcode code) const noexcept {
  // libcurl is content with a head that breaks off.
  if ((code == CURLE_OK && whole_head_) || result_.oversized) return http_fate::answered;
  if (!begun_) return http_fate::not_sent;
  const bool garbled = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL ||
                       code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_WRITE_ERROR;
  return garbled ? http_fate::garbled : http_fate::no_answer;
}

void http_exchange::finish(CURLcode code) {
  const http_fate fate = fate_of(code);
  if (fate == http_fate::answered) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    result_.status = static_cast<int>(status);
    return end(fate, {});
  }
  std::string trouble = error_[0] != '\0' ? &error_[0] : curl_easy_strerror(code);
  if (twice_ || code == CURLE_OK) trouble = "the connection broke";
  if (too_late_) trouble = "its time was up before it was sent";
  if (result_.address_refused) trouble = "the address is not a public one";
  end(fate, std::move(trouble));
}

void http_exchange::break_off(std::string_view why) {
  end(begun_ ? http_fate::no_answer : http_fate::not_sent, std::string(why));
}

void http_exchange::end(http_fate fate, std::string trouble) {
  explicit_bzero(request_.body.data(), request_.body.size());
  request_.body.clear();
  result_.fate = fate;
  result_.trouble = std::move(trouble);
  if (fate != http_fate::answered) {
    result_.body.clear();
    result_.headers.clear();
  }
  const auto done = std::exchange(done_, nullptr);
  done(std::exchange(result_, {}));
}

}  // namespace suanpan
