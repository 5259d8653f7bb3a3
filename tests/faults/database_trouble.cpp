#include "tests/faults/database_trouble.hpp"

#include "storage/migrate.hpp"
#include "tests/faults/process.hpp"
#include "tests/support/postgres.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace suanpan::faults {
namespace {

constexpr const char* room =
    "size=420m";  // a cluster, its first WAL segments, some minutes of load

std::string shell(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) throw std::runtime_error("can't run " + command);
  std::string text;
  std::array<char, 4'096> chunk{};
  while (const auto bytes = std::fread(chunk.data(), 1, chunk.size(), pipe))
    text.append(chunk.data(), bytes);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
  return text;
}

std::string script(const std::string& verb, const std::string& directory) {
  return "SUANPAN_PG_SHARED_BUFFERS=32MB SUANPAN_PG_EXTRA='max_wal_size=64MB;min_wal_size=32MB' '" +
         std::string(SUANPAN_SOURCE_DIR) + "/tools/lib/postgres.sh' " + verb + " '" + directory +
         "' 2>/dev/null";
}

}  // namespace

void set_read_only(const std::string& dsn, bool on) {
  // This one session may write, whatever the database says.
  const auto writable = dsn + " options='-c default_transaction_read_only=off'";
  const auto name = testing::sql_value(writable, "SELECT current_database()");
  testing::sql(writable, "ALTER DATABASE " + name +
                             " SET default_transaction_read_only=" + (on ? "on" : "off"));
  testing::sql(dsn,
               "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
               "WHERE datname=current_database() AND pid<>pg_backend_pid()");
}

full_disk::full_disk() : directory_(fresh_directory("disk")) {
  if (geteuid() != 0) {
    why_not_ = "a small file system can be mounted by root only";
    return;
  }
  if (mount("suanpan-test", directory_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, room) != 0) {
    why_not_ = std::string("a small file system can't be mounted here: ") + std::strerror(errno);
    return;
  }
  mounted_ = true;
  dsn_ = nlohmann::json::parse(shell(script("start", directory_ + "/pg"))).at("dsn");
  const auto state = storage::migrate(dsn_, 64);
  if (!state) throw std::runtime_error("can't migrate: " + state.reason());
}

full_disk::~full_disk() {
  if (!mounted_) return;
  try {
    shell(script("wipe", directory_ + "/pg"));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  umount2(directory_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void full_disk::fill() {
  const int file = open((directory_ + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::vector<char> block(64 * 1024);
  for (std::size_t size = block.size(); size >= 512;)
    if (write(file, block.data(), size) <= 0) size /= 2;
  close(file);
}

void full_disk::make_room() {
  std::filesystem::remove(directory_ + "/ballast");
}

}  // namespace suanpan::faults
