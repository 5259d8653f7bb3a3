#include "actors/endpoint/other_nodes.hpp"

#include "actors/endpoint/callback_door.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <string_view>

namespace suanpan::endpoint {
namespace {

constexpr std::size_t nodes_asked_max = 2;
constexpr std::chrono::milliseconds connect_patience{500};

/// What belongs to one connection, or is said anew.
bool stays_behind(const std::string& header) {
  constexpr std::array<std::string_view, 6> mine = {
      "host", "content-length", "connection", "keep-alive", "expect", "transfer-encoding"};
  return std::ranges::find(mine, header) != mine.end();
}

}  // namespace

other_nodes::other_nodes(std::chrono::milliseconds patience)
    : patience_(patience), client_(http_client_options{}) {}

void other_nodes::are(std::vector<std::string> http_addresses) {
  const std::scoped_lock lock(guard_);
  addresses_ = std::move(http_addresses);
}

bool other_nodes::accept(const callback_bytes& what) {
  std::vector<std::string> addresses;
  {
    const std::scoped_lock lock(guard_);
    addresses = addresses_;
  }
  if (addresses.size() > nodes_asked_max) addresses.resize(nodes_asked_max);
  return std::ranges::any_of(addresses,
                             [this, &what](const auto& each) { return accepts(each, what); });
}

bool other_nodes::accepts(const std::string& address, const callback_bytes& what) {
  http_request request;
  request.url = "http://" + address + what.path;
  for (const auto& [name, value] : what.headers)
    if (!stays_behind(name)) request.headers.push_back({name, value});
  request.headers.push_back({std::string(passed_on_header), "1"});
  request.body = what.body;
  request.timeout = patience_;
  request.connect_timeout = std::min(patience_, connect_patience);
  const auto answered = std::make_shared<std::promise<int>>();
  auto status = answered->get_future();
  client_.start(std::move(request),
                [answered](http_result result) { answered->set_value(result.status); });
  return status.get() == 200;
}

}  // namespace suanpan::endpoint
