// What the operating system says of a secret's file.
#include "config/secrets.hpp"

#include "config/fault.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace suanpan::config {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

std::string reason_of(int code) {
  return std::strerror(code);
}

}  // namespace

std::optional<std::string> file_fault(const std::string& path, bool only_owner) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return in_quotes(path) + ": " + reason_of(errno);
  if (!S_ISREG(found.st_mode)) return in_quotes(path) + " is not a file";
  if (access(path.c_str(), R_OK) != 0) return in_quotes(path) + ": " + reason_of(errno);
  if (only_owner && (found.st_mode & S_IRWXO) != 0) {
    return in_quotes(path) + " is open to every user of the machine; chmod o= it";
  }
  return std::nullopt;
}

secret_file read_secret(const std::string& path, bool strict) {
  if (auto fault = file_fault(path, strict)) return {{}, *fault};
  std::ifstream file(path);
  secret_file read;
  std::getline(file, read.value);
  while (!read.value.empty() && blanks.find(read.value.back()) != std::string_view::npos) {
    read.value.pop_back();
  }
  if (read.value.empty()) read.fault = in_quotes(path) + " has an empty first line";
  return read;
}

}  // namespace suanpan::config
