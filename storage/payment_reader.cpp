// Look-ups of payments. First the ids, by the index that fits the question; then their rows.
#include "storage/payment_reader.hpp"

#include "storage/array_text.hpp"
#include "storage/payment_rows.hpp"
#include "storage/payment_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <algorithm>

namespace suanpan::storage {
namespace {

using snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read>;

constexpr std::size_t states_per_read = 5'000;

// What is not at its end by its own row, and what others still have to hear or to get: a refund
// that ended while its share of the original is only reserved, a surplus that is not returned.
constexpr const char* open_query =
    "SELECT id FROM suanpan.payment WHERE shard=$1::int2 AND open "
    "UNION SELECT r.id FROM suanpan.refund_share s JOIN suanpan.payment r ON r.id=s.refund "
    "WHERE s.state=1 AND r.shard=$1::int2 "
    "UNION SELECT p.id FROM (SELECT payment,count(*) AS received FROM suanpan.booking_intent "
    " WHERE transition=9 GROUP BY payment) i JOIN suanpan.payment p ON p.id=i.payment "
    "WHERE p.shard=$1::int2 AND i.received>(SELECT count(*) FROM suanpan.payment_step s "
    " WHERE s.payment=p.id AND s.event=65) ORDER BY id";

constexpr const char* find_query =
    "SELECT suanpan.find_payments($1::text[],$2::text[],$3::text[],$4::uuid[])";

// One probe of the index a merchant, whatever waits for the others.
constexpr const char* undelivered_query =
    "WITH RECURSIVE m AS ((SELECT merchant FROM suanpan.notification"
    " WHERE shard=$1::int2 AND next_at<>0 ORDER BY merchant LIMIT 1)"
    " UNION ALL SELECT (SELECT n.merchant FROM suanpan.notification n WHERE n.shard=$1::int2"
    " AND n.next_at<>0 AND n.merchant>m.merchant ORDER BY n.merchant LIMIT 1)"
    " FROM m WHERE m.merchant IS NOT NULL) "
    "SELECT n.sequence,n.type,n.body,n.caused_at,n.payment,n.merchant,n.attempts,n.next_at "
    "FROM m CROSS JOIN LATERAL (SELECT * FROM suanpan.notification n WHERE n.shard=$1::int2"
    " AND n.merchant=m.merchant AND n.next_at<>0 AND ($2::int8=0 OR n.next_at<$2::int8)"
    " AND NOT EXISTS (SELECT FROM suanpan.notification e WHERE e.payment=n.payment"
    " AND e.sequence<n.sequence AND e.next_at<>0) ORDER BY n.next_at LIMIT $3::int8) n "
    "ORDER BY n.next_at,n.payment LIMIT $4::int8";

std::vector<payment_id> ids_in(const pqxx::result& rows) {
  std::vector<payment_id> ids;
  ids.reserve(static_cast<std::size_t>(rows.size()));
  for (const auto& row : rows) ids.push_back(payment_id_in(row, 0));
  return ids;
}

// Columns of notification_select, then attempts, acknowledged, next_at, trouble.
told_notification told_in(const pqxx::row& row) {
  told_notification told;
  told.what = read_notification(row, 0);
  told.attempts = number_in<std::int16_t>(row, 4);
  told.acknowledged = text_in(row, 5) == "t";
  told.next_micros = number_in(row, 6);
  told.given_up = !told.acknowledged && told.next_micros == 0;
  told.trouble = text_in(row, 7);
  return told;
}

// Every read here is one that an index serves; without statistics the planner would not know.
void trust_indexes(pqxx::transaction_base& in) {
  in.exec("SET LOCAL enable_seqscan=off");
}

template <class Enum>
std::string code(Enum value) {
  return std::to_string(static_cast<int>(value));
}

std::string conditions_of(const payment_filter& filter) {
  std::string where = " WHERE $1::text IS NOT NULL";  // a parameter must have a type
  if (filter.merchant) where += " AND merchant=$1";
  if (filter.kind) where += " AND kind=" + code(*filter.kind);
  if (filter.stage) where += " AND stage=" + code(*filter.stage);
  if (filter.from_micros != 0) where += " AND created_at>=" + std::to_string(filter.from_micros);
  if (filter.to_micros != 0) where += " AND created_at<" + std::to_string(filter.to_micros);
  if (filter.before != payment_id{}) where += " AND id<'" + uuid_text(filter.before) + "'";
  return where;
}

std::string conditions_of(const case_filter& filter) {
  std::string where = " WHERE $1::text IS NOT NULL";
  if (filter.merchant) where += " AND p.merchant=$1";
  if (filter.order) where += " AND k.payment='" + uuid_text(*filter.order) + "'";
  if (filter.reason) where += " AND k.reason=" + code(*filter.reason);
  if (filter.before_micros != 0)
    where += " AND k.opened_at<" + std::to_string(filter.before_micros);
  return where;
}

std::string conditions_of(const notification_filter& filter) {
  std::string where = " WHERE $1::text IS NOT NULL";
  if (filter.merchant) where += " AND p.merchant=$1";
  if (filter.order) where += " AND n.payment='" + uuid_text(*filter.order) + "'";
  if (filter.waiting_only) where += " AND n.next_at<>0";
  if (filter.from_order == payment_id{}) return where;
  const auto from = '\'' + uuid_text(filter.from_order) + '\'';
  return where + " AND p.id<=" + from + " AND (n.payment<" + from + " OR n.sequence>" +
         std::to_string(filter.after_sequence) + ")";
}

}  // namespace

struct payment_reader::impl {
  reader_options options;
  kept_session session;

