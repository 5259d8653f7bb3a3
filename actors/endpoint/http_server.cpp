#include "actors/endpoint/http_server.hpp"

#include "protocol/wire/text.hpp"

#include <civetweb.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <future>
#include <string_view>
#include <utility>

namespace suanpan::endpoint {
namespace {

constexpr const char* plain_text = "text/plain; charset=utf-8";

int say(mg_connection* connection, int status, const char* type, std::string_view body) {
  const std::string_view method = mg_get_request_info(connection)->request_method;
  mg_printf(connection,
            "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
            status, mg_get_response_code_text(connection, status), type, body.size());
  if (method != "HEAD") mg_write(connection, body.data(), body.size());
  return status;
}

/// Sends a whole answer; HEAD gets its head.
int answer(mg_connection* connection, int status, const char* type, std::string_view body) {
  const std::string_view method = mg_get_request_info(connection)->request_method;
  if (method == "GET" || method == "HEAD") return say(connection, status, type, body);
  return say(connection, 405, plain_text, "only GET and HEAD\n");
}

/// Path with query, as it came; headers with names in lower case.
callback_bytes head_of(const mg_request_info& request) {
  callback_bytes what;
  what.path = request.local_uri_raw == nullptr ? "" : request.local_uri_raw;
  if (request.query_string != nullptr) what.path.append("?").append(request.query_string);
  for (int i = 0; i < request.num_headers; ++i) {
    std::string name = request.http_headers[i].name;
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    what.headers[std::move(name)] = request.http_headers[i].value;
  }
  return what;
}

/// False: it is longer than a callback may be, or it ended early.
bool read_body(mg_connection* connection, std::size_t most, std::string& body) {
  const auto told = mg_get_request_info(connection)->content_length;
  if (told > static_cast<long long>(most)) return false;
  std::array<char, 8'192> part{};
  for (;;) {
    const int read = mg_read(connection, part.data(), part.size());
    if (read < 0) return false;
    if (read == 0) return told < 0 || body.size() == static_cast<std::size_t>(told);
    body.append(part.data(), static_cast<std::size_t>(read));
    if (body.size() > most) return false;
  }
}

/// Civetweb would write to standard error; a failed start is told by its result.
int drop_log(const mg_connection*, const char*) {
  return 1;
}

std::string json_string(std::string_view text) {
  const bool utf8 = wire::is_text(text);  // a database may tell its errors in another encoding
  std::string out = "\"";
  for (const char c : text) {
    if (!utf8 && static_cast<unsigned char>(c) >= 0x80) {
      out += '?';
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
    out += escaped;
  }
  return out + '"';
}

}  // namespace

readiness readiness_of(const node_status& status) {
  // One question only: the reason is empty exactly while the node is ready.
  const auto reason = status.reason();
  if (reason.empty()) return {true, "{\"ready\":true}\n"};
  return {false, "{\"ready\":false,\"reason\":" + json_string(reason) + "}\n"};
}

std::string http_server::start(const listen_address& at) {
  const auto free_port = find_port(at);
  if (!free_port) return join(at.address, at.port) + ": can't be listened on";
  address_ = at.address;
  const auto where = join(at.address, *free_port);
  const auto threads = std::to_string(threads_);
  const char* options[] = {"listening_ports",
                           where.c_str(),
                           "num_threads",
                           threads.c_str(),
                           "request_timeout_ms",
                           "5000",
                           "enable_keep_alive",
                           "no",
                           nullptr};
  mg_callbacks callbacks{};
  callbacks.log_message = drop_log;
  mg_init_library(0);
  running_ = mg_start(&callbacks, this, options);
  if (running_ == nullptr) return where + ": can't be listened on";
  mg_server_port listening[1]{};
  if (mg_get_server_ports(running_, 1, listening) == 1)
    port_ = static_cast<std::uint16_t>(listening[0].port);
  mg_set_request_handler(running_, "/metrics$", on_metrics, this);
  mg_set_request_handler(running_, "/livez$", on_live, this);
  mg_set_request_handler(running_, "/readyz$", on_ready, this);
  if (!from_.callbacks) return {};
  mg_set_request_handler(running_, "/callback/*$", on_callback, this);
  mg_set_request_handler(running_, "/callbacks/*$", on_callback, this);
  return {};
}

void http_server::stop() noexcept {
  auto* running = std::exchange(running_, nullptr);
  if (running == nullptr) return;
  // Its listener looks up only every two seconds or when somebody connects: knock until it has
  // heard.
  const auto stopped = std::async(std::launch::async, [running] { mg_stop(running); });
  while (stopped.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready)
    knock(address_, port_);
}

int http_server::on_metrics(mg_connection* connection, void* self) {
  auto& me = *static_cast<http_server*>(self);
  me.from_.before_metrics();
  const auto text = prometheus::TextSerializer().Serialize(me.from_.registry->Collect());
  return answer(connection, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

int http_server::on_live(mg_connection* connection, void*) {
  return answer(connection, 200, plain_text, "live\n");
}

int http_server::on_callback(mg_connection* connection, void* self) {
  const auto& request = *mg_get_request_info(connection);
  if (std::string_view(request.request_method) != "POST")
    return say(connection, 405, plain_text, "only POST\n");
  auto what = head_of(request);
  auto& door = *static_cast<http_server*>(self)->from_.callbacks;
  if (!read_body(connection, door.bytes_max(), what.body))
    return say(connection, 413, plain_text, "too long\n");
  const auto reply = door.take(what);
  return say(connection, reply.status, plain_text, reply.text);
}

int http_server::on_ready(mg_connection* connection, void* self) {
  const auto [ready, json] = readiness_of(*static_cast<http_server*>(self)->from_.status);
  return answer(connection, ready ? 200 : 503, "application/json", json);
}

}  // namespace suanpan::endpoint
