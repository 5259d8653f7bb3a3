// `suanpan transfer` and `suanpan transfer show`.
#include "protocol/model/transfer.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/transfer_options.hpp"

#include <algorithm>
#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

exit_status post_transfer(const common_options& common, const transfer_options& options) {
  const auto item = item_of(options);
  return post_one(common, ledger_client(common), item);
}

std::string id_text(const std::string& bytes) {
  transfer_id id;
  if (bytes.size() != id.bytes.size()) return "-";
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return to_string(id);
}

std::string kind_text(v1::TransferKind kind) {
  switch (kind) {
    case v1::TRANSFER_KIND_HOLD:
      return "hold";
    case v1::TRANSFER_KIND_CAPTURE:
      return "capture of a hold";
    case v1::TRANSFER_KIND_VOID:
      return "void of a hold";
    case v1::TRANSFER_KIND_BALANCING_DEBIT:
      return "post of what the debit account has";
    case v1::TRANSFER_KIND_BALANCING_CREDIT:
      return "post of what the credit account takes";
    case v1::TRANSFER_KIND_REVERSE:
      return "reversal";
    default:
      return "post";
  }
}

exit_status show_transfer(const common_options& common, const std::string& text) {
  const auto id = id_from(text, "id");
  const auto found = fetch_transfer(ledger_client(common), id);
  if (common.json) {
    print(json_of(found) + '\n');
    return exit_status::done;
  }
  const auto& what = found.transfer();
  table lines({{"transfer"}, {to_string(id)}});
  lines.add({"kind", kind_text(what.kind())});
  lines.add({"result", std::string(name_of(static_cast<item_result>(found.result())))});
  lines.add({"debit account", std::to_string(what.debit_account())});
  lines.add({"credit account", std::to_string(what.credit_account())});
  lines.add({"amount", money_text(std::to_string(what.amount()), what.currency())});
  if (what.moved_amount() != 0)
    lines.add({"moved", money_text(std::to_string(what.moved_amount()), what.currency())});
  if (!what.pending_id().empty()) lines.add({"hold", id_text(what.pending_id())});
  if (!what.reverses_id().empty()) lines.add({"reverses", id_text(what.reverses_id())});
  if (what.expires_at() != 0) lines.add({"expires", time_text(what.expires_at())});
  if (!what.voucher_id().empty()) lines.add({"voucher", id_text(what.voucher_id())});
  lines.add({"event code", std::to_string(what.event_code())});
  lines.add({"reference", printable(what.reference(), 128)});
  lines.add({"memo", printable(what.memo(), 256)});
  if (!what.metadata().empty()) lines.add({"metadata", printable(what.metadata(), 1'024)});
  lines.add({"accounting date", what.accounting_date()});
  lines.add({"recorded", time_text(found.ticket())});
  print(lines.text());
  return exit_status::done;
}

}  // namespace

void add_transfer(CLI::App& app, command_line& line) {
  auto* command = app.add_subcommand("transfer", "Posts one transfer, shows one, or lists them.");
  const auto options = std::make_shared<transfer_options>();
  const auto needed = add_transfer_options(*command, *options);
  command
      ->add_option("--balancing", options->balancing,
                   "up to the amount: what the debit account has, or the credit account takes")
      ->type_name("debit|credit")
      ->check(CLI::IsMember({"debit", "credit"}).description(""));
  command->footer(
      "Posting again with the same --id books nothing twice.\n\nExamples:\n"
      "  suanpan transfer --debit 2049 --credit 3073 --amount 12.50 --currency CNY --reference Q1\n"
      "  suanpan transfer --debit 2049 --credit 3073 --amount 1000 --currency CNY --balancing "
      "debit\n"
      "  suanpan transfer show 0190b5c2-7a3e-7cc1-8f00-0123456789ab");

  auto* list = add_transfer_list(*command, line);

  auto* show = command->add_subcommand("show", "A transfer by its id, booked or refused.");
  const auto id = std::make_shared<std::string>();
  show->add_option("id", *id, "UUID or ULID")->required();
  show->footer("Examples:\n  suanpan transfer show 0190b5c2-7a3e-7cc1-8f00-0123456789ab");
  show->callback(
      [&line, id] { line.run = [&line, id] { return show_transfer(line.common, *id); }; });

  command->callback([&line, options, show, list, needed] {
    if (show->parsed() || list->parsed()) return;
    require_given(needed);
    line.run = [&line, options] { return post_transfer(line.common, *options); };
  });
}

}  // namespace suanpan::cli
