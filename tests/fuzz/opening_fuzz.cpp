// OpenAccounts as bytes, and what clients send besides: page tokens, and the details of an error.
#include "protocol/wire/errors.hpp"
#include "protocol/wire/opening.hpp"
#include "protocol/wire/page_token.hpp"
#include "suanpan/v1/ledger.pb.h"
#include "tests/fuzz/fuzz.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <cctype>
#include <string>

using namespace suanpan;
using fuzz::require;

namespace {

constexpr wire::ledger_limits limits;

// Protobuf would write a line for each string that is no UTF-8.
[[maybe_unused]] auto* const silence = google::protobuf::SetLogHandler(nullptr);

std::optional<normal_side> side_of(std::string_view subject) {
  if (subject == "1001") return normal_side::debit;
  if (subject == "2001") return normal_side::credit;
  return std::nullopt;
}

void open(std::string_view message) {
  wire::received_opening in;
  if (!wire::read_opening(message, in)) return;
  wire::wanted_account out;
  if (wire::translate(in, limits, side_of, out) != wire::opening_fault::none) return;
  const auto& key = out.key;
  require(wire::is_owner(key.owner), "an accepted owner is one");
  require(key.owner.size() <= 64 && fuzz::is_utf8(key.owner), "an accepted owner is short text");
  require(fuzz::is_utf8(key.label) && key.label.find('\0') == std::string::npos,
          "an accepted label is text");
  require(side_of(key.subject) == out.side, "the side is that of the subject");
  require(key.shard.value < limits.shards, "the shard is one of this ledger");
  require(key.owner == in.owner && key.label == in.label && key.subject == in.subject,
          "what is accepted is what was asked");
}

void page(std::string_view bytes) {
  const auto cut = std::min<std::size_t>(32, bytes.size());
  const auto token = bytes.substr(0, cut);
  const auto filter = bytes.substr(cut);
  const auto after = wire::read_page_token(token, filter);
  if (after && !token.empty()) {
    auto lower = std::string(token);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    require(wire::make_page_token(*after, filter) == lower, "an accepted token is one of ours");
  }
  const account_number some{static_cast<std::int64_t>(bytes.size()) + 1};
  const auto made = wire::make_page_token(some, filter);
  require(wire::read_page_token(made, filter) == some, "our own token is accepted");
  require(!wire::read_page_token(made, std::string(filter) + "x"), "and for its filter alone");
}

void fail(const std::string& bytes) {
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE, "no", bytes);
  const auto error = wire::read_error(status);
  if (!error) return;
  const auto again = wire::read_error(wire::to_status(*error));
  require(again && again->reason == error->reason, "an error that was read can be told again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto message = fuzz::text_of(bytes, size);
  open(message);
  page(message);
  fail(std::string(message));
  v1::OpenAccountsRequest parsed;
  const auto count = wire::count_openings(message);
  if (count && parsed.ParseFromArray(bytes, static_cast<int>(size)))
    require(static_cast<std::size_t>(parsed.accounts_size()) == *count, "as many accounts");
  return 0;
}
