// Which addresses a merchant's webhook may reach: a table, and the borders of each special block.
#include "actors/http/addresses.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace suanpan;

namespace {

bool is_public(const std::string& text) {
  sockaddr_storage at{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    std::memcpy(&at, &v4, sizeof v4);
  } else {
    REQUIRE(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1);
    v6.sin6_family = AF_INET6;
    std::memcpy(&at, &v6, sizeof v6);
  }
  return is_public_address(reinterpret_cast<const sockaddr&>(at));
}

}  // namespace

TEST_CASE("addresses of others are public, up to the borders of the special blocks") {
  for (const auto* text : {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",
                           "100.63.255.255",  "100.128.0.0",     "126.255.255.255",
                           "128.0.0.0",       "169.253.255.255", "169.255.0.0",
                           "172.15.255.255",  "172.32.0.0",      "192.0.1.0",
                           "192.0.3.0",       "192.167.255.255", "192.169.0.0",
                           "198.17.255.255",  "198.20.0.0",      "203.0.114.0",
                           "223.255.255.255", "2400:cb00::1",    "2606:4700:4700::1111",
                           "2001:200::1",     "::ffff:8.8.8.8"}) {
    CAPTURE(text);
    CHECK(is_public(text));
  }
}

TEST_CASE("private, loopback, link-local, multicast and reserved addresses are not public") {
  for (const auto* text : {"0.0.0.0",
                           "0.1.2.3",
                           "10.0.0.0",
                           "10.255.255.255",
                           "100.64.0.0",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.0.1",
                           "169.254.169.254",
                           "172.16.0.0",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.0.1",
                           "198.18.0.0",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.7",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "fe80::1",
                           "fec0::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "2001:db8::1",
                           "2001::1",
                           "2002:7f00:1::",
                           "3fff::1",
                           "64:ff9b::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.1.2.3",
                           "::ffff:169.254.169.254",
                           "::127.0.0.1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("a family that is neither IPv4 nor IPv6 is not public") {
  sockaddr local{};
  local.sa_family = AF_UNIX;
  CHECK_FALSE(is_public_address(local));
}
