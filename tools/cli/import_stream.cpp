// See import_stream.hpp.
#include "tools/cli/import_stream.hpp"

#include "tools/cli/table.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

// The API takes 4 MiB a message; a transfer's fixed fields stay below 80 bytes on the wire.
constexpr std::size_t message_bytes_max = 3'500'000;
constexpr std::size_t transfer_bytes_fixed = 80;
constexpr auto pause_first = 100ms;
constexpr auto pause_max = 2'000ms;

bool is_final(v1::TransferResult result) {
  return result != v1::TRANSFER_RESULT_UNSPECIFIED && result != v1::TRANSFER_RESULT_UNAVAILABLE &&
         result != v1::TRANSFER_RESULT_UNKNOWN;
}

/// Whether sending the same ids again may help.
bool is_worth_retrying(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return false;
    default:
      return true;
  }
}

/// Indices of postings, cut into messages.
struct message_plan {
  std::vector<std::uint32_t> items;  // in file order
  std::vector<std::size_t> ends;     // message i is items[ends[i-1] … ends[i])
  [[nodiscard]] std::size_t begin_of(std::size_t i) const { return i == 0 ? 0 : ends[i - 1]; }
};

message_plan plan_messages(std::span<const posting> postings, const stream_report& report,
                           std::uint32_t batch) {
  message_plan plan;
  std::size_t bytes = 0;
  std::size_t first = 0;
  for (std::uint32_t i = 0; i < postings.size(); ++i) {
    if (is_final(report.results[i])) continue;
    const std::size_t size =
        transfer_bytes_fixed + postings[i].reference.size() + postings[i].memo.size();
    if (plan.items.size() - first == batch || bytes + size > message_bytes_max) {
      plan.ends.push_back(plan.items.size());
      first = plan.items.size();
      bytes = 0;
    }
    plan.items.push_back(i);
    bytes += size;
  }
  if (plan.items.size() > first) plan.ends.push_back(plan.items.size());
  return plan;
}

/// What writer, reader and watchdog of one stream share.
struct flow {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::uint32_t in_flight = 0;
  bool stopping = false;  // write no more
  steady::time_point last_answer = steady::now();
};

/// One stream's life.
class stream_round {
 public:
  stream_round(const ledger_client& client, std::span<const posting> postings,
               std::span<const std::int64_t> numbers, const stream_options& options)
      : postings_(postings),
        numbers_(numbers),
        options_(options),
        context_(client.stream_context()) {
    stream_ = client.ledger().StreamTransfers(context_.get());
  }

  /// Items that were answered for good are in `report`; the rest is left as it was.
  grpc::Status run(const message_plan& plan, stream_report& report,
                   const std::function<void(std::int64_t)>& answered) {
    std::jthread writer([this, &plan] { write(plan); });
    std::jthread watchdog([this](const std::stop_token& stop) { watch(stop); });
    v1::PostTransfersResponse response;
    while (stream_->Read(&response)) {
      answered(take(plan, response, report));
      const std::scoped_lock lock(flow_.mutex);
      --flow_.in_flight;
      flow_.last_answer = steady::now();
      flow_.changed.notify_all();
    }
    stop_writing();
    writer.join();
    const auto status = stream_->Finish();
    if (misfit_)
      return {grpc::StatusCode::FAILED_PRECONDITION, "the node answered what was not asked"};
    return status;
  }

 private:
  void write(const message_plan& plan) {
    v1::PostTransfersRequest request;
    for (std::size_t i = 0; i < plan.ends.size() && may_write(); ++i) {
      fill(request, plan, i);
      if (!stream_->Write(request)) break;
    }
    stream_->WritesDone();
  }

  bool may_write() {
    std::unique_lock lock(flow_.mutex);
    flow_.changed.wait(lock,
                       [this] { return flow_.stopping || flow_.in_flight < options_.in_flight; });
    if (!flow_.stopping) ++flow_.in_flight;
    return !flow_.stopping;
  }

  void stop_writing() {
    const std::scoped_lock lock(flow_.mutex);
    flow_.stopping = true;
    flow_.changed.notify_all();
  }

