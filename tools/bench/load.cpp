// See load.hpp.
#include "tools/bench/load.hpp"

#include "protocol/model/clock.hpp"
#include "tools/bench/day.hpp"

#include <endian.h>

#include <algorithm>
#include <cstring>
#include <thread>

namespace suanpan::bench {
namespace {

namespace v1 = suanpan::v1;

constexpr std::uint32_t accounts_per_call = 5'000;

/// UUIDv7: milliseconds, then a count that rises over all connections, then the run's salt.
void write_id(char* to, std::int64_t unix_millis, std::uint64_t count, std::uint64_t salt) {
  const std::uint64_t high =
      htobe64(static_cast<std::uint64_t>(unix_millis) << 16U | 0x7000U | (count >> 20U & 0xFFFU));
  const std::uint64_t low = htobe64(1ULL << 63U | (count & 0xFFFFFU) << 42U | salt);
  std::memcpy(to, &high, sizeof high);
  std::memcpy(to + sizeof high, &low, sizeof low);
}

}  // namespace

void load_tally::merge(const load_tally& other) {
  latency_micros.merge(other.latency_micros);
  windows.resize(std::max(windows.size(), other.windows.size()));
  for (std::size_t i = 0; i < other.windows.size(); ++i) windows[i].merge(other.windows[i]);
  counted += other.counted;
  posted += other.posted;
  refused += other.refused;
  unavailable += other.unavailable;
  unknown += other.unknown;
  calls_failed += other.calls_failed;
  if (failure.empty()) failure = other.failure;
}

load_filler::load_filler(const load_options& options, load_run& run, std::uint64_t seed)
    : options_(options), run_(run), pattern_(options.pattern, options.skew, run.accounts, seed) {}

void load_filler::build(v1::PostTransfersRequest& request) const {
  request.mutable_transfers()->Reserve(static_cast<int>(options_.batch));
  for (std::uint32_t i = 0; i < options_.batch; ++i) {
    auto& item = *request.add_transfers();
    item.set_id(std::string(16, '\0'));
    item.set_currency("CNY");
    item.set_event_code(run_.event_code);
    item.set_kind(v1::TRANSFER_KIND_POST);
  }
}

void load_filler::refill(v1::PostTransfersRequest& request) {
  const std::int64_t millis = system_wall_clock().unix_micros() / 1'000;
  std::uint64_t count = run_.id_count.fetch_add(options_.batch, std::memory_order_relaxed);
  pattern_.write(request);
  for (auto& item : *request.mutable_transfers())
    write_id(item.mutable_id()->data(), millis, count++, run_.id_salt);
}

std::chrono::steady_clock::time_point pace::next() {
  if (between_.count() == 0) return std::chrono::steady_clock::now();
  const auto due = due_;
  due_ += between_;
  std::this_thread::sleep_until(due);
  return due;
}

void tally_answer(const load_options& options, load_run& run,
                  const v1::PostTransfersResponse& response,
                  std::chrono::steady_clock::time_point sent, load_tally& tally) {
  std::uint64_t posted = 0;
  for (const auto& outcome : response.results()) {
    switch (outcome.result()) {
      case v1::TRANSFER_RESULT_POSTED:
      case v1::TRANSFER_RESULT_HELD:
        ++posted;
        break;
      case v1::TRANSFER_RESULT_UNAVAILABLE:
        ++tally.unavailable;
        break;
      case v1::TRANSFER_RESULT_UNKNOWN:
        ++tally.unknown;
        break;
      default:
        ++tally.refused;
    }
  }
  tally.posted += posted;
  if (!run.counting.load(std::memory_order_relaxed)) return;
  tally.counted += posted;
  run.counted.fetch_add(posted, std::memory_order_relaxed);
  const auto now = std::chrono::steady_clock::now();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now - sent).count();
  tally.latency_micros.add(micros);
  if (options.window_seconds == 0) return;
  const auto window = static_cast<std::size_t>((now - run.counting_since) /
                                               std::chrono::seconds(options.window_seconds));
  if (tally.windows.size() <= window) tally.windows.resize(window + 1);
  tally.windows[window].add(micros);
}

std::vector<std::int64_t> open_load_accounts(const cli::ledger_client& client,
                                             std::uint32_t count) {
  std::vector<std::int64_t> numbers;
  while (numbers.size() < count) {
    v1::OpenAccountsRequest request;
    const auto first = static_cast<std::uint32_t>(numbers.size());
    for (std::uint32_t i = first; i < std::min(count, first + accounts_per_call); ++i) {
      auto& account = *request.add_accounts();
      account.set_owner("merchant:B" + std::to_string(i));
      account.set_subject(std::string(default_day_subjects().merchant_payable));
      account.set_currency("CNY");
      account.set_label("bench");
    }
    v1::OpenAccountsResponse response;
    cli::require_ok(client.ledger().OpenAccounts(client.unary_context().get(), request, &response),
                    "opening accounts at " + client.endpoint());
    for (const auto& opened : response.results()) {
      if (opened.number() <= 0)
        throw cli::command_failure(
            cli::exit_status::refused,
            "an account was not opened: " + v1::OpenAccountResult_Name(opened.result()));
      numbers.push_back(opened.number());
    }
  }
  return numbers;
}

}  // namespace suanpan::bench
