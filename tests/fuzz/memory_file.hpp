// A file that never reaches a disk, for parsers that read files by name.
#pragma once

#include "tests/fuzz/fuzz.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

namespace suanpan::fuzz {

class memory_file {
 public:
  memory_file() : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    require(file_ >= 0, "a file in memory can be made");
  }
  explicit memory_file(std::string_view text) : memory_file() {
    write(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  }
  ~memory_file() { ::close(file_); }
  memory_file(const memory_file&) = delete;
  memory_file& operator=(const memory_file&) = delete;

  void write(const std::uint8_t* bytes, std::size_t size) {
    require(
        ::ftruncate(file_, 0) == 0 && ::pwrite(file_, bytes, size, 0) == static_cast<ssize_t>(size),
        "a file in memory can be written");
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace suanpan::fuzz
