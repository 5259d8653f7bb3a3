// Each table is read once for all orders asked for, in order of (order, number), and handed to the
// state that it belongs to.
#include "storage/payment_rows.hpp"

#include "storage/array_text.hpp"
#include "storage/payment_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/escaping.h>

#include <algorithm>
#include <stdexcept>

namespace suanpan::storage {
namespace {

constexpr const char* payment_query =
    "SELECT id,shard,merchant,number,kind,amount,currency,payer,payee,card,description,return_url,"
    "original,surplus_attempt,created_at,expires_at,fee,returns_fee,books_before_answer,"
    "attempts_max,encode(content_hash,'hex'),stage,version,failure_code,failure_channel_code,"
    "failure_advice,paid_by,refunded,refund_reserved,finished_at,due_at "
    "FROM suanpan.payment WHERE id=any($1::uuid[]) ORDER BY id";
constexpr const char* attempt_query =
    "SELECT payment,number,channel,operation,reference,card,began_at,sends,allowed_by,outcome,"
    "doubt,open,failure_code,failure_channel_code,failure_advice,bank_number,redirect_url,"
    "ended_at,queries,next_query_at,route_reasons,sent_after "
    "FROM suanpan.payment_attempt WHERE payment=any($1::uuid[]) ORDER BY payment,number";
constexpr const char* evidence_query =
    "SELECT payment,number,attempt,door,outcome,doubt,allows_new_number,asked_at,came_at,code,"
    "bank_number,excerpt "
    "FROM suanpan.payment_evidence WHERE payment=any($1::uuid[]) ORDER BY payment,number";
constexpr const char* intent_query =
    "SELECT i.payment,i.number,i.transition,i.kind,i.ends_hold_of,i.event_code,i.caused_at,"
    "i.may_be_refused,i.booked,i.redirected,i.refusal,l.debit_owner,l.debit_subject,"
    "l.debit_no_overdraft,l.credit_owner,l.credit_subject,l.credit_no_overdraft,l.amount "
    "FROM suanpan.booking_intent i CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(i.legs) AS "
    "(debit_owner text,debit_subject text,debit_no_overdraft boolean,credit_owner text,"
    "credit_subject text,credit_no_overdraft boolean,amount int8)) WITH ORDINALITY l "
    "WHERE i.payment=any($1::uuid[]) ORDER BY i.payment,i.number,l.ordinality";
constexpr const char* share_query =
    "SELECT payment,refund,amount,state=2 FROM suanpan.refund_share "
    "WHERE payment=any($1::uuid[]) AND state<>3 ORDER BY payment,version,refund";
constexpr const char* counts_query =
    "SELECT p.id,(SELECT coalesce(max(sequence),0) FROM suanpan.notification WHERE payment=p.id),"
    "(SELECT coalesce(max(number),0) FROM suanpan.payment_case WHERE payment=p.id) "
    "FROM unnest($1::uuid[]) AS p(id)";

constexpr const char* step_query =
    "SELECT version,event,stage,rule,note,at FROM suanpan.payment_step WHERE payment=$1::uuid "
    "ORDER BY version";
constexpr const char* told_query =
    "SELECT n.sequence,n.type,n.body,n.caused_at,n.attempts,n.acknowledged,n.next_at,"
    "coalesce(t.trouble,'') FROM suanpan.notification n LEFT JOIN suanpan.notification_attempt t "
    "ON t.payment=n.payment AND t.sequence=n.sequence AND t.attempt=n.attempts "
    "WHERE n.payment=$1::uuid ORDER BY n.sequence";

std::int16_t small_in(const pqxx::row& row, int column) {
  return number_in<std::int16_t>(row, column);
}
template <class Enum>
Enum code_in(const pqxx::row& row, int column) {
  return static_cast<Enum>(small_in(row, column));
}
bool flag_in(const pqxx::row& row, int column) {
  return text_in(row, column) == "t";
}

std::array<std::uint8_t, 32> hash_in(const pqxx::row& row, int column) {
  const auto bytes = absl::HexStringToBytes(text_in(row, column));
  std::array<std::uint8_t, 32> hash{};
  if (bytes.size() != hash.size()) throw std::out_of_range("a content hash is none");
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

payment_order read_order(const pqxx::row& row) {
  payment_order order;
  order.id = payment_id_in(row, 0);
  order.merchant = {text_in(row, 2)};
  order.number = {text_in(row, 3)};
  order.kind = code_in<payment_kind>(row, 4);
  order.amount = {number_in(row, 5)};
  order.ccy = {small_in(row, 6)};
  order.payer = text_in(row, 7);
  order.payee = text_in(row, 8);
  order.card = {text_in(row, 9)};
  order.description = text_in(row, 10);
  order.return_url = text_in(row, 11);
  if (!row[12].is_null()) order.original = payment_id_in(row, 12);
  order.surplus_attempt = small_in(row, 13);
  order.created_micros = number_in(row, 14);
  order.expires_micros = number_in(row, 15);
  order.fee = {number_in(row, 16)};
  order.returns_fee = flag_in(row, 17);
  order.books_before_answer = flag_in(row, 18);
  order.attempts_max = small_in(row, 19);
  order.content_hash = hash_in(row, 20);
  return order;
}

payment_head read_head(const pqxx::row& row) {
  payment_head head;
  head.stage = code_in<payment_stage>(row, 21);
  head.version = number_in<std::int32_t>(row, 22);
  head.failure = {text_in(row, 23), text_in(row, 24), code_in<retry_advice>(row, 25)};
  head.paid_by = small_in(row, 26);
  head.refunded = {number_in(row, 27)};
  head.refund_reserved = {number_in(row, 28)};
  head.finished_micros = number_in(row, 29);
  head.due_micros = number_in(row, 30);
  return head;
}

payment_attempt read_attempt(const pqxx::row& row) {
  payment_attempt attempt;
  attempt.number = small_in(row, 1);
  attempt.channel = {text_in(row, 2)};
  attempt.operation = code_in<channel_operation>(row, 3);
  attempt.reference = {text_in(row, 4)};
  attempt.card = {text_in(row, 5)};
  attempt.began_micros = number_in(row, 6);
  attempt.sends = small_in(row, 7);
  attempt.allowed_by = small_in(row, 8);
  attempt.outcome = code_in<channel_outcome>(row, 9);
  attempt.doubt = code_in<channel_doubt>(row, 10);
  attempt.open = flag_in(row, 11);
  attempt.failure = {text_in(row, 12), text_in(row, 13), code_in<retry_advice>(row, 14)};
  attempt.bank_number = text_in(row, 15);
  attempt.redirect_url = text_in(row, 16);
  attempt.ended_micros = number_in(row, 17);
  attempt.queries = small_in(row, 18);
  attempt.next_query_micros = number_in(row, 19);
  attempt.route_reasons = text_in(row, 20);
  attempt.sent_after = small_in(row, 21);
  return attempt;
}

payment_evidence read_evidence(const pqxx::row& row) {
  payment_evidence evidence;
  evidence.number = small_in(row, 1);
  evidence.attempt = small_in(row, 2);
  evidence.door = code_in<answer_door>(row, 3);
  evidence.outcome = code_in<channel_outcome>(row, 4);
  evidence.doubt = code_in<channel_doubt>(row, 5);
  evidence.allows_new_number = flag_in(row, 6);
  evidence.asked_micros = number_in(row, 7);
  evidence.came_micros = number_in(row, 8);
  evidence.code = text_in(row, 9);
  evidence.bank_number = text_in(row, 10);
  evidence.excerpt = text_in(row, 11);
  return evidence;
}

booking_intent read_intent(const pqxx::row& row) {
  booking_intent intent;
  intent.number = small_in(row, 1);
  intent.transition = code_in<payment_transition>(row, 2);
  intent.kind = code_in<transfer_kind>(row, 3);
  intent.ends_hold_of = small_in(row, 4);
  intent.event_code = number_in<std::int32_t>(row, 5);
  intent.caused_micros = number_in(row, 6);
  intent.may_be_refused = flag_in(row, 7);
  intent.booked = flag_in(row, 8);
  intent.redirected = flag_in(row, 9);
  intent.refusal = code_in<item_result>(row, 10);
  return intent;
}

intended_leg read_leg(const pqxx::row& row) {
  return {{text_in(row, 11), text_in(row, 12), flag_in(row, 13)},
          {text_in(row, 14), text_in(row, 15), flag_in(row, 16)},
          {number_in(row, 17)}};
}

// The states, and which of them a row is about.
class loading {
 public:
  loading(pqxx::transaction_base& in, const std::vector<payment_id>& ids)
      : in_(in), ids_(array_of(ids, uuid_text)) {
    for (const auto& row : execute(in_, payment_query, ids_)) {
      payment_state state;
      state.order = read_order(row);
      state.shard = {number_in<std::uint16_t>(row, 1)};
      state.head = read_head(row);
      places_.emplace(state.order.id, states_.size());
      states_.push_back(std::move(state));
    }
  }

  template <class Take>
  void each(const char* query, Take take) {
    for (const auto& row : execute(in_, query, ids_)) {
      const auto place = places_.find(payment_id_in(row, 0));
      if (place != places_.end()) take(states_[place->second], row);
    }
  }

  [[nodiscard]] std::vector<payment_state> states() && { return std::move(states_); }
  [[nodiscard]] bool empty() const { return states_.empty(); }

 private:
  pqxx::transaction_base& in_;
  std::string ids_;
  std::vector<payment_state> states_;
  absl::flat_hash_map<payment_id, std::size_t> places_;
};

}  // namespace

payment_id payment_id_in(const pqxx::row& row, int column) {
  return {id_in(row, column).bytes};
}

payment_notification read_notification(const pqxx::row& row, int first) {
  return {number_in<std::int32_t>(row, first), text_in(row, first + 1), text_in(row, first + 2),
          number_in(row, first + 3)};
}

payment_case read_case(const pqxx::row& row, int first) {
  return {small_in(row, first), code_in<case_reason>(row, first + 1), small_in(row, first + 2),
          text_in(row, first + 3), number_in(row, first + 4)};
}

std::vector<payment_state> load_states(pqxx::transaction_base& in,
                                       const std::vector<payment_id>& ids) {
  if (ids.empty()) return {};
  loading from{in, ids};
  if (from.empty()) return {};
  using row = pqxx::row;
  from.each(attempt_query,
            [](payment_state& of, const row& r) { of.attempts.push_back(read_attempt(r)); });
  from.each(evidence_query,
            [](payment_state& of, const row& r) { of.evidence.push_back(read_evidence(r)); });
  from.each(intent_query, [](payment_state& of, const row& r) {
    auto intent = read_intent(r);
    if (of.intents.empty() || of.intents.back().number != intent.number)
      of.intents.push_back(std::move(intent));
    of.intents.back().legs.push_back(read_leg(r));
  });
  from.each(share_query, [](payment_state& of, const row& r) {
    of.refunds.push_back({payment_id_in(r, 1), {number_in(r, 2)}, flag_in(r, 3)});
  });
  from.each(counts_query, [](payment_state& of, const row& r) {
    of.notifications = number_in<std::int32_t>(r, 1);
    of.cases = small_in(r, 2);
  });
  return std::move(from).states();
}

payment_life load_life(pqxx::transaction_base& in, payment_state state) {
  payment_life life;
  const auto id = uuid_text(state.order.id);
  life.state = std::move(state);
  for (const auto& row : execute(in, step_query, id))
    life.steps.push_back({number_in<std::int32_t>(row, 0), code_in<payment_event>(row, 1),
                          code_in<payment_stage>(row, 2), text_in(row, 3), text_in(row, 4),
                          number_in(row, 5)});
  for (const auto& row : execute(in, told_query, id)) {
    told_notification told;
    told.what = read_notification(row, 0);
    told.attempts = small_in(row, 4);
    told.acknowledged = flag_in(row, 5);
    told.next_micros = number_in(row, 6);
    told.given_up = !told.acknowledged && told.next_micros == 0;
    told.trouble = text_in(row, 7);
    life.notifications.push_back(std::move(told));
  }
  for (const auto& row :
       execute(in,
               std::string{"SELECT "} + case_select +
                   " FROM suanpan.payment_case k WHERE k.payment=$1::uuid ORDER BY k.number",
               id))
    life.cases.push_back(read_case(row, 0));
  return life;
}

}  // namespace suanpan::storage
