#include "actors/node/process_memory.hpp"

#ifdef SUANPAN_JEMALLOC
#include <jemalloc/jemalloc.h>

#include <string>
#endif

namespace suanpan {

void give_back_memory() noexcept {
#ifdef SUANPAN_JEMALLOC
  static const std::string all = "arena." + std::to_string(MALLCTL_ARENAS_ALL) + ".decay";
  mallctl(all.c_str(), nullptr, nullptr, nullptr, 0);
#endif
}

}  // namespace suanpan
