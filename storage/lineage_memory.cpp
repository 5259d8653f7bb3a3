// A file of one line, written whole or not at all.
#include "storage/lineage_memory.hpp"

#include "storage/pqxx_session.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace suanpan::storage {
namespace {

unavailable fault_at(const std::string& path) {
  const std::string why = std::strerror(errno);
  return unavailable{"the newest database can't be remembered: " + path + ": " + why};
}

bool sync_path(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

}  // namespace

lineage_memory::lineage_memory(std::string file, listener hears)
    : file_(std::move(file)), hears_(std::move(hears)) {}

outcome<done> lineage_memory::load() {
  const std::scoped_lock lock(guard_);
  std::error_code absent;
  if (file_.empty() || !std::filesystem::exists(file_, absent)) return done{};
  std::ifstream in(file_);
  database_lineage read;
  std::string system;
  std::string timeline;
  std::string rest;
  in >> system >> read.system >> timeline >> read.timeline;
  const bool whole = in && system == "system" && timeline == "timeline" && read.system > 0 &&
                     read.timeline > 0 && !(in >> rest);
  if (!whole)
    return unavailable{file_ +
                       " does not name a database: remove it only if you know which"
                       " primary is the newest"};
  newest_ = read;
  return done{};
}

outcome<done> lineage_memory::admit(const database_lineage& found) {
  const std::scoped_lock lock(guard_);
  const auto what = judge(newest_, found);
  if (what == lineage_verdict::same) return done{};
  if (hears_) hears_(what, newest_, found);
  if (!may_use(what))
    return unavailable{refusal_of(newest_, found) + (file_.empty() ? "" : " (" + file_ + ")")};
  if (auto stored = store(found); !stored) return stored;
  newest_ = found;
  return done{};
}

bool lineage_memory::is_newest(const database_lineage& admitted) const {
  const std::scoped_lock lock(guard_);
  return judge(newest_, admitted) == lineage_verdict::same;
}

database_lineage lineage_memory::newest() const {
  const std::scoped_lock lock(guard_);
  return newest_;
}

outcome<done> lineage_memory::store(const database_lineage& what) const {
  if (file_.empty()) return done{};
  const std::filesystem::path path(file_);
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code ignored;  // what fails here fails below, with its reason
  std::filesystem::create_directories(folder, ignored);
  const std::string partial = file_ + ".new";
  errno = 0;
  {
    std::ofstream out(partial, std::ios::trunc);
    out << "system " << what.system << " timeline " << what.timeline << '\n';
    if (!out.flush()) return fault_at(partial);
  }
  if (!sync_path(partial, O_RDONLY)) return fault_at(partial);
  if (std::rename(partial.c_str(), file_.c_str()) != 0) return fault_at(file_);
  if (!sync_path(folder.string(), O_RDONLY | O_DIRECTORY)) return fault_at(folder.string());
  return done{};
}

outcome<done> admit_database(const std::string& dsn, const lineage_memory_ptr& seen) {
  constexpr std::int64_t question_timeout_ms = 10'000;
  return guarded([&] {
    kept_session once;
    make_usable(once, {dsn, "suanpan:lineage", question_timeout_ms, seen});
    return done{};
  });
}

}  // namespace suanpan::storage
