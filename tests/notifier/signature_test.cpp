// Webhook signatures against the published example of Standard Webhooks, and what a receiver
// refuses.
#include "protocol/webhook/signature.hpp"

#include "protocol/webhook/base64.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace suanpan;

namespace {

// The example of the reference libraries.
const std::string published_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view published_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t published_time = 1614265330;
constexpr std::string_view published_body = R"({"test": 2432232314})";
constexpr std::string_view published_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

webhook::received_event published(std::string_view signature = published_signature) {
  return {published_id, "1614265330", signature, published_body};
}

webhook::verdict judged(const webhook::received_event& event,
                        const std::vector<std::string>& secrets = {published_secret},
                        std::int64_t now = published_time) {
  return webhook::verify(event, secrets, now);
}

}  // namespace

TEST_CASE("webhook: the published example is signed byte for byte as published") {
  const std::vector<std::string> secrets{published_secret};
  CHECK(webhook::sign({published_id, published_time, published_body}, secrets) ==
        published_signature);
  CHECK(judged(published()) == webhook::verdict::authentic);
}

TEST_CASE("webhook: the headers are those of Standard Webhooks 1.0.0") {
  CHECK(webhook::id_header == "webhook-id");
  CHECK(webhook::timestamp_header == "webhook-timestamp");
  CHECK(webhook::signature_header == "webhook-signature");
}

TEST_CASE("webhook: during a rotation both secrets sign, and either receiver is content") {
  const auto fresh = webhook::make_secret();
  REQUIRE(fresh);
  const std::vector<std::string> both{*fresh, published_secret};
  const auto signatures = webhook::sign({published_id, published_time, published_body}, both);
  CHECK(signatures.find(published_signature) != std::string::npos);
  CHECK(signatures.find(' ') != std::string::npos);
  CHECK(judged(published(signatures), {*fresh}) == webhook::verdict::authentic);
  CHECK(judged(published(signatures), {published_secret}) == webhook::verdict::authentic);
}

TEST_CASE("webhook: a signature of other content, another secret or another kind is forged") {
  const auto other = webhook::make_secret();
  REQUIRE(other);
  CHECK(judged(published(), {*other}) == webhook::verdict::forged);
  CHECK(judged(published("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")) ==
        webhook::verdict::forged);
  CHECK(judged(published("v1,")) == webhook::verdict::forged);
  CHECK(judged(published("v1,not base64")) == webhook::verdict::forged);
  auto altered = published();
  altered.body = R"({"test": 2432232315})";
  CHECK(judged(altered) == webhook::verdict::forged);
  altered = published();
  altered.id = "msg_other";
  CHECK(judged(altered) == webhook::verdict::forged);
  altered = published();
  altered.timestamp = "1614265331";
  CHECK(judged(altered) == webhook::verdict::forged);
}

TEST_CASE("webhook: what is too old or from the future is no news, even if it is authentic") {
  const auto old = published_time + webhook::tolerance_s;
  CHECK(judged(published(), {published_secret}, old) == webhook::verdict::authentic);
  CHECK(judged(published(), {published_secret}, old + 1) == webhook::verdict::too_old);
  const auto early = published_time - webhook::tolerance_s;
  CHECK(judged(published(), {published_secret}, early) == webhook::verdict::authentic);
  CHECK(judged(published(), {published_secret}, early - 1) == webhook::verdict::too_new);
}

TEST_CASE("webhook: a header that is missing or no number is malformed") {
  for (const std::string_view timestamp :
       {"", "soon", "-1", "1614265330 ", "99999999999999999999"}) {
    auto event = published();
    event.timestamp = timestamp;
    CHECK(judged(event) == webhook::verdict::malformed);
  }
  auto event = published();
  event.id = "";
  CHECK(judged(event) == webhook::verdict::malformed);
  CHECK(judged(published("")) == webhook::verdict::malformed);
}

TEST_CASE("webhook: secrets are made of at least 24 random bytes and never twice the same") {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) {
    const auto secret = webhook::make_secret();
    REQUIRE(secret);
    const auto key = webhook::key_of(*secret);
    REQUIRE(key);
    CHECK(key->size() >= webhook::secret_bytes_least);
    made.insert(*secret);
  }
  CHECK(made.size() == 100);
}

TEST_CASE("webhook: a secret that is none signs nothing") {
  CHECK(!webhook::key_of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  CHECK(!webhook::key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa=="));
  CHECK(!webhook::key_of("whsec_c2hvcnQ="));
  const std::vector<std::string> none{"", "whsec_"};
  CHECK(webhook::sign({published_id, published_time, published_body}, none).empty());
}

TEST_CASE("base64: the vectors of RFC 4648 go both ways, and nothing else is read") {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(webhook::base64_of(bytes) == text);
    CHECK(webhook::bytes_of_base64(text) == bytes);
  }
  for (const std::string_view wrong :
       {"Zg", "Zg=", "Zh==", "Zm9=", "====", "Zm9v\n", "Z===", "Zm-v"})
    CHECK(!webhook::bytes_of_base64(wrong));
}
