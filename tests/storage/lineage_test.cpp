// A node's memory of the newest database, and what its sessions make of it (R18).
#include "storage/lineage_memory.hpp"
#include "storage/node_registry.hpp"
#include "tests/storage/ledger_case.hpp"

#include <filesystem>
#include <fstream>
#include <vector>

namespace suanpan::testing {
namespace {

using namespace storage;

struct memory_file {
  memory_file() { std::filesystem::remove_all(folder); }
  ~memory_file() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder = std::filesystem::path(SUANPAN_BINARY_DIR) / "tests/lineage";
  std::string path = (folder / "node-1.database").string();
};

database_lineage lineage_of(const std::string& dsn) {
  const auto row = sql(dsn, lineage_query).at(0);
  return {std::stoll(row[0]), static_cast<std::uint32_t>(std::stoul(row[1]))};
}

session_options remembering(const std::string& dsn, lineage_memory_ptr seen) {
  session_options options;
  options.dsn = dsn;
  options.node_name = "lineage";
  options.seen = std::move(seen);
  return options;
}

}  // namespace

TEST_CASE("lineage: what was seen outlives the process, and goes forward only") {
  const memory_file file;
  std::vector<lineage_verdict> heard;
  const auto hears = [&heard](lineage_verdict what, database_lineage, database_lineage) {
    heard.push_back(what);
  };
  {
    lineage_memory memory(file.path, hears);
    REQUIRE(memory.load());  // no file yet
    REQUIRE(memory.admit({7, 1}));
    REQUIRE(memory.admit({7, 1}));
    REQUIRE(memory.admit({7, 2}));
    CHECK(memory.is_newest({7, 2}));
    CHECK_FALSE(memory.is_newest({7, 1}));
  }
  lineage_memory later(file.path, hears);
  REQUIRE(later.load());
  CHECK(later.newest() == database_lineage{7, 2});
  CHECK_FALSE(later.admit({7, 1}));
  const auto refused = later.admit({9, 2});
  REQUIRE_FALSE(refused);
  CHECK(refused.reason().find("another database") != std::string::npos);
  CHECK(refused.reason().find(file.path) != std::string::npos);
  CHECK(later.newest() == database_lineage{7, 2});
  using enum lineage_verdict;
  CHECK(heard == std::vector{newer, newer, older, foreign});
}

TEST_CASE("lineage: a file that names no database stops the start, and is left as it is") {
  const memory_file file;
  std::filesystem::create_directories(file.folder);
  for (const char* text : {"", "system 7", "system 7 timeline 0", "timeline 1 system 7",
                           "system 7 timeline 1 more", "system x timeline 1"}) {
    std::ofstream(file.path, std::ios::trunc) << text;
    lineage_memory memory(file.path);
    const auto read = memory.load();
    REQUIRE_FALSE(read);
    CHECK(read.reason().find("does not name a database") != std::string::npos);
    std::string kept;
    std::getline(std::ifstream(file.path), kept);
    CHECK(kept == text);
  }
}

TEST_CASE("lineage: a database that can't be remembered is not used") {
  const memory_file file;
  std::filesystem::create_directories(file.folder);
  std::filesystem::create_directories(file.path);  // a folder is in the file's place
  lineage_memory memory(file.path);
  const auto admitted = memory.admit({7, 1});
  REQUIRE_FALSE(admitted);
  CHECK(admitted.reason().find("can't be remembered") != std::string::npos);
  CHECK(memory.newest() == database_lineage{});
}

TEST_CASE("lineage: no session of a node opens where a later timeline was seen") {
  const auto dsn = private_postgres::instance().fresh_database();
  const auto is = lineage_of(dsn);
  CHECK(is.system > 0);
  CHECK(is.timeline >= 1);
  const auto seen = std::make_shared<lineage_memory>();
  REQUIRE(admit_database(dsn, seen));
  CHECK(seen->newest() == is);
  REQUIRE(seen->admit({is.system, is.timeline + 1}));

  const auto journal = journal_session::open(remembering(dsn, seen));
  REQUIRE_FALSE(journal);
  CHECK(journal.reason().find("a superseded database") != std::string::npos);
  storage::reader reader({.dsn = dsn, .node_name = "lineage", .seen = seen});
  const auto read = reader.find_transfers(std::vector{next_id()});
  REQUIRE_FALSE(read);
  CHECK(read.reason().find("a superseded database") != std::string::npos);
  node_registry registry(dsn, "lineage", seen);
  CHECK_FALSE(registry.renew({.name = "lineage"}));
  CHECK_FALSE(admit_database(dsn, seen));
}

TEST_CASE("lineage: an open session ends as soon as any other saw a later timeline") {
  const ledger_case ledger;
  const auto seen = std::make_shared<lineage_memory>();
  auto journal = journal_session::open(remembering(ledger.dsn, seen));
  REQUIRE(journal);
  storage::reader reader({.dsn = ledger.dsn, .node_name = "lineage", .seen = seen});
  REQUIRE(reader.find_transfers(std::vector{next_id()}));
  CHECK((*journal)->fence());
  REQUIRE(is<committed>((*journal)->write_watermark({5'000})));

  const auto now = lineage_of(ledger.dsn);
  REQUIRE(seen->admit({now.system, now.timeline + 1}));
  CHECK_FALSE((*journal)->fence());
  CHECK(is<failed>((*journal)->write_watermark({6'000})));
  CHECK((*journal)->lost().find("a superseded database") != std::string::npos);
  CHECK_FALSE((*journal)->try_lock(std::vector{shard_id{0}}));
  CHECK_FALSE(reader.find_transfers(std::vector{next_id()}));
}

}  // namespace suanpan::testing
