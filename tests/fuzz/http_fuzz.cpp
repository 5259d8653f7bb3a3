// The node's HTTP port. Requests are parsed by civetweb; what is ours is what we answer, and the
// parts of a call that we read ourselves: keys and peers' addresses. So whole requests are sent to
// a server that listens on loopback, and the same bytes are given to those readers.
#include "actors/endpoint/http_server.hpp"
#include "actors/endpoint/key_ring.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <arpa/inet.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>

using namespace suanpan;
using namespace suanpan::endpoint;
using fuzz::require;

namespace {

class served {
 public:
  served() {
    std::signal(SIGPIPE, SIG_IGN);
    status_->serve();
    require(server_.start({"127.0.0.1", 0, false}).empty(), "the server starts");
  }
  ~served() { server_.stop(); }
  served(const served&) = delete;
  served& operator=(const served&) = delete;

  // Everything that comes back for these bytes and an end.
  [[nodiscard]] std::string answer(std::string_view request) const {
    const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(server_.port());
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::connect(to, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0, "it listens on");
    (void)!::write(to, request.data(), request.size());
    ::shutdown(to, SHUT_WR);
    std::string told;
    char part[4'096];
    for (ssize_t n = 0; (n = ::read(to, part, sizeof part)) > 0;)
      told.append(part, static_cast<std::size_t>(n));
    const linger at_once{1, 0};  // thousands of connections a second: leave no port behind
    ::setsockopt(to, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(to);
    return told;
  }

 private:
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::shared_ptr<node_status> status_ = std::make_shared<node_status>();
  http_server server_{{registry_, status_, [] {}}, 2};
};

void judge(const std::string& told) {
  if (told.empty()) return;
  require(told.starts_with("HTTP/"), "an answer is HTTP");  // of the version that was asked for
  require(told.find("\r\n\r\n") != std::string::npos, "an answer has a whole head");
  if (!told.starts_with("HTTP/1.0 ") && !told.starts_with("HTTP/1.1 ")) return;
  const auto code = told.substr(9, 3);
  require(code >= "100" && code <= "599", "an answer has a status");
  if (code == "200")
    require(told.find("no-store") != std::string::npos, "only our own pages are there");
}

void judge_readers(std::string_view text) {
  const auto address = address_of_peer(text);
  require(text.starts_with(address), "a peer's address is the beginning of the peer");
  if (looks_like_key(text)) {
    require(text.size() <= 128 && text.starts_with("sk_"), "a key is short and says what it is");
    require(std::ranges::none_of(text, [](char c) { return c <= ' ' || c == 0x7F || c < 0; }),
            "and of plain letters");
  }
  require(hash_of_key(text) == hash_of_key(std::string(text)), "a hash is of the bytes alone");
  node_status status;
  status.refuse(std::string(text));
  const auto [ready, body] = readiness_of(status);
  const auto read = nlohmann::json::parse(body, nullptr, false);
  require(!read.is_discarded(), "readiness is JSON, whatever the reason holds");
  const bool plain = fuzz::is_utf8(text) && text.find('\0') == std::string_view::npos;
  if (!ready && plain) require(read["reason"] == text, "and tells the reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const served node;
  const auto text = fuzz::text_of(bytes, size);
  judge(node.answer(text));
  judge_readers(text);
  return 0;
}
