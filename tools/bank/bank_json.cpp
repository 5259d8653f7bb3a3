#include "tools/bank/bank_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace suanpan::bank {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t name_max = 64;
constexpr std::size_t url_max = 2'048;
constexpr std::size_t holder_max = 256;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_card_number(std::string_view text) {
  return text.size() >= 8 && text.size() <= 19 && std::ranges::all_of(text, is_digit);
}

bool is_account(std::string_view text) {
  return text.size() >= 4 && text.size() <= 34 && std::ranges::all_of(text, is_letter_or_digit);
}

/// Takes fields out of a body and remembers the first fault.
class reader {
 public:
  explicit reader(std::string_view body) : body_(json::parse(body, nullptr, false)) {
    if (!body_.is_object()) fault_ = "body: not a JSON object";
  }

  std::string text(const char* field, std::size_t longest) {
    const auto* found = find(field);
    if (found == nullptr) return {};
    if (!found->is_string() || found->get_ref<const std::string&>().size() > longest)
      return refuse(field, "not a text of at most " + std::to_string(longest) + " bytes");
    return found->get<std::string>();
  }

  std::string name(const char* field) {
    const auto value = text(field, name_max);
    return fault_.empty() && !is_name(value) ? refuse(field, "not a name") : value;
  }

  /// Empty: absent.
  std::string url(const char* field) {
    if (!fault_.empty() || !body_.contains(field)) return {};
    const auto value = text(field, url_max);
    return fault_.empty() && !path_of_url(value) ? refuse(field, "not an http(s) URL") : value;
  }

  std::string card() {
    const auto value = text("card", name_max);
    const bool known = is_card_number(value) || (is_token(value) && is_name(value));
    return fault_.empty() && !known ? refuse("card", "neither 8 to 19 digits nor a token") : value;
  }

  std::string account() {
    const auto value = text("account", name_max);
    const bool known = is_account(value) || (is_token(value) && is_name(value));
    return fault_.empty() && !known
               ? refuse("account", "neither 4 to 34 letters and digits nor a token")
               : value;
  }

  void money(request& into) {
    const auto* amount = find("amount");
    if (amount == nullptr) return;
    const bool integer = amount->is_number_integer() && *amount >= 1 && *amount <= amount_max;
    if (!integer) return void(refuse("amount", "not an integer from 1 to 2^53-1"));
    into.amount.value = amount->get<std::int64_t>();
    const auto ccy = parse_currency(text("currency", name_max));
    if (fault_.empty() && !ccy) refuse("currency", "not of ISO 4217");
    into.ccy = ccy.value_or(currency{});
  }

  std::string refuse(const std::string& field, const std::string& why) {
    if (fault_.empty()) fault_ = field + ": " + why;
    return {};
  }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  const json* find(const char* field) {
    if (!fault_.empty()) return nullptr;
    const auto it = body_.find(field);
    if (it != body_.end()) return &*it;
    refuse(field, "missing");
    return nullptr;
  }

  json body_;
  std::string fault_;
};

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_max && std::ranges::all_of(text, [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == ':' || c == '-';
  });
}

parsed<money_order> read_money_order(request_kind kind, std::string_view body) {
  reader from(body);
  money_order o;
  o.what.kind = kind;
  o.what.reference = from.name("reference");
  if (kind == request_kind::pay) o.what.card = from.card();
  if (kind == request_kind::payout) o.what.card = from.account();
  if (kind == request_kind::refund) o.what.original = from.name("original");
  from.money(o.what);
  o.callback_url = from.url("callback_url");
  o.what.wants_callback = !o.callback_url.empty();
  return {std::move(o), from.fault()};
}

parsed<binding> read_binding(std::string_view body) {
  reader from(body);
  binding b;
  b.reference = from.name("reference");
  b.card = from.text("card", name_max);
  if (from.fault().empty() && !is_card_number(b.card)) from.refuse("card", "not 8 to 19 digits");
  b.name = from.text("name", holder_max);
  return {std::move(b), from.fault()};
}

