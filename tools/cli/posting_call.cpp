#include "tools/cli/posting_call.hpp"

#include "protocol/model/clock.hpp"
#include "protocol/model/money.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/reports.hpp"

#include <nlohmann/json.hpp>
#include <sys/random.h>

#include <algorithm>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

std::string why_not(amount_fault fault, const std::string& letters, currency ccy) {
  const int decimals = exponent(ccy);
  switch (fault) {
    case amount_fault::too_many_decimals:
      return "has too many decimals for " + letters + ", which has " +
             (decimals == 0 ? "none" : std::to_string(decimals));
    case amount_fault::too_large:
      return "is too large";
    default:
      return "is not a number";
  }
}

}  // namespace

transfer_id new_transfer_id() {
  transfer_id id = transfer_id::first_of(system_wall_clock().unix_micros() / 1'000);
  if (getrandom(id.bytes.data() + 6, 10, 0) != 10)
    throw command_failure(exit_status::refused, "the system gave no random bytes");
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | (id.bytes[6] & 0x0FU));
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
  return id;
}

transfer_id id_from(const std::string& text, const std::string& option) {
  const auto id = parse_transfer_id(text);
  if (!id) throw command_failure(exit_status::usage, option + " must be a UUID or a ULID: " + text);
  return *id;
}

transfer_id id_or_new(const std::string& given) {
  return given.empty() ? new_transfer_id() : id_from(given, "--id");
}

std::int64_t amount_from(const std::string& text, const std::string& currency,
                         const std::string& option) {
  const auto ccy = parse_currency(currency);
  if (!ccy) throw command_failure(exit_status::usage, "--currency is not in ISO 4217: " + currency);
  const auto parsed = parse_amount(text, *ccy);
  if (parsed.fault == amount_fault::none) return parsed.amount.value;
  throw command_failure(exit_status::usage,
                        option + ' ' + why_not(parsed.fault, currency, *ccy) + ": " + text);
}

v1::GetTransferResponse fetch_transfer(const ledger_client& client, const transfer_id& id) {
  v1::GetTransferRequest request;
  request.set_id(id.bytes.data(), id.bytes.size());
  v1::GetTransferResponse found;
  require_ok(client.ledger().GetTransfer(client.unary_context().get(), request, &found),
             "reading transfer " + to_string(id) + " at " + client.endpoint());
  return found;
}

v1::Transfer fetch_booked(const ledger_client& client, const transfer_id& id, v1::TransferResult as,
                          const std::string& what) {
  const auto found = fetch_transfer(client, id);
  if (found.result() != as)
    throw command_failure(exit_status::refused,
                          to_string(id) + " is not " + what + " that was booked, but " +
                              std::string(name_of(static_cast<item_result>(found.result()))));
  return found.transfer();
}

exit_status status_of_result(item_result result) {
  if (is_done(result)) return exit_status::done;
  const bool open = result == item_result::unavailable || result == item_result::unknown;
  return open ? exit_status::unavailable : exit_status::refused;
}

exit_status post_one(const common_options& common, const ledger_client& client,
                     const v1::Transfer& item) {
  transfer_id id;
  std::copy_n(item.id().begin(), id.bytes.size(), id.bytes.begin());
  v1::PostTransfersRequest request;
  *request.add_transfers() = item;
  v1::PostTransfersResponse response;
  require_ok(
      client.ledger().PostTransfers(client.unary_context().get(), request, &response),
      "posting " + to_string(id) + " at " + client.endpoint() + " (repeat it with this --id)");
  if (response.results_size() != 1)
    throw command_failure(exit_status::refused, "the node did not answer the transfer");
  const auto& answer = response.results(0);
  const auto result = static_cast<item_result>(answer.result());
  if (common.json) {
    nlohmann::json line{{"id", to_string(id)},
                        {"result", v1::TransferResult_Name(answer.result())},
                        {"ticket", std::to_string(answer.ticket())}};
    if (answer.moved_amount() != 0) line["moved_amount"] = std::to_string(answer.moved_amount());
    print(line.dump() + '\n');
  } else {
    print(to_string(id) + "  " + std::string(name_of(result)) +
          (answer.moved_amount() != 0
               ? "  " + money_text(std::to_string(answer.moved_amount()), item.currency())
               : "") +
          (answer.ticket() != 0 ? "  " + time_text(answer.ticket()) : "") + '\n');
    if (!is_done(result)) print(std::string(sentence_of(result)) + '\n');
  }
  return status_of_result(result);
}

}  // namespace suanpan::cli
