#include "tools/cli/payment_explain.hpp"

#include "tools/cli/reports.hpp"
#include "tools/cli/t_accounts.hpp"
#include "tools/cli/table.hpp"

#include <algorithm>
#include <utility>

namespace suanpan::cli {
namespace {

namespace v1 = suanpan::v1;

constexpr std::size_t words_width = 90;
constexpr std::size_t number_width = 64;

std::string lower_without(std::string name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.erase(0, prefix.size());
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name.empty() || name == "unspecified" ? "-" : name;
}

std::string or_dash(const std::string& text, std::size_t width = number_width) {
  return text.empty() ? "-" : printable(text, width);
}

std::string number_or_dash(std::uint32_t number) {
  return number == 0 ? "-" : std::to_string(number);
}

/// Tells times of one order: how long after it was accepted.
class order_clock {
 public:
  explicit order_clock(const v1::Payment& payment) : since_(payment.created_at_micros()) {}
  [[nodiscard]] std::string text(std::int64_t micros) const {
    if (micros == 0) return "-";
    if (micros < since_) return "-" + elapsed_text(since_ - micros);
    return "+" + elapsed_text(micros - since_);
  }

 private:
  std::int64_t since_;
};

std::string heading(const std::string& text) {
  return '\n' + text + '\n';
}

std::string outcome_text(v1::ChannelOutcome outcome, v1::ChannelDoubt doubt) {
  const auto said = lower_without(v1::ChannelOutcome_Name(outcome), "CHANNEL_OUTCOME_");
  if (doubt == v1::CHANNEL_DOUBT_UNSPECIFIED) return said;
  return said + ": " + lower_without(v1::ChannelDoubt_Name(doubt), "CHANNEL_DOUBT_");
}

std::string failure_text(const v1::PaymentFailure& failure) {
  std::string text = printable(failure.code(), number_width);
  if (!failure.channel_code().empty())
    text += " (the bank says " + printable(failure.channel_code(), number_width) + ')';
  return text;
}

// --- sections

std::string steps_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  table lines({{"step", align::right}, {"time", align::right}, {"event"}, {"then"}, {"by rule"}});
  for (const auto& step : life.steps())
    lines.add({std::to_string(step.version()), clock.text(step.at_micros()),
               printable(step.event(), words_width), short_name(step.state()),
               or_dash(step.rule(), words_width)});
  std::string text = heading("What happened") + lines.text();
  for (const auto& step : life.steps())
    if (!step.note().empty())
      text += "  step " + std::to_string(step.version()) + ": " +
              printable(step.note(), 2 * words_width) + '\n';
  return text;
}

std::string attempts_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  const auto& attempts = life.payment().attempts();
  if (attempts.empty()) return {};
  table lines({{"attempt", align::right},
               {"channel"},
               {"operation"},
               {"our reference"},
               {"began", align::right},
               {"ended", align::right},
               {"sends", align::right},
               {"queries", align::right},
               {"outcome"},
               {"code"},
               {"bank's number"}});
  for (const auto& each : attempts)
    lines.add({std::to_string(each.number()), printable(each.channel(), 32),
               printable(each.operation(), 32), printable(each.reference(), 40),
               clock.text(each.began_at_micros()),
               each.open() ? "open" : clock.text(each.ended_at_micros()),
               std::to_string(each.sends()), std::to_string(each.queries()),
               outcome_text(each.outcome(), each.doubt()), or_dash(each.failure().code()),
               or_dash(each.bank_number())});
  std::string text = heading("Attempts at channels") + lines.text();
  for (const auto& each : attempts) {
    const std::string mark = "  attempt " + std::to_string(each.number()) + ": ";
    if (each.allowed_by() != 0)
      text += mark + "allowed by evidence " + std::to_string(each.allowed_by()) + '\n';
    if (each.number() == life.paid_by()) text += mark + "it paid\n";
    if (!each.route_reasons().empty())
      text += mark + "passed over: " + printable(each.route_reasons(), 2 * words_width) + '\n';
  }
  return text;
}

