// Places where a test may make the product fail, compiled in only for tests (SUANPAN_FAULT_POINTS).
#pragma once

#ifdef SUANPAN_FAULT_POINTS
#include <functional>
#include <string_view>

namespace suanpan {
/// Called at each fault point with its name; a test may throw from it. Empty: nothing happens.
inline std::function<void(std::string_view)> on_fault_point;  // NOLINT: tests set it, one thread
}  // namespace suanpan
#define SUANPAN_FAULT_POINT(name) \
  if (::suanpan::on_fault_point) ::suanpan::on_fault_point(name)
#else
#define SUANPAN_FAULT_POINT(name) static_cast<void>(0)
#endif
