#include "tools/bank/routes.hpp"

#include "tools/bank/bank_json.hpp"
#include "tools/bank/page.hpp"
#include "tools/bank/signature.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace suanpan::bank {
namespace {

constexpr std::string_view online_path = "/online/";
constexpr const char* html = "text/html; charset=utf-8";
constexpr const char* csv = "text/csv; charset=utf-8";

/// Nothing: it is there, and no number.
std::optional<std::uint64_t> number_or(const std::string& text, std::uint64_t absent) {
  if (text.empty()) return absent;
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::string garbage_text() {
  return std::string("\x00\xfe{\"status\":\"pa\xff", 16) + std::string(7, '\x7f');
}

}  // namespace

std::string kept_card(const std::string& secret, const std::string& card) {
  if (is_token(card)) return card;
  return hmac_hex(secret, "card\n" + card).substr(0, 32) + card.substr(card.size() - 4);
}

bool routes::is_authentic(const http_request& what) const {
  return is_name(what.merchant) &&
         is_signed({.timestamp = what.timestamp, .path = what.target, .body = what.body},
                   what.signature,
                   {.secret = options_.secret, .now_seconds = clock_micros() / 1'000'000});
}

void routes::answer(const asker& who, http_answer what) const {
  const auto timestamp = std::to_string(clock_micros() / 1'000'000);
  const auto signature = sign(
      options_.secret, {.timestamp = timestamp, .path = who->asked().target, .body = what.body});
  what.headers = {{"X-Bank-Timestamp", timestamp},
                  {"X-Bank-Signature", signature},
                  {"X-Bank-Dedupes", options_.dedupes ? "true" : "false"}};
  who->say(std::move(what));
}

void routes::refuse(const asker& who, unsigned status, const std::string& body) const {
  answer(who, {.status = status, .body = body});
}

void routes::malformed(const asker& who, const std::string& fault) const {
  refuse(who, 400, error_text("malformed", fault));
}

void routes::handle(const asker& who) {
  const std::string_view path = who->asked().path;
  if (who->asked().too_large) return refuse(who, 413, error_text("too_large"));
  if (path.starts_with("/v1/")) return handle_signed(who);
  if (path.starts_with("/admin/")) return handle_admin(who);
  if (path.starts_with(online_path)) return handle_page(who);
  refuse(who, 404, error_text("no_such_path"));
}

void routes::handle_signed(const asker& who) {
  using handler = void (*)(routes&, const asker&);
  struct route {
    std::string_view method;
    std::string_view path;
    handler handles;
  };
  static constexpr std::array<route, 8> all = {{
      {"POST", "/v1/pay", [](routes& r, const asker& a) { r.money(request_kind::pay, a); }},
      {"POST", "/v1/payout", [](routes& r, const asker& a) { r.money(request_kind::payout, a); }},
      {"POST", "/v1/refund", [](routes& r, const asker& a) { r.money(request_kind::refund, a); }},
      {"POST", "/v1/query", [](routes& r, const asker& a) { r.query(a); }},
      {"POST", "/v1/bind", [](routes& r, const asker& a) { r.bind(a); }},
      {"POST", "/v1/unbind", [](routes& r, const asker& a) { r.unbind(a); }},
      {"POST", "/v1/online", [](routes& r, const asker& a) { r.online(a); }},
      {"GET", "/v1/statement",
       [](routes& r, const asker& a) { r.statement(a, a->asked().merchant); }},
  }};
  const auto& asked = who->asked();
  if (!is_authentic(asked)) return refuse(who, 401, error_text("signature"));
  for (const auto& route : all) {
    if (route.path != asked.path) continue;
    if (route.method != asked.method) return refuse(who, 405, error_text("method"));
    return route.handles(*this, who);
  }
  refuse(who, 404, error_text("no_such_path"));
}

// What is said of a request for money, in bytes.
desk::hears routes::hears_for(const asker& who) const {
  return [this, who](const dated_saying& said) {
    if (said.how == saying_kind::dropped) return who->drop();
    const bool garbage = said.how == saying_kind::garbage;
    answer(who, {.body = garbage ? garbage_text() : report_text(said.what)});
  };
}

void routes::money(request_kind kind, const asker& who) {
  auto wanted = read_money_order(kind, who->asked().body);
  if (!wanted.fault.empty()) return malformed(who, wanted.fault);
  auto& what = wanted.asked.what;
  what.merchant = who->asked().merchant;
  if (!what.card.empty()) what.card = kept_card(options_.secret, what.card);
  const auto expected = desk_.take(std::move(wanted.asked), hears_for(who));
  if (expected == expectation::silence) who->hang();
}

void routes::query(const asker& who) {
  const auto wanted = read_reference(who->asked().body);
  if (!wanted.fault.empty()) return malformed(who, wanted.fault);
  desk_.query(who->asked().merchant, wanted.asked,
              [this, who](const dated_report& told) { answer(who, {.body = report_text(told)}); });
}

void routes::bind(const asker& who) {
  const auto wanted = read_binding(who->asked().body);
  if (!wanted.fault.empty()) return malformed(who, wanted.fault);
  const auto& [reference, number, name] = wanted.asked;
  bound_card card;
  card.merchant = who->asked().merchant;
  card.reference = reference;
  card.last4 = number.substr(number.size() - 4);
  if (behaviour_of(number) == behaviour::declined)
    return answer(who, {.body = bind_declined_text(card, "card_declined")});
  card.fingerprint = hmac_hex(options_.secret, "holder\n" + number + '\n' + name).substr(0, 32);
  const auto about = "token\n" + card.merchant + '\n' + reference;
  card.token = "tok_" + hmac_hex(options_.secret, about).substr(0, 24) + card.last4;
  desk_.bind(card, [this, who](const bound_card& told) {
    answer(who, {.body = told.token.empty() ? bind_declined_text(told, "reference_reused")
                                            : bound_text(told)});
  });
}

void routes::unbind(const asker& who) {
  const auto wanted = read_token(who->asked().body);
  if (!wanted.fault.empty()) return malformed(who, wanted.fault);
  desk_.unbind({who->asked().merchant, wanted.asked},
               [this, who, token = wanted.asked](bool known) {
                 answer(who, {.body = unbound_text(token, known)});
               });
}

void routes::online(const asker& who) {
  auto wanted = read_online_order(who->asked().body);
  if (!wanted.fault.empty()) return malformed(who, wanted.fault);
  auto& order = wanted.asked;
  order.what.merchant = who->asked().merchant;
  const auto about = "online\n" + order.what.merchant + '\n' + order.what.reference;
  order.handle = hmac_hex(options_.secret, about).substr(0, 32);
  desk_.place_online(order, [this, who, asked = order.what](const online_order& told) {
    const bool placed = !told.handle.empty();
    const auto at = placed ? options_.origin + std::string(online_path) + told.handle : "";
    answer(who, {.body = placed_text(asked, at)});
  });
}

void routes::statement(const asker& who, const std::string& merchant) {
  const auto day = number_or(who->asked().day, desk_.day());
  if (!day || *day > UINT32_MAX) return malformed(who, "day: not a business day");
  desk_.statement(static_cast<std::uint32_t>(*day),
                  [this, who, merchant](const std::vector<statement_line>& lines) {
                    answer(who, {.type = csv, .body = statement_csv(lines, merchant)});
                  });
}

void routes::handle_admin(const asker& who) {
  const auto& asked = who->asked();
  if (!asked.from_loopback) return refuse(who, 403, error_text("loopback_only"));
  const bool advance = asked.path == "/admin/advance-day";
  const bool ledger = asked.path == "/admin/ledger";
  if (!advance && !ledger && asked.path != "/admin/statement")
    return refuse(who, 404, error_text("no_such_path"));
  if (asked.method != (advance ? "POST" : "GET")) return refuse(who, 405, error_text("method"));
  if (advance)
    return desk_.advance_day([this, who](std::uint32_t day, std::size_t returned) {
      answer(who, {.body = day_text(day, returned)});
    });
  if (!ledger) return statement(who, "");
  const auto after = number_or(asked.after, 0);
  if (!after) return malformed(who, "after: not a number");
  desk_.ledger(*after,
               [this, who](const ledger_copy& told) { answer(who, {.body = ledger_text(told)}); });
}

void routes::handle_page(const asker& who) {
  const auto& asked = who->asked();
  const auto order = desk_.online(std::string_view(asked.path).substr(online_path.size()));
  if (order.handle.empty())
    return who->say({.status = 404, .type = html, .body = unknown_order_page()});
  if (asked.method == "POST") return settle(who, order);
  if (asked.method != "GET") return refuse(who, 405, error_text("method"));
  if (order.open) return who->say({.type = html, .body = payment_page(order)});
  desk_.query(order.what.merchant, order.what.reference, [who, order](const dated_report& told) {
    who->say({.type = html, .body = outcome_page(order, told.what)});
  });
}

void routes::settle(const asker& who, const online_order& order) {
  const auto typed = read_form(who->asked().body);
  if (!typed)
    return who->say({.status = 400,
                     .type = html,
                     .body = payment_page(order, "An account has 4 to 34 digits and letters.")});
  payer_choice choice{.handle = order.handle, .account = {}, .pays = typed->pays};
  if (typed->pays) choice.account = kept_card(options_.secret, typed->account);
  const auto came = desk_.settle_online(choice, [who, order](const dated_saying& said) {
    if (said.how == saying_kind::dropped) return who->drop();
    const bool garbage = said.how == saying_kind::garbage;
    who->say(
        {.type = html, .body = garbage ? garbage_text() : outcome_page(order, said.what.what)});
  });
  if (came == page_outcome::silence) who->hang();
  if (came != page_outcome::closed_before) return;
  desk_.query(order.what.merchant, order.what.reference, [who, order](const dated_report& told) {
    who->say({.type = html, .body = outcome_page(order, told.what)});
  });
}

}  // namespace suanpan::bank
