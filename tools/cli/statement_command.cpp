// `suanpan account statement`, `account balance` and `transfer list`.
#include "protocol/model/transfer.hpp"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/time_range.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

constexpr std::size_t reference_width = 24;
constexpr std::size_t memo_width = 24;

struct range_options {
  std::string from;
  std::string to;
  bool newest = false;
  std::uint32_t limit = 100;
};

void add_range(CLI::App& command, range_options& range) {
  command.add_option("--from", range.from, "UTC, included: 2026-11-23, or \"2026-11-23 10:05:09\"");
  command.add_option("--to", range.to, "UTC, not included");
  command.add_flag("--newest", range.newest, "newest first");
  bounded(command.add_option("--limit", range.limit, "at most so many"), 1, 10'000'000);
}

template <class Request>
void fill_range(const range_options& range, Request& request) {
  request.set_from_micros(time_from(range.from, "--from"));
  request.set_to_micros(time_from(range.to, "--to"));
  request.set_newest_first(range.newest);
}

template <class Request>
void fill_page(std::uint32_t limit, int got, Request& request) {
  request.set_page_size(std::min(page_size, limit - static_cast<std::uint32_t>(got)));
}

std::string listed_id(const std::string& bytes) {
  transfer_id id;
  if (bytes.size() != id.bytes.size()) return "-";
  std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return to_string(id);
}

// --- statement

v1::Statement fetch_statement(const ledger_client& client, std::int64_t number,
                              const range_options& range) {
  v1::Statement all;
  v1::GetStatementRequest request;
  request.set_number(number);
  fill_range(range, request);
  do {
    fill_page(range.limit, all.lines_size(), request);
    v1::Statement page;
    require_ok(
        client.ledger().GetStatement(client.unary_context().get(), request, &page),
        "reading the statement of account " + std::to_string(number) + " at " + client.endpoint());
    request.set_page_token(page.next_page_token());
    if (all.number() == 0) {
      all = std::move(page);
      continue;
    }
    all.mutable_lines()->MergeFrom(page.lines());
    all.set_next_page_token(page.next_page_token());
    // The balance before the oldest line of all pages is that of the page which is furthest back.
    if (range.newest) *all.mutable_before() = page.before();
  } while (!all.next_page_token().empty() &&
           static_cast<std::uint32_t>(all.lines_size()) < range.limit);
  return all;
}

std::string statement_text(const v1::Statement& statement, bool newest) {
  const auto money = [&](const std::string& minor) {
    return money_text(minor, statement.currency());
  };
  table lines({{"time"},
               {"debit", align::right},
               {"credit", align::right},
               {"balance", align::right},
               {"counterpart", align::right},
               {"event", align::right},
               {"reference"},
               {"memo"},
               {"date"}});
  const auto add_before = [&] {
    lines.add({"before", "", "", money(statement.before().balance()), "", "", "", "", ""});
  };
  if (!newest) add_before();
  for (const auto& line : statement.lines()) {
    const auto amount = money(std::to_string(line.amount()));
    const bool debit = line.side() == v1::ENTRY_SIDE_DEBIT;
    lines.add({time_text(line.ticket()), debit ? amount : "", debit ? "" : amount,
               money(line.totals().balance()), std::to_string(line.counterpart()),
               std::to_string(line.event_code()), printable(line.reference(), reference_width),
               printable(line.memo(), memo_width), line.accounting_date()});
  }
  if (newest) add_before();
  return lines.text();
}

exit_status show_statement(const common_options& common, std::int64_t number,
                           const range_options& range) {
  const ledger_client client(common);
  const auto statement = fetch_statement(client, number, range);
  if (common.json) {
    print(json_of(statement) + '\n');
    return exit_status::done;
  }
  print(statement_text(statement, range.newest));
  print("  account " + std::to_string(number) + ", " +
        count_text(static_cast<std::int64_t>(statement.lines_size())) + " lines, as of " +
        time_text(statement.as_of_ticket()) + '\n');
  if (!statement.next_page_token().empty()) print("  more lines follow: raise --limit\n");
  return exit_status::done;
}

// --- balance

exit_status show_balance(const common_options& common, std::int64_t number, const std::string& at) {
  v1::GetBalanceAtRequest request;
  request.set_number(number);
  request.set_at_micros(time_from(at, "--at"));
  const ledger_client client(common);
  v1::BalanceAt found;
  require_ok(
      client.ledger().GetBalanceAt(client.unary_context().get(), request, &found),
      "reading the balance of account " + std::to_string(number) + " at " + client.endpoint());
  if (common.json) {
    print(json_of(found) + '\n');
    return exit_status::done;
  }
  table lines({{"account"}, {std::to_string(number), align::right}});
  lines.add({"at", time_text(request.at_micros())});
  lines.add({"debits", money_text(found.totals().debits_posted(), found.currency())});
  lines.add({"credits", money_text(found.totals().credits_posted(), found.currency())});
  lines.add({"balance", money_text(found.totals().balance(), found.currency())});
  print(lines.text());
  if (found.as_of_ticket() < request.at_micros())
    print("  as of " + time_text(found.as_of_ticket()) +
          ": bookings of the time asked for may still come\n");
  return exit_status::done;
}

