#include "tools/bench/payments_load.hpp"

#include "tools/bench/cpu_time.hpp"
#include "tools/bench/database.hpp"
#include "tools/bench/order_stream.hpp"
#include "tools/cli/client.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace suanpan::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::int64_t amount = 100'00;
constexpr std::chrono::seconds drain_most{30};
constexpr std::chrono::milliseconds look_again{20};

std::int64_t micros_between(steady::time_point from, steady::time_point to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

/// What all connections share.
struct payments_run {
  std::string prefix;  // of order numbers
  std::atomic<std::uint64_t> next{0};
  std::atomic<bool> stopping{false};
  std::atomic<bool> counting{false};
};

struct payments_tally {
  std::uint64_t succeeded = 0;  // in the whole run
  std::uint64_t answered = 0;   // while counting
  std::uint64_t others = 0;
  std::string failure;
  histogram latency_micros;
};

void count(const ended_order& order, const payments_run& run, payments_tally& tally) {
  const bool paid = order.status.ok() && order.answer.state() == v1::PAYMENT_STATE_SUCCEEDED;
  if (!paid) {
    ++tally.others;
    if (tally.failure.empty())
      tally.failure = order.status.ok() ? v1::PaymentState_Name(order.answer.state())
                                        : cli::text_of(order.status);
    return;
  }
  ++tally.succeeded;
  if (!run.counting) return;
  ++tally.answered;
  tally.latency_micros.add(order.micros);
}

using quick_pays = order_stream<v1::CreateQuickPayRequest>;

quick_pays::plan plan_of(const payments_options& options, const v1::CreateQuickPayRequest& like,
                         payments_run& run, payments_tally& tally) {
  return {.with = &v1::Payments::Stub::AsyncCreateQuickPay,
          .like = like,
          .in_flight = std::max(1U, options.in_flight / options.connections),
          .gap_micros =
              options.rate == 0 ? 0 : std::int64_t{1'000'000} * options.connections / options.rate,
          .next_number = [&run] { return run.prefix + std::to_string(++run.next); },
          .ended = [&run, &tally](const ended_order& one) { count(one, run, tally); }};
}

/// CPU of everybody up to now.
class cpu_meter {
 public:
  explicit cpu_meter(const payments_options& options)
      : options_(options), postmaster_(options.dsn.empty() ? 0 : postmaster_pid(options.dsn)) {}

  void begin() {
    client_ = own_cpu_micros();
    node_ = cpu_micros_of(options_.node_pid);
    bank_ = cpu_micros_of(options_.bank_pid);
    if (postmaster_ != 0) postgres_ = family_cpu_micros(postmaster_);
  }
  void end(payments_measurement& into) const {
    into.client_cpu = own_cpu_micros() - client_;
    if (options_.node_pid != 0) into.node_cpu = cpu_micros_of(options_.node_pid) - node_;
    if (options_.bank_pid != 0) into.bank_cpu = cpu_micros_of(options_.bank_pid) - bank_;
    if (postmaster_ != 0) into.postgres_cpu = family_cpu_micros(postmaster_) - postgres_;
  }

 private:
  const payments_options& options_;
  std::int64_t postmaster_;
  std::int64_t client_ = 0;
  std::int64_t node_ = 0;
  std::int64_t bank_ = 0;
  std::int64_t postgres_ = 0;
};

std::string fresh_prefix() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + "-";
}

}  // namespace

payments_measurement measure_payments(const payments_options& options,
                                      orders::merchant_client& sells, const card_id& card,
                                      orders::webhook_receiver& told) {
  payments_run run;
  run.prefix = fresh_prefix();
  told.keep(false);
  const auto told_before = told.verified();
  v1::CreateQuickPayRequest like;
  like.set_merchant(sells.id().value);
  like.set_amount(amount);
  like.set_currency("CNY");
  like.set_card(card.value);
  std::vector<payments_tally> tallies(options.connections);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < options.connections; ++i)
    threads.emplace_back([&, i] {
      quick_pays(sells.on_another_connection(options.endpoint, static_cast<int>(i)),
                 plan_of(options, like, run, tallies[i]))
          .run(run.stopping);
    });
  std::this_thread::sleep_for(std::chrono::seconds(options.warmup_seconds));
  payments_measurement found;
  cpu_meter cpu(options);
  cpu.begin();
  const auto began = steady::now();
  const auto complete_before = told.verified();
  run.counting = true;
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  run.counting = false;
  found.complete = told.verified() - complete_before;
  found.micros = micros_between(began, steady::now());
  cpu.end(found);
  run.stopping = true;
  for (auto& thread : threads) thread.join();
  const auto last_answer = steady::now();
  std::uint64_t succeeded = 0;
  for (const auto& tally : tallies) {
    succeeded += tally.succeeded;
    found.answered += tally.answered;
    found.others += tally.others;
    if (found.failure.empty()) found.failure = tally.failure;
    found.latency_micros.merge(tally.latency_micros);
  }
  while (told.verified() - told_before < succeeded && steady::now() < last_answer + drain_most)
    std::this_thread::sleep_for(look_again);
  found.drain_micros = micros_between(last_answer, steady::now());
  const auto heard = told.verified() - told_before;
  found.untold = heard < succeeded ? succeeded - heard : 0;
  return found;
}

}  // namespace suanpan::bench
