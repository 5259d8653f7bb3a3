// See run_files.hpp.
#include "tools/cli/run_files.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace suanpan::cli {
namespace fs = std::filesystem;
namespace {

std::optional<run_file> search_upwards(fs::path from, const std::string& name) {
  const fs::path wanted = fs::path("var") / "run" / (name + ".json");
  for (;;) {
    if (auto found = read_run_file((from / wanted).string())) return found;
    if (!from.has_relative_path()) return std::nullopt;
    from = from.parent_path();
  }
}

std::string text_at(const nlohmann::json& document, const char* key) {
  const auto place = document.find(key);
  return place != document.end() && place->is_string() ? place->get<std::string>() : std::string();
}

}  // namespace

std::optional<run_file> read_run_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  const auto document = nlohmann::json::parse(file, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  run_file found;
  found.name = text_at(document, "name");
  found.grpc = text_at(document, "grpc");
  found.http = text_at(document, "http");
  found.cluster = text_at(document, "cluster");
  found.dsn = text_at(document, "dsn");
  found.log = text_at(document, "log");
  const auto pid = document.find("pid");
  if (pid != document.end() && pid->is_number_integer()) found.pid = pid->get<std::int64_t>();
  return found;
}

std::optional<run_file> find_run_file(const std::string& name) {
  std::error_code ignored;
  if (auto found = search_upwards(fs::current_path(ignored), name)) return found;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (program.empty()) return std::nullopt;
  return search_upwards(program.parent_path(), name);
}

}  // namespace suanpan::cli
