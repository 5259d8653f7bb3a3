// Admission: what is in flight is bounded for the node, each principal and each peer (R26).
#include "actors/endpoint/admission.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace suanpan;
using namespace suanpan::endpoint;

namespace {

constexpr work_bound none{0, 0};

applicant somebody(admission& door, const char* address) {
  return {std::make_shared<workload>(), door.peer(address)};
}

}  // namespace

TEST_CASE("admission names the bound that is reached, and counts nothing then") {
  admission door({{100, 1'000}, {60, 600}, {40, 400}});
  const auto one = somebody(door, "ipv4:10.0.0.1");
  entry_permit first;
  CHECK(door.enter(one, {40, 400}, first) == nullptr);
  entry_permit second;
  CHECK(std::string(door.enter(one, {1, 0}, second)) == "peer");
  CHECK(std::string(door.enter(one, {0, 1}, second)) == "peer");
  const applicant same_key{one.principal, door.peer("ipv4:10.0.0.2")};
  CHECK(std::string(door.enter(same_key, {21, 1}, second)) == "principal");
  CHECK(std::string(door.enter(somebody(door, "ipv4:10.0.0.3"), {61, 1}, second)) == "node");
  CHECK(door.node().items() == 40);
  CHECK(door.node().bytes() == 400);
  CHECK(door.enter(same_key, {20, 200}, second) == nullptr);
  CHECK(door.node().items() == 60);
}

TEST_CASE("a permit leaves once, however it goes") {
  admission door({{10, 10}, {10, 10}, {10, 10}});
  const auto who = somebody(door, "ipv4:10.0.0.1");
  {
    entry_permit permit;
    REQUIRE(door.enter(who, {5, 5}, permit) == nullptr);
    entry_permit moved = std::move(permit);
    moved.leave();
    moved.leave();
    CHECK(door.node().items() == 0);
    REQUIRE(door.enter(who, {10, 10}, permit) == nullptr);
  }
  CHECK(door.node().items() == 0);
  CHECK(who.principal->bytes() == 0);
  CHECK(who.peer->items() == 0);
}

TEST_CASE("many threads never pass the bounds, and all that entered leaves") {
  admission door({{50, 5'000}, {50, 5'000}, {50, 5'000}});
  const auto who = somebody(door, "ipv4:10.0.0.1");
  std::atomic<std::int64_t> inside{0};
  std::atomic<int> entered{0};
  std::atomic<bool> passed{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        entry_permit permit;
        if (door.enter(who, {7, 70}, permit) != nullptr) continue;
        ++entered;
        if ((inside += 7) > 50) passed = true;
        inside -= 7;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK_FALSE(passed);
  CHECK(entered > 1'000);
  CHECK(door.node().items() == none.items);
  CHECK(door.node().bytes() == none.bytes);
}

TEST_CASE("a peer is its address without the port; more connections give no more room") {
  CHECK(address_of_peer("ipv4:10.0.0.7:41234") == "ipv4:10.0.0.7");
  CHECK(address_of_peer("ipv6:%5B::1%5D:41234") == "ipv6:%5B::1%5D");
  CHECK(address_of_peer("unix:/tmp/x") == "unix:/tmp/x");
  admission door({{1, 1}, {1, 1}, {1, 1}});
  CHECK(door.peer("ipv4:10.0.0.7") == door.peer("ipv4:10.0.0.7"));
  CHECK(door.peer("ipv4:10.0.0.7") != door.peer("ipv4:10.0.0.8"));
}

TEST_CASE("peers without work are forgotten, those with work are kept") {
  admission door({{10, 10}, {10, 10}, {10, 10}});
  const auto kept = door.peer("ipv4:10.0.0.1");
  REQUIRE(kept->enter({1, 1}, {10, 10}));
  for (int i = 0; i < 5'000; ++i) (void)door.peer("ipv4:1." + std::to_string(i));
  CHECK(door.peer("ipv4:10.0.0.1") == kept);
}
