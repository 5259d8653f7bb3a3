// The journal's file and lines: whole lines survive, a torn one is cut, nothing is called too
// early.
#include "tools/bank/journal.hpp"

#include "tests/support/eventually.hpp"
#include "tools/bank/journal_records.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace suanpan;
using namespace suanpan::bank;

namespace {

class scratch {
 public:
  scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "bank-journal-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_ + "/journal");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

void never(const std::string& why) {
  FAIL(why);
}

request some_request() {
  request r;
  r.kind = request_kind::refund;
  r.merchant = "M1";
  r.reference = "b-1";
  r.card = "0011223344556677889900112233445566770102";
  r.original = "r-1";
  r.amount = {(std::int64_t{1} << 53) - 1};
  r.ccy = currency{156};
  r.wants_callback = true;
  return r;
}

}  // namespace

TEST_CASE("journal: what is told durable is in the file, in order, and many lines share a sync") {
  const scratch at;
  journal j;
  CHECK(j.open(at.path()).lines.empty());
  j.start(never);
  std::atomic<int> told = 0;
  std::atomic<bool> too_early = false;
  std::string wanted;
  for (int i = 0; i < 500; ++i) {
    const auto line = "line " + std::to_string(i);
    wanted += line + '\n';
    j.append(line);
    j.when_durable([&, i, line] {
      if (i % 50 == 0 && at.text().find(line + '\n') == std::string::npos) too_early = true;
      ++told;
    });
  }
  j.close();
  CHECK(told == 500);
  CHECK_FALSE(too_early);
  CHECK(at.text() == wanted);
  CHECK(j.syncs() < 500);
}

TEST_CASE("journal: a line that nobody waits for is written all the same") {
  const scratch at;
  journal j;
  CHECK(j.open(at.path()).fault.empty());
  j.start(never);
  j.append("lonely");
  CHECK(testing::eventually([&] { return at.text() == "lonely\n"; }));
}

TEST_CASE("journal: a torn last line is cut off, and one file has one writer") {
  const scratch at;
  std::ofstream(at.path() + "/journal") << "one\ntwo\nthr";
  journal j;
  const auto found = j.open(at.path());
  CHECK(found.fault.empty());
  CHECK(found.lines == std::vector<std::string>{"one", "two"});
  CHECK(found.torn_bytes == 3);
  CHECK(at.text() == "one\ntwo\n");
  journal other;
  CHECK(other.open(at.path()).fault.find("another bank") != std::string::npos);
  journal nowhere;
  CHECK_FALSE(nowhere.open("/proc/nowhere").fault.empty());
}

TEST_CASE("journal: every kind of line is read as it was written, and nothing else is read") {
  request_received received;
  received.what.what = some_request();
  received.what.does = behaviour::slow;
  received.what.refused = "expired";
  received.what.reused = true;
  received.at = 17;
  received.callback_url = "http://a/\"x\"";
  received.online = "h";
  online_placed placed;
  placed.what.handle = "h";
  placed.what.what = some_request();
  placed.what.return_url = "http://b/";
  placed.what.at = 18;
  const std::vector<journal_record> all = {journal_begun{},
                                           received,
                                           request_booked{3, 19},
                                           callback_ended{3, 2},
                                           day_advanced{20},
                                           card_bound{{"M1", "k", "f", "tok_0000", "0000"}},
                                           card_unbound{"M1", "tok_0000"},
                                           placed};
  for (const auto& each : all) {
    const auto line = line_of(each);
    INFO(line);
    const auto read = read_line(line);
    REQUIRE(read.has_value());
    CHECK(read->index() == each.index());
    CHECK(line_of(*read) == line);
    CHECK_FALSE(read_line(line.substr(0, line.size() - 1)).has_value());
  }
  CHECK(std::get<request_received>(*read_line(line_of(received))).what.what == some_request());
  for (const std::string none : {"", "{}", "[]", "17", R"({"other":{}})", R"({"booked":{"of":1}})",
                                 R"({"begun":{"by":"suanpan-bank","version":2}})"})
    CHECK_FALSE(read_line(none).has_value());
}
