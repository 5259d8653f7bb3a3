#include "storage/notification_reader.hpp"

#include "storage/payment_rows.hpp"
#include "storage/payment_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <algorithm>
#include <string>

namespace suanpan::storage {
namespace {

constexpr const char* columns =
    "SELECT n.sequence,n.type,n.body,n.caused_at,n.shard,n.payment,n.merchant,n.attempts,n.next_at,"
    "n.acknowledged FROM suanpan.notification n";

// By the merchant's orders, whose ids begin with their time: no index of events by time is kept for
// what people ask now and then.
constexpr const char* of_merchant =
    " JOIN suanpan.payment p ON p.id=n.payment WHERE p.merchant=$1 AND p.id>=$2::uuid "
    "AND n.caused_at>=$3::int8 AND ($4::int8=0 OR n.caused_at<$4::int8) "
    "ORDER BY n.caused_at,n.payment,n.sequence LIMIT $5::int8";
constexpr const char* of_order =
    " WHERE n.payment=$2::uuid AND n.merchant=$1 AND ($3::int4=0 OR n.sequence=$3::int4) "
    "ORDER BY n.sequence LIMIT $4::int8";

/// The smallest id of an order that may have had an event in the range.
payment_id oldest_of(const notification_range& range) {
  const auto since = std::max<std::int64_t>(range.from_micros - range.order_age_most, 0);
  return {transfer_id::first_of(since / 1'000).bytes};
}

pqxx::result select(pqxx::transaction_base& in, const notification_range& range) {
  if (range.order)
    return execute(in, std::string{columns} + of_order, range.merchant.value,
                   uuid_text(*range.order), std::to_string(range.sequence),
                   std::to_string(range.limit));
  return execute(in, std::string{columns} + of_merchant, range.merchant.value,
                 uuid_text(oldest_of(range)), std::to_string(range.from_micros),
                 std::to_string(range.to_micros), std::to_string(range.limit));
}

}  // namespace

struct notification_reader::impl {
  reader_options options;
  kept_session session;
};

notification_reader::notification_reader(reader_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
notification_reader::~notification_reader() = default;
notification_reader::notification_reader(notification_reader&&) noexcept = default;
notification_reader& notification_reader::operator=(notification_reader&&) noexcept = default;

outcome<std::vector<ranged_notification>> notification_reader::find(
    const notification_range& range) {
  const auto& o = impl_->options;
  const session_source from{o.dsn, "suanpan:" + o.node_name + ":" + o.purpose,
                            o.statement_timeout_ms, o.seen};
  return on_session(impl_->session, from, [&](pqxx::connection& connection) {
    pqxx::read_transaction in{connection};
    std::vector<ranged_notification> found;
    for (const auto& row : select(in, range)) {
      ranged_notification each;
      each.what.what = read_notification(row, 0);
      each.what.shard = {number_in<std::uint16_t>(row, 4)};
      each.what.order = payment_id_in(row, 5);
      each.what.merchant = {text_in(row, 6)};
      each.what.attempts = number_in<std::int16_t>(row, 7);
      each.what.next_micros = number_in(row, 8);
      each.acknowledged = text_in(row, 9) == "t";
      found.push_back(std::move(each));
    }
    return found;
  });
}

}  // namespace suanpan::storage
