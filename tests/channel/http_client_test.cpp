// The HTTP client on loopback: how each end is told, that nothing is sent twice, and its bounds.
#include "actors/http/http_client.hpp"

#include "tests/channel/scripted_server.hpp"
#include "tests/channel/waiting.hpp"

#include <set>

using namespace suanpan;
using namespace std::chrono_literals;

namespace {

http_request post(std::string url, std::string body = "{}") {
  return {"POST",          std::move(url), {{"Content-Type", "application/json"}},
          std::move(body), 5'000ms,        1'000ms};
}

http_result ask(http_client& client, http_request what) {
  const answers<http_result> came;
  client.start(std::move(what), came.taker());
  return came.one();
}

served_answer echo(const served_request& asked) {
  return http_answer(200, asked.body, {{"X-Path", asked.path}});
}

}  // namespace

TEST_CASE(
    "an answer is told whole: status, headers in lower case, body; the request came as sent") {
  const scripted_server server([](const served_request& asked) {
    CHECK(asked.method == "POST");
    CHECK(asked.headers.at("x-kept") == "as it is");
    return http_answer(201, asked.body + "!", {{"X-Path", asked.path}});
  });
  http_client client({});
  auto what = post(server.url("/v1/pay?a=b"), "hello");
  what.headers.push_back({"X-Kept", "as it is"});
  const auto told = ask(client, std::move(what));
  CHECK(told.fate == http_fate::answered);
  CHECK(told.status == 201);
  CHECK(told.body == "hello!");
  CHECK(told.headers.at("x-path") == "/v1/pay?a=b");
  CHECK(told.headers.at("content-length") == "6");
}

TEST_CASE("a GET has no body, also after a POST on the same handle") {
  const scripted_server server([](const served_request& asked) {
    return http_answer(200, asked.method + " " + std::to_string(asked.body.size()));
  });
  http_client client({});
  CHECK(ask(client, post(server.url("/"), "four")).body == "POST 4");
  CHECK(ask(client, {"GET", server.url("/"), {}, {}, 5'000ms, 1'000ms}).body == "GET 0");
  CHECK(ask(client, post(server.url("/"), "four")).body == "POST 4");
}

TEST_CASE("a connection is kept and used again") {
  const scripted_server server(echo);
  http_client client({});
  for (int i = 0; i < 20; ++i) CHECK(ask(client, post(server.url("/"))).status == 200);
  CHECK(server.connections() == 1);
  CHECK(server.requests() == 20);
}

TEST_CASE("where nobody listens, a name is none, or the address is nonsense, nothing was sent") {
  http_client client({});
  const std::string port = std::to_string(closed_port());
  for (const std::string& url :
       {"http://127.0.0.1:" + port + "/", std::string("http://no-such-host.invalid/"),
        std::string("ftp://127.0.0.1/"), std::string("not a url")}) {
    CAPTURE(url);
    const auto told = ask(client, post(url));
    CHECK(told.fate == http_fate::not_sent);
    CHECK_FALSE(told.trouble.empty());
  }
}

TEST_CASE("a silent server is no answer, and in time") {
  const scripted_server server([](const served_request&) {
    return served_answer{{}, false, true};
  });
  http_client client({});
  auto what = post(server.url("/"));
  what.timeout = 100ms;
  const auto told = ask(client, std::move(what));
  CHECK(told.fate == http_fate::no_answer);
  CHECK(server.requests() == 1);
}

TEST_CASE("a fresh connection that is closed behind the request is no answer") {
  const scripted_server server([](const served_request&) {
    return served_answer{{}, true, false};
  });
  http_client client({});
  CHECK(ask(client, post(server.url("/"))).fate == http_fate::no_answer);
  CHECK(server.requests() == 1);
}

TEST_CASE(
    "a kept connection that is closed behind the request is no answer, and nothing is resent") {
  // libcurl alone would send the second request once more, on a fresh connection.
  const scripted_server server([](const served_request& asked) {
    return asked.on_connection == 1 ? echo(asked) : served_answer{{}, true, false};
  });
  http_client client({});
  CHECK(ask(client, post(server.url("/"))).fate == http_fate::answered);
  const auto told = ask(client, post(server.url("/")));
  CHECK(told.fate == http_fate::no_answer);
  CHECK(server.requests() == 2);
}