std::string evidence_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  if (life.evidence().empty()) return {};
  table lines({{"evidence", align::right},
               {"attempt", align::right},
               {"by"},
               {"asked", align::right},
               {"came", align::right},
               {"says"},
               {"proves"},
               {"words"}});
  for (const auto& each : life.evidence())
    lines.add({std::to_string(each.number()), number_or_dash(each.attempt()),
               lower_without(v1::AnswerDoor_Name(each.door()), "ANSWER_DOOR_"),
               clock.text(each.asked_at_micros()), clock.text(each.came_at_micros()),
               outcome_text(each.outcome(), each.doubt()),
               each.allows_new_attempt() ? "another may begin" : "-",
               or_dash(each.excerpt(), words_width)});
  return heading("Evidence") + lines.text();
}

std::string state_text(const v1::PaymentPosting& posting) {
  if (!posting.refusal().empty()) return "refused: " + printable(posting.refusal(), number_width);
  if (posting.redirected()) return "booked on suspense";
  return posting.booked() ? "booked" : "to be booked";
}

/// What moves, or will: a hold reserves only, a void and a refusal move nothing.
std::vector<t_entry> entries_of(const v1::PaymentLife& life) {
  std::vector<t_entry> entries;
  for (const auto& posting : life.postings()) {
    const bool moves = posting.kind() == "post" || posting.kind() == "capture";
    if (!moves || !posting.refusal().empty()) continue;
    const auto mark = std::to_string(posting.number()) + ' ' +
                      printable(posting.transition(), number_width) +
                      (posting.booked() ? "" : " (due)");
    for (const auto& leg : posting.legs()) {
      const auto account = [](const std::string& subject, const std::string& owner) {
        return printable(subject, 16) + ' ' + printable(owner, number_width);
      };
      const minor_units amount{leg.amount()};
      entries.push_back({account(leg.debit_subject(), leg.debit_owner()), true, mark, amount});
      entries.push_back({account(leg.credit_subject(), leg.credit_owner()), false, mark, amount});
    }
  }
  return entries;
}

std::string postings_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  if (life.postings().empty()) return {};
  const auto& letters = life.payment().currency();
  table lines({{"voucher", align::right},
               {"transition"},
               {"kind"},
               {"caused", align::right},
               {"amount", align::right},
               {"state"}});
  for (const auto& posting : life.postings()) {
    int128 sum = 0;
    for (const auto& leg : posting.legs()) sum += leg.amount();
    lines.add({std::to_string(posting.number()), printable(posting.transition(), number_width),
               printable(posting.kind(), 16), clock.text(posting.caused_at_micros()),
               money_text(to_string(sum), letters), state_text(posting)});
  }
  std::string text = heading("Postings") + lines.text();
  const auto ccy = parse_currency(letters);
  const auto entries = entries_of(life);
  if (ccy && !entries.empty()) text += '\n' + t_accounts_text(entries, *ccy);
  return text;
}

std::string delivery_text(const v1::PaymentNotification& told) {
  if (told.acknowledged()) return "acknowledged";
  return told.given_up() ? "given up" : "waits";
}

std::string cases_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  if (life.cases().empty()) return {};
  table lines({{"case", align::right},
               {"opened", align::right},
               {"reason"},
               {"evidence", align::right},
               {"in words"}});
  for (const auto& each : life.cases())
    lines.add({std::to_string(each.number()), clock.text(each.opened_at_micros()),
               printable(each.reason(), number_width), number_or_dash(each.evidence()),
               or_dash(each.summary(), 2 * words_width)});
  return heading("Cases") + lines.text();
}

std::string refunds_text(const v1::PaymentLife& life) {
  if (life.refunds().empty()) return {};
  table lines({{"refund"}, {"amount", align::right}, {"state"}});
  for (const auto& each : life.refunds())
    lines.add({printable(each.payment_id(), number_width),
               money_text(std::to_string(each.amount()), life.payment().currency()),
               each.settled() ? "paid back" : "under way"});
  return heading("Refunds of it") + lines.text();
}

}  // namespace

