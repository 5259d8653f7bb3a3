// Which addresses of the internet are somebody else's: what a merchant's webhook may reach.
#pragma once

#include <sys/socket.h>

namespace suanpan {

/// Whether an IPv4 or IPv6 address may be reached from outside any network: neither private,
/// loopback, link-local, multicast, shared, reserved, for documentation, nor one that hides such an
/// IPv4 address inside an IPv6 one. Of any other family: no.
[[nodiscard]] bool is_public_address(const sockaddr& address) noexcept;

}  // namespace suanpan
