#include "actors/http/addresses.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace suanpan {
namespace {

struct block {
  std::uint32_t network;
  unsigned bits;
};

constexpr std::uint32_t ipv4(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return a << 24U | b << 16U | c << 8U;
}

// IANA's registry of special-purpose addresses; multicast and the reserved rest are one block.
constexpr std::array special_blocks = std::to_array<block>({
    {ipv4(0, 0, 0), 8},
    {ipv4(10, 0, 0), 8},
    {ipv4(100, 64, 0), 10},
    {ipv4(127, 0, 0), 8},
    {ipv4(169, 254, 0), 16},
    {ipv4(172, 16, 0), 12},
    {ipv4(192, 0, 0), 24},
    {ipv4(192, 0, 2), 24},
    {ipv4(192, 88, 99), 24},
    {ipv4(192, 168, 0), 16},
    {ipv4(198, 18, 0), 15},
    {ipv4(198, 51, 100), 24},
    {ipv4(203, 0, 113), 24},
    {ipv4(224, 0, 0), 3},
});

bool is_public_ipv4(std::uint32_t address) {
  return std::ranges::none_of(special_blocks, [address](const block& b) {
    return (address ^ b.network) >> (32U - b.bits) == 0;
  });
}

bool begins(const std::uint8_t* bytes, std::uint32_t with, unsigned bits) {
  const std::uint32_t first = std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U |
                              std::uint32_t{bytes[2]} << 8U | bytes[3];
  return (first ^ with) >> (32U - bits) == 0;
}

bool is_public_ipv6(const in6_addr& address) {
  const auto* bytes = address.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::uint32_t inner = 0;
    std::memcpy(&inner, bytes + 12, sizeof inner);
    return is_public_ipv4(ntohl(inner));
  }
  // Global unicast is 2000::/3; of it, 2001::/23 is special (Teredo hides an IPv4 address),
  // 2001:db8::/32 and 3fff::/20 are for documentation, 2002::/16 hides an IPv4 address (6to4).
  if (!begins(bytes, 0x20000000U, 3)) return false;
  return !begins(bytes, 0x20010000U, 23) && !begins(bytes, 0x20010db8U, 32) &&
         !begins(bytes, 0x20020000U, 16) && !begins(bytes, 0x3fff0000U, 20);
}

}  // namespace

bool is_public_address(const sockaddr& address) noexcept {
  // Copied: a sockaddr need not be aligned as what it stands for.
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_public_ipv4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return is_public_ipv6(v6.sin6_addr);
  }
  return false;
}

}  // namespace suanpan