  template <class Body>
  auto on_connection(Body body) -> outcome<decltype(body(std::declval<pqxx::connection&>()))> {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":" + options.purpose,
                       options.statement_timeout_ms, options.seen},
                      body);
  }
  template <class Body>
  auto in_snapshot(Body body) -> outcome<decltype(body(std::declval<snapshot&>()))> {
    return on_connection([&](pqxx::connection& connection) {
      snapshot in{connection};
      trust_indexes(in);
      return body(in);
    });
  }
};

payment_reader::payment_reader(reader_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
payment_reader::~payment_reader() = default;
payment_reader::payment_reader(payment_reader&&) noexcept = default;
payment_reader& payment_reader::operator=(payment_reader&&) noexcept = default;

outcome<std::vector<payment_state>> payment_reader::open_payments(shard_id shard) {
  return impl_->in_snapshot([&](snapshot& in) {
    const auto ids = ids_in(execute(in, open_query, std::to_string(shard.value)));
    std::vector<payment_state> open;
    open.reserve(ids.size());
    for (std::size_t from = 0; from < ids.size(); from += states_per_read) {
      const auto to = std::min(ids.size(), from + states_per_read);
      auto some = load_states(in, {ids.begin() + static_cast<std::ptrdiff_t>(from),
                                   ids.begin() + static_cast<std::ptrdiff_t>(to)});
      std::move(some.begin(), some.end(), std::back_inserter(open));
    }
    return open;
  });
}

// Nearly every order that is looked for is new: then one statement tells, and no snapshot is
// needed.
outcome<std::vector<payment_state>> payment_reader::find(const payment_names& names) {
  const auto& numbers = names.numbers;
  const auto merchants =
      array_of(numbers, [](const auto& n) { return quoted_element(n.first.value); });
  const auto of_merchant =
      array_of(numbers, [](const auto& n) { return quoted_element(n.second.value); });
  const auto references = array_of(
      names.references, [](const auto& reference) { return quoted_element(reference.value); });
  const auto ids = array_of(names.ids, uuid_text);
  const auto ids_of_all = [&](pqxx::transaction_base& in) {
    return ids_in(execute(in, find_query, merchants, of_merchant, references, ids));
  };
  return impl_->on_connection([&](pqxx::connection& connection) -> std::vector<payment_state> {
    {
      pqxx::nontransaction alone{connection};
      if (ids_of_all(alone).empty()) return {};
    }
    snapshot in{connection};
    trust_indexes(in);
    return load_states(in, ids_of_all(in));
  });
}

outcome<std::vector<payment_state>> payment_reader::list(const payment_filter& filter) {
  return impl_->in_snapshot([&](snapshot& in) {
    const auto ids = ids_in(execute(in,
                                    "SELECT id FROM suanpan.payment" + conditions_of(filter) +
                                        " ORDER BY id DESC LIMIT $2::int8",
                                    filter.merchant ? filter.merchant->value : std::string{},
                                    std::to_string(filter.limit)));
    auto page = load_states(in, ids);
    std::reverse(page.begin(), page.end());
    return page;
  });
}

outcome<std::optional<payment_life>> payment_reader::life(const payment_id& order) {
  return impl_->in_snapshot([&](snapshot& in) {
    auto states = load_states(in, {order});
    std::optional<payment_life> life;
    if (!states.empty()) life = load_life(in, std::move(states.front()));
    return life;
  });
}

outcome<std::vector<undelivered_notification>> payment_reader::undelivered(
    const undelivered_filter& filter) {
  return impl_->in_snapshot([&](snapshot& in) {
    std::vector<undelivered_notification> found;
    for (const auto& row :
         execute(in, undelivered_query, std::to_string(filter.shard.value),
                 std::to_string(filter.due_before_micros),
                 std::to_string(filter.limit_per_merchant), std::to_string(filter.limit)))
      found.push_back({filter.shard,
                       payment_id_in(row, 4),
                       {text_in(row, 5)},
                       read_notification(row, 0),
                       number_in<std::int16_t>(row, 6),
                       number_in(row, 7)});
    return found;
  });
}

outcome<std::vector<found_case>> payment_reader::list_cases(const case_filter& filter) {
  return impl_->in_snapshot([&](snapshot& in) {
    std::vector<found_case> found;
    for (const auto& row :
         execute(in,
                 std::string{"SELECT "} + case_select +
                     ",k.payment,p.merchant,p.number FROM suanpan.payment_case k "
                     "JOIN suanpan.payment p ON p.id=k.payment" +
                     conditions_of(filter) +
                     " ORDER BY k.opened_at DESC,k.payment,k.number LIMIT $2::int8",
                 filter.merchant ? filter.merchant->value : std::string{},
                 std::to_string(filter.limit)))
      found.push_back(
          {payment_id_in(row, 5), {text_in(row, 6)}, {text_in(row, 7)}, read_case(row, 0)});
    return found;
  });
}

outcome<std::vector<listed_notification>> payment_reader::list_notifications(
    const notification_filter& filter) {
  return impl_->in_snapshot([&](snapshot& in) {
    std::vector<listed_notification> found;
    for (const auto& row :
         execute(in,
                 std::string{"SELECT "} + notification_select +
                     ",n.attempts,n.acknowledged,n.next_at,coalesce(t.trouble,''),n.payment,"
                     "p.merchant,p.number FROM suanpan.payment p "
                     "JOIN suanpan.notification n ON n.payment=p.id "
                     "LEFT JOIN suanpan.notification_attempt t ON t.payment=n.payment "
                     "AND t.sequence=n.sequence AND t.attempt=n.attempts" +
                     conditions_of(filter) + " ORDER BY p.id DESC,n.sequence LIMIT $2::int8",
                 filter.merchant ? filter.merchant->value : std::string{},
                 std::to_string(filter.limit)))
      found.push_back({payment_id_in(row, 8), {text_in(row, 9)}, {text_in(row, 10)}, told_in(row)});
    return found;
  });
}

}  // namespace suanpan::storage
