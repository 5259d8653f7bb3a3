#include "tools/bank/page.hpp"

#include <algorithm>
#include <map>

namespace suanpan::bank {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; }
body { font: 17px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid;
  place-items: center; background: #eef1f5; color: #1c2430; }
main { background: #fff; border-radius: 14px; padding: 2rem; width: min(25rem, 100vw - 4rem);
  box-shadow: 0 6px 30px #1c243022; }
h1 { font-size: 1.1rem; margin: 0 0 1rem; color: #5a6779; font-weight: 500; }
.amount { font-size: 2.2rem; font-weight: 650; margin: 0; }
.of { margin: 0 0 1.5rem; color: #5a6779; overflow-wrap: anywhere; }
label { display: block; font-size: .9rem; margin-bottom: .3rem; }
input, select, button { font: inherit; width: 100%; box-sizing: border-box; border-radius: 8px;
  padding: .6rem .8rem; border: 1px solid #b8c1ce; }
.fault { color: #b3261e; margin: .4rem 0 0; }
.buttons { display: flex; gap: .7rem; margin-top: 1.2rem; }
button { cursor: pointer; background: #fff; color: #1c2430; }
button.pay { background: #1257c9; border-color: #1257c9; color: #fff; font-weight: 600; }
.note { font-size: .85rem; color: #5a6779; margin: 1.5rem 0 0; }
a { color: #1257c9; }
@media (prefers-color-scheme: dark) {
  body { background: #12161d; color: #e6eaf0; } main { background: #1d232d; }
  h1, .of, .note { color: #9aa7b8; } input, button { background: #12161d; color: #e6eaf0; }
  a { color: #7fb0ff; } .fault { color: #ff8a80; }
})";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else
      out += c;
  }
  return out;
}

std::string whole_page(std::string_view title, const std::string& inside) {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
  out.append(title).append("</title>\n<style>").append(style).append("</style></head>\n");
  out.append("<body><main>\n<h1>Suanpan Bank (simulated)</h1>\n").append(inside);
  return out + "</main></body></html>\n";
}

std::string head_of(const online_order& order) {
  const auto& asked = order.what;
  return "<p class=\"amount\">" + std::string(letters(asked.ccy)) + ' ' +
         format_amount(asked.amount.value, asked.ccy) + "</p>\n<p class=\"of\">to " +
         escaped(asked.merchant) + ", order " + escaped(asked.reference) + "</p>\n";
}

std::string way_back(const online_order& order) {
  if (order.return_url.empty()) return "<p class=\"note\">You may close this page.</p>\n";
  return "<p><a href=\"" + escaped(order.return_url) + "\">Back to the merchant</a></p>\n";
}

std::string_view words(const report& what) {
  if (what.is == status::paid) return "Paid. Thank you.";
  if (what.is == status::processing) return "We are still at it. The merchant will be told.";
  if (what.code == "expired") return "Too late: this order has expired. No money was moved.";
  if (what.code == "insufficient_funds")
    return "Declined: the account has not so much. No money was moved.";
  return "Declined. No money was moved.";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                       hex_digit(text[i + 2]) >= 0;
    if (coded) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> fields_of(std::string_view body) {
  std::map<std::string, std::string> fields;
  while (!body.empty()) {
    const auto end = std::min(body.find('&'), body.size());
    const auto field = body.substr(0, end);
    const auto equals = std::min(field.find('='), field.size());
    fields[decoded(field.substr(0, equals))] =
        equals < field.size() ? decoded(field.substr(equals + 1)) : "";
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return fields;
}

}  // namespace

std::string payment_page(const online_order& order, std::string_view fault) {
  auto inside = head_of(order) +
                "<form method=\"post\" autocomplete=\"off\">\n"
                "<label for=\"account\">Pay from account</label>\n"
                "<input id=\"account\" name=\"account\" list=\"accounts\" inputmode=\"numeric\" "
                "value=\"6222020000000000\" autofocus>\n<datalist id=\"accounts\">\n";
  for (const auto& b : behaviours())
    inside += "<option value=\"622202000000" + std::string(b.digits) + "\">" + escaped(b.sentence) +
              "</option>\n";
  inside += "</datalist>\n";
  if (!fault.empty()) inside += "<p class=\"fault\">" + escaped(fault) + "</p>\n";
  inside +=
      "<p class=\"buttons\"><button class=\"pay\" name=\"choice\" value=\"pay\">Pay</button>\n"
      "<button name=\"choice\" value=\"decline\">Decline</button></p>\n</form>\n"
      "<p class=\"note\">No real money. The last four digits of the account decide what happens: "
      "0000 pays, 0002 is declined, others lie.</p>\n";
  return whole_page("Pay", inside);
}

std::string outcome_page(const online_order& order, const report& what) {
  return whole_page("Payment", head_of(order) + "<p><strong>" + std::string(words(what)) +
                                   "</strong></p>\n" + way_back(order));
}

std::string unknown_order_page() {
  return whole_page("No such order", "<p>There is no such order.</p>\n");
}

std::optional<form> read_form(std::string_view body) {
  auto fields = fields_of(body);
  form f;
  f.pays = fields["choice"] == "pay";
  if (!f.pays && fields["choice"] != "decline") return std::nullopt;
  for (const char c : fields["account"])
    if (c != ' ') f.account += c;
  const bool account =
      f.account.size() >= 4 && f.account.size() <= 34 &&
      std::ranges::all_of(f.account, [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
  if (f.pays && !account) return std::nullopt;
  if (!f.pays) f.account.clear();
  return f;
}

}  // namespace suanpan::bank