TEST_CASE("half an answer is none, and bytes that are not HTTP are garbled") {
  const std::map<std::string, std::pair<std::string, http_fate>> said = {
      {"half a body", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", http_fate::no_answer}},
      {"half a head", {"HTTP/1.1 200 OK\r\nConte", http_fate::no_answer}},
      {"garbage", {"\x01\x02garbage\r\n\r\nmore of it", http_fate::garbled}},
  };
  for (const auto& [name, told] : said) {
    CAPTURE(name);
    const scripted_server server([&told](const served_request&) {
      return served_answer{told.first, true, false};
    });
    http_client client({});
    const auto result = ask(client, post(server.url("/")));
    CHECK(name_of(result.fate) == name_of(told.second));
    CHECK(result.body.empty());
    CHECK(server.requests() == 1);
  }
}

TEST_CASE("redirects are answers and are not followed") {
  const scripted_server server([](const served_request&) {
    return http_answer(307, "", {{"Location", "/elsewhere"}});
  });
  http_client client({});
  CHECK(ask(client, post(server.url("/"))).status == 307);
  CHECK(server.requests() == 1);
}

TEST_CASE("an answer beyond the bound is cut and says so; an endless head is garbled") {
  const scripted_server server([](const served_request& asked) {
    if (asked.path == "/head") {
      return http_answer(200, "", {{"X-Long", std::string(5'000, 'h')}});
    }
    return http_answer(200, std::string(1'000'000, 'b'));
  });
  http_client_options options;
  options.response_bytes_max = 4'096;
  http_client client(options);
  const auto told = ask(client, post(server.url("/body")));
  CHECK(told.fate == http_fate::answered);
  CHECK(told.status == 200);
  CHECK(told.oversized);
  CHECK(told.body.size() < 4'096);
  CHECK(ask(client, post(server.url("/head"))).fate == http_fate::garbled);
}

TEST_CASE("beyond the bounds a request is refused at once, and what waits is bounded in time") {
  const scripted_server server([](const served_request&) {
    return served_answer{{}, false, true};
  });
  http_client_options options;
  options.in_flight_max = 1;
  options.waiting_max = 2;
  http_client client(options);
  const answers<http_result> came;
  auto slow = post(server.url("/"));
  slow.timeout = 10'000ms;
  client.start(slow, came.taker());
  while (server.requests() == 0) std::this_thread::yield();
  auto quick = post(server.url("/"));
  quick.timeout = 50ms;
  client.start(quick, came.taker());
  client.start(quick, came.taker());
  CHECK(client.current().waiting == 2);
  client.start(quick, came.taker());  // one too many
  CHECK(came.count() >= 1);
  const auto all = came.wait(3);
  for (const auto& told : all) CHECK(told.fate == http_fate::not_sent);
  CHECK(client.current().in_flight == 1);
  CHECK(client.current().waiting == 0);
  CHECK(server.requests() == 1);
}

TEST_CASE("bytes in work are bounded as requests are") {
  const scripted_server server([](const served_request&) {
    return served_answer{{}, false, true};
  });
  http_client_options options;
  options.bytes_max = 10'000;
  http_client client(options);
  const answers<http_result> came;
  client.start(post(server.url("/"), std::string(6'000, 'x')), came.taker());
  client.start(post(server.url("/"), std::string(6'000, 'x')), came.taker());
  CHECK(came.one().fate == http_fate::not_sent);
}

TEST_CASE("the client's end is an answer to everything under way, exactly once") {
  const scripted_server server([](const served_request&) {
    return served_answer{{}, false, true};
  });
  const answers<http_result> came;
  {
    http_client_options options;
    options.in_flight_max = 2;
    http_client client(options);
    for (int i = 0; i < 5; ++i) client.start(post(server.url("/")), came.taker());
    while (server.requests() < 2) std::this_thread::yield();
  }
  REQUIRE(came.count() == 5);
  std::map<http_fate, int> fates;
  for (const auto& told : came.wait(5)) ++fates[told.fate];
  CHECK(fates[http_fate::no_answer] == 2);
  CHECK(fates[http_fate::not_sent] == 3);
}

TEST_CASE(
    "with public addresses only, loopback is refused at the connection, by name as by number") {
  const scripted_server server(echo);
  http_client_options options;
  options.public_addresses_only = true;
  http_client client(options);
  const std::string port = std::to_string(server.port());
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0"}) {
    CAPTURE(host);
    const auto told = ask(client, post("http://" + host + ":" + port + "/"));
    CHECK(told.fate == http_fate::not_sent);
    CHECK(told.address_refused);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("hundreds of silent connections leave a quick one alone") {
  const scripted_server server([](const served_request& asked) {
    return asked.path == "/slow" ? served_answer{{}, false, true} : echo(asked);
  });
  http_client client({});
  const answers<http_result> slow;
  auto what = post(server.url("/slow"));
  what.timeout = 30'000ms;
  for (int i = 0; i < 200; ++i) client.start(what, slow.taker());
  for (int i = 0; i < 100; ++i) CHECK(ask(client, post(server.url("/quick"))).status == 200);
  CHECK(slow.count() == 0);
}

TEST_CASE("many requests from many threads: each is answered once with its own answer") {
  const scripted_server server(echo);
  http_client client({});
  const answers<std::pair<int, http_result>> came;
  std::vector<std::thread> threads;
  constexpr int each = 200;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&client, &server, &came, t] {
      for (int i = 0; i < each; ++i) {
        const int number = t * each + i;
        client.start(post(server.url("/"), std::to_string(number)),
                     [number, take = came.taker()](http_result told) {
                       take({number, std::move(told)});
                     });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<int> seen;
  for (const auto& [number, told] : came.wait(4 * each)) {
    CHECK(told.body == std::to_string(number));
    CHECK(seen.insert(number).second);
  }
  CHECK(seen.size() == 4 * each);
  CHECK(client.current().bytes == 0);
}
