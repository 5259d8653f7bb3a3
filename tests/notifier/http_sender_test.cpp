// Events over a real connection: what a receiver gets, byte by byte, and what its answers become.
#include "actors/notifier/http_sender.hpp"

#include "protocol/webhook/signature.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace suanpan;

namespace {

/// Takes connections one after the other, each for one request, and answers as it was told.
class receiver {
 public:
  explicit receiver(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    socklen_t size = sizeof at;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~receiver() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/hook?a=b";
  }
  std::vector<std::string> heard;  // read it when all answers are in

 private:
  void serve() {
    for (const auto& answer : answers_) {
      const int from = ::accept(listener_, nullptr, nullptr);
      if (from < 0) return;
      heard.push_back(request_from(from));
      (void)::send(from, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(from);
    }
  }
  static std::string request_from(int from) {
    std::string text;
    char part[4'096];
    for (;;) {
      const auto head = text.find("\r\n\r\n");
      if (head != std::string::npos) {
        const auto at = text.find("Content-Length: ");
        const auto length = at == std::string::npos ? 0 : std::stoul(text.substr(at + 16));
        if (text.size() >= head + 4 + length) return text;
      }
      const auto n = ::read(from, part, sizeof part);
      if (n <= 0) return text;
      text.append(part, static_cast<std::size_t>(n));
    }
  }

  std::vector<std::string> answers_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string http(const std::string& status, const std::string& headers = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n" + headers + "\r\n";
}

webhook_post a_post(std::string url) {
  return {.url = std::move(url),
          .id = "evt_1_1",
          .timestamp_s = 1'795'392'000,
          .signature = "v1,abc",
          .body = R"({"type":"payment.succeeded"})"};
}

delivery_answer answer_to(http_sender& sender, webhook_post post) {
  std::promise<delivery_answer> told;
  sender.send(std::move(post), [&told](delivery_answer a) { told.set_value(std::move(a)); });
  return told.get_future().get();
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

TEST_CASE(
    "http sender: a receiver gets the three headers, the type and the body as it was signed") {
  receiver shop({http("204 No Content")});
  http_client client({});
  http_sender sender(client, std::chrono::seconds(5));
  const auto answer = answer_to(sender, a_post(shop.url()));
  CHECK(answer.http_status == 204);
  CHECK(answer.trouble.empty());
  REQUIRE(shop.heard.size() == 1);
  const auto& request = shop.heard[0];
  CHECK(request.starts_with("POST /hook?a=b HTTP/1.1\r\n"));
  const auto head = lower(request.substr(0, request.find("\r\n\r\n") + 2));
  for (const char* line : {"webhook-id: evt_1_1\r\n", "webhook-timestamp: 1795392000\r\n",
                           "webhook-signature: v1,abc\r\n", "content-type: application/json\r\n"})
    CHECK(head.find(line) != std::string::npos);
  CHECK(
      request.ends_with("\r\n\r\n"
                        R"({"type":"payment.succeeded"})"));
}

TEST_CASE("http sender: a redirection is an answer, not an invitation, and retry-after is heard") {
  receiver shop({http("302 Found", "Location: http://127.0.0.1:1/elsewhere\r\n"),
                 http("429 Too Many Requests", "Retry-After: 17\r\n")});
  http_client client({});
  http_sender sender(client, std::chrono::seconds(5));
  CHECK(answer_to(sender, a_post(shop.url())).http_status == 302);
  const auto answer = answer_to(sender, a_post(shop.url()));
  CHECK(answer.http_status == 429);
  CHECK(answer.retry_after == "17");
}

TEST_CASE("http sender: no connection, no answer in time and a private address say why") {
  http_client client({});
  http_sender sender(client, std::chrono::milliseconds(300));
  const auto refused = answer_to(sender, a_post("http://127.0.0.1:1/"));
  CHECK(refused.http_status == 0);
  CHECK(!refused.trouble.empty());
  receiver mute({""});
  const auto silent = answer_to(sender, a_post(mute.url()));
  CHECK(silent.http_status == 0);
  CHECK(!silent.trouble.empty());
  receiver inside({http("200 OK")});
  http_client_options strict;
  strict.public_addresses_only = true;
  http_client outward(strict);
  http_sender filtered(outward, std::chrono::seconds(2));
  const auto kept = answer_to(filtered, a_post(inside.url()));
  CHECK(kept.http_status == 0);
  CHECK(!kept.trouble.empty());
  CHECK(inside.heard.empty());
}
