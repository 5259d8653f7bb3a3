#include "tests/faults/ledger_client.hpp"

#include <atomic>
#include <random>
#include <stdexcept>

namespace suanpan::faults {
namespace {

std::shared_ptr<grpc::Channel> channel_to(const std::string& address) {
  static std::atomic<int> connections{0};
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt("suanpan.connection", ++connections);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, 16 << 20);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // every attempt is ours, and recorded
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

std::int64_t wall_millis() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

transfer_id fresh_id(milliseconds offset) {
  static std::atomic<std::uint64_t> count{static_cast<std::uint64_t>(std::random_device{}())
                                          << 24U};
  auto id = transfer_id::first_of(wall_millis() + offset.count());
  const auto n = ++count;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(n >> (8 * i) & 0xffU);
  return id;
}

item transfer_of(std::int64_t debit, std::int64_t credit, std::int64_t amount,
                 const std::string& currency) {
  item what;
  what.id = fresh_id();
  what.debit = debit;
  what.credit = credit;
  what.amount = amount;
  what.currency = currency;
  return what;
}

void limit(grpc::ClientContext& context, milliseconds deadline) {
  context.set_deadline(std::chrono::system_clock::now() + deadline);
}

void fill(v1::Transfer& to, const item& from) {
  to.set_id(std::string(from.id.bytes.begin(), from.id.bytes.end()));
  to.set_debit_account(from.debit);
  to.set_credit_account(from.credit);
  to.set_amount(from.amount);
  to.set_currency(from.currency);
  to.set_event_code(static_cast<std::uint32_t>(from.event_code));
  to.set_reference(from.reference);
  to.set_memo(from.memo);
}

v1::PostTransfersRequest request_of(std::span<const item> items, std::uint64_t sequence) {
  v1::PostTransfersRequest request;
  request.set_sequence(sequence);
  for (const auto& one : items) fill(*request.add_transfers(), one);
  return request;
}

std::vector<answer> answers_of(const v1::PostTransfersResponse& response, std::size_t items) {
  std::vector<answer> answers(items);
  if (static_cast<std::size_t>(response.results_size()) != items) return answers;
  for (std::size_t i = 0; i < items; ++i) {
    const auto& r = response.results(static_cast<int>(i));
    answers[i] = {static_cast<int>(r.result()), r.ticket()};
  }
  return answers;
}

ledger_client::ledger_client(const std::string& address)
    : channel_(channel_to(address)), stub_(v1::Ledger::NewStub(channel_)) {}

std::vector<answer> ledger_client::post(std::span<const item> items, milliseconds deadline,
                                        grpc::Status* status) {
  grpc::ClientContext context;
  limit(context, deadline);
  v1::PostTransfersResponse response;
  const auto ended = stub_->PostTransfers(&context, request_of(items), &response);
  if (status != nullptr) *status = ended;
  if (!ended.ok()) return std::vector<answer>(items.size());
  return answers_of(response, items.size());
}

answer ledger_client::post_one(const item& what, milliseconds deadline) {
  return post({&what, 1}, deadline).front();
}

std::vector<answer> ledger_client::post_recorded(std::span<const item> items, history_writer& into,
                                                 std::int32_t client, milliseconds deadline) {
  const auto began = monotonic_micros();
  auto answers = post(items, deadline);
  const auto ended = monotonic_micros();
  for (std::size_t i = 0; i < items.size(); ++i)
    into.write(attempt{client, items[i], answers[i].told, answers[i].ticket, {began, ended}});
  return answers;
}

std::vector<std::int64_t> ledger_client::open(std::span<const account_wish> accounts) {
  v1::OpenAccountsRequest request;
  for (const auto& wish : accounts) {
    auto& one = *request.add_accounts();
    one.set_owner(wish.owner);
    one.set_subject(wish.subject);
    one.set_currency(wish.currency);
    one.set_label(wish.label);
    one.set_flags(wish.no_overdraft ? 1 : 0);
    if (wish.shard) one.set_shard(*wish.shard);
  }
  std::string trouble;
  const auto opened = [&](std::vector<std::int64_t>& numbers) {
    grpc::ClientContext context;
    limit(context, milliseconds(5'000));
    v1::OpenAccountsResponse response;
    const auto status = stub_->OpenAccounts(&context, request, &response);
    trouble = status.error_message();
    numbers.clear();
    for (const auto& r : response.results()) {
      if (r.result() != v1::OPEN_ACCOUNT_RESULT_OPENED &&
          r.result() != v1::OPEN_ACCOUNT_RESULT_EXISTS)
        trouble = v1::OpenAccountResult_Name(r.result());
      else
        numbers.push_back(r.number());
    }
    return status.ok() && numbers.size() == accounts.size();
  };
  std::vector<std::int64_t> numbers;
  if (!wait_until(milliseconds(30'000), [&] { return opened(numbers); }))
    throw std::runtime_error("accounts can't be opened: " + trouble);
  return numbers;
}

std::int64_t ledger_client::open(const account_wish& account) {
  return open(std::span(&account, 1)).front();
}

grpc::Status ledger_client::account(std::int64_t number, v1::Account& found,
                                    milliseconds deadline) {
  grpc::ClientContext context;
  limit(context, deadline);
  v1::GetAccountRequest request;
  request.set_number(number);
  return stub_->GetAccount(&context, request, &found);
}

grpc::Status ledger_client::transfer(const transfer_id& id, v1::GetTransferResponse& found,
                                     milliseconds deadline) {
  grpc::ClientContext context;
  limit(context, deadline);
  v1::GetTransferRequest request;
  request.set_id(std::string(id.bytes.begin(), id.bytes.end()));
  return stub_->GetTransfer(&context, request, &found);
}

std::int64_t ledger_client::balance(std::int64_t number) {
  v1::Account found;
  const auto status = account(number, found);
  if (!status.ok()) throw std::runtime_error("no balance: " + status.error_message());
  return std::stoll(found.totals().balance());
}

bool ledger_client::connected(milliseconds within) {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + within);
}

}  // namespace suanpan::faults
