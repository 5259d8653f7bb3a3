// `suanpan account freeze`, `unfreeze`, `limits`, `metadata` and `close`.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct freezing {
  std::int64_t number = 0;
  bool debits = false;
  bool credits = false;
};

std::uint32_t flags_of(const freezing& options) {
  const bool both = options.debits == options.credits;  // neither is named: both are meant
  return (both || options.debits ? v1::ACCOUNT_FLAG_FROZEN_DEBIT : 0U) |
         (both || options.credits ? v1::ACCOUNT_FLAG_FROZEN_CREDIT : 0U);
}

exit_status tell(const common_options& common, const v1::AccountFlags& answer) {
  print(common.json ? json_of(answer) + '\n'
                    : "account " + std::to_string(answer.number()) + "  flags: " +
                          flags_text(answer.flags()) + "  " + time_text(answer.ticket()) + '\n');
  return exit_status::done;
}

exit_status set_flags(const common_options& common, const freezing& options, bool freeze) {
  const ledger_client client(common);
  v1::SetAccountFlagsRequest request;
  request.set_number(options.number);
  if (freeze)
    request.set_set(flags_of(options));
  else
    request.set_clear(flags_of(options));
  v1::AccountFlags answer;
  require_ok(client.ledger().SetAccountFlags(client.unary_context().get(), request, &answer),
             std::string(freeze ? "freezing" : "unfreezing") + " account " +
                 std::to_string(options.number) + " at " + client.endpoint());
  return tell(common, answer);
}

struct limits {
  std::int64_t number = 0;
  std::string credit_limit;
  std::string maximum_balance;
  bool no_maximum = false;
};

std::string currency_of(const ledger_client& client, std::int64_t number) {
  v1::GetAccountRequest request;
  request.set_number(number);
  v1::Account account;
  require_ok(client.ledger().GetAccount(client.unary_context().get(), request, &account),
             "reading account " + std::to_string(number) + " at " + client.endpoint());
  return account.currency();
}

exit_status set_limits(const common_options& common, const limits& options) {
  if (options.credit_limit.empty() && options.maximum_balance.empty() && !options.no_maximum)
    throw command_failure(exit_status::usage,
                          "name --credit-limit, --maximum-balance or --no-maximum");
  const ledger_client client(common);
  const auto currency = currency_of(client, options.number);
  v1::SetAccountLimitsRequest request;
  request.set_number(options.number);
  if (!options.credit_limit.empty())
    request.set_credit_limit(amount_from(options.credit_limit, currency, "--credit-limit"));
  if (!options.maximum_balance.empty())
    request.set_maximum_balance(
        amount_from(options.maximum_balance, currency, "--maximum-balance"));
  if (options.no_maximum) request.set_no_maximum(true);
  v1::AccountLimits answer;
  require_ok(client.ledger().SetAccountLimits(client.unary_context().get(), request, &answer),
             "changing the limits of account " + std::to_string(options.number) + " at " +
                 client.endpoint());
  const auto money = [&currency](std::int64_t minor) {
    return money_text(std::to_string(minor), currency);
  };
  print(common.json ? json_of(answer) + '\n'
                    : "account " + std::to_string(answer.number()) + "  credit limit: " +
                          money(answer.credit_limit()) + "  maximum balance: " +
                          (answer.has_maximum_balance() ? money(answer.maximum_balance()) : "-") +
                          "  " + time_text(answer.ticket()) + '\n');
  return exit_status::done;
}

