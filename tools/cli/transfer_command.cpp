// `suanpan transfer` and `suanpan transfer show`.
#include "protocol/model/clock.hpp"
#include "protocol/model/transfer.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <nlohmann/json.hpp>
#include <sys/random.h>

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct transfer_options {
  std::string id;
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  std::string amount;
  std::string currency;
  std::uint32_t event_code = 0;
  std::string reference;
  std::string memo;
};

/// A UUIDv7 of now.
transfer_id new_id() {
  transfer_id id = transfer_id::first_of(system_wall_clock().unix_micros() / 1'000);
  if (getrandom(id.bytes.data() + 6, 10, 0) != 10)
    throw command_failure(exit_status::refused, "the system gave no random bytes");
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | (id.bytes[6] & 0x0FU));
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
  return id;
}

minor_units amount_from(const transfer_options& options) {
  const auto ccy = parse_currency(options.currency);
  if (!ccy)
    throw command_failure(exit_status::usage, "--currency is not in ISO 4217: " + options.currency);
  const auto parsed = parse_amount(options.amount, *ccy);
  if (parsed.fault == amount_fault::none) return parsed.amount;
  const int decimals = exponent(*ccy);
  const std::string why = parsed.fault == amount_fault::too_many_decimals
                              ? "has too many decimals for " + options.currency + ", which has " +
                                    (decimals == 0 ? "none" : std::to_string(decimals))
                          : parsed.fault == amount_fault::too_large ? "is too large"
                                                                    : "is not a number";
  throw command_failure(exit_status::usage, "--amount " + why + ": " + options.amount);
}

exit_status status_of_result(item_result result) {
  if (is_done(result)) return exit_status::done;
  const bool open = result == item_result::unavailable || result == item_result::unknown;
  return open ? exit_status::unavailable : exit_status::refused;
}

v1::PostTransfersRequest request_of(const transfer_options& options, const transfer_id& id) {
  v1::PostTransfersRequest request;
  auto& item = *request.add_transfers();
  item.set_id(id.bytes.data(), id.bytes.size());
  item.set_debit_account(options.debit);
  item.set_credit_account(options.credit);
  item.set_amount(amount_from(options).value);
  item.set_currency(options.currency);
  item.set_event_code(options.event_code);
  item.set_kind(v1::TRANSFER_KIND_POST);
  item.set_reference(options.reference);
  item.set_memo(options.memo);
  return request;
}

exit_status post_transfer(const common_options& common, const transfer_options& options) {
  const auto id = options.id.empty() ? new_id() : id_from(options.id, "--id");
  const ledger_client client(common);
  const auto request = request_of(options, id);
  v1::PostTransfersResponse response;
  // The id is named with every failure: without it nobody could ask what became of the transfer.
  require_ok(
      client.ledger().PostTransfers(client.unary_context().get(), request, &response),
      "posting " + to_string(id) + " at " + client.endpoint() + " (repeat it with this --id)");
  if (response.results_size() != 1)
    throw command_failure(exit_status::refused, "the node did not answer the transfer");
  const auto& answer = response.results(0);
  const auto result = static_cast<item_result>(answer.result());
  if (common.json) {
    print(nlohmann::json{{"id", to_string(id)},
                         {"result", v1::TransferResult_Name(answer.result())},
                         {"ticket", std::to_string(answer.ticket())}}
              .dump() +
          '\n');
  } else {
    print(to_string(id) + "  " + std::string(name_of(result)) +
          (answer.ticket() != 0 ? "  " + time_text(answer.ticket()) : "") + '\n');
    if (!is_done(result)) print(std::string(sentence_of(result)) + '\n');
  }
  return status_of_result(result);
}

exit_status show_transfer(const common_options& common, const std::string& text) {
  const auto id = id_from(text, "id");
  const ledger_client client(common);
  v1::GetTransferRequest request;
  request.set_id(id.bytes.data(), id.bytes.size());
  v1::GetTransferResponse found;
  require_ok(client.ledger().GetTransfer(client.unary_context().get(), request, &found),
             "reading transfer " + to_string(id) + " at " + client.endpoint());
  if (common.json) {
    print(json_of(found) + '\n');
    return exit_status::done;
  }
  const auto& what = found.transfer();
  table lines({{"transfer"}, {to_string(id)}});
  lines.add({"result", std::string(name_of(static_cast<item_result>(found.result())))});
  lines.add({"debit account", std::to_string(what.debit_account())});
  lines.add({"credit account", std::to_string(what.credit_account())});
  lines.add({"amount", money_text(std::to_string(what.amount()), what.currency())});
  lines.add({"event code", std::to_string(what.event_code())});
  lines.add({"reference", printable(what.reference(), 128)});
  lines.add({"memo", printable(what.memo(), 256)});
  lines.add({"accounting date", what.accounting_date()});
  lines.add({"recorded", time_text(found.ticket())});
  print(lines.text());
  return exit_status::done;
}

}  // namespace

void add_transfer(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand("transfer", "Posts one transfer, shows one, or lists them.");
  const auto options = std::make_shared<transfer_options>();
  // Required, but not of `transfer show`, so CLI11 can't be told.
  auto* debit = command->add_option("--debit", options->debit, "debit account's number (required)");
  auto* credit =
      command->add_option("--credit", options->credit, "credit account's number (required)");
  auto* amount =
      command->add_option("--amount", options->amount, "in major units: 12.50 (required)");
  auto* currency = command->add_option("--currency", options->currency, "ISO 4217: CNY (required)");
  command->add_option("--id", options->id, "UUID or ULID [a new UUIDv7, printed]");
  bounded(command->add_option("--event-code", options->event_code, "business event, 0 … 65535"), 0,
          event_code_max);
  command->add_option("--reference", options->reference,
                      "order number or the like, at most 128 bytes");
  command->add_option("--memo", options->memo, "for people, at most 256 bytes");
  command->footer(
      "Posting again with the same --id books nothing twice.\n\nExamples:\n"
      "  suanpan transfer --debit 2049 --credit 3073 --amount 12.50 --currency CNY --reference Q1\n"
      "  suanpan transfer show 0190b5c2-7a3e-7cc1-8f00-0123456789ab");

  auto* list = add_transfer_list(*command, line);

  auto* show = command->add_subcommand("show", "A transfer by its id, booked or refused.");
  const auto id = std::make_shared<std::string>();
  show->add_option("id", *id, "UUID or ULID")->required();
  show->footer("Examples:\n  suanpan transfer show 0190b5c2-7a3e-7cc1-8f00-0123456789ab");
  show->callback(
      [&line, id] { line.run = [&line, id] { return show_transfer(line.common, *id); }; });

  command->callback([&line, options, show, list, debit, credit, amount, currency] {
    if (show->parsed() || list->parsed()) return;
    for (const auto* needed : {debit, credit, amount, currency})
      if (needed->count() == 0) throw CLI::RequiredError(needed->get_name());
    line.run = [&line, options] { return post_transfer(line.common, *options); };
  });
}

}  // namespace suanpan::cli