  /// A node that stopped in its tracks answers nothing and breaks nothing: end the stream
  /// ourselves.
  void watch(const std::stop_token& stop) {
    std::unique_lock lock(flow_.mutex);
    const auto patience = std::chrono::seconds(options_.patience_seconds);
    while (!stop.stop_requested()) {
      flow_.changed.wait_for(lock, stop, 1s, [] { return false; });
      if (flow_.in_flight > 0 && steady::now() - flow_.last_answer > patience)
        context_->TryCancel();
    }
  }

  void fill(v1::PostTransfersRequest& request, const message_plan& plan,
            std::size_t message) const {
    request.Clear();
    request.set_sequence(message);
    for (std::size_t k = plan.begin_of(message); k < plan.ends[message]; ++k) {
      const auto& from = postings_[plan.items[k]];
      auto& to = *request.add_transfers();
      to.set_id(from.id.bytes.data(), from.id.bytes.size());
      to.set_debit_account(numbers_[from.debit]);
      to.set_credit_account(numbers_[from.credit]);
      to.set_amount(from.amount.value);
      const auto code = letters(from.ccy);
      to.set_currency(code.data(), code.size());
      to.set_event_code(static_cast<std::uint32_t>(from.event_code));
      to.set_kind(v1::TRANSFER_KIND_POST);
      to.set_reference(from.reference.data(), from.reference.size());
      to.set_memo(from.memo.data(), from.memo.size());
    }
  }

  /// How many items this answer settled.
  std::int64_t take(const message_plan& plan, const v1::PostTransfersResponse& response,
                    stream_report& report) {
    const auto message = static_cast<std::size_t>(response.sequence());
    const bool fits = message < plan.ends.size() &&
                      plan.begin_of(message) + static_cast<std::size_t>(response.results_size()) ==
                          plan.ends[message];
    if (!fits) {
      misfit_ = true;
      context_->TryCancel();
      return 0;
    }
    std::int64_t settled = 0;
    for (int k = 0; k < response.results_size(); ++k) {
      const auto result = response.results(k).result();
      report.results[plan.items[plan.begin_of(message) + static_cast<std::size_t>(k)]] = result;
      if (is_final(result)) ++settled;
    }
    if (settled < response.results_size()) stop_writing();
    return settled;
  }

  std::span<const posting> postings_;
  std::span<const std::int64_t> numbers_;
  const stream_options& options_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PostTransfersRequest, v1::PostTransfersResponse>>
      stream_;
  flow flow_;
  bool misfit_ = false;
};

}  // namespace

stream_report stream_postings(const ledger_client& client, std::span<const posting> postings,
                              std::span<const std::int64_t> numbers, const stream_options& options,
                              const std::function<void(std::int64_t)>& progress,
                              const std::function<void(const std::string&)>& note) {
  stream_report report;
  report.results.assign(postings.size(), v1::TRANSFER_RESULT_UNSPECIFIED);
  std::int64_t settled = 0;
  auto pause = pause_first;
  auto last_progress = steady::now();
  for (;;) {
    const auto plan = plan_messages(postings, report, options.batch);
    if (plan.items.empty()) return report;
    ++report.streams;
    const std::int64_t before = settled;
    const auto status = stream_round(client, postings, numbers, options)
                            .run(plan, report, [&settled, &progress](std::int64_t more) {
                              settled += more;
                              progress(settled);
                            });
    if (!status.ok() && !is_worth_retrying(status.error_code()))
      require_ok(status, "posting to " + client.endpoint());
    if (settled == static_cast<std::int64_t>(postings.size())) return report;
    if (settled > before) {
      last_progress = steady::now();
      pause = pause_first;
    }
    const std::string why = status.ok() ? "the ledger is unavailable" : text_of(status);
    if (steady::now() - last_progress > std::chrono::seconds(options.patience_seconds))
      throw command_failure(exit_status::unavailable,
                            why + "; " + count_text(settled) + " of " +
                                count_text(static_cast<std::int64_t>(postings.size())) +
                                " transfers are settled; import the file again to go on");
    note(why + ": sending what is open again, with the same ids");
    std::this_thread::sleep_for(pause);
    pause = std::min<std::chrono::milliseconds>(2 * pause, pause_max);
  }
}

}  // namespace suanpan::cli
