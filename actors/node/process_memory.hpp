// What the C library's allocator keeps for this process and what it gives back. Batches of
// megabytes come and go many times a second: given back to the system each time, their pages would
// be faulted in again by the next one. So freed memory is kept, and given back when most of it is
// free.
#pragma once

namespace suanpan {

/// Once, before there are other threads.
void keep_freed_memory() noexcept;

/// Gives freed memory back to the system if that is a lot and more than what is in use, as after
/// many accounts became passive. Takes up to some hundred milliseconds then; allocations of other
/// threads may wait for parts of it.
void give_back_memory() noexcept;

}  // namespace suanpan
