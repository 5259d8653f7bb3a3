// `suanpan card bind`, `unbind` and `list`. A card's number is read from a file or standard input:
// never from the command line, which others can see.
#include "suanpan/v1/merchants.grpc.pb.h"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/posting_call.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct binding {
  std::string merchant;
  std::string number_file;
  std::string request_id;
  std::string holder_name;
  std::string holder;
  std::string channel;
  bool mandate = false;
};

struct card_options {
  std::string merchant;
  std::string card;
  std::uint32_t limit = 100;
};

std::unique_ptr<v1::Merchants::Stub> merchants_of(const ledger_client& client) {
  return v1::Merchants::NewStub(client.channel());
}

/// The first line, without blanks.
std::string read_number(const std::string& path) {
  std::string number;
  if (path == "-") {
    std::getline(std::cin, number);
  } else {
    std::ifstream file(path);
    if (!file || !std::getline(file, number))
      throw command_failure(exit_status::usage, "the card's file " + path + " can't be read");
  }
  std::erase_if(number, [](char c) { return c == ' ' || c == '\r' || c == '\t'; });
  return number;
}

std::string card_text(const v1::Card& card) {
  table lines({{"card"}, {printable(card.id(), 40)}});
  lines.add({"number", "…" + printable(card.last_four(), 8)});
  lines.add({"merchant", printable(card.merchant(), 32)});
  if (!card.holder().empty()) lines.add({"holder", printable(card.holder(), 64)});
  lines.add({"channel", printable(card.channel(), 32)});
  lines.add({"withholding", card.mandate() ? "allowed" : "not allowed"});
  lines.add({"bound", time_text(card.bound_at_micros())});
  if (!card.active()) lines.add({"unbound", "yes"});
  return lines.text();
}

exit_status tell(const common_options& common, const v1::Card& card) {
  print(common.json ? json_of(card) + '\n' : card_text(card));
  return exit_status::done;
}

exit_status bind(const common_options& common, const binding& options) {
  v1::BindCardRequest request;
  request.set_merchant(options.merchant);
  request.set_request_id(options.request_id.empty() ? to_string(new_transfer_id())
                                                    : options.request_id);
  request.set_card_number(read_number(options.number_file));
  request.set_holder_name(options.holder_name);
  request.set_holder(options.holder);
  request.set_channel(options.channel);
  request.set_mandate(options.mandate);
  const ledger_client client(common);
  v1::Card card;
  require_ok(merchants_of(client)->BindCard(client.unary_context().get(), request, &card),
             "binding a card at " + client.endpoint() + " (repeat it with --request-id " +
                 request.request_id() + ')');
  return tell(common, card);
}

exit_status unbind(const common_options& common, const card_options& options) {
  const ledger_client client(common);
  v1::UnbindCardRequest request;
  request.set_merchant(options.merchant);
  request.set_card(options.card);
  v1::Card card;
  require_ok(merchants_of(client)->UnbindCard(client.unary_context().get(), request, &card),
             "unbinding " + options.card + " at " + client.endpoint());
  return tell(common, card);
}

v1::ListCardsResponse fetch_cards(const ledger_client& client, const card_options& options) {
  v1::ListCardsRequest request;
  request.set_merchant(options.merchant);
  v1::ListCardsResponse all;
  while (static_cast<std::uint32_t>(all.cards_size()) < options.limit) {
    request.set_page_size(
        std::min(page_size, options.limit - static_cast<std::uint32_t>(all.cards_size())));
    v1::ListCardsResponse page;
    require_ok(merchants_of(client)->ListCards(client.unary_context().get(), request, &page),
               "listing cards at " + client.endpoint());
    all.mutable_cards()->MergeFrom(page.cards());
    all.set_next_page_token(page.next_page_token());
    if (page.next_page_token().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return all;
}

exit_status list(const common_options& common, const card_options& options) {
  const ledger_client client(common);
  const auto answer = fetch_cards(client, options);
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  table lines({{"card"}, {"number"}, {"holder"}, {"channel"}, {"withholding"}, {"state"}});
  for (const auto& card : answer.cards())
    lines.add({printable(card.id(), 40), "…" + printable(card.last_four(), 8),
               printable(card.holder(), 40), printable(card.channel(), 32),
               card.mandate() ? "allowed" : "-", card.active() ? "active" : "unbound"});
  print(lines.text());
  if (!answer.next_page_token().empty()) print("  more cards follow: raise --limit\n");
  return exit_status::done;
}

void add_binding(CLI::App& card, command_line& line) {
  auto* command = card.add_subcommand("bind", "Binds a card at a bank channel, 签约.");
  const auto o = std::make_shared<binding>();
  command->add_option("--number-file", o->number_file, "file with the card's number; - is stdin")
      ->required();
  command->add_option("--request-id", o->request_id, "the idempotency key [a new one, told]");
  command->add_option("--holder-name", o->holder_name, "told to the bank, not kept");
  command->add_option("--holder", o->holder, "whose card it is: user:42");
  command->add_option("--channel", o->channel, "at which bank [the first that binds cards]");
  command->add_flag("--mandate", o->mandate, "withholding may draw on it");
  command->add_option("--merchant", o->merchant, "whose it is [that of the caller's key]");
  command->footer(
      "Examples:\n  suanpan card bind --number-file card.txt --holder user:42 --mandate");
  command->callback([&line, o] { line.run = [&line, o] { return bind(line.common, *o); }; });
}

}  // namespace

void add_cards(CLI::App& app, command_line& line) {
  auto* card = app.add_subcommand("card", "Binds, unbinds and lists cards on file.");
  card->require_subcommand(1);
  add_binding(*card, line);

  auto* ended = card->add_subcommand("unbind", "Ends a card: it is not used any more, 解约.");
  const auto e = std::make_shared<card_options>();
  ended->add_option("card", e->card, "card_…")->required();
  ended->add_option("--merchant", e->merchant, "whose it is [that of the caller's key]");
  ended->footer("Examples:\n  suanpan card unbind card_01J8ZQ4K2M7N9P0R1S2T3V4W5X");
  ended->callback([&line, e] { line.run = [&line, e] { return unbind(line.common, *e); }; });

  auto* listed = card->add_subcommand("list", "A merchant's cards, unbound ones too.");
  const auto o = std::make_shared<card_options>();
  listed->add_option("--merchant", o->merchant, "whose they are [that of the caller's key]");
  bounded(listed->add_option("--limit", o->limit, "at most so many"), 1, 10'000'000);
  listed->footer("Examples:\n  suanpan card list --merchant M001");
  listed->callback([&line, o] { line.run = [&line, o] { return list(line.common, *o); }; });
}

}  // namespace suanpan::cli
