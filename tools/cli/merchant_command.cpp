// `suanpan merchant create`, `show`, `key create`, `key revoke` and `webhook`.
#include "protocol/model/payment.hpp"
#include "suanpan/v1/merchants.grpc.pb.h"
#include "tools/cli/client.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/payment_explain.hpp"
#include "tools/cli/reports.hpp"
#include "tools/cli/table.hpp"

#include <charconv>
#include <memory>
#include <string_view>
#include <vector>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

struct creation {
  std::string id;
  std::string name;
  std::vector<std::string> products;
  std::string webhook;
};

struct key_options {
  std::string merchant;
  std::string note;
  bool test = false;
  std::string key_id;
};

struct webhook_options {
  std::string merchant;
  std::string url;
  bool none = false;
  bool rotate = false;
};

std::unique_ptr<v1::Merchants::Stub> registry_of(const ledger_client& client) {
  return v1::Merchants::NewStub(client.channel());
}

[[noreturn]] void misread(const std::string& text) {
  throw command_failure(exit_status::usage,
                        "--product must read like quick_pay=60 or "
                        "quick_pay=60,returns-fee,sync (basis points): " +
                            text);
}

/// "quick_pay=60,returns-fee,sync".
void read_terms(const std::string& text, v1::ProductTerms& into) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) misread(text);
  const auto kind = parse_payment_kind(text.substr(0, equals));
  if (!kind) misread(text);
  into.set_product(static_cast<v1::PaymentKind>(*kind));
  auto rest = std::string_view(text).substr(equals + 1);
  const auto figure = rest.substr(0, rest.find(','));
  std::uint32_t fee = 0;
  const auto [end, fault] = std::from_chars(figure.data(), figure.data() + figure.size(), fee);
  if (fault != std::errc{} || end != figure.data() + figure.size()) misread(text);
  into.set_fee_basis_points(fee);
  rest.remove_prefix(figure.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto word = rest.substr(0, rest.find(','));
    if (word == "returns-fee")
      into.set_returns_fee(true);
    else if (word == "sync")
      into.set_books_before_answer(true);
    else
      misread(text);
    rest.remove_prefix(word.size());
  }
}

/// "0.60 %": basis points are hundredths of a percent.
std::string percent_text(std::uint32_t basis_points) {
  const auto hundredths = std::to_string(100 + basis_points % 100).substr(1);
  return std::to_string(basis_points / 100) + '.' + hundredths + " %";
}

std::string merchant_text(const v1::Merchant& merchant) {
  table lines({{"merchant"}, {printable(merchant.id(), 32)}});
  lines.add({"name", printable(merchant.name(), 128)});
  for (const auto& terms : merchant.products())
    lines.add({short_name(terms.product()),
               percent_text(terms.fee_basis_points()) +
                   (terms.returns_fee() ? ", refunds return it" : "") +
                   (terms.books_before_answer() ? ", booked before the answer" : "")});
  lines.add(
      {"webhook", merchant.webhook_url().empty() ? "-" : printable(merchant.webhook_url(), 120)});
  if (merchant.webhook_disabled_at_micros() != 0)
    lines.add({"disabled", time_text(merchant.webhook_disabled_at_micros()) +
                               ", by the receiver's 410: set it again"});
  lines.add({"registered", time_text(merchant.created_at_micros())});
  if (merchant.closed()) lines.add({"closed", "yes"});
  return lines.text();
}

