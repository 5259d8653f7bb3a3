// `suanpan account open`, `show` and `list`; the others are in account_changes,
// monitor_command, statement_command.
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct opening_options {
  std::string owner;
  std::string subject;
  std::string currency;
  std::string label;
  bool no_overdraft = false;
  std::string credit_limit;
  std::string maximum_balance;
  std::int32_t shard = -1;
};

/// "exists_with_different_flags" of OPEN_ACCOUNT_RESULT_EXISTS_WITH_DIFFERENT_FLAGS.
std::string short_name(v1::OpenAccountResult result) {
  std::string name = v1::OpenAccountResult_Name(result);
  constexpr std::string_view prefix = "OPEN_ACCOUNT_RESULT_";
  if (name.starts_with(prefix)) name.erase(0, prefix.size());
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

exit_status status_of_opening(v1::OpenAccountResult result) {
  switch (result) {
    case v1::OPEN_ACCOUNT_RESULT_OPENED:
    case v1::OPEN_ACCOUNT_RESULT_EXISTS:
      return exit_status::done;
    case v1::OPEN_ACCOUNT_RESULT_UNAVAILABLE:
    case v1::OPEN_ACCOUNT_RESULT_UNKNOWN:
      return exit_status::unavailable;
    default:
      return exit_status::refused;
  }
}

exit_status open_account(const common_options& common, const opening_options& options) {
  const ledger_client client(common);
  v1::OpenAccountsRequest request;
  auto& item = *request.add_accounts();
  item.set_owner(options.owner);
  item.set_subject(options.subject);
  item.set_currency(options.currency);
  item.set_label(options.label);
  item.set_flags(options.no_overdraft ? v1::ACCOUNT_FLAG_NO_OVERDRAFT : 0);
  if (!options.credit_limit.empty())
    item.set_credit_limit(amount_from(options.credit_limit, options.currency, "--credit-limit"));
  if (!options.maximum_balance.empty())
    item.set_maximum_balance(
        amount_from(options.maximum_balance, options.currency, "--maximum-balance"));
  if (options.shard >= 0) item.set_shard(static_cast<std::uint32_t>(options.shard));
  v1::OpenAccountsResponse response;
  require_ok(client.ledger().OpenAccounts(client.unary_context().get(), request, &response),
             "opening an account at " + client.endpoint());
  if (response.results_size() != 1)
    throw command_failure(exit_status::refused, "the node did not answer the account");
  const auto& answer = response.results(0);
  if (common.json) {
    print(json_of(response) + '\n');
  } else {
    print(short_name(answer.result()) +
          (answer.number() > 0 ? ": account " + std::to_string(answer.number()) : "") + '\n');
  }
  return status_of_opening(answer.result());
}

// Only what says something about this account.
void add_holds_and_limits(const v1::Account& account, table& lines) {
  const auto money = [&account](const std::string& minor) {
    return money_text(minor, account.currency());
  };
  if (account.debits_held() != "0") lines.add({"debits held", money(account.debits_held())});
  if (account.credits_held() != "0") lines.add({"credits held", money(account.credits_held())});
  if (account.available() != account.totals().balance())
    lines.add({"available", money(account.available())});
  if (account.credit_limit() != 0)
    lines.add({"credit limit", money(std::to_string(account.credit_limit()))});
  if (!account.metadata().empty()) lines.add({"metadata", printable(account.metadata(), 1'024)});
  if (account.has_maximum_balance())
    lines.add({"maximum balance", money(std::to_string(account.maximum_balance()))});
}

exit_status show_account(const common_options& common, std::int64_t number) {
  const ledger_client client(common);
  v1::GetAccountRequest request;
  request.set_number(number);
  v1::Account account;
  require_ok(client.ledger().GetAccount(client.unary_context().get(), request, &account),
             "reading account " + std::to_string(number) + " at " + client.endpoint());
  if (common.json) {
    print(json_of(account) + '\n');
    return exit_status::done;
  }
  const auto& totals = account.totals();
  table lines({{"account"}, {std::to_string(account.number()), align::right}});
  lines.add({"owner", printable(account.owner(), 64)});
  lines.add({"subject", account.subject()});
  if (!account.label().empty()) lines.add({"label", printable(account.label(), 64)});
  lines.add({"flags", flags_text(account.flags())});
  lines.add({"shard", std::to_string(account.shard())});
  lines.add({"opened", time_text(account.opened_at_micros())});
  lines.add({"debits", money_text(totals.debits_posted(), account.currency())});
  lines.add({"credits", money_text(totals.credits_posted(), account.currency())});
  lines.add({"balance", money_text(totals.balance(), account.currency())});
  add_holds_and_limits(account, lines);
  lines.add({"as of", time_text(account.as_of_ticket())});
  print(lines.text());
  return exit_status::done;
}

struct listing_options {
  std::string owner;
  std::string subject;
  std::uint32_t limit = 100;
};

v1::ListAccountsResponse fetch_accounts(const ledger_client& client,
                                        const listing_options& options) {
  v1::ListAccountsResponse all;
  v1::ListAccountsRequest request;
  request.set_owner(options.owner);
  request.set_subject(options.subject);
  while (static_cast<std::uint32_t>(all.accounts_size()) < options.limit) {
    request.set_page_size(
        std::min(page_size, options.limit - static_cast<std::uint32_t>(all.accounts_size())));
    v1::ListAccountsResponse page;
    require_ok(client.ledger().ListAccounts(client.unary_context().get(), request, &page),
               "listing accounts at " + client.endpoint());
    all.mutable_accounts()->MergeFrom(page.accounts());
    all.set_next_page_token(page.next_page_token());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return all;
}

exit_status list_accounts(const common_options& common, const listing_options& options) {
  const ledger_client client(common);
  const auto response = fetch_accounts(client, options);
  if (common.json) {
    print(json_of(response) + '\n');
    return exit_status::done;
  }
  table lines({{"account", align::right},
               {"owner"},
               {"subject"},
               {"label"},
               {"flags"},
               {"debits", align::right},
               {"credits", align::right},
               {"balance", align::right}});
  for (const auto& account : response.accounts()) {
    const auto& totals = account.totals();
    lines.add({std::to_string(account.number()), printable(account.owner(), 40), account.subject(),
               printable(account.label(), 20), flags_text(account.flags()),
               money_text(totals.debits_posted(), account.currency()),
               money_text(totals.credits_posted(), account.currency()),
               money_text(totals.balance(), account.currency())});
  }
  print(lines.text());
  if (!response.next_page_token().empty()) print("  more accounts follow: raise --limit\n");
  if (!lines.empty())
    print("  totals as of each account's last checkpoint; account show is exact\n");
  return exit_status::done;
}

void add_open(CLI::App& account, command_line& line) {
  auto* open = account.add_subcommand("open", "Opens an account, or finds the one that is open.");
  const auto options = std::make_shared<opening_options>();
  open->add_option("--owner", options->owner, "merchant:M001, user:42, channel:icbc or internal")
      ->required();
  open->add_option("--subject", options->subject, "code in the chart of accounts")->required();
  open->add_option("--currency", options->currency, "ISO 4217, such as CNY")->required();
  open->add_option("--label", options->label, "tells alike accounts apart");
  open->add_flag("--no-overdraft", options->no_overdraft, "its balance never falls below zero");
  open->add_option("--credit-limit", options->credit_limit,
                   "with --no-overdraft: so far below zero it may go, in major units");
  open->add_option("--maximum-balance", options->maximum_balance,
                   "its balance never rises above it, in major units");
  open->add_option("--shard", options->shard,
                   "only for owners internal and channel:… [where the owner's name maps to]")
      ->type_name("N")
      ->check(CLI::Range(0, 1'023).description(""));
  open->footer(
      "Examples:\n  suanpan account open --owner merchant:M001 --subject 2001 --currency CNY "
      "--no-overdraft");
  open->callback([&line, options] {
    line.run = [&line, options] { return open_account(line.common, *options); };
  });
}

}  // namespace

void add_account(CLI::App& app, command_line& line) {
  auto* account =
      app.add_subcommand("account", "Opens, shows, freezes and closes accounts; statements.");
  account->require_subcommand(1);
  add_open(*account, line);
  add_account_changes(*account, line);
  add_monitors(*account, line);
  add_statement(*account, line);

  auto* show = account->add_subcommand("show", "One account, exact at the moment of the call.");
  const auto number = std::make_shared<std::int64_t>(0);
  show->add_option("number", *number, "the account's number")->required();
  show->footer("Examples:\n  suanpan account show 2049");
  show->callback([&line, number] {
    line.run = [&line, number] { return show_account(line.common, *number); };
  });

  auto* list =
      account->add_subcommand("list", "Accounts by number; totals may lag by some seconds.");
  const auto listing = std::make_shared<listing_options>();
  list->add_option("--owner", listing->owner, "only this owner's");
  list->add_option("--subject", listing->subject, "only this subject's");
  bounded(list->add_option("--limit", listing->limit, "at most so many"), 1, 10'000'000);
  list->footer("Examples:\n  suanpan account list --owner merchant:M00001");
  list->callback([&line, listing] {
    line.run = [&line, listing] { return list_accounts(line.common, *listing); };
  });
}

}  // namespace suanpan::cli
