// The same seed gives the same run, byte for byte: in this process again, and in another one, where
// every address and every hash table's order differs.
#include "tests/simulation/sim_run.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>

using namespace suanpan::simulation;

namespace {

// "log hash N" as another process of this program prints it.
std::string hash_elsewhere(std::uint64_t seed) {
  const auto command = "SUANPAN_HASH=" + std::to_string(seed) +
                       " /proc/self/exe -tc='simulation: the hash of a seed*' 2>/dev/null";
  const auto replaced = [&command] {  // popen's shell is another /proc/self
    auto text = command;
    std::array<char, 4096> path{};
    const auto length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    const std::string self(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
    text.replace(text.find("/proc/self/exe"), 14, self);
    return text;
  }();
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(replaced.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 256> line{};
  while (pipe && std::fgets(line.data(), line.size(), pipe.get()) != nullptr)
    if (std::string(line.data()).starts_with("log hash ")) text = line.data();
  return text;
}

std::string hash_line(std::uint64_t seed) {
  return "log hash " + std::to_string(run_seed({.seed = seed}).log_hash) + "\n";
}

}  // namespace

TEST_CASE("simulation: the same seed gives the same run, in this process and in another") {
  for (const std::uint64_t seed : {3U, 22U, 425U}) {
    const auto here = hash_line(seed);
    CHECK(hash_line(seed) == here);
    CHECK(hash_elsewhere(seed) == here);
  }
}

TEST_CASE("simulation: different seeds give different runs, kept logs give the same") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) hashes.insert(run_seed({.seed = seed}).log_hash);
  CHECK(hashes.size() == 20);
  CHECK(run_seed({.seed = 9}).log_hash == run_seed({.seed = 9, .keep_log = true}).log_hash);
}

TEST_CASE("simulation: the hash of a seed asked for is printed") {
  const char* seed = std::getenv("SUANPAN_HASH");
  if (seed == nullptr) return;
  std::fputs(hash_line(std::strtoull(seed, nullptr, 10)).c_str(), stdout);
}

TEST_CASE("simulation: without misfortunes every item gets a judgement, none is unavailable") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto result = run_seed({.seed = seed, .misfortunes = false, .nodes = 1});
    CAPTURE(seed);
    CHECK(result.breaches.empty());
    CHECK(result.unavailable == 0);
  }
}
