// Rows are gathered by table first; then each table's function is called with an array a column
// (migrations/0015). Parents come before children, the heads last, since they are what counts.
#include "storage/payment_script.hpp"

#include "storage/payment_text.hpp"
#include "storage/write_script.hpp"

#include <absl/strings/escaping.h>

#include <map>
#include <utility>
#include <vector>

namespace suanpan::storage {
namespace {

// Something of a step, with the step.
template <class What>
struct of_step {
  const payment_step* step = nullptr;
  const What* what = nullptr;
};

// What a transaction makes of one order.
struct order_changes {
  const payment_step* first = nullptr;
  const payment_step* last = nullptr;
  std::map<std::int16_t, of_step<payment_attempt>> attempts;  // by number: as they are at the end
  std::map<std::int16_t, of_step<booking_intent>> intents;
  std::map<payment_id, of_step<refund_share>> shares;

  // As suanpan.advance_payments judges it, where all that there is of the order is here.
  [[nodiscard]] bool leaves_open() const {
    if (!is_terminal(last->head.stage) || last->head.due_micros != 0) return true;
    for (const auto& [number, intent] : intents)
      if (!intent.what->booked && intent.what->refusal == item_result::none) return true;
    return false;
  }
};

struct gathered {
  std::map<payment_id, order_changes> orders;
  std::vector<const payment_step*> steps;
  std::vector<of_step<payment_evidence>> evidence;
  std::vector<of_step<payment_notification>> notifications;
  std::vector<of_step<payment_case>> cases;
};

// Why this step can't come next; empty: it can.
std::string fault_of(const payment_step& step, const payment_step* before) {
  const bool follows = before == nullptr ? (step.head.version == 1) == step.opens.has_value()
                                         : step.head.version == before->head.version + 1;
  if (step.head.version > 0 && follows && (!step.opens || step.opens->id == step.order)) return {};
  return "step " + std::to_string(step.head.version) + " of " + to_string(step.order) +
         " does not follow";
}

void gather(const payment_step& step, gathered& into) {
  auto& order = into.orders[step.order];
  if (order.first == nullptr) order.first = &step;
  order.last = &step;
  into.steps.push_back(&step);
  if (step.attempt) order.attempts[step.attempt->number] = {&step, &*step.attempt};
  if (step.evidence) into.evidence.push_back({&step, &*step.evidence});
  for (const auto& intent : step.intents) order.intents[intent.number] = {&step, &intent};
  for (const auto& event : step.notifications) into.notifications.push_back({&step, &event});
  if (step.opens_case) into.cases.push_back({&step, &*step.opens_case});
  if (step.share) order.shares[step.share->refund] = {&step, &*step.share};
}

std::string gather_all(std::span<const payment_unit> units, gathered& into) {
  for (const auto& unit : units) {
    for (const auto& step : unit) {
      const auto known = into.orders.find(step.order);
      auto fault = fault_of(step, known == into.orders.end() ? nullptr : known->second.last);
      if (!fault.empty()) return fault;
      gather(step, into);
    }
  }
  return {};
}

// All orders' values of one of their maps.
template <class Map>
auto all_of(const gathered& rows, Map order_changes::*of) {
  std::vector<typename Map::mapped_type> found;
  for (const auto& [id, order] : rows.orders)
    for (const auto& [key, value] : order.*of) found.push_back(value);
  return found;
}

template <class Number>
std::string number(Number value) {
  return std::to_string(value);
}
template <class Enum>
std::string code(Enum value) {
  return std::to_string(static_cast<int>(value));
}
std::string flag(bool value) {
  return value ? "t" : "f";
}
std::string text(std::string_view value) {
  return escaped_element(value);
}

// SELECT suanpan.name(E'{…}',E'{…}',…): an array for each of `columns`, which make an element of a
// row.
template <class Rows, class... Columns>
std::string call(std::string_view name, const Rows& rows, Columns... columns) {
  if (rows.empty()) return {};
  std::string script = "SELECT suanpan.";
  script += name;
  char before = '(';
  const auto add = [&](const auto& column) {
    script += before;
    script += "E'{";
    before = '{';
    for (const auto& row : rows) {
      if (before == ',') script += ',';
      script += column(row);
      before = ',';
    }
    script += "}'";
    before = ',';
  };
  (add(columns), ...);
  return script + ");";
}

std::string begin_payments(const gathered& rows) {
  std::vector<const order_changes*> begun;
  for (const auto& [id, order] : rows.orders)
    if (order.first->opens) begun.push_back(&order);
  using row = const order_changes*;
  const auto asked = [](row r) -> const payment_order& { return *r->first->opens; };
  const auto head = [](row r) -> const payment_head& { return r->last->head; };
  return call(
      "begin_payments", begun, [&](row r) { return uuid_text(asked(r).id); },
      [&](row r) { return asked(r).original ? uuid_text(*asked(r).original) : "NULL"; },
      [&](row r) { return text(asked(r).merchant.value); },
      [&](row r) { return text(asked(r).number.value); },
      [&](row r) {
        const auto& hash = asked(r).content_hash;
        return absl::BytesToHexString({reinterpret_cast<const char*>(hash.data()), hash.size()});
      },
      [&](row r) { return text(asked(r).payer); }, [&](row r) { return text(asked(r).payee); },
      [&](row r) { return text(asked(r).card.value); },
      [&](row r) { return text(asked(r).description); },
      [&](row r) { return text(asked(r).return_url); },
      [&](row r) { return number(asked(r).created_micros); },
      [&](row r) { return number(asked(r).expires_micros); },
      [&](row r) { return number(asked(r).amount.value); },
      [&](row r) { return number(asked(r).fee.value); },
      [&](row r) { return number(r->first->shard.value); },
      [&](row r) { return code(asked(r).kind); }, [&](row r) { return number(asked(r).ccy.code); },
      [&](row r) { return number(asked(r).attempts_max); },
      [&](row r) { return number(asked(r).surplus_attempt); },
      [&](row r) { return flag(asked(r).returns_fee); },
      [&](row r) { return flag(asked(r).books_before_answer); },
      [&](row r) { return number(head(r).version); }, [&](row r) { return code(head(r).stage); },
      [&](row r) { return number(head(r).paid_by); },
      [&](row r) { return text(head(r).failure.code); },
      [&](row r) { return text(head(r).failure.channel_code); },
      [&](row r) { return code(head(r).failure.advice); },
      [&](row r) { return number(head(r).refunded.value); },
      [&](row r) { return number(head(r).refund_reserved.value); },
      [&](row r) { return number(head(r).finished_micros); },
      [&](row r) { return number(head(r).due_micros); },
      [](row r) { return flag(r->leaves_open()); });
}

std::string advance_payments(const gathered& rows) {
  std::vector<const order_changes*> advanced;
  for (const auto& [id, order] : rows.orders)
    if (!order.first->opens) advanced.push_back(&order);
  using row = const order_changes*;
  const auto head = [](row r) -> const payment_head& { return r->last->head; };
  return call(
      "advance_payments", advanced, [](row r) { return uuid_text(r->first->order); },
      [](row r) { return number(r->first->head.version - 1); },
      [&](row r) { return number(head(r).version); }, [&](row r) { return code(head(r).stage); },
      [&](row r) { return number(head(r).paid_by); },
      [&](row r) { return text(head(r).failure.code); },
      [&](row r) { return text(head(r).failure.channel_code); },
      [&](row r) { return code(head(r).failure.advice); },
      [&](row r) { return number(head(r).refunded.value); },
      [&](row r) { return number(head(r).refund_reserved.value); },
      [&](row r) { return number(head(r).finished_micros); },
      [&](row r) { return number(head(r).due_micros); });
}

std::string add_steps(const gathered& rows) {
  using row = const payment_step*;
  return call(
      "add_payment_steps", rows.steps, [](row r) { return uuid_text(r->order); },
      [](row r) { return number(r->head.version); }, [](row r) { return code(r->event); },
      [](row r) { return code(r->head.stage); },
      [](row r) { return number(r->attempt ? r->attempt->number : 0); },
      [](row r) { return number(r->evidence ? r->evidence->number : 0); },
      [](row r) { return number(r->head.paid_by); },
      [](row r) { return number(r->head.refunded.value); },
      [](row r) { return number(r->head.refund_reserved.value); },
      [](row r) { return number(r->at_micros); }, [](row r) { return text(r->rule); },
      [](row r) { return text(r->note); });
}

std::string add_evidence(const gathered& rows) {
  using row = of_step<payment_evidence>;
  return call(
      "add_evidence", rows.evidence, [](row r) { return uuid_text(r.step->order); },
      [](row r) { return number(r.what->number); }, [](row r) { return number(r.what->attempt); },
      [](row r) { return code(r.what->door); }, [](row r) { return code(r.what->outcome); },
      [](row r) { return code(r.what->doubt); },
      [](row r) { return flag(r.what->allows_new_number); },
      [](row r) { return number(r.what->asked_micros); },
      [](row r) { return number(r.what->came_micros); }, [](row r) { return text(r.what->code); },
      [](row r) { return text(r.what->bank_number); }, [](row r) { return text(r.what->excerpt); });
}

std::string save_attempts(const gathered& rows) {
  using row = of_step<payment_attempt>;
  return call(
      "save_attempts", all_of(rows, &order_changes::attempts),
      [](row r) { return uuid_text(r.step->order); }, [](row r) { return number(r.what->number); },
      [](row r) { return text(r.what->channel.value); },
      [](row r) { return code(r.what->operation); },
      [](row r) { return text(r.what->reference.value); },
      [](row r) { return text(r.what->card.value); },
      [](row r) { return number(r.what->began_micros); },
      [](row r) { return number(r.what->sends); }, [](row r) { return number(r.what->sent_after); },
      [](row r) { return number(r.what->allowed_by); }, [](row r) { return code(r.what->outcome); },
      [](row r) { return code(r.what->doubt); }, [](row r) { return flag(r.what->open); },
      [](row r) { return text(r.what->failure.code); },
      [](row r) { return text(r.what->failure.channel_code); },
      [](row r) { return code(r.what->failure.advice); },
      [](row r) { return text(r.what->bank_number); },
      [](row r) { return text(r.what->redirect_url); },
      [](row r) { return number(r.what->ended_micros); },
      [](row r) { return number(r.what->queries); },
      [](row r) { return number(r.what->next_query_micros); },
      [](row r) { return text(r.what->route_reasons); });
}

std::string save_intents(const gathered& rows) {
  using row = of_step<booking_intent>;
  return call(
      "save_intents", all_of(rows, &order_changes::intents),
      [](row r) { return uuid_text(r.step->order); }, [](row r) { return number(r.what->number); },
      [](row r) { return code(r.what->transition); }, [](row r) { return code(r.what->kind); },
      [](row r) { return text(legs_text(r.step->order, *r.what)); },
      [](row r) { return number(r.what->ends_hold_of); },
      [](row r) { return number(r.what->event_code); },
      [](row r) { return number(r.what->caused_micros); },
      [](row r) { return flag(r.what->may_be_refused); },
      [](row r) { return flag(r.what->booked); }, [](row r) { return flag(r.what->redirected); },
      [](row r) { return code(r.what->refusal); });
}

std::string add_notifications(const gathered& rows) {
  using row = of_step<payment_notification>;
  return call(
      "add_notifications", rows.notifications, [](row r) { return uuid_text(r.step->order); },
      [](row r) { return number(r.what->sequence); },
      [](row r) { return number(r.step->shard.value); }, [](row r) { return text(r.what->type); },
      [](row r) { return text(r.what->body); },
      [](row r) { return number(r.what->caused_micros); });
}

std::string add_cases(const gathered& rows) {
  using row = of_step<payment_case>;
  return call(
      "add_cases", rows.cases, [](row r) { return uuid_text(r.step->order); },
      [](row r) { return number(r.what->number); },
      [](row r) { return number(r.step->shard.value); }, [](row r) { return code(r.what->reason); },
      [](row r) { return number(r.what->evidence); }, [](row r) { return text(r.what->summary); },
      [](row r) { return number(r.what->opened_micros); });
}

std::string save_shares(const gathered& rows) {
  using row = of_step<refund_share>;
  return call(
      "save_refund_shares", all_of(rows, &order_changes::shares),
      [](row r) { return uuid_text(r.step->order); },
      [](row r) { return uuid_text(r.what->refund); },
      [](row r) { return number(r.what->amount.value); },
      [](row r) { return number(r.step->head.version); },
      [](row r) { return flag(r.what->settled); });
}

std::string record_deliveries(std::span<const delivery_record> deliveries) {
  using row = delivery_record;
  return call(
      "record_deliveries", deliveries, [](const row& r) { return uuid_text(r.order); },
      [](const row& r) { return number(r.sequence); },
      [](const row& r) { return number(r.attempt); },
      [](const row& r) { return number(r.at_micros); },
      [](const row& r) { return number(r.http_status); },
      [](const row& r) { return text(r.trouble); },
      [](const row& r) { return number(r.next_micros); },
      [](const row& r) { return flag(r.acknowledged); });
}

}  // namespace

std::string escaped_element(std::string_view value) {
  std::string quoted;
  quoted.reserve(value.size() + 2);
  quoted += '"';
  for (const char c : value) {
    // A backslash for the array, and another before each of the array's for the literal.
    if (c == '"') quoted += "\\\\";
    if (c == '\\') quoted += "\\\\\\";
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + '"';
}

payment_script write_script(const payment_write& what, std::int64_t session) {
  payment_script script;
  gathered rows;
  script.fault = gather_all(what.units, rows);
  if (!script.fault.empty()) return script;
  script.text = begin_as_owner(what.claims, session) + begin_payments(rows) + add_evidence(rows) +
                save_attempts(rows) + save_intents(rows) + add_notifications(rows) +
                add_cases(rows) + save_shares(rows) + add_steps(rows) + advance_payments(rows) +
                record_deliveries(what.deliveries) + "COMMIT";
  if (script.text.find('\0') != std::string::npos) script.fault = "a text holds a NUL";
  return script;
}

}  // namespace suanpan::storage