parsed<online_order> read_online_order(std::string_view body) {
  reader from(body);
  online_order o;
  o.what.reference = from.name("reference");
  from.money(o.what);
  o.callback_url = from.url("callback_url");
  o.return_url = from.url("return_url");
  o.what.wants_callback = !o.callback_url.empty();
  return {std::move(o), from.fault()};
}

parsed<std::string> read_reference(std::string_view body) {
  reader from(body);
  auto reference = from.name("reference");
  return {std::move(reference), from.fault()};
}

parsed<std::string> read_token(std::string_view body) {
  reader from(body);
  auto token = from.name("token");
  return {std::move(token), from.fault()};
}

std::string report_text(const dated_report& what) {
  const auto& r = what.what;
  const bool known = r.is != status::not_found;
  return ordered_json{{"status", name_of(r.is)},
                      {"code", r.code},
                      {"merchant", r.merchant},
                      {"reference", r.reference},
                      {"bank_number", r.bank_number},
                      {"amount", r.amount.value},
                      {"currency", known ? letters(r.ccy) : std::string_view()},
                      {"day", what.day}}
      .dump();
}

std::string bound_text(const bound_card& what) {
  return ordered_json{{"status", "bound"},         {"code", ""},
                      {"merchant", what.merchant}, {"reference", what.reference},
                      {"token", what.token},       {"last4", what.last4}}
      .dump();
}

std::string bind_declined_text(const bound_card& what, std::string_view code) {
  return ordered_json{{"status", "declined"},
                      {"code", code},
                      {"merchant", what.merchant},
                      {"reference", what.reference}}
      .dump();
}

std::string unbound_text(const std::string& token, bool known) {
  return ordered_json{{"status", known ? "unbound" : "not_found"}, {"token", token}}.dump();
}

std::string placed_text(const request& what, const std::string& redirect_url) {
  ordered_json j{{"status", redirect_url.empty() ? "declined" : "processing"},
                 {"code", redirect_url.empty() ? "reference_reused" : ""},
                 {"merchant", what.merchant},
                 {"reference", what.reference}};
  if (!redirect_url.empty()) j["redirect_url"] = redirect_url;
  return j.dump();
}

std::string day_text(std::uint32_t day, std::size_t returned) {
  return ordered_json{{"day", day}, {"returned", returned}}.dump();
}

std::string ledger_text(const ledger_copy& what) {
  std::string out = "{\"day\":" + std::to_string(what.day) + ",\"entries\":[";
  for (const auto& e : what.entries) {
    const auto& card = e.of.card;
    const auto last4 = card.size() < 4 ? std::string() : card.substr(card.size() - 4);
    if (out.back() != '[') out += ",\n";
    out += ordered_json{{"number", e.number},
                        {"kind", name_of(e.kind)},
                        {"merchant", e.of.merchant},
                        {"reference", e.of.reference},
                        {"card_last4", last4},
                        {"original", e.of.original},
                        {"amount", e.of.amount.value},
                        {"currency", letters(e.of.ccy)},
                        {"declined", e.declined},
                        {"undoes", e.undoes},
                        {"day", e.day},
                        {"at_micros", e.at},
                        {"off_statement", e.off_statement || e.statement_amount != e.of.amount}}
               .dump();
  }
  return out + "]}\n";
}

std::string error_text(std::string_view error, std::string_view detail) {
  ordered_json j{{"error", error}};
  if (!detail.empty()) j["detail"] = detail;
  return j.dump();
}

std::string behaviours_text() {
  auto all = ordered_json::array();
  for (const auto& b : behaviours())
    all.push_back({{"digits", b.digits}, {"name", b.name}, {"sentence", b.sentence}});
  return ordered_json{{"behaviours", all}}.dump(2);
}

std::string statement_csv(const std::vector<statement_line>& lines, std::string_view merchant) {
  std::string out = "number,kind,merchant,reference,amount,currency\n";
  for (const auto& l : lines) {
    if (!merchant.empty() && l.merchant != merchant) continue;
    out += std::to_string(l.number) + ',' + std::string(name_of(l.kind)) + ',' + l.merchant + ',' +
           l.reference + ',' + std::to_string(l.amount.value) + ',' + std::string(letters(l.ccy)) +
           '\n';
  }
  return out;
}

}  // namespace suanpan::bank
