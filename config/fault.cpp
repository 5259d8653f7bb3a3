// A fault as one line.
#include "config/fault.hpp"

#include <algorithm>

namespace suanpan::config {

std::string to_string(const fault& f) {
  std::string line = f.where + ": " + f.key + ": " + f.reason;
  const auto breaks_a_line = [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; };
  std::ranges::replace_if(line, breaks_a_line, '?');
  return line;
}

}  // namespace suanpan::config
