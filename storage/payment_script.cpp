// What is new goes in by COPY, what changes by a function for each table with an array a column
// (migrations/0015, 0018). Parents come before children, the heads last, since they are what
// counts.
#include "storage/payment_script.hpp"

#include "storage/payment_changes.hpp"
#include "storage/payment_copies.hpp"
#include "storage/payment_text.hpp"
#include "storage/write_script.hpp"

#include <type_traits>
#include <utility>
#include <vector>

namespace suanpan::storage {
namespace {

template <class Value>
std::string number(Value value) {
  if constexpr (std::is_enum_v<Value>)
    return std::to_string(static_cast<int>(value));
  else
    return std::to_string(value);
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

std::string advance_payments(const payment_changes& changes) {
  std::vector<const order_changes*> advanced;
  for (const auto& [id, order] : changes.orders)
    if (!order.first->opens) advanced.push_back(&order);
  using row = const order_changes*;
  const auto head = [](row r) -> const payment_head& { return r->last->head; };
  return call(
      "advance_payments", advanced, [](row r) { return uuid_text(r->first->order); },
      [](row r) { return number(r->first->head.version - 1); },
      [&](row r) { return number(head(r).version); }, [&](row r) { return number(head(r).stage); },
      [&](row r) { return number(head(r).paid_by); },
      [&](row r) { return text(head(r).failure.code); },
      [&](row r) { return text(head(r).failure.channel_code); },
      [&](row r) { return number(head(r).failure.advice); },
      [&](row r) { return number(head(r).refunded.value); },
      [&](row r) { return number(head(r).refund_reserved.value); },
      [&](row r) { return number(head(r).finished_micros); },
      [&](row r) { return number(head(r).due_micros); });
}

std::string change_attempts(const payment_changes& changes) {
  using row = of_step<payment_attempt>;
  return call(
      "change_attempts", changes.all(&order_changes::attempts, false),
      [](row r) { return uuid_text(r.step->order); }, [](row r) { return number(r.what->number); },
      [](row r) { return text(r.what->channel.value); },
      [](row r) { return number(r.what->operation); },
      [](row r) { return text(r.what->reference.value); },
      [](row r) { return text(r.what->card.value); },
      [](row r) { return number(r.what->began_micros); },
      [](row r) { return number(r.what->allowed_by); }, [](row r) { return number(r.what->sends); },
      [](row r) { return number(r.what->sent_after); },
      [](row r) { return number(r.what->outcome); }, [](row r) { return number(r.what->doubt); },
      [](row r) { return flag(r.what->open); }, [](row r) { return text(r.what->failure.code); },
      [](row r) { return text(r.what->failure.channel_code); },
      [](row r) { return number(r.what->failure.advice); },
      [](row r) { return text(r.what->bank_number); },
      [](row r) { return text(r.what->redirect_url); },
      [](row r) { return number(r.what->ended_micros); },
      [](row r) { return number(r.what->queries); },
      [](row r) { return number(r.what->next_query_micros); });
}

std::string settle_intents(const payment_changes& changes) {
  using row = of_step<booking_intent>;
  return call(
      "settle_intents", changes.all(&order_changes::intents, false),
      [](row r) { return uuid_text(r.step->order); }, [](row r) { return number(r.what->number); },
      [](row r) { return number(r.what->transition); }, [](row r) { return number(r.what->kind); },
      [](row r) { return text(legs_text(r.step->order, *r.what)); },
      [](row r) { return number(r.what->ends_hold_of); },
      [](row r) { return number(r.what->event_code); },
      [](row r) { return number(r.what->caused_micros); },
      [](row r) { return flag(r.what->may_be_refused); },
      [](row r) { return flag(r.what->booked); }, [](row r) { return flag(r.what->redirected); },
      [](row r) { return number(r.what->refusal); });
}

std::string save_shares(const payment_changes& changes) {
  using row = of_step<refund_share>;
  std::vector<row> shares;
  for (const auto& [id, order] : changes.orders)
    for (const auto& [refund, share] : order.shares) shares.push_back(share);
  return call(
      "save_refund_shares", shares, [](row r) { return uuid_text(r.step->order); },
      [](row r) { return uuid_text(r.what->refund); },
      [](row r) { return number(r.what->amount.value); },
      [](row r) { return number(r.step->head.version); },
      [](row r) { return flag(r.what->settled); });
}

std::string advance_notifications(std::span<const delivery_record> deliveries) {
  using row = delivery_record;
  return call(
      "advance_notifications", deliveries, [](const row& r) { return uuid_text(r.order); },
      [](const row& r) { return number(r.sequence); },
      [](const row& r) { return number(r.attempt); },
      [](const row& r) { return number(r.next_micros); },
      [](const row& r) { return flag(r.acknowledged); });
}

void add(payment_script& script, table_copy table) {
  if (table.rows.rows() == 0) return;
  script.text += "COPY ";
  script.text += table.into;
  script.text += "FROM STDIN(FORMAT binary);";
  script.rows.push_back(table.rows.rows());
  script.files.push_back(std::move(table.rows).finish());
}

// An attempt that ends comes before the one that it allows.
void add_orders(payment_script& script, const payment_changes& changes) {
  add(script, order_keys(changes));
  add(script, new_orders(changes));
  add(script, new_evidence(changes));
  script.text += change_attempts(changes);
  add(script, new_attempts(changes));
  add(script, new_intents(changes));
  script.text += settle_intents(changes);
  add(script, new_notifications(changes));
  add(script, new_cases(changes));
  script.text += save_shares(changes);
  add(script, new_steps(changes));
  script.text += advance_payments(changes);
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
  payment_changes changes;
  script.fault = gather(what.units, changes);
  if (!script.fault.empty()) return script;
  script.text = begin_as_owner(what.claims, session);
  add_orders(script, changes);
  add(script, new_deliveries(what.deliveries));
  script.text += advance_notifications(what.deliveries);
  script.text += "COMMIT";
  if (script.text.find('\0') != std::string::npos) script.fault = "a text holds a NUL";
  return script;
}

}  // namespace suanpan::storage
