// The node's allocator is jemalloc: an order is some hundred small blocks that one thread allocates
// and another frees, and batches of megabytes come and go many times a second, which cost the C
// library's a quarter of the node's time. What is free is kept for seconds, then given back to the
// system piece by piece. A build with sanitizers has theirs.
#pragma once

namespace suanpan {

/// Gives back what has been free for long: jemalloc by itself only looks when an arena is used,
/// and after many accounts became passive none may be. Cheap where there is nothing. Thread-safe.
void give_back_memory() noexcept;

}  // namespace suanpan