exit_status create(const common_options& common, const creation& options) {
  v1::CreateMerchantRequest request;
  request.set_id(options.id);
  request.set_name(options.name);
  for (const auto& product : options.products) read_terms(product, *request.add_products());
  request.set_webhook_url(options.webhook);
  const ledger_client client(common);
  v1::CreateMerchantResponse answer;
  require_ok(registry_of(client)->CreateMerchant(client.unary_context().get(), request, &answer),
             "registering merchant " + options.id + " at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  print(merchant_text(answer.merchant()));
  if (answer.replayed()) print("  was registered so already\n");
  if (!answer.webhook_secret().empty())
    print("  webhook secret, shown once: " + answer.webhook_secret() + '\n');
  return exit_status::done;
}

exit_status show(const common_options& common, const std::string& merchant) {
  const ledger_client client(common);
  v1::GetMerchantRequest request;
  request.set_merchant(merchant);
  v1::GetMerchantResponse answer;
  require_ok(registry_of(client)->GetMerchant(client.unary_context().get(), request, &answer),
             "reading merchant " + merchant + " at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  print(merchant_text(answer.merchant()));
  if (answer.keys().empty()) return exit_status::done;
  table keys({{"key"}, {"made"}, {"revoked"}, {"note"}});
  for (const auto& key : answer.keys())
    keys.add({key.id(), time_text(key.created_at_micros()), time_text(key.revoked_at_micros()),
              printable(key.note(), 60)});
  print('\n' + keys.text());
  return exit_status::done;
}

exit_status create_key(const common_options& common, const key_options& options) {
  const ledger_client client(common);
  v1::CreateApiKeyRequest request;
  request.set_merchant(options.merchant);
  request.set_note(options.note);
  request.set_test(options.test);
  v1::CreateApiKeyResponse answer;
  require_ok(registry_of(client)->CreateApiKey(client.unary_context().get(), request, &answer),
             "making a key at " + client.endpoint());
  print(common.json ? json_of(answer) + '\n'
                    : answer.key().id() + "  " + answer.secret() + "\n  shown once: keep it\n");
  return exit_status::done;
}

exit_status revoke_key(const common_options& common, const key_options& options) {
  const ledger_client client(common);
  v1::RevokeApiKeyRequest request;
  request.set_merchant(options.merchant);
  request.set_key_id(options.key_id);
  v1::RevokeApiKeyResponse answer;
  require_ok(registry_of(client)->RevokeApiKey(client.unary_context().get(), request, &answer),
             "revoking key " + options.key_id + " at " + client.endpoint());
  print(common.json ? json_of(answer) + '\n' : "revoked: " + options.key_id + '\n');
  return exit_status::done;
}

exit_status set_webhook(const common_options& common, const webhook_options& options) {
  if (options.none == !options.url.empty())
    throw command_failure(exit_status::usage, "give the address, or --none");
  const ledger_client client(common);
  v1::SetWebhookRequest request;
  request.set_merchant(options.merchant);
  request.set_url(options.url);
  request.set_rotate_secret(options.rotate);
  v1::SetWebhookResponse answer;
  require_ok(registry_of(client)->SetWebhook(client.unary_context().get(), request, &answer),
             "setting a webhook at " + client.endpoint());
  if (common.json) {
    print(json_of(answer) + '\n');
    return exit_status::done;
  }
  print(options.none ? "nothing is sent any more\n" : "set: " + options.url + '\n');
  if (!answer.secret().empty()) print("  secret, shown once: " + answer.secret() + '\n');
  if (answer.former_signs_until_micros() != 0)
    print("  the former one signs, too, until " + time_text(answer.former_signs_until_micros()) +
          '\n');
  return exit_status::done;
}

void add_merchant_option(CLI::App& command, std::string& merchant) {
  command.add_option("--merchant", merchant, "which one [that of the caller's key]");
}

void add_creation(CLI::App& merchant, command_line& line) {
  auto* command = merchant.add_subcommand("create", "Registers a merchant; once, by its id.");
  const auto o = std::make_shared<creation>();
  command->add_option("id", o->id, "letters, digits, _ and -, at most 32")->required();
  command->add_option("--name", o->name, "for people")->required();
  command
      ->add_option("--product", o->products,
                   "allowed, and its fee in basis points: quick_pay=60[,returns-fee][,sync]")
      ->take_all();
  command->add_option("--webhook", o->webhook, "where notifications go: https://…");
  command->footer(
      "returns-fee: refunds give back their share of the fee; sync: booked before the answer.\n\n"
      "Examples:\n"
      "  suanpan merchant create M001 --name 'Corner shop' --product quick_pay=60 \\\n"
      "      --product payout=10,sync --webhook https://shop.example/hook");
  command->callback([&line, o] { line.run = [&line, o] { return create(line.common, *o); }; });
}

void add_keys(CLI::App& merchant, command_line& line) {
  auto* key = merchant.add_subcommand("key", "Makes and revokes a merchant's keys.");
  key->require_subcommand(1);
  auto* made = key->add_subcommand("create", "A new key, shown once; two may be valid.");
  const auto o = std::make_shared<key_options>();
  made->add_option("--note", o->note, "for people");
  made->add_flag("--test", o->test, "sk_test_… instead of sk_live_…");
  add_merchant_option(*made, o->merchant);
  made->footer("Examples:\n  suanpan merchant key create --merchant M001 --note 'till 7'");
  made->callback([&line, o] { line.run = [&line, o] { return create_key(line.common, *o); }; });

  auto* ended = key->add_subcommand("revoke", "Ends a key, at every node within a second or so.");
  const auto e = std::make_shared<key_options>();
  ended->add_option("key_id", e->key_id, "k_ and 16 digits")->required();
  add_merchant_option(*ended, e->merchant);
  ended->footer("Examples:\n  suanpan merchant key revoke k_0123456789abcdef --merchant M001");
  ended->callback([&line, e] { line.run = [&line, e] { return revoke_key(line.common, *e); }; });
}

}  // namespace

void add_merchants(CLI::App& app, command_line& line) {
  auto* merchant =
      app.add_subcommand("merchant", "Registers and shows merchants; their keys and webhook.");
  merchant->require_subcommand(1);
  add_creation(*merchant, line);

  auto* shown = merchant->add_subcommand("show", "A merchant's terms, webhook and keys.");
  const auto which = std::make_shared<std::string>();
  shown->add_option("id", *which, "which one [that of the caller's key]");
  shown->footer("Examples:\n  suanpan merchant show M001");
  shown->callback(
      [&line, which] { line.run = [&line, which] { return show(line.common, *which); }; });

  add_keys(*merchant, line);

  auto* hook = merchant->add_subcommand("webhook", "Sets where notifications go, or a new secret.");
  const auto o = std::make_shared<webhook_options>();
  hook->add_option("url", o->url, "https://…");
  hook->add_flag("--none", o->none, "nothing is sent any more");
  hook->add_flag("--rotate-secret", o->rotate, "a new secret; the former signs, too, for a while");
  add_merchant_option(*hook, o->merchant);
  hook->footer(
      "Setting the address again enables what the receiver's 410 disabled.\n\n"
      "Examples:\n  suanpan merchant webhook https://shop.example/hook --merchant M001");
  hook->callback([&line, o] { line.run = [&line, o] { return set_webhook(line.common, *o); }; });
}

}  // namespace suanpan::cli