void add_limits(CLI::App& account, command_line& line) {
  auto* command = account.add_subcommand("limits", "Changes an account's limits; others stay.");
  const auto options = std::make_shared<limits>();
  command->add_option("number", options->number, "the account's number")->required();
  command->add_option("--credit-limit", options->credit_limit,
                      "so far below zero a --no-overdraft account may go, in major units");
  auto* most = command->add_option("--maximum-balance", options->maximum_balance,
                                   "its balance never rises above it, in major units");
  command->add_flag("--no-maximum", options->no_maximum, "there is no maximum any more")
      ->excludes(most);
  command->footer(
      "A balance that is beyond a new limit already is let back, and no further away.\n\n"
      "Examples:\n  suanpan account limits 2049 --credit-limit 500.00\n"
      "  suanpan account limits 2049 --no-maximum");
  command->callback([&line, options] {
    line.run = [&line, options] { return set_limits(line.common, *options); };
  });
}

exit_status set_metadata(const common_options& common, std::int64_t number,
                         const std::string& metadata) {
  const ledger_client client(common);
  v1::SetAccountMetadataRequest request;
  request.set_number(number);
  request.set_metadata(metadata);
  v1::AccountMetadata answer;
  require_ok(
      client.ledger().SetAccountMetadata(client.unary_context().get(), request, &answer),
      "setting the metadata of account " + std::to_string(number) + " at " + client.endpoint());
  print(common.json ? json_of(answer) + '\n'
                    : "account " + std::to_string(answer.number()) + "  metadata: " +
                          (answer.metadata().empty() ? "-" : printable(answer.metadata(), 1'024)) +
                          "  " + time_text(answer.ticket()) + '\n');
  return exit_status::done;
}

void add_metadata(CLI::App& account, command_line& line) {
  struct options {
    std::int64_t number = 0;
    std::string metadata;
  };
  auto* command =
      account.add_subcommand("metadata", "Replaces the JSON object that is kept with an account.");
  const auto given = std::make_shared<options>();
  command->add_option("number", given->number, "the account's number")->required();
  command->add_option("object", given->metadata, "at most 1,024 bytes [takes away what is there]");
  command->footer("Examples:\n  suanpan account metadata 2049 '{\"tier\": \"gold\"}'");
  command->callback([&line, given] {
    line.run = [&line, given] { return set_metadata(line.common, given->number, given->metadata); };
  });
}

exit_status close(const common_options& common, std::int64_t number) {
  const ledger_client client(common);
  v1::CloseAccountRequest request;
  request.set_number(number);
  v1::AccountFlags answer;
  require_ok(client.ledger().CloseAccount(client.unary_context().get(), request, &answer),
             "closing account " + std::to_string(number) + " at " + client.endpoint());
  return tell(common, answer);
}

void add_freezing(CLI::App& account, command_line& line, bool freeze) {
  auto* command = account.add_subcommand(
      freeze ? "freeze" : "unfreeze",
      freeze ? "Lets an account take no more debits, credits, or both." : "Undoes a freeze.");
  const auto options = std::make_shared<freezing>();
  command->add_option("number", options->number, "the account's number")->required();
  command->add_flag("--debits", options->debits, "only debits");
  command->add_flag("--credits", options->credits, "only credits");
  command->footer(std::string(freeze ? "Holds that were made before are still captured and voided."
                                       "\n\n"
                                     : "") +
                  "Examples:\n  suanpan account " + (freeze ? "freeze" : "unfreeze") +
                  " 2049 --debits");
  command->callback([&line, options, freeze] {
    line.run = [&line, options, freeze] { return set_flags(line.common, *options, freeze); };
  });
}

}  // namespace

void add_account_changes(CLI::App& account, command_line& line) {
  add_freezing(account, line, true);
  add_freezing(account, line, false);
  add_limits(account, line);
  add_metadata(account, line);
  auto* command = account.add_subcommand("close", "Closes an account for ever. It must be empty.");
  const auto number = std::make_shared<std::int64_t>(0);
  command->add_option("number", *number, "the account's number")->required();
  command->footer("Empty: no balance, no open hold.\n\nExamples:\n  suanpan account close 2049");
  command->callback(
      [&line, number] { line.run = [&line, number] { return close(line.common, *number); }; });
}

}  // namespace suanpan::cli
