// JSON without a library: a handful of fields whose texts are escaped as it asks.
#include "storage/payment_text.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace suanpan::storage {
namespace {

void append_text(std::string& json, std::string_view text) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      json += escaped.data();
    } else {
      json += c;
    }
  }
  json += '"';
}

void append_account(std::string& json, std::string_view side, const posting_account& account) {
  const auto key = [&](std::string_view what) {
    json += ",\"";
    json += side;
    json += what;
    json += "\":";
  };
  key("_owner");
  append_text(json, account.owner);
  key("_subject");
  append_text(json, account.subject);
  key("_no_overdraft");
  json += account.no_overdraft ? "true" : "false";
}

}  // namespace

std::string legs_text(const payment_id& order, const booking_intent& intent) {
  std::string json = "[";
  for (std::size_t i = 0; i < intent.legs.size(); ++i) {
    const auto& leg = intent.legs[i];
    if (i > 0) json += ',';
    json += "{\"id\":\"";
    json += to_string(voucher_leg_id(order, intent, i));
    json += '"';
    append_account(json, "debit", leg.debit);
    append_account(json, "credit", leg.credit);
    json += ",\"amount\":";
    json += std::to_string(leg.amount.value);
    json += '}';
  }
  return json + "]";
}

}  // namespace suanpan::storage
