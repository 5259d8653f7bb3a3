// The JSON that a merchant is sent: type, timestamp and how the order stands (Standard Webhooks).
#include "actors/payment/payment_views.hpp"

namespace suanpan::views {
namespace {

constexpr std::int64_t micros_per_day = 86'400'000'000;

std::string_view noun_of(payment_kind kind) {
  switch (kind) {
    case payment_kind::payout:
      return "payout";
    case payment_kind::withdrawal:
      return "withdrawal";
    case payment_kind::refund:
      return "refund";
    case payment_kind::top_up:
    case payment_kind::transfer:
    case payment_kind::quick_pay:
    case payment_kind::online_bank_pay:
    case payment_kind::withholding:
      return "payment";
  }
  return "payment";
}

std::string padded(std::int64_t number, std::size_t digits) {
  auto text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

// "2026-11-27T21:36:18.000123Z". Days to a date as in the proleptic Gregorian calendar, by eras of
// 400 years that begin in March.
std::string instant(std::int64_t micros) {
  const std::int64_t days = micros / micros_per_day;
  const std::int64_t in_day = micros % micros_per_day;
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = shifted / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const std::int64_t seconds = in_day / 1'000'000;
  return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T" +
         padded(seconds / 3'600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" +
         padded(seconds % 60, 2) + "." + padded(in_day % 1'000'000, 6) + "Z";
}

// RFC 8259. What is UTF-8 stays; whoever wrote the order has checked that it is.
std::string quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      json += "\\u00";
      json += hex[byte >> 4];
      json += hex[byte & 15];
    } else {
      json += c;
    }
  }
  return json + '"';
}

/// Members of an object, one after the other.
class members {
 public:
  members& text(std::string_view name, std::string_view value) { return raw(name, quoted(value)); }
  members& number(std::string_view name, std::int64_t value) {
    return raw(name, std::to_string(value));
  }
  members& raw(std::string_view name, std::string_view json) {
    json_ += json_.empty() ? "{" : ",";
    json_.append(quoted(name)).append(":").append(json);
    return *this;
  }
  [[nodiscard]] std::string object() const { return json_ + "}"; }

 private:
  std::string json_;
};

}  // namespace

payment_notification notification_of(const payment_state& after, std::string_view what,
                                     const notified_about& about) {
  const auto& order = after.order;
  payment_notification told;
  told.sequence = after.notifications + 1;
  told.type = std::string(noun_of(order.kind)) + "." + std::string(what);
  members inner;
  inner.text("payment_id", to_string(order.id))
      .text("order_number", order.number.value)
      .text("merchant", order.merchant.value)
      .text("kind", name_of(order.kind))
      .text("stage", name_of(after.head.stage))
      .number("amount", order.amount.value)
      .text("currency", letters(order.ccy))
      .number("fee", order.fee.value);
  if (order.original) inner.text("original_payment_id", to_string(*order.original));
  if (about.attempt != nullptr) inner.number("attempt", about.attempt->number);
  if (!after.head.failure.code.empty()) {
    members failure;
    failure.text("code", after.head.failure.code)
        .text("channel_code", after.head.failure.channel_code)
        .text("advice", name_of(after.head.failure.advice));
    inner.raw("failure", failure.object());
  }
  inner.number("sequence", told.sequence);
  told.body = members()
                  .text("type", told.type)
                  .text("timestamp", instant(about.at_micros))
                  .raw("data", inner.object())
                  .object();
  told.caused_micros = about.at_micros;
  return told;
}

}  // namespace suanpan::views
