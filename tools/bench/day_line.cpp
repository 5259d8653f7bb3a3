// See day_line.hpp.
#include "tools/bench/day_line.hpp"

#include "tools/cli/csv.hpp"

#include <array>

namespace suanpan::bench {
namespace {

std::string not_a_number(day_line line, const bad_context&) {
  line.amount = "12.3O";
  return line.text();
}
std::string too_many_decimals(day_line line, const bad_context&) {
  line.amount = line.currency == "JPY" ? "100.5" : "10.001";
  return line.text();
}
std::string too_large(day_line line, const bad_context&) {
  line.amount = "92233720368547758.08";
  line.currency = "CNY";
  return line.text();
}
/// Zero and negative in turn: one reason, two ways there.
std::string not_positive(day_line line, const bad_context& with) {
  line.amount = with.from->chance(500) ? "0" : "-" + line.amount;
  return line.text();
}
std::string unknown_currency(day_line line, const bad_context&) {
  line.currency = "CNX";
  return line.text();
}
std::string unknown_subject(day_line line, const bad_context&) {
  line.debit_subject = "0000";
  return line.text();
}
std::string bad_owner(day_line line, const bad_context&) {
  line.credit_owner = "Merchant 17";
  return line.text();
}
std::string missing_column(day_line line, const bad_context&) {
  std::string text = line.text();
  return text.substr(0, text.find(',')) + text.substr(text.find(',', text.find(',') + 1));
}
std::string bad_id(day_line line, const bad_context&) {
  line.id = line.id.substr(0, 30) + "zz";
  return line.text();
}
std::string long_reference(day_line line, const bad_context&) {
  line.reference = std::string(129, 'R');
  return line.text();
}
std::string broken_memo(day_line line, const bad_context&) {
  line.memo = "cut \xE9\x87";
  return line.text();
}
std::string same_account(day_line line, const bad_context&) {
  line.credit_subject = line.debit_subject;
  line.credit_owner = line.debit_owner;
  return line.text();
}
std::string bad_event_code(day_line line, const bad_context&) {
  line.event_code = "65536";
  return line.text();
}
std::string stray_quote(day_line line, const bad_context& with) {
  line.memo.clear();
  std::string text = line.text();
  text.pop_back();
  return text + (with.from->chance(500) ? "\"never closed\n" : "a \" astray\n");
}
/// Refused by the ledger: a merchant that never had money is to pay a refund.
std::string penniless(day_line line, const bad_context& with) {
  line.credit_subject = line.debit_subject;
  line.credit_owner = line.debit_owner;
  line.debit_subject = with.merchant_payable;
  line.debit_owner = "merchant:N" + std::to_string(with.serial);
  return line.text();
}
std::string expired(day_line line, const bad_context& with) {
  line.id = to_string(make_uuid7(with.unix_millis - 40 * day_millis, 0, *with.from));
  return line.text();
}
std::string in_future(day_line line, const bad_context& with) {
  line.id = to_string(make_uuid7(with.unix_millis + 3'650 * day_millis, 0, *with.from));
  return line.text();
}
/// A posting that is booked already, come again with another amount.
std::string id_again(day_line, const bad_context& with) {
  day_line line = *with.booked;
  line.amount = '1' + line.amount;
  return line.text();
}

constexpr std::array recipes = {
    bad_recipe{"amount_not_a_number", false, not_a_number},
    bad_recipe{"amount_too_many_decimals", false, too_many_decimals},
    bad_recipe{"amount_too_large", false, too_large},
    bad_recipe{"amount_must_be_positive", false, not_positive},
    bad_recipe{"currency_unknown", false, unknown_currency},
    bad_recipe{"debit_subject_not_found", false, unknown_subject},
    bad_recipe{"credit_owner_invalid", false, bad_owner},
    bad_recipe{"columns", false, missing_column},
    bad_recipe{"id_unreadable", false, bad_id},
    bad_recipe{"reference_too_long", false, long_reference},
    bad_recipe{"memo_invalid", false, broken_memo},
    bad_recipe{"accounts_must_differ", false, same_account},
    bad_recipe{"event_code_out_of_range", false, bad_event_code},
    bad_recipe{"quoting", false, stray_quote},
    bad_recipe{"debit_insufficient_funds", true, penniless},
    bad_recipe{"id_expired", true, expired},
    bad_recipe{"id_in_future", true, in_future},
    bad_recipe{"exists_with_different_amount", true, id_again},
};

}  // namespace

std::string day_line::text() const {
  std::string out;
  for (const auto* field : {&id, &debit_subject, &debit_owner, &credit_subject, &credit_owner,
                            &currency, &amount, &event_code, &reference})
    out += cli::csv_quoted(*field) + ',';
  return out + cli::csv_quoted(memo) + '\n';
}

transfer_id make_uuid7(std::int64_t unix_millis, std::uint32_t order, random_source& from) {
  transfer_id id = transfer_id::first_of(unix_millis);
  id.bytes[6] = static_cast<std::uint8_t>(0x70U | (order >> 8U & 0x0FU));
  id.bytes[7] = static_cast<std::uint8_t>(order);
  const std::uint64_t random = from.next();
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[8 + i] = static_cast<std::uint8_t>(random >> (8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80U | (id.bytes[8] & 0x3FU));
  return id;
}

std::span<const bad_recipe> bad_recipes() {
  return recipes;
}

}  // namespace suanpan::bench
