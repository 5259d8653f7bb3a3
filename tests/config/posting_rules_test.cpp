// Posting rules: what is read, the pinned vouchers, and one row per fault with its line.
#include "config/posting_rules.hpp"

#include "tests/config/folder.hpp"

#include <fstream>
#include <iterator>

using namespace suanpan;
using namespace suanpan::config;

namespace {

chart_of_accounts shipped_chart() {
  std::vector<fault> faults;
  auto chart = load_chart(SUANPAN_SOURCE_DIR "/config/chart_of_accounts.toml", faults);
  REQUIRE(faults.empty());
  return chart;
}

std::string shipped_text() {
  std::ifstream file(SUANPAN_SOURCE_DIR "/config/posting_rules.toml", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> faults_of_rules(std::string_view text) {
  const folder in;
  std::vector<fault> faults;
  const auto rules = load_posting_rules(in.write("rules.toml", text), shipped_chart(), faults);
  CHECK((faults.empty() || rules.all().empty()));
  return lines_of(faults, in);
}

/// The shipped file with the first `from` replaced.
std::vector<std::string> faults_where(std::string_view from, std::string_view to) {
  auto text = shipped_text();
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return faults_of_rules(text.replace(at, from.size(), to));
}

/// The one fault has a line and these words.
void check_fault(const std::vector<std::string>& faults, std::string_view words) {
  CAPTURE(faults);
  REQUIRE(faults.size() == 1);
  CAPTURE(words);
  CHECK(faults[0].starts_with("rules.toml:"));
  CHECK(faults[0].find(words) != std::string::npos);
}

std::string text_of(const booking_intent& intent) {
  std::string text;
  for (const auto& leg : intent.legs)
    text += leg.debit.owner + " " + leg.debit.subject + " -> " + leg.credit.owner + " " +
            leg.credit.subject + " " + std::to_string(leg.amount.value) + "; ";
  return text;
}

}  // namespace

TEST_CASE("the shipped posting rules have a rule for each transition of each kind") {
  const folder in;
  std::vector<fault> faults;
  const auto rules =
      load_posting_rules(SUANPAN_SOURCE_DIR "/config/posting_rules.toml", shipped_chart(), faults);
  REQUIRE(lines_of(faults, in).empty());
  std::size_t needed = 0;
  for (const auto kind : payment_kinds)
    for (const auto transition : transitions_of(kind)) {
      CHECK(rules.find(kind, transition) != nullptr);
      ++needed;
    }
  CHECK(rules.all().size() == needed);
}

TEST_CASE("a quick pay of CNY 100.00 at 60 basis points books the pinned vouchers") {
  std::vector<fault> faults;
  const auto rules =
      load_posting_rules(SUANPAN_SOURCE_DIR "/config/posting_rules.toml", shipped_chart(), faults);
  payment_order order;
  order.kind = payment_kind::quick_pay;
  order.merchant = {"M001"};
  order.amount = {10'000};
  order.fee = fee_of(order.amount, 60);
  const auto received = rules.intent_for(order, {payment_transition::received, 1, 1'000, {"icbc"}});
  REQUIRE(received);
  CHECK(text_of(*received) == "channel:icbc 1122 -> internal 2101 10000; ");
  CHECK(received->event_code == 3'030);
  CHECK(!received->may_be_refused);
  const auto settled = rules.intent_for(order, {payment_transition::settled, 2, 1'000, {"icbc"}});
  REQUIRE(settled);
  CHECK(text_of(*settled) ==
        "internal 2101 -> merchant:M001 2001 9940; internal 2101 -> internal 6001 60; ");
  CHECK(settled->legs[0].credit.no_overdraft);
  CHECK(!settled->legs[0].debit.no_overdraft);
  order.fee = {};
  CHECK(text_of(*rules.intent_for(order, {payment_transition::settled, 2, 1'000, {"icbc"}})) ==
        "internal 2101 -> merchant:M001 2001 10000; ");
}

TEST_CASE(
    "a hold's capture and release repeat its leg, and a refund without a share returns none") {
  std::vector<fault> faults;
  const auto rules =
      load_posting_rules(SUANPAN_SOURCE_DIR "/config/posting_rules.toml", shipped_chart(), faults);
  payment_order order;
  order.kind = payment_kind::payout;
  order.merchant = {"M001"};
  order.amount = {10'000};
  order.fee = {60};
  const auto held = rules.intent_for(order, {payment_transition::held, 1, 1'000, {}});
  REQUIRE(held);
  CHECK(held->kind == transfer_kind::hold);
  CHECK(held->may_be_refused);
  CHECK(text_of(*held) == "merchant:M001 2001 -> internal 2102 10060; ");
  const auto captured = end_of_hold(*held, order, {payment_transition::captured, 2, 2'000, {}});
  CHECK(captured.kind == transfer_kind::capture);
  CHECK(captured.ends_hold_of == 1);
  CHECK(captured.legs == held->legs);
  CHECK(end_of_hold(*held, order, {payment_transition::released, 2, 2'000, {}}).kind ==
        transfer_kind::void_hold);
  order.kind = payment_kind::refund;
  CHECK(!rules.intent_for(order, {payment_transition::fee_returned, 4, 2'000, {"icbc"}}));
  order.returns_fee = true;
  CHECK(text_of(*rules.intent_for(order, {payment_transition::fee_returned, 4, 2'000, {"icbc"}})) ==
        "internal 6002 -> merchant:M001 2001 60; ");
}

TEST_CASE("a posting rule that is missing, repeated or unknown is told with its line") {
  auto text = shipped_text();
  check_fault(faults_of_rules(text.substr(0, text.rfind("[[rule]]"))),
              "rule: refund, surplus_returned: there is no rule");
  const auto last = text.substr(text.rfind("[[rule]]"));
  check_fault(faults_of_rules(text + last),
              "refund, surplus_returned: is declared already at rules.toml:");
  check_fault(faults_where("kinds = [\"transfer\"]", "kinds = [\"transfer\", \"transfers\"]"),
              "\"transfers\" is no kind of payment");
  check_fault(
      faults_of_rules(text + "\n[[rule]]\nkinds = [\"payout\"]\ntransition = \"paying\"\n"
                             "legs = [{ debit = \"internal 2999\", credit = \"channel 1122\", "
                             "amount = \"amount\" }]\n"),
      "\"paying\" is no transition");
  check_fault(
      faults_of_rules(text + "\n[[rule]]\nkinds = [\"payout\"]\ntransition = \"captured\"\n"
                             "legs = [{ debit = \"internal 2999\", credit = \"channel 1122\", "
                             "amount = \"amount\" }]\n"),
      "payout, captured: follows from held");
  check_fault(
      faults_of_rules(text + "\n[[rule]]\nkinds = [\"payout\"]\ntransition = \"moved\"\n"
                             "legs = [{ debit = \"internal 2999\", credit = \"channel 1122\", "
                             "amount = \"amount\" }]\n"),
      "payout, moved: there is no such transition");
}

TEST_CASE("a posting rule over an unknown subject, role or amount is told with its line") {
  check_fault(faults_where("channel 1122", "channel 1199"),
              "rule.debit: \"1199\" is no subject of the chart of accounts");
  check_fault(faults_where("channel 1122", "bank 1122"),
              "\"bank\" is none of: merchant, payer, payee, channel, internal");
  check_fault(faults_where("channel 1122", "channel balance"),
              "\"channel\" has no balance with us");
  check_fault(faults_where("\"2001\"", "\"2009\""), "merchant_balance: \"2009\" is no subject");
  check_fault(faults_where("amount = \"net\"", "amount = \"nett\""),
              "\"nett\" is none of: amount, fee, net, total, fee_share");
  check_fault(faults_where("debit = \"merchant balance\"", "debit = \"payee balance\""),
              "payout, held: has no payee");
  check_fault(faults_where("debit = \"merchant balance\"", "debit = \"internal 2102\""),
              "debits and credits the same account");
  check_fault(faults_where("transition = \"held\"", "transition = \"held\"\nwhen = \"now\""),
              "rule.when: is unknown");
}

TEST_CASE("a voucher that does not balance for every amount and fee is told with its line") {
  check_fault(faults_where("credit = \"payer balance\", amount = \"net\"",
                           "credit = \"payer balance\", amount = \"amount\""),
              "top_up, settled: its legs move amount + fee, not amount");
  check_fault(faults_where("credit = \"internal 2102\", amount = \"total\"",
                           "credit = \"internal 2102\", amount = \"amount\""),
              "payout, held: its legs move amount, not amount + fee");
  check_fault(faults_where("amount = \"fee_share\"", "amount = \"fee\""),
              "refund, fee_returned: its legs move fee, not fee_share");
  // Each of the two is right alone; together they leave money on the way.
  check_fault(faults_where("debit = \"internal 2101\", credit = \"payer balance\"",
                           "debit = \"internal 2103\", credit = \"payer balance\""),
              "top_up, settled: takes fee from internal 2101, where top_up, received left amount");
}

TEST_CASE("all faults of posting rules are told at once") {
  const auto faults = faults_of_rules("user_balance = 2002\n[[rule]]\nkinds = []\n");
  CHECK(faults.size() > 30);
  CHECK(faults_of_rules("").size() >= 3);
  CHECK(faults_of_rules("rule = 3").size() >= 3);
  check_fault(faults_of_rules("[[rule"), "rules.toml:1");
}
