// The same seed gives the same run, byte for byte: in this process again, and in another one, where
// every address and every hash table's order differs.
#include "tests/simulation/log_digest.hpp"
#include "tests/simulation/sim_run.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <string>

using namespace suanpan::simulation;

namespace {

// What another process prints as its last line.
std::string log_sha256_elsewhere(std::uint64_t seed) {
  const auto command = std::string(SUANPAN_BINARY_DIR) + "/bin/suanpan-simulate --log /dev/null" +
                       " --seed " + std::to_string(seed);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string last;
  std::array<char, 8192> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get()) != nullptr) last = line.data();
  const auto at = last.find("log_sha256=");
  return at == std::string::npos ? "" : last.substr(at + 11, 64);
}

std::string log_sha256(std::uint64_t seed) {
  log_digest digest;
  const auto r =
      run_seed({.seed = seed, .listener = [&digest](std::string_view line) { digest.add(line); }});
  CHECK(r.breaches.empty());
  return digest.hex();
}

}  // namespace

TEST_CASE("simulation: the same seed gives the same log, in this process and in two others") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto here = log_sha256(seed);
    CHECK(here.size() == 64);
    CHECK(log_sha256_elsewhere(seed) == here);
    CHECK(log_sha256_elsewhere(seed) == here);
  }
}

TEST_CASE("simulation: different seeds give different runs; who listens changes nothing") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) hashes.insert(run_seed({.seed = seed}).log_hash);
  CHECK(hashes.size() == 20);
  std::size_t lines = 0;
  const auto heard =
      run_seed({.seed = 9, .listener = [&lines](std::string_view) { ++lines; }}).log_hash;
  CHECK(run_seed({.seed = 9}).log_hash == heard);
  CHECK(lines > 1'000);
}

TEST_CASE("simulation: without misfortunes every item gets a judgement, none is unavailable") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto result = run_seed({.seed = seed, .misfortunes = false, .nodes = 1});
    CAPTURE(seed);
    CHECK_MESSAGE(result.breaches.empty(),
                  (result.breaches.empty() ? "" : result.breaches.front()));
    CHECK(result.unavailable == 0);
  }
}
