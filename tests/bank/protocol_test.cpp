// The protocol's smallest parts: signatures, addresses, what is kept of a card.
#include "tools/bank/bank_json.hpp"
#include "tools/bank/front.hpp"
#include "tools/bank/routes.hpp"
#include "tools/bank/signature.hpp"

#include <doctest/doctest.h>

using namespace suanpan::bank;

// The value stands in tools/bank/README.md:
//   printf '1764278400\n/v1/query\n{"reference":"r-1"}' | openssl dgst -sha256 -hmac
//   dev-bank-secret
TEST_CASE("signature: the example of the protocol comes out as it is written there") {
  const signed_text what{
      .timestamp = "1764278400", .path = "/v1/query", .body = R"({"reference":"r-1"})"};
  CHECK(sign("dev-bank-secret", what) ==
        "1e7a1029c4fbde05f8b6f28a923a7d6c69b328b92c95dfa8a652a2da6c43bdf2");
}

TEST_CASE("signature: it holds for its text, its secret and five minutes, and for nothing else") {
  const signed_text what{.timestamp = "1000", .path = "/p", .body = "b"};
  const auto right = sign("s", what);
  CHECK(is_signed(what, right, {"s", 1'000}));
  CHECK(is_signed(what, right, {"s", 1'300}));
  CHECK(is_signed(what, right, {"s", 700}));
  CHECK_FALSE(is_signed(what, right, {"s", 1'301}));
  CHECK_FALSE(is_signed(what, right, {"s", 699}));
  CHECK_FALSE(is_signed(what, right, {"t", 1'000}));
  CHECK_FALSE(is_signed(what, right.substr(1), {"s", 1'000}));
  CHECK_FALSE(is_signed(what, "", {"s", 1'000}));
  CHECK_FALSE(is_signed({"1001", "/p", "b"}, right, {"s", 1'000}));
  CHECK_FALSE(is_signed({"1000", "/q", "b"}, right, {"s", 1'000}));
  CHECK_FALSE(is_signed({"1000", "/p", "c"}, right, {"s", 1'000}));
  for (const std::string timestamp : {"", "soon", "1000x", "-1000", "99999999999999999999"}) {
    const signed_text other{.timestamp = timestamp, .path = "/p", .body = "b"};
    CHECK_FALSE(is_signed(other, sign("s", other), {"s", 1'000}));
  }
}

TEST_CASE("callback addresses: only http and https, and the path is what is signed") {
  CHECK(path_of_url("http://127.0.0.1:7401/callbacks/icbc?x=1&y=%20") ==
        "/callbacks/icbc?x=1&y=%20");
  CHECK(path_of_url("https://shop.example") == "/");
  for (const std::string none : {"", "shop", "ftp://shop/x", "file:///etc/passwd", "http://",
                                 "javascript:alert(1)", "http://a/ b", "http://a/\n"})
    CHECK_FALSE(path_of_url(none).has_value());
}

TEST_CASE("cards: what is kept tells one from another, ends with the last four, and is no number") {
  const auto kept = kept_card("s", "6222020000000102");
  CHECK(kept.size() == 36);
  CHECK(kept.ends_with("0102"));
  CHECK(kept.find("62220200") == std::string::npos);
  CHECK(kept == kept_card("s", "6222020000000102"));
  CHECK(kept != kept_card("s", "6222021000000102"));
  CHECK(kept != kept_card("t", "6222020000000102"));
  CHECK(kept_card("s", "tok_0102") == "tok_0102");
}

TEST_CASE("names: letters, digits and four marks, one to sixty-four of them") {
  CHECK(is_name("pay_01J:a.b-C"));
  CHECK(is_name(std::string(64, 'x')));
  CHECK_FALSE(is_name(std::string(65, 'x')));
  for (const std::string none : {"", "a b", "a,b", "a\"", "\xc3\xa4", "<b>"})
    CHECK_FALSE(is_name(none));
}

TEST_CASE("addresses: only loopback is loopback, and IPv6 is written in brackets") {
  CHECK(is_loopback("127.0.0.1"));
  CHECK(is_loopback("127.1.2.3"));
  CHECK(is_loopback("::1"));
  CHECK_FALSE(is_loopback("0.0.0.0"));
  CHECK_FALSE(is_loopback("::"));
  CHECK_FALSE(is_loopback("localhost"));
  CHECK(join("::1", 7500) == "[::1]:7500");
}
