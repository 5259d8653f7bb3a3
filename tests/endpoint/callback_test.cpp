// Banks' callbacks over HTTP: what is acknowledged, what is turned away, and that whoever waits
// never takes the threads that operations need.
#include "actors/endpoint/http_server.hpp"
#include "protocol/messages/payment_messages.hpp"
#include "tests/support/eventually.hpp"

#include <arpa/inet.h>
#include <caf/all.hpp>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

using namespace suanpan;
using namespace suanpan::endpoint;
using suanpan::testing::eventually;

namespace {

/// Everything that comes back for these bytes.
std::string round_trip(std::uint16_t port, const std::string& request) {
  const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string told;
  if (::connect(to, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) {
    (void)::send(to, request.data(), request.size(), MSG_NOSIGNAL);
    char part[4'096];
    for (ssize_t n = 0; (n = ::read(to, part, sizeof part)) > 0;)
      told.append(part, static_cast<std::size_t>(n));
  }
  ::close(to);
  return told;
}

/// 0: no answer.
int status_in(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

int post(std::uint16_t port, const std::string& path, const std::string& body,
         const std::string& headers = {}) {
  return status_in(round_trip(port, "POST " + path + " HTTP/1.1\r\nHost: node\r\n" + headers +
                                        "Content-Length: " + std::to_string(body.size()) +
                                        "\r\n\r\n" + body));
}

int get(std::uint16_t port, const std::string& path) {
  return status_in(round_trip(port, "GET " + path + " HTTP/1.1\r\nHost: node\r\n\r\n"));
}

/// A bank whose callbacks are authentic when they are signed "yes".
class signing_bank final : public channel_adapter {
 public:
  [[nodiscard]] channel_traits traits() const override { return {}; }
  void start(const channel_request&, answered) override {}
  void bind(const binding_request&, bound) override {}
  void unbind(const std::string&, answered) override {}
  [[nodiscard]] std::optional<channel_answer> read_callback(const callback_bytes& from,
                                                            std::int64_t now) override {
    {
      const std::scoped_lock lock(guard);
      seen.push_back(from);
    }
    const auto signature = from.headers.find("x-signature");
    if (signature == from.headers.end() || signature->second != "yes") return std::nullopt;
    channel_answer answer;
    answer.reference = {from.body};
    answer.outcome = channel_outcome::succeeded;
    answer.door = answer_door::callback;
    answer.came_micros = now;
    return answer;
  }
  std::mutex guard;
  std::vector<callback_bytes> seen;
};

enum class desk_mood { accepts, refuses, is_silent, knows_nothing };

struct callback_case {
  caf::actor_system_config config;
  caf::actor_system system{config};
  system_wall_clock clock;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<node_status> status = std::make_shared<node_status>();
  std::shared_ptr<signing_bank> bank = std::make_shared<signing_bank>();
  std::atomic<desk_mood> mood{desk_mood::accepts};
  std::atomic<int> reported{0};
  std::mutex guard;
  std::vector<channel_reported> heard;
  caf::actor desk = system.spawn(play_desk, this);
  std::shared_ptr<callback_door> door;
  std::unique_ptr<http_server> server;

  explicit callback_case(std::function<bool(const callback_bytes&)> others = {}) {
    callback_door_options options;
    options.channels = {{"icbc", bank}};
    options.desk = desk;
    options.clock = &clock;
    options.waiting_max = 2;
    options.patience = std::chrono::milliseconds(400);
    options.ask_others = std::move(others);
    door = std::make_shared<callback_door>(std::move(options), *registry);
    server = std::make_unique<http_server>(http_server::sources{registry, status, [] {}, door}, 4);
    REQUIRE(server->start({"127.0.0.1", 0, false}).empty());
  }
  ~callback_case() {
    door->close();
    server->stop();
    caf::anon_send_exit(desk, caf::exit_reason::kill);
    desk = nullptr;
  }
  static caf::behavior play_desk(caf::event_based_actor*, callback_case* with) {
    return {[with](const channel_reported& m) {
      {
        const std::scoped_lock lock(with->guard);
        with->heard.push_back(m);
      }
      ++with->reported;
      if (with->mood == desk_mood::is_silent) return;
      m.acknowledge->accepted = with->mood == desk_mood::accepts;
      m.acknowledge->unmatched = with->mood == desk_mood::knows_nothing;
      m.acknowledge->finish();
    }};
  }
  [[nodiscard]] int signed_post(const std::string& reference) const {
    return post(server->port(), "/callback/icbc", reference, "X-Signature: yes\r\n");
  }
};

}  // namespace

TEST_CASE("callback: one that is authentic is handed to the desk and acknowledged once accepted") {
  callback_case with;
  CHECK(with.signed_post("r-1") == 200);
  const std::scoped_lock lock(with.guard);
  REQUIRE(with.heard.size() == 1);
  CHECK(with.heard[0].channel.value == "icbc");
  CHECK(with.heard[0].answer.reference.value == "r-1");
  CHECK(with.heard[0].answer.door == answer_door::callback);
}

TEST_CASE("callback: what the desk does not accept is not acknowledged, so that it comes again") {
  callback_case with;
  with.mood = desk_mood::refuses;
  CHECK(with.signed_post("r-1") == 503);
  with.mood = desk_mood::accepts;
  CHECK(with.signed_post("r-1") == 200);
}

TEST_CASE("callback: without an answer of the desk it is turned away after the patience") {
  callback_case with;
  with.mood = desk_mood::is_silent;
  CHECK(with.signed_post("r-1") == 503);
  // The actor's answer comes after nobody waits any more.
  const std::scoped_lock lock(with.guard);
  with.heard.at(0).acknowledge->accepted = true;
  with.heard.at(0).acknowledge->finish();
}

TEST_CASE(
    "callback: what is about no attempt of ours is counted apart, and no other node is asked") {
  int asked = 0;
  callback_case with([&asked](const callback_bytes&) {
    ++asked;
    return true;
  });
  with.mood = desk_mood::knows_nothing;
  CHECK(with.signed_post("r-1") == 503);
  CHECK(asked == 0);
  const auto counted = with.registry->Collect();
  const auto family = std::ranges::find(counted, "suanpan_channel_callbacks_total",
                                        &prometheus::MetricFamily::name);
  REQUIRE(family != counted.end());
  REQUIRE(family->metric.size() == 1);
  CHECK(family->metric[0].label.at(0).value == "unmatched");
}

TEST_CASE("callback: a forged one is refused and reaches nobody") {
  callback_case with;
  CHECK(post(with.server->port(), "/callback/icbc", "r-1", "X-Signature: no\r\n") == 401);
  CHECK(post(with.server->port(), "/callback/icbc", "r-1") == 401);
  CHECK(with.reported == 0);
}

TEST_CASE("callback: an unknown channel, another method, a body beyond the bound are refused") {
  callback_case with;
  const auto port = with.server->port();
  CHECK(post(port, "/callback/abc", "r-1", "X-Signature: yes\r\n") == 404);
  CHECK(post(port, "/callback/", "r-1", "X-Signature: yes\r\n") == 404);
  CHECK(get(port, "/callback/icbc") == 405);
  CHECK(post(port, "/callbacks/icbc", "r-0", "X-Signature: yes\r\n") == 200);
  const std::string most(with.door->bytes_max(), 'x');
  CHECK(post(port, "/callback/icbc", most, "X-Signature: yes\r\n") == 200);
  CHECK(post(port, "/callback/icbc", most + "x", "X-Signature: yes\r\n") == 413);
  CHECK(with.reported == 2);
}

TEST_CASE(
    "callback: the adapter gets path, query, headers in lower case and the body byte by byte") {
  callback_case with;
  const std::string body("a\0b\r\n", 5);
  CHECK(post(with.server->port(), "/callback/icbc?try=2", body,
             "X-Signature: yes\r\nX-ODD: Kept As It Is\r\n") == 200);
  const std::scoped_lock lock(with.bank->guard);
  REQUIRE(with.bank->seen.size() == 1);
  CHECK(with.bank->seen[0].path == "/callback/icbc?try=2");
  CHECK(with.bank->seen[0].headers.at("x-odd") == "Kept As It Is");
  CHECK(with.bank->seen[0].body == body);
}

TEST_CASE("callback: beyond the bound of those that wait it is turned away, and health is served") {
  callback_case with;
  with.mood = desk_mood::is_silent;
  std::vector<std::thread> banks;
  for (int i = 0; i < 2; ++i) banks.emplace_back([&with] { (void)with.signed_post("r"); });
  CHECK(eventually([&with] { return with.reported == 2; }));
  CHECK(with.signed_post("one too many") == 503);
  CHECK(with.reported == 2);
  CHECK(get(with.server->port(), "/livez") == 200);
  for (auto& each : banks) each.join();
}

TEST_CASE("callback: closing the door ends all waiting at once, and nothing enters afterwards") {
  callback_case with;
  with.mood = desk_mood::is_silent;
  std::atomic<int> status{0};
  std::thread bank([&] { status = with.signed_post("r-1"); });
  CHECK(eventually([&with] { return with.reported == 1; }));
  with.door->close();
  bank.join();
  CHECK(status == 503);
  CHECK(with.signed_post("r-2") == 503);
  CHECK(with.reported == 1);
}

TEST_CASE("callback: what is not known here is passed on to the other nodes, once") {
  std::atomic<int> asked{0};
  std::atomic<bool> theirs{true};
  callback_case with([&](const callback_bytes& what) {
    ++asked;
    return theirs && what.body == "r-1";
  });
  with.mood = desk_mood::refuses;
  CHECK(with.signed_post("r-1") == 200);
  CHECK(asked == 1);
  CHECK(with.signed_post("r-2") == 503);
  CHECK(asked == 2);
  CHECK(post(with.server->port(), "/callback/icbc", "r-1",
             "X-Signature: yes\r\n" + std::string(passed_on_header) + ": 1\r\n") == 503);
  CHECK(asked == 2);
  CHECK(post(with.server->port(), "/callback/icbc", "r-1") == 401);
  CHECK(asked == 2);
  with.mood = desk_mood::accepts;
  CHECK(with.signed_post("r-1") == 200);
  CHECK(asked == 2);
}
