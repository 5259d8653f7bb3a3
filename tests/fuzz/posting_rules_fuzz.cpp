// Posting rules of whatever bytes: faults, or rules that book a balanced voucher for every order.
#include "config/posting_rules.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/memory_file.hpp"

#include <string>

using namespace suanpan;
using fuzz::require;

namespace {

const config::chart_of_accounts& chart() {
  static const auto read = [] {
    std::vector<config::fault> faults;
    auto chart = config::load_chart(SUANPAN_SOURCE_DIR "/config/chart_of_accounts.toml", faults);
    require(faults.empty(), "the delivered chart is sound");
    return chart;
  }();
  return read;
}

void judge(const posting_rules& rules) {
  payment_order order;
  order.merchant = {"M001"};
  order.amount = {10'000};
  order.fee = {60};
  order.returns_fee = true;
  order.payer = order.payee = "user:42";
  for (const auto kind : payment_kinds) {
    order.kind = kind;
    for (const auto transition : transitions_of(kind)) {
      const auto intent = rules.intent_for(order, {transition, 1, 1'000, {"icbc"}});
      require(intent.has_value(), "each transition books something");
      const auto due = moved_by(kind, transition);
      std::int64_t moved = 0;
      for (const auto& leg : intent->legs) {
        moved += leg.amount.value;
        require(leg.amount.value > 0, "no leg is empty");
        require(chart().find(leg.debit.subject) != nullptr, "debits a subject of the chart");
        require(chart().find(leg.credit.subject) != nullptr, "credits a subject of the chart");
      }
      require(moved == due.amounts * 10'000 + due.fees * 60 + due.fee_shares * 60,
              "a voucher moves what it must");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static fuzz::memory_file file;
  file.write(bytes, size);
  std::vector<config::fault> faults;
  const auto rules = config::load_posting_rules(file.path(), chart(), faults);
  for (const auto& told : faults) {
    const auto line = config::to_string(told);
    require(fuzz::is_utf8(line) && line.find('\n') == std::string::npos,
            "a fault is one line of UTF-8");
  }
  if (faults.empty()) judge(rules);
  return 0;
}
