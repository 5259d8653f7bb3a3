#include "actors/node/run_file.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace suanpan {
namespace {

std::filesystem::path path_of(const std::string& dir, const std::string& name) {
  return std::filesystem::path(dir) / (name + ".json");
}

}  // namespace

std::string write_run_file(const std::string& dir, const run_entry& entry) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  const auto path = path_of(dir, entry.name);
  auto partial = path;
  partial += ".new";
  {
    std::ofstream out(partial);
    const nlohmann::ordered_json json{
        {"name", entry.name},       {"pid", getpid()},  {"grpc", entry.grpc}, {"http", entry.http},
        {"cluster", entry.cluster}, {"dsn", entry.dsn}, {"log", entry.log}};
    out << json.dump() << '\n';
    if (!out.flush()) return "can't write " + partial.string();
  }
  std::filesystem::rename(partial, path, error);
  return error ? "can't write " + path.string() + ": " + error.message() : "";
}

void remove_run_file(const std::string& dir, const std::string& name) {
  std::error_code ignored;
  std::filesystem::remove(path_of(dir, name), ignored);
}

}  // namespace suanpan
