// `suanpan hold`, `post`, `void` and `reverse`: what is done to money that is held, or was moved.
#include "protocol/model/clock.hpp"
#include "protocol/model/transfer.hpp"
#include "tools/cli/duration.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/transfer_options.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct hold_options : transfer_options {
  std::string expires_in;
};

/// Of a command that names another transfer.
struct follow_up {
  std::string of;
  std::string id;
  std::string amount;  // empty: all of it
  std::uint32_t event_code = 0;
  std::string reference;
  std::string memo;
};

exit_status hold(const common_options& common, const hold_options& options) {
  auto item = item_of(options);
  item.set_kind(v1::TRANSFER_KIND_HOLD);
  if (!options.expires_in.empty()) {
    const auto seconds = parse_duration(options.expires_in);
    if (!seconds)
      throw command_failure(
          exit_status::usage,
          "--expires-in must read like 90s, 15m, 12h or 7d: " + options.expires_in);
    item.set_expires_at(system_wall_clock().unix_micros() + *seconds * 1'000'000);
  }
  return post_one(common, ledger_client(common), item);
}

/// The amount that was asked for, else the whole.
v1::Transfer item_from(const follow_up& options, const v1::Transfer& original) {
  const auto id = id_or_new(options.id);
  v1::Transfer item;
  item.set_id(id.bytes.data(), id.bytes.size());
  item.set_debit_account(original.debit_account());
  item.set_credit_account(original.credit_account());
  item.set_amount(options.amount.empty() ? original.amount()
                                         : amount_from(options.amount, original.currency()));
  item.set_currency(original.currency());
  item.set_event_code(options.event_code);
  item.set_reference(options.reference.empty() ? original.reference() : options.reference);
  item.set_memo(options.memo);
  return item;
}

exit_status end_hold(const common_options& common, const follow_up& options,
                     v1::TransferKind kind) {
  const auto of = id_from(options.of, "HOLD");
  const ledger_client client(common);
  const auto held = fetch_booked(client, of, v1::TRANSFER_RESULT_HELD, "a hold");
  auto item = item_from(options, held);
  item.set_kind(kind);
  item.set_pending_id(held.id());
  return post_one(common, client, item);
}

exit_status reverse(const common_options& common, const follow_up& options) {
  const auto of = id_from(options.of, "ORIGINAL");
  const ledger_client client(common);
  const auto original = fetch_booked(client, of, v1::TRANSFER_RESULT_POSTED, "a posting");
  auto item = item_from(options, original);
  item.set_debit_account(original.credit_account());
  item.set_credit_account(original.debit_account());
  item.set_kind(v1::TRANSFER_KIND_REVERSE);
  item.set_reverses_id(original.id());
  return post_one(common, client, item);
}

std::shared_ptr<follow_up> add_follow_up(CLI::App& command, const std::string& of,
                                         const std::string& meaning) {
  const auto options = std::make_shared<follow_up>();
  command.add_option(of, options->of, meaning)->required();
  command.add_option("--id", options->id, "UUID or ULID of this item [a new UUIDv7, printed]");
  bounded(command.add_option("--event-code", options->event_code, "business event, 0 … 65535"), 0,
          event_code_max);
  command.add_option("--reference", options->reference, "at most 128 bytes [that of the first]");
  command.add_option("--memo", options->memo, "for people, at most 256 bytes");
  return options;
}

void add_ends(CLI::App& app, command_line& line) {
  auto* post = app.add_subcommand("post", "Captures a hold: moves all of it, or a part.");
  const auto captured = add_follow_up(*post, "HOLD", "id of the hold");
  post->add_option("--amount", captured->amount, "in major units; the rest is freed [all of it]");
  post->footer("Examples:\n  suanpan post 0190b5c2-7a3e-7cc1-8f00-0123456789ab --amount 40.00");
  post->callback([&line, captured] {
    line.run = [&line, captured] {
      return end_hold(line.common, *captured, v1::TRANSFER_KIND_CAPTURE);
    };
  });

  auto* undo = app.add_subcommand("void", "Ends a hold and frees what it holds.");
  const auto voided = add_follow_up(*undo, "HOLD", "id of the hold");
  undo->footer("Examples:\n  suanpan void 0190b5c2-7a3e-7cc1-8f00-0123456789ab");
  undo->callback([&line, voided] {
    line.run = [&line, voided] { return end_hold(line.common, *voided, v1::TRANSFER_KIND_VOID); };
  });
}

}  // namespace

void add_holds(CLI::App& app, command_line& line) {
  auto* command =
      app.add_subcommand("hold", "Reserves an amount until it is posted, voided, or expires.");
  const auto options = std::make_shared<hold_options>();
  const auto needed = add_transfer_options(*command, *options);
  command->add_option("--expires-in", options->expires_in, "90s, 15m, 12h or 7d [never]");
  command->footer(
      "What is held counts against what the debit account has available.\n\nExamples:\n"
      "  suanpan hold --debit 2049 --credit 3073 --amount 50 --currency CNY --expires-in 15m\n"
      "  suanpan post HOLD --amount 40.00\n"
      "  suanpan void HOLD");
  command->callback([&line, options, needed] {
    require_given(needed);
    line.run = [&line, options] { return hold(line.common, *options); };
  });
  add_ends(app, line);

  auto* back = app.add_subcommand("reverse", "Moves back what a transfer moved, or a part of it.");
  const auto reversed = add_follow_up(*back, "ORIGINAL", "id of the transfer, or of a capture");
  back->add_option("--amount", reversed->amount, "in major units [all of it]");
  back->footer(
      "At most the original's amount, in as many parts as you like.\n\nExamples:\n"
      "  suanpan reverse 0190b5c2-7a3e-7cc1-8f00-0123456789ab --amount 2.50 --memo 'one returned'");
  back->callback([&line, reversed] {
    line.run = [&line, reversed] { return reverse(line.common, *reversed); };
  });
}

}  // namespace suanpan::cli
