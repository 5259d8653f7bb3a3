#include "storage/balance_monitors.hpp"

#include "storage/advisory_keys.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

namespace suanpan::storage {
namespace {

constexpr const char* monitor_select =
    "SELECT m.id,m.account,m.bound,m.amount,m.note,a.currency,r.monitor IS NOT NULL,"
    "coalesce(e.number,0),coalesce(e.met,false) FROM suanpan.balance_monitor m"
    " JOIN suanpan.account a ON a.number=m.account"
    " LEFT JOIN suanpan.balance_monitor_removal r ON r.monitor=m.id"
    " LEFT JOIN LATERAL (SELECT number,met FROM suanpan.balance_monitor_event"
    " WHERE monitor=m.id ORDER BY number DESC LIMIT 1) e ON true WHERE ";

balance_monitor read_monitor(const pqxx::row& row) {
  balance_monitor monitor;
  monitor.id = number_in(row, 0);
  monitor.account = {number_in(row, 1)};
  monitor.bound = static_cast<monitor_bound>(number_in<std::int16_t>(row, 2));
  monitor.amount = number_in(row, 3);
  monitor.note = text_in(row, 4);
  monitor.ccy = {number_in<std::int16_t>(row, 5)};
  monitor.removed = text_in(row, 6) == "t";
  monitor.events = number_in<std::int32_t>(row, 7);
  monitor.met = text_in(row, 8) == "t";
  return monitor;
}

std::optional<balance_monitor> find_in(pqxx::transaction_base& in, std::int64_t id) {
  const auto rows = execute(in, monitor_select + std::string("m.id=$1::int8"), std::to_string(id));
  if (rows.empty()) return std::nullopt;
  return read_monitor(rows[0]);
}

// The id of an equal one, or of a new one; nothing where the account has too many.
std::optional<std::int64_t> insert(pqxx::transaction_base& in, const balance_monitor& wanted,
                                   const std::string& by) {
  const auto account = std::to_string(wanted.account.value);
  const auto bound = std::to_string(static_cast<int>(wanted.bound));
  const auto amount = std::to_string(wanted.amount);
  const auto there = execute(in,
                             "SELECT count(*),min(id) FILTER (WHERE bound=$2::int2 AND "
                             "amount=$3::int8) FROM suanpan.active_monitor WHERE account=$1::int8",
                             account, bound, amount);
  if (!there[0][1].is_null()) return number_in(there[0], 1);
  if (number_in(there[0], 0) >= monitors_of_account_max) return std::nullopt;
  const auto made = execute(in,
                            "INSERT INTO suanpan.balance_monitor(account,bound,amount,note,"
                            "created_by) VALUES ($1::int8,$2::int2,$3::int8,$4,$5) RETURNING id",
                            account, bound, amount, wanted.note, by);
  return number_in(made[0], 0);
}

}  // namespace

struct balance_monitors::impl {
  balance_monitors_options options;
  kept_session session;

  template <class Body>
  auto with_connection(Body body) -> outcome<decltype(body(*session.connection))> {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":monitors",
                       options.statement_timeout_ms, options.seen},
                      std::move(body));
  }
};

balance_monitors::balance_monitors(balance_monitors_options options)
    : impl_(new impl{std::move(options), {}}) {}
balance_monitors::~balance_monitors() = default;

outcome<monitor_added> balance_monitors::add(const balance_monitor& wanted, const std::string& by) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    monitor_added answer;
    std::int64_t id = 0;
    {
      pqxx::work in{connection};
      execute(in, "SELECT pg_advisory_xact_lock($1::int4,0)", std::to_string(monitor_lock_key));
      const auto account = execute(in, "SELECT FROM suanpan.account WHERE number=$1::int8",
                                   std::to_string(wanted.account.value));
      if (account.empty()) {
        answer.ended = monitor_added::verdict::no_account;
        return answer;
      }
      const auto there = insert(in, wanted, by);
      if (!there) {
        answer.ended = monitor_added::verdict::too_many;
        return answer;
      }
      id = *there;
      in.commit();
    }
    // A statement alone: a checkpoint never waits for this process. Before it commits nobody else
    // judges the monitor, afterwards both may, and the second finds the event there.
    pqxx::nontransaction alone{connection};
    execute(alone, "SELECT suanpan.judge_monitors(array[$1::int8])",
            std::to_string(wanted.account.value));
    answer.monitor = find_in(alone, id).value();
    return answer;
  });
}

outcome<std::optional<balance_monitor>> balance_monitors::remove(std::int64_t id,
                                                                 const std::string& by) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    execute(alone,
            "INSERT INTO suanpan.balance_monitor_removal(monitor,removed_by) SELECT id,$2 FROM "
            "suanpan.balance_monitor WHERE id=$1::int8 ON CONFLICT DO NOTHING",
            std::to_string(id), by);
    return find_in(alone, id);
  });
}

outcome<std::optional<balance_monitor>> balance_monitors::find(std::int64_t id) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    return find_in(alone, id);
  });
}

outcome<std::vector<balance_monitor>> balance_monitors::list(account_number account,
                                                             std::int64_t after,
                                                             std::uint32_t limit) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    std::vector<balance_monitor> found;
    for (const auto& row :
         execute(alone,
                 monitor_select + std::string("m.id>$1::int8 AND r.monitor IS NULL AND "
                                              "($2::int8=0 OR m.account=$2::int8) "
                                              "ORDER BY m.id LIMIT $3::int8"),
                 std::to_string(after), std::to_string(account.value), std::to_string(limit)))
      found.push_back(read_monitor(row));
    return found;
  });
}

outcome<std::vector<monitor_event>> balance_monitors::events(std::int64_t monitor,
                                                             std::int32_t after,
                                                             std::uint32_t limit) {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    std::vector<monitor_event> found;
    for (const auto& row :
         execute(alone,
                 "SELECT monitor,number,met,ticket,balance,"
                 "(extract(epoch FROM recorded_at)*1000000)::int8 FROM "
                 "suanpan.balance_monitor_event WHERE monitor=$1::int8 AND number>$2::int4 "
                 "ORDER BY number LIMIT $3::int8",
                 std::to_string(monitor), std::to_string(after), std::to_string(limit)))
      found.push_back({number_in(row, 0),
                       number_in<std::int32_t>(row, 1),
                       text_in(row, 2) == "t",
                       {number_in(row, 3)},
                       wide_in(row, 4),
                       number_in(row, 5)});
    return found;
  });
}

outcome<monitor_counts> balance_monitors::count() {
  return impl_->with_connection([&](pqxx::connection& connection) {
    pqxx::nontransaction alone{connection};
    const auto rows = alone.exec(
        "SELECT count(*) FILTER (WHERE met),count(*) FILTER (WHERE NOT met) "
        "FROM suanpan.active_monitor");
    return monitor_counts{number_in(rows[0], 0), number_in(rows[0], 1)};
  });
}

}  // namespace suanpan::storage
