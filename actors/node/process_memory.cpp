// See process_memory.hpp.
#include "actors/node/process_memory.hpp"

#include <malloc.h>

#include <cstddef>

namespace suanpan {
namespace {

constexpr int mapped_bytes_least = 32 << 20;  // smaller blocks come from the heap; glibc's most
constexpr int kept_bytes_most = 256 << 20;    // at the end of each heap
constexpr std::size_t worth_giving_back = std::size_t{256} << 20U;

}  // namespace

void keep_freed_memory() noexcept {
  mallopt(M_MMAP_THRESHOLD, mapped_bytes_least);
  mallopt(M_TRIM_THRESHOLD, kept_bytes_most);
}

void give_back_memory() noexcept {
  const auto now = mallinfo2();
  if (now.fordblks >= worth_giving_back && now.fordblks > now.uordblks) malloc_trim(0);
}

}  // namespace suanpan
