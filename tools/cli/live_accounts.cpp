// See live_accounts.hpp.
#include "tools/cli/live_accounts.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

constexpr std::size_t in_flight_max = 256;

struct pending_call {
  std::size_t index = 0;
  std::unique_ptr<grpc::ClientContext> context;
  v1::Account account;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::Account>> reader;
};

live_account read_answer(const pending_call& call, account_number number) {
  live_account live{number, std::nullopt, {}};
  if (call.status.error_code() == grpc::StatusCode::NOT_FOUND) return live;
  require_ok(call.status, "reading account " + std::to_string(number.value));
  const auto& totals = call.account.totals();
  const auto debits = parse_int128(totals.debits_posted());
  const auto credits = parse_int128(totals.credits_posted());
  if (!debits || !credits)
    throw command_failure(exit_status::refused, "account " + std::to_string(number.value) +
                                                    " has totals that are no numbers");
  live.totals = account_totals{*debits, *credits};
  live.as_of = {call.account.as_of_ticket()};
  return live;
}

/// Waits for everything in flight, so that nothing outlives the queue when an answer throws.
class reading {
 public:
  explicit reading(const ledger_client& client) : client_(client) {}
  ~reading() {
    for (auto& call : calls_)
      if (call.context) call.context->TryCancel();
    while (in_flight_ > 0 && next() != nullptr) {
    }
  }
  reading(const reading&) = delete;
  reading& operator=(const reading&) = delete;

  void start(pending_call& call, account_number number) {
    v1::GetAccountRequest request;
    request.set_number(number.value);
    call.context = client_.unary_context();
    call.account.Clear();
    call.reader = client_.ledger().AsyncGetAccount(call.context.get(), request, &queue_);
    call.reader->Finish(&call.account, &call.status, &call);
    ++in_flight_;
  }

  pending_call* next() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return nullptr;
    --in_flight_;
    return static_cast<pending_call*>(tag);
  }

  std::vector<pending_call>& calls() { return calls_; }

 private:
  const ledger_client& client_;
  grpc::CompletionQueue queue_;
  std::vector<pending_call> calls_ = std::vector<pending_call>(in_flight_max);
  std::size_t in_flight_ = 0;
};

}  // namespace

std::vector<live_account> read_live_accounts(const ledger_client& client,
                                             std::span<const account_number> numbers,
                                             const std::function<void(std::int64_t)>& progress) {
  std::vector<live_account> live(numbers.size());
  reading now(client);
  std::size_t started = 0;
  std::size_t done = 0;
  const auto start_next = [&](pending_call& call) {
    if (started == numbers.size()) return;
    call.index = started;
    now.start(call, numbers[started++]);
  };
  for (auto& call : now.calls()) start_next(call);
  while (done < numbers.size()) {
    pending_call* call = now.next();
    if (call == nullptr) break;
    live[call->index] = read_answer(*call, numbers[call->index]);
    progress(static_cast<std::int64_t>(++done));
    start_next(*call);
  }
  return live;
}

}  // namespace suanpan::cli
