// Blocks and runs of lines: what is packed comes back, and nothing else does.
#include "storage/statement_blocks.hpp"

#include "storage/line_rows.hpp"
#include "storage/statement_merge.hpp"
#include "tests/support/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace suanpan;
using namespace suanpan::storage;

namespace {

std::vector<statement_entry> random_lines(samples::random_source& random, std::size_t count) {
  std::vector<statement_entry> lines;
  for (std::size_t i = 0; i < count; ++i) {
    statement_entry e;
    e.account = {static_cast<std::int64_t>(1024 + random.below(6))};
    e.at.at = {static_cast<std::int64_t>(1'000'000 + random.below(40) * random.below(1'000'000))};
    e.at.index = static_cast<std::int32_t>(random.below(4) == 0 ? random.below(2'000'000'000)
                                                                : random.below(40));
    e.side = random.below(2) == 0 ? leg_side::debit : leg_side::credit;
    e.amount = {random.below(9) == 0 ? INT64_MAX
                                     : static_cast<std::int64_t>(1 + random.below(1'000'000))};
    for (auto& byte : e.id.bytes) byte = static_cast<std::uint8_t>(random.below(256));
    lines.push_back(e);
  }
  std::ranges::sort(lines, {}, key_of);
  const auto twice = std::ranges::unique(lines, {}, key_of);
  lines.erase(twice.begin(), twice.end());
  return lines;
}

std::vector<packed_block> pack(const std::vector<statement_entry>& lines, std::size_t bytes) {
  block_packer packer(bytes);
  for (const auto& e : lines) packer.add(e);
  return packer.finish();
}

}  // namespace

TEST_CASE("statement blocks: what was packed is unpacked, whatever the block's size") {
  samples::random_source random(7);
  for (const std::size_t bytes : {128, 200, 1'000, 7'900}) {
    const auto lines = random_lines(random, 600);
    const auto blocks = pack(lines, bytes);
    std::vector<statement_entry> found;
    for (const auto& block : blocks) {
      CHECK(block.data.size() <= bytes);
      const auto unpacked = unpack_block(block.first, block.data);
      REQUIRE(unpacked);
      account_totals before;
      for (const auto& e : found)
        if (e.account == block.first.account) apply_leg(before, e.side, e.amount);
      CHECK(unpacked->before == before);
      found.insert(found.end(), unpacked->entries.begin(), unpacked->entries.end());
    }
    CHECK(found == lines);
  }
}

TEST_CASE(
    "statement blocks: bytes that are damaged read as nothing or as other lines, never beyond") {
  samples::random_source random(8);
  const auto blocks = pack(random_lines(random, 60), 7'900);
  REQUIRE(blocks.size() == 1);
  const auto& block = blocks.front();
  for (std::size_t cut = 0; cut < block.data.size(); ++cut) {
    const auto unpacked = unpack_block(block.first, block.data.substr(0, cut));
    if (unpacked) CHECK(unpacked->entries.size() < 60);
  }
  for (int i = 0; i < 5'000; ++i) {
    auto data = block.data;
    data[random.below(data.size())] ^= static_cast<char>(1 + random.below(255));
    static_cast<void>(unpack_block(block.first, data));  // sanitizers watch
  }
  auto other = block.first;
  other.account.value += 1'024;
  const auto moved = unpack_block(other, block.data);
  if (moved) CHECK(key_of(moved->entries.front()) == other);
}

TEST_CASE("statement runs: merged, they hold each line of all once, in order") {
  samples::random_source random(9);
  for (int round = 0; round < 20; ++round) {
    const auto lines = random_lines(random, 400);
    std::vector<std::vector<statement_entry>> parts(1 + random.below(9));
    for (const auto& e : lines) parts[random.below(parts.size())].push_back(e);
    std::vector<std::vector<packed_block>> packed;
    for (const auto& part : parts) packed.push_back(pack(part, 150));
    std::vector<std::size_t> next(parts.size());
    std::vector<block_source> sources;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      sources.emplace_back([&, i] {
        std::vector<packed_block> some;
        for (int n = 0; n < 3 && next[i] < packed[i].size(); ++n)
          some.push_back(packed[i][next[i]++]);
        return some;
      });
    }
    std::vector<statement_entry> merged;
    CHECK(merge_runs(sources, [&](const statement_entry& e) { merged.push_back(e); }));
    CHECK(merged == lines);
  }
}

TEST_CASE("statement runs: a damaged block stops the merge, and it says so") {
  samples::random_source random(10);
  auto blocks = pack(random_lines(random, 100), 150);
  blocks[1].data.resize(blocks[1].data.size() - 1);
  bool given = false;
  const block_source source = [&] {
    return std::exchange(given, true) ? std::vector<packed_block>{} : blocks;
  };
  CHECK_FALSE(merge_runs({&source, 1}, [](const statement_entry&) {}));
}

TEST_CASE("statement runs: rows' lines are dealt to accounts in the ledger's order") {
  samples::random_source random(11);
  std::vector<line_row> rows;
  for (int i = 0; i < 500; ++i) {
    line_row row;
    row.at = {{static_cast<std::int64_t>(1 + random.below(20))}, i};
    row.debit = {static_cast<std::int64_t>(1'024 + random.below(10))};
    row.credit = {static_cast<std::int64_t>(2'048 + random.below(10))};
    rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(random.below(rows.size() + 1)), row);
  }
  const auto lines = lines_in_order(rows);
  REQUIRE(lines.size() == 1'000);
  const auto key = [&](const line_ref& l) {
    return block_key{account_of(rows[l.row], l.side), rows[l.row].at};
  };
  CHECK(std::ranges::adjacent_find(lines, std::ranges::greater_equal{}, key) == lines.end());
}
