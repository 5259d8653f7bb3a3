// Many streams over many connections, and a client that never reads beside them: the node's memory
// stays bounded, and whoever behaves is served. SUANPAN_CROWD=full: 10,000 streams over 100
// connections; else a tenth of it.
#include "tests/faults/crowd.hpp"

#include "tests/faults/one_node.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

using namespace suanpan::faults;

namespace {

constexpr std::int64_t mebibyte_kib = 1'024;
#ifdef __SANITIZE_ADDRESS__
constexpr std::int64_t memory_factor = 8;  // red zones and a quarantine
#else
constexpr std::int64_t memory_factor = 1;
#endif

struct scale {
  int streams = 1'000;
  int connections = 10;
  int deaf_streams = 5;
  std::int64_t growth_kib_max = 300 * mebibyte_kib;
};

scale chosen_scale() {
  const char* wish = std::getenv("SUANPAN_CROWD");
  if (wish == nullptr || std::string_view(wish) != "full") return {};
  return {10'000, 100, 20, 1'000 * mebibyte_kib};
}

}  // namespace

TEST_CASE("crowd: streams by the thousand and a deaf client cost a bounded amount of memory") {
  const auto at = chosen_scale();
  one_node with;
  const auto& node = with.node;
  const auto transfers = [&with](std::size_t count) {
    std::vector<item> items;
    for (std::size_t i = 0; i < count; ++i)
      items.push_back(transfer_of(with.source, with.payer, 1));
    return items;
  };
  with.top_up(1);
  const auto before = node.resident_kib();
  normal_client normal(node.address(), [&with] { return transfer_of(with.source, with.payee, 1); });

  auto silent = std::make_unique<silent_client>(node.address(), at.deaf_streams,
                                                [&] { return transfers(500); });
  std::int64_t taken = -1;
  REQUIRE(wait_until(milliseconds(60'000), [&] {
    const auto last = std::exchange(taken, silent->written());
    pause_for(milliseconds(500));
    return taken == last;  // the node takes no more
  }));
  const auto beside_silent = node.resident_kib();

  // Twice: what the second crowd takes was there for the first.
  std::vector<std::int64_t> open;
  for (int crowds = 0; crowds < 2; ++crowds) {
    crowd many(node.address(), at.streams, at.connections);
    const std::int64_t waves = 3;
    for (int i = 0; i < waves; ++i)
      REQUIRE(many.wave([&] { return transfers(10); }, milliseconds(120'000)));
    const auto served = normal.served();
    CHECK(wait_until(milliseconds(60'000), [&] { return normal.served() >= served + 100; }));
    open.push_back(node.resident_kib());
    CHECK(many.booked() == waves * 10 * at.streams);
    CHECK(many.others() == 0);
    CHECK(many.broken() == 0);
    CHECK(node.metric("suanpan_streams_open") >= at.streams);
    CHECK(many.finish(milliseconds(60'000)));
  }
  // The deaf streams are ended once the patience with them is over, and take nobody with them.
  if (at.deaf_streams == 20)
    CHECK(wait_until(milliseconds(60'000), [&] {
      return node.metric("suanpan_calls_evicted_total") >= at.deaf_streams;
    }));
  normal.stop();
  silent.reset();
  pause_for(milliseconds(500));
  const auto after = node.resident_kib();
  const auto peak = node.resident_peak_kib();
  std::cout << at.streams << " streams over " << at.connections
            << " connections; deaf client: " << at.deaf_streams << " streams, " << taken
            << " batches of 500 taken\nresident MiB: before " << before / mebibyte_kib
            << ", deaf client " << beside_silent / mebibyte_kib << ", all open "
            << open[0] / mebibyte_kib << " and " << open[1] / mebibyte_kib << ", peak "
            << peak / mebibyte_kib << ", after " << after / mebibyte_kib
            << "\nnormal client: " << normal.served() << " served, " << normal.refused()
            << " refused, slowest " << normal.slowest_ms() << " ms\n";
  CHECK(open[1] <= open[0] + memory_factor * (open[0] - before) / 3);
  CHECK(peak - before <= memory_factor * at.growth_kib_max);
  CHECK(after - before <= memory_factor * at.growth_kib_max);
  CHECK(normal.refused() == 0);
  CHECK(node.ready());
  CHECK(verify_line(with.dsn, node.address()).starts_with("verify: ok "));
}