// --- transfers

struct transfer_list_options {
  range_options range;
  std::string reference;
  std::int32_t event_code = -1;
  std::string voucher;
};

v1::ListTransfersResponse fetch_transfers(const ledger_client& client,
                                          const transfer_list_options& options) {
  v1::ListTransfersResponse all;
  v1::ListTransfersRequest request;
  request.set_reference(options.reference);
  if (options.event_code >= 0)
    request.set_event_code(static_cast<std::uint32_t>(options.event_code));
  if (!options.voucher.empty()) {
    const auto id = id_from(options.voucher, "--voucher");
    request.set_voucher_id(id.bytes.data(), id.bytes.size());
  }
  fill_range(options.range, request);
  do {
    fill_page(options.range.limit, all.transfers_size(), request);
    v1::ListTransfersResponse page;
    require_ok(client.ledger().ListTransfers(client.unary_context().get(), request, &page),
               "listing transfers at " + client.endpoint());
    request.set_page_token(page.next_page_token());
    all.mutable_transfers()->MergeFrom(page.transfers());
    all.set_next_page_token(page.next_page_token());
    if (all.as_of_ticket() == 0) all.set_as_of_ticket(page.as_of_ticket());
  } while (!all.next_page_token().empty() &&
           static_cast<std::uint32_t>(all.transfers_size()) < options.range.limit);
  return all;
}

exit_status list_transfers(const common_options& common, const transfer_list_options& options) {
  const ledger_client client(common);
  const auto found = fetch_transfers(client, options);
  if (common.json) {
    print(json_of(found) + '\n');
    return exit_status::done;
  }
  table lines({{"time"},
               {"transfer"},
               {"debit account", align::right},
               {"credit account", align::right},
               {"amount", align::right},
               {"event", align::right},
               {"reference"},
               {"memo"},
               {"date"}});
  for (const auto& listed : found.transfers()) {
    const auto& t = listed.transfer();
    lines.add({time_text(listed.ticket()), listed_id(t.id()), std::to_string(t.debit_account()),
               std::to_string(t.credit_account()),
               money_text(std::to_string(t.amount()), t.currency()), std::to_string(t.event_code()),
               printable(t.reference(), reference_width), printable(t.memo(), memo_width),
               t.accounting_date()});
  }
  print(lines.text());
  print("  " + count_text(static_cast<std::int64_t>(found.transfers_size())) +
        " transfers, as of " + time_text(found.as_of_ticket()) + '\n');
  if (!found.next_page_token().empty()) print("  more transfers follow: raise --limit\n");
  return exit_status::done;
}

}  // namespace

void add_statement(CLI::App& account, command_line& line) {
  auto* statement =
      account.add_subcommand("statement", "An account's lines, each with the balance after it.");
  const auto number = std::make_shared<std::int64_t>(0);
  const auto range = std::make_shared<range_options>();
  statement->add_option("number", *number, "the account's number")->required();
  add_range(*statement, *range);
  statement->footer(
      "Examples:\n  suanpan account statement 2049 --newest --limit 20\n"
      "  suanpan account statement 2049 --from 2026-11-01 --to 2026-12-01 --json");
  statement->callback([&line, number, range] {
    line.run = [&line, number, range] { return show_statement(line.common, *number, *range); };
  });

  auto* balance = account.add_subcommand("balance", "An account's balance at a past time.");
  const auto at = std::make_shared<std::string>();
  balance->add_option("number", *number, "the account's number")->required();
  balance->add_option("--at", *at, "UTC: 2026-11-23, or \"2026-11-23 10:05:09\"")->required();
  balance->footer("Examples:\n  suanpan account balance 2049 --at 2026-11-23");
  balance->callback([&line, number, at] {
    line.run = [&line, number, at] { return show_balance(line.common, *number, *at); };
  });
}

CLI::App* add_transfer_list(CLI::App& transfer, command_line& line) {
  auto* list =
      transfer.add_subcommand("list", "Booked transfers by time, voucher, reference or event.");
  const auto options = std::make_shared<transfer_list_options>();
  list->add_option("--reference", options->reference, "exactly this reference");
  list->add_option("--voucher", options->voucher, "items of the voucher that begins with this id");
  bounded(list->add_option("--event-code", options->event_code, "only this business event"), 0,
          event_code_max);
  add_range(*list, options->range);
  list->footer(
      "References and event codes have no index: give --from and --to where you can.\n\nExamples:\n"
      "  suanpan transfer list --newest --limit 20\n"
      "  suanpan transfer list --voucher 0190b5c2-7a3e-7cc1-8f00-0123456789ab\n"
      "  suanpan transfer list --reference Q20261123-0001 --from 2026-11-23");
  list->callback([&line, options] {
    line.run = [&line, options] { return list_transfers(line.common, *options); };
  });
  return list;
}

}  // namespace suanpan::cli
