#include "tools/cli/transfer_options.hpp"

#include "protocol/model/transfer.hpp"
#include "tools/cli/posting_call.hpp"

namespace suanpan::cli {

std::vector<CLI::Option*> add_transfer_options(CLI::App& command, transfer_options& options) {
  std::vector<CLI::Option*> needed{
      command.add_option("--debit", options.debit, "debit account's number (required)"),
      command.add_option("--credit", options.credit, "credit account's number (required)"),
      command.add_option("--amount", options.amount, "in major units: 12.50 (required)"),
      command.add_option("--currency", options.currency, "ISO 4217: CNY (required)")};
  command.add_option("--id", options.id, "UUID or ULID [a new UUIDv7, printed]");
  bounded(command.add_option("--event-code", options.event_code, "business event, 0 … 65535"), 0,
          event_code_max);
  command.add_option("--reference", options.reference,
                     "order number or the like, at most 128 bytes");
  command.add_option("--memo", options.memo, "for people, at most 256 bytes");
  command.add_option("--metadata", options.metadata, "a JSON object, at most 1,024 bytes");
  return needed;
}

void require_given(const std::vector<CLI::Option*>& needed) {
  for (const auto* option : needed)
    if (option->count() == 0) throw CLI::RequiredError(option->get_name());
}

suanpan::v1::Transfer item_of(const transfer_options& options) {
  const auto id = id_or_new(options.id);
  suanpan::v1::Transfer item;
  item.set_id(id.bytes.data(), id.bytes.size());
  item.set_debit_account(options.debit);
  item.set_credit_account(options.credit);
  item.set_amount(amount_from(options.amount, options.currency));
  item.set_currency(options.currency);
  item.set_event_code(options.event_code);
  item.set_kind(options.balancing == "debit"    ? suanpan::v1::TRANSFER_KIND_BALANCING_DEBIT
                : options.balancing == "credit" ? suanpan::v1::TRANSFER_KIND_BALANCING_CREDIT
                                                : suanpan::v1::TRANSFER_KIND_POST);
  item.set_reference(options.reference);
  item.set_memo(options.memo);
  item.set_metadata(options.metadata);
  return item;
}

}  // namespace suanpan::cli