std::string short_name(v1::PaymentKind kind) {
  return lower_without(v1::PaymentKind_Name(kind), "PAYMENT_KIND_");
}

std::string short_name(v1::PaymentState state) {
  return lower_without(v1::PaymentState_Name(state), "PAYMENT_STATE_");
}

std::string short_name(v1::PaymentAdvice advice) {
  return lower_without(v1::PaymentAdvice_Name(advice), "PAYMENT_ADVICE_");
}

std::string elapsed_text(std::int64_t micros) {
  const auto millis = micros / 1'000;
  if (millis < 1'000) return std::to_string(millis) + " ms";
  const auto seconds = millis / 1'000;
  if (seconds < 60) {
    auto rest = std::to_string(1'000 + millis % 1'000);
    rest.front() = '.';
    return std::to_string(seconds) + rest + " s";
  }
  const auto minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string payment_text(const v1::Payment& p) {
  const auto money = [&p](std::int64_t minor) {
    return money_text(std::to_string(minor), p.currency());
  };
  table lines({{"payment"}, {printable(p.id(), number_width)}});
  const auto add = [&lines](const char* name, const std::string& text) {
    if (!text.empty()) lines.add({name, printable(text, 2 * words_width)});
  };
  lines.add({"kind", short_name(p.kind())});
  lines.add({"state", short_name(p.state()) + (p.replayed() ? "  (the recorded answer)" : "")});
  if (p.has_failure()) lines.add({"failure", failure_text(p.failure())});
  if (p.advice() != v1::PAYMENT_ADVICE_UNSPECIFIED)
    lines.add({"advice", short_name(p.advice()) +
                             (p.query_after_ms() == 0
                                  ? ""
                                  : ", after " + elapsed_text(p.query_after_ms() * 1'000))});
  add("go to", p.redirect_url());
  add("merchant", p.merchant());
  add("order number", p.order_number());
  lines.add({"amount", money(p.amount())});
  lines.add({"fee", money(p.fee())});
  add("payer", p.payer());
  add("payee", p.payee());
  add("card", p.card());
  add("refund of", p.original());
  add("description", p.description());
  if (p.refunded() != 0) lines.add({"refunded", money(p.refunded())});
  if (p.refund_reserved() != 0) lines.add({"refunds under way", money(p.refund_reserved())});
  lines.add({"created", time_text(p.created_at_micros())});
  if (p.finished_at_micros() != 0)
    lines.add({"finished", time_text(p.finished_at_micros()) + ", after " +
                               elapsed_text(p.finished_at_micros() - p.created_at_micros())});
  else if (p.expires_at_micros() != 0)
    lines.add({"expires", time_text(p.expires_at_micros())});
  lines.add({"in the ledger", p.booked() ? "all of it" : "not all of it yet"});
  return lines.text();
}

std::string notifications_text(const v1::PaymentLife& life) {
  const order_clock clock(life.payment());
  if (life.notifications().empty()) return {};
  table lines({{"event", align::right},
               {"type"},
               {"caused", align::right},
               {"tries", align::right},
               {"state"},
               {"next", align::right},
               {"last trouble"}});
  for (const auto& each : life.notifications())
    lines.add({std::to_string(each.sequence()), printable(each.type(), number_width),
               clock.text(each.caused_at_micros()), std::to_string(each.attempts()),
               delivery_text(each), clock.text(each.next_at_micros()),
               or_dash(each.trouble(), words_width)});
  return heading("Notifications") + lines.text();
}

std::string explain_text(const v1::PaymentLife& life) {
  return payment_text(life.payment()) + steps_text(life) + attempts_text(life) +
         evidence_text(life) + postings_text(life) + refunds_text(life) + notifications_text(life) +
         cases_text(life);
}

}  // namespace suanpan::cli
