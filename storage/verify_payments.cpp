// One query a law. Each answers rows of (order, place, expected, found), and none where all is
// well. They read what actors write, and share no code with what decides in them.
#include "storage/verify_payments.hpp"

#include "storage/payment_rows.hpp"
#include "storage/payment_text.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"
#include "storage/verify_bookings.hpp"

#include <array>

namespace suanpan::storage {
namespace {

struct law {
  const char* what;
  const char* query;
};

constexpr std::array laws = std::to_array<law>({
    {"payment_key",
     "SELECT coalesce(p.id,k.payment),'order number',"
     "coalesce(k.merchant||' '||k.number,'none')||' '||coalesce(encode(k.content_hash,'hex'),''),"
     "coalesce(p.merchant||' '||p.number,'none')||' '||coalesce(encode(p.content_hash,'hex'),'') "
     "FROM suanpan.payment p FULL JOIN suanpan.payment_order_key k ON k.payment=p.id "
     "WHERE p.id IS NULL OR k.payment IS NULL OR (p.merchant,p.number,p.content_hash)"
     "<>(k.merchant,k.number,k.content_hash)"},

    {"payment_head",
     "SELECT p.id,'version '||p.version,'stage '||coalesce(s.stage,0)||' paid by '||"
     "coalesce(s.paid_by,0)||' refunded '||coalesce(s.refunded,0)||' reserved '||"
     "coalesce(s.refund_reserved,0)||' after '||coalesce(s.n,0)||' steps','stage '||p.stage||"
     "' paid by '||p.paid_by||' refunded '||p.refunded||' reserved '||p.refund_reserved||"
     "' after '||p.version FROM suanpan.payment p LEFT JOIN (SELECT DISTINCT ON (payment) *,"
     "count(*) OVER (PARTITION BY payment) AS n FROM suanpan.payment_step"
     " ORDER BY payment,version DESC) s ON s.payment=p.id "
     "WHERE (p.version,p.version::bigint,p.stage,p.paid_by,p.refunded,p.refund_reserved) IS "
     "DISTINCT"
     " FROM (s.version,s.n,s.stage,s.paid_by,s.refunded,s.refund_reserved)"},

    {"payment_stage",
     "SELECT payment,'version '||version,'stage '||before||' for ever','stage '||stage FROM ("
     "SELECT *,lag(stage) OVER (PARTITION BY payment ORDER BY version) AS before"
     " FROM suanpan.payment_step) s WHERE before IN (5,6,7) AND stage<>before"},

    {"payment_open",
     "SELECT p.id,'open',e.open::text,p.open::text FROM suanpan.payment p CROSS JOIN LATERAL ("
     "SELECT p.stage NOT IN (5,6,7) OR p.due_at<>0 OR EXISTS (SELECT FROM suanpan.booking_intent i"
     " WHERE i.payment=p.id AND NOT i.booked AND i.refusal=0) AS open) e WHERE p.open<>e.open"},

    {"payment_attempt",
     "SELECT p.id,'paid by attempt '||p.paid_by,'one that succeeded',"
     "coalesce('outcome '||a.outcome,'no such attempt') FROM suanpan.payment p"
     " LEFT JOIN suanpan.payment_attempt a ON a.payment=p.id AND a.number=p.paid_by "
     "WHERE p.paid_by<>0 AND a.outcome IS DISTINCT FROM 1"},

    // Whatever paid once too often is booked as surplus, or on suspense.
    {"payment_attempt",
     "SELECT p.id,'attempts that succeeded',(e.paid+e.surplus)::text,a.n::text"
     " FROM suanpan.payment p JOIN (SELECT payment,count(*) AS n FROM suanpan.payment_attempt"
     " WHERE outcome=1 GROUP BY payment) a ON a.payment=p.id CROSS JOIN LATERAL ("
     "SELECT (p.paid_by<>0)::int AS paid,count(*) AS surplus FROM suanpan.booking_intent i"
     " WHERE i.payment=p.id AND i.transition IN (9,12)) e WHERE a.n>e.paid+e.surplus"},

    {"payment_attempt",
     "SELECT a.payment,'attempt '||a.number,'none is open at the order''s end','open'"
     " FROM suanpan.payment_attempt a JOIN suanpan.payment p ON p.id=a.payment"
     " WHERE a.open AND p.stage IN (5,6,7)"},

    {"payment_evidence",
     "SELECT a.payment,'attempt '||a.number,'evidence or an explicit failure of the one before',"
     "'allowed by '||a.allowed_by FROM suanpan.payment_attempt a LEFT JOIN suanpan.payment_attempt "
     "b"
     " ON b.payment=a.payment AND b.number=a.number-1 WHERE a.number>1 AND (b.number IS NULL"
     " OR b.open OR NOT (CASE WHEN a.allowed_by=0 THEN b.outcome=2 OR EXISTS (SELECT FROM"
     " suanpan.payment_evidence e WHERE e.payment=a.payment AND e.attempt=b.number AND e.outcome=2)"
     " ELSE EXISTS (SELECT FROM suanpan.payment_evidence e WHERE e.payment=a.payment"
     " AND e.number=a.allowed_by AND e.attempt=b.number AND e.allows_new_number) END))"},

    // What the end of an order of this kind stands for, and what it excludes.
    {"payment_transitions",
     "WITH had AS (SELECT payment,array_agg(transition::int) FILTER (WHERE refusal=0) AS has,"
     "array_agg(transition::int) FILTER (WHERE refusal<>0) AS refused"
     " FROM suanpan.booking_intent GROUP BY payment),"
     "fate AS (SELECT p.id,p.kind,p.stage,coalesce(h.has,'{}') AS has,"
     "coalesce(h.refused,'{}') AS refused,o.kind AS of_kind,p.surplus_attempt<>0 AS surplus"
     " FROM suanpan.payment p LEFT JOIN had h ON h.payment=p.id"
     " LEFT JOIN suanpan.payment o ON o.id=p.original WHERE p.stage IN (5,6,7)),"
     "must AS (SELECT *,CASE"
     " WHEN stage<>5 THEN CASE WHEN 1=any(has) THEN '{1,7}'::int[] ELSE '{}' END"
     " WHEN kind IN (1,3,4,5) THEN '{3,4}'"
     " WHEN kind=2 OR of_kind=2 THEN '{2}'"
     " WHEN surplus THEN '{10}' ELSE '{1,5,6}' END AS needed,"
     "CASE WHEN stage=5 THEN '{7}'::int[] ELSE '{2,3,4,5,6,8,10}' END AS excluded FROM fate)"
     "SELECT id,'transitions','all of '||needed::text||', none of '||excluded::text,has::text"
     " FROM must WHERE NOT has@>needed OR has&&excluded"},

    {"payment_refunds",
     "SELECT p.id,'refunds','refunded '||coalesce(s.settled,0)||' reserved '||"
     "coalesce(s.reserved,0)||' of '||p.amount,'refunded '||p.refunded||' reserved '||"
     "p.refund_reserved FROM suanpan.payment p LEFT JOIN (SELECT payment,"
     "sum(amount) FILTER (WHERE state=2) AS settled,sum(amount) FILTER (WHERE state=1) AS reserved"
     " FROM suanpan.refund_share GROUP BY payment) s ON s.payment=p.id "
     "WHERE p.refunded<>coalesce(s.settled,0) OR p.refund_reserved<>coalesce(s.reserved,0)"
     " OR p.refunded+p.refund_reserved>p.amount"},

    // A share that is still reserved may belong to a refund of any stage.
    {"payment_refunds",
     "SELECT r.id,'refund of '||suanpan.payment_name(r.original),'a share of '||r.amount||"
     "CASE r.stage WHEN 5 THEN ', reserved or settled' ELSE ', not settled' END,"
     "coalesce('a share of '||s.amount||', state '||s.state,'none') FROM suanpan.payment r"
     " LEFT JOIN suanpan.refund_share s ON s.payment=r.original AND s.refund=r.id "
     "WHERE r.kind=8 AND r.surplus_attempt=0 AND CASE WHEN r.stage=5"
     " THEN s.state IS NULL OR s.state=3 OR s.amount<>r.amount ELSE coalesce(s.state=2,false) END"},

    {"notification",
     "SELECT n.payment,'event '||n.sequence,a.n||' attempts',n.attempts||' attempts'"
     " FROM suanpan.notification n CROSS JOIN LATERAL (SELECT count(*) AS n"
     " FROM suanpan.notification_attempt t WHERE t.payment=n.payment AND t.sequence=n.sequence) a"
     " WHERE a.n<>n.attempts"},
});

}  // namespace

std::int64_t verify_payments(pqxx::transaction_base& in, const row_source& all_rows,
                             const std::function<void(difference)>& differ) {
  for (const auto& law : laws)
    for (const auto& row : in.exec(law.query))
      differ({law.what, to_string(payment_id_in(row, 0)) + " " + text_in(row, 1), text_in(row, 2),
              text_in(row, 3)});
  verify_bookings(in, all_rows, differ);
  return number_in(in.exec("SELECT count(*) FROM suanpan.payment")[0], 0);
}

}  // namespace suanpan::storage
