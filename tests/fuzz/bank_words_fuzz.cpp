// What a bank says: reports, bindings, callbacks. Whatever comes, what is believed is signed and
// whole, and what is shown to people is short, printable and without secrets.
#include "actors/channel/bank_http_words.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>

using namespace suanpan;
using namespace suanpan::bank_http;
using fuzz::require;

namespace {

constexpr std::int64_t now_micros = 1'764'278'400'000'000;

void judge_excerpt(std::string_view shown) {
  require(shown.size() <= 512, "an excerpt is short");
  require(std::ranges::all_of(shown, [](unsigned char c) { return c >= 0x20 && c < 0x7F; }),
          "an excerpt is printable");
  require(shown.find("tok_") == std::string::npos, "an excerpt shows no token");
  int digits = 0;
  for (const char c : shown) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    require(digits <= 16, "an excerpt shows no long number");
  }
}

void judge_report(const channel_answer& told) {
  require(!told.reference.value.empty(), "a report names its reference");
  require(told.amount.value >= 0, "an amount is not negative");
  require(told.outcome != channel_outcome::unknown, "a report says something");
  require((told.outcome == channel_outcome::failed) == !told.failure.code.empty(),
          "a refusal has a code, and nothing else has");
  require(told.failure.channel_code.size() <= 64, "a bank's code is short");
  require(told.redirect_url.empty() || told.outcome == channel_outcome::pending,
          "only an open payment has a page");
  judge_excerpt(told.excerpt);
}

void judge_signature(std::string_view text) {
  const signer ours("a secret", 300);
  const std::size_t half = text.size() / 2;
  const std::string_view front = text.substr(0, half);
  require(!ours.verify({front, "/p", text}, text.substr(half), now_micros),
          "nobody guesses a signature");
  const std::string timestamp = "1764278400";
  const auto good = ours.sign({timestamp, front, text});
  require(ours.verify({timestamp, front, text}, good, now_micros), "what is signed is believed");
  require(!signer("another", 300).verify({timestamp, front, text}, good, now_micros),
          "another secret is another bank");
  require(!ours.verify({timestamp, front, text}, good, now_micros + 301'000'000),
          "an old word is not believed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::text_of(bytes, size);
  if (const auto told = read_report(text)) judge_report(*told);
  if (const auto told = read_binding(text)) {
    require((told->outcome == channel_outcome::succeeded) == !told->token.empty(),
            "a bound card has a token");
  }
  if (const auto told = read_unbinding(text)) {
    require(told->outcome != channel_outcome::unknown, "an answer says something");
  }
  judge_excerpt(excerpt_of(text));
  require(failure_of(text).code.find(' ') == std::string::npos, "codes are ours");
  judge_signature(text);
  return 0;
}
