-- Views for checkers of payments: as 0002, additive changes only. No secret and no text of a
-- merchant's customer is in them.

create function suanpan.as_time(micros bigint) returns timestamptz language sql immutable as $$
  select case when micros <> 0
              then to_timestamp(micros / 1000000) + micros % 1000000 * interval '1 microsecond' end
$$;
comment on function suanpan.as_time(bigint) is 'Unix microseconds as a time; 0 as null.';

create function suanpan.payment_name(id uuid) returns text language sql immutable as $$
  select 'pay_' || string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
                                     substring(b.bits from 1 + 5 * i for 5)::int + 1, 1), ''
                              order by i)
    from (select B'00' || ('x' || replace(id::text, '-', ''))::bit(128) as bits) b,
         generate_series(0, 25) i
$$;
comment on function suanpan.payment_name(uuid) is
  'An order''s id as people and the memo of its transfers have it: pay_ and a ULID.';

create view audit.payment as
select p.id, suanpan.payment_name(p.id) as name, p.merchant, p.number,
       case p.kind when 1 then 'top_up' when 2 then 'transfer' when 3 then 'quick_pay'
                   when 4 then 'online_bank_pay' when 5 then 'withholding' when 6 then 'payout'
                   when 7 then 'withdrawal' when 8 then 'refund' end as kind,
       case p.stage when 1 then 'created' when 2 then 'processing' when 3 then 'unknown'
                    when 4 then 'manual' when 5 then 'succeeded' when 6 then 'failed'
                    when 7 then 'closed' end as stage,
       p.amount, c.letters::text as currency, p.fee, p.failure_code, p.failure_channel_code,
       p.paid_by, p.refunded, p.refund_reserved, p.original, p.surplus_attempt, p.version, p.shard,
       p.open, suanpan.as_time(p.created_at) as created_at,
       suanpan.as_time(p.expires_at) as expires_at, suanpan.as_time(p.finished_at) as finished_at
  from suanpan.payment p left join suanpan.currency c on c.code = p.currency;
comment on view audit.payment is
  'Orders as they stand.';
comment on column audit.payment.id is 'Names the order for ever.';
comment on column audit.payment.name is 'The same as people have it: pay_ and a ULID.';
comment on column audit.payment.merchant is 'Id of the merchant.';
comment on column audit.payment.number is 'The merchant''s order number.';
comment on column audit.payment.kind is
  'top_up, transfer, quick_pay, online_bank_pay, withholding, payout, withdrawal, refund.';
comment on column audit.payment.stage is
  'created, processing, unknown, manual; succeeded, failed and closed never change.';
comment on column audit.payment.amount is 'Minor units.';
comment on column audit.payment.currency is 'ISO 4217 letters.';
comment on column audit.payment.fee is 'Minor units.';
comment on column audit.payment.failure_code is 'Why it failed, our code; empty = it did not.';
comment on column audit.payment.failure_channel_code is 'The bank''s own word.';
comment on column audit.payment.paid_by is 'Attempt that succeeded; 0 = none.';
comment on column audit.payment.refunded is 'Sum of settled refunds, minor units.';
comment on column audit.payment.refund_reserved is 'Sum of refunds under way, minor units.';
comment on column audit.payment.original is 'Of a refund: the order that it refunds.';
comment on column audit.payment.surplus_attempt is
  'Refund of a surplus: attempt of the original that paid too often; else 0.';
comment on column audit.payment.version is 'Number of its newest step.';
comment on column audit.payment.shard is 'Shard of its merchant.';
comment on column audit.payment.open is 'Something is left to be done about it.';
comment on column audit.payment.created_at is 'When it was accepted.';
comment on column audit.payment.expires_at is 'When it is closed if nothing is paid; null = never.';
comment on column audit.payment.finished_at is 'When it came to its end; null = it has not.';

create view audit.attempt as
select a.payment, a.number, a.channel,
       case a.operation when 1 then 'charge' when 2 then 'open_online' when 3 then 'refund'
                        when 4 then 'payout' end as operation,
       a.reference, a.open,
       case a.outcome when 1 then 'succeeded' when 2 then 'failed' when 3 then 'pending'
                      when 4 then 'not_found' when 5 then 'unknown' end as outcome,
       case a.doubt when 1 then 'not_sent' when 2 then 'no_answer' when 3 then 'unreadable'
                    else '' end as doubt,
       a.sends, a.queries, a.allowed_by, a.failure_code, a.failure_channel_code, a.bank_number,
       suanpan.as_time(a.began_at) as began_at, suanpan.as_time(a.ended_at) as ended_at
  from suanpan.payment_attempt a;
comment on view audit.attempt is
  'Tries at channels.';
comment on column audit.attempt.payment is 'The order.';
comment on column audit.attempt.number is 'Counts the attempts of the order, from 1.';
comment on column audit.attempt.channel is 'The channel.';
comment on column audit.attempt.operation is 'charge, open_online, refund or payout.';
comment on column audit.attempt.reference is
  'Our number of the request at the channel; unique for ever.';
comment on column audit.attempt.open is 'Not ended: it may still become anything.';
comment on column audit.attempt.outcome is 'succeeded, failed, pending, not_found or unknown.';
comment on column audit.attempt.doubt is 'Of unknown: not_sent, no_answer or unreadable.';
comment on column audit.attempt.sends is 'How often it was sent under this reference.';
comment on column audit.attempt.queries is 'How often it was asked about.';
comment on column audit.attempt.allowed_by is
  'Evidence that allowed it; 0 = the first, or after an explicit failure.';
comment on column audit.attempt.failure_code is 'Why it failed, our code.';
comment on column audit.attempt.failure_channel_code is 'The bank''s own word.';
comment on column audit.attempt.bank_number is 'The bank''s own number; may be empty.';
comment on column audit.attempt.began_at is 'When it was recorded.';
comment on column audit.attempt.ended_at is 'When it ended; null = it has not.';

create view audit.evidence as
select e.payment, e.number, e.attempt,
       case e.door when 1 then 'reply' when 2 then 'query' when 3 then 'callback' end as door,
       case e.outcome when 1 then 'succeeded' when 2 then 'failed' when 3 then 'pending'
                      when 4 then 'not_found' when 5 then 'unknown' end as outcome,
       case e.doubt when 1 then 'not_sent' when 2 then 'no_answer' when 3 then 'unreadable'
                    else '' end as doubt,
       e.allows_new_number, e.code, e.bank_number, e.excerpt,
       suanpan.as_time(e.asked_at) as asked_at, suanpan.as_time(e.came_at) as came_at
  from suanpan.payment_evidence e;
comment on view audit.evidence is
  'What somebody outside told of attempts, appended only.';
comment on column audit.evidence.payment is 'The order.';
comment on column audit.evidence.number is 'Counts the evidence of the order, from 1.';
comment on column audit.evidence.attempt is 'Attempt that it is about.';
comment on column audit.evidence.door is 'reply, query or callback.';
comment on column audit.evidence.outcome is 'succeeded, failed, pending, not_found or unknown.';
comment on column audit.evidence.doubt is 'Of unknown: not_sent, no_answer or unreadable.';
comment on column audit.evidence.allows_new_number is 'Another attempt can do no harm.';
comment on column audit.evidence.code is 'Of a failure: our code.';
comment on column audit.evidence.bank_number is 'The bank''s own number; may be empty.';
comment on column audit.evidence.excerpt is 'What was said.';
comment on column audit.evidence.asked_at is 'When the request left.';
comment on column audit.evidence.came_at is 'When the answer came.';

create view audit.notification as
select n.payment, n.sequence, n.merchant, n.type,
       case when n.acknowledged then 'acknowledged' when n.next_at <> 0 then 'waiting'
            else 'given_up' end as state,
       n.attempts, coalesce(t.http_status, 0) as http_status, coalesce(t.trouble, '') as trouble,
       suanpan.as_time(n.caused_at) as caused_at, suanpan.as_time(n.next_at) as next_at,
       suanpan.as_time(t.at) as tried_at
  from suanpan.notification n
  left join suanpan.notification_attempt t
    on t.payment = n.payment and t.sequence = n.sequence and t.attempt = n.attempts;
comment on view audit.notification is
  'Events that merchants must hear of, and how their delivery stands.';
comment on column audit.notification.payment is 'The order.';
comment on column audit.notification.sequence is 'Counts the events of the order, from 1.';
comment on column audit.notification.merchant is 'Whom it is for.';
comment on column audit.notification.type is 'payment.succeeded, refund.failed and so on.';
comment on column audit.notification.state is 'waiting, acknowledged or given_up.';
comment on column audit.notification.attempts is 'How often it was sent.';
comment on column audit.notification.http_status is 'Answer to the last try; 0 = none.';
comment on column audit.notification.trouble is 'What went wrong with the last try.';
comment on column audit.notification.caused_at is 'When it happened.';
comment on column audit.notification.next_at is 'When it is to be sent; null = no more.';
comment on column audit.notification.tried_at is 'When it was sent last; null = never.';

create view audit.booking_intent as
select i.payment, i.number, l.leg::int as leg,
       case i.transition when 1 then 'held' when 2 then 'moved' when 3 then 'received'
                         when 4 then 'settled' when 5 then 'captured' when 6 then 'paid'
                         when 7 then 'released' when 8 then 'fee_returned'
                         when 9 then 'surplus_received' when 10 then 'surplus_returned'
                         when 11 then 'returned_by_bank' when 12 then 'paid_after_all'
       end as transition,
       case i.kind when 1 then 'post' when 2 then 'hold' when 3 then 'capture' when 4 then 'void'
       end as kind,
       (l.what->>'id')::uuid as transfer, l.what->>'debit_owner' as debit_owner,
       l.what->>'debit_subject' as debit_subject, l.what->>'credit_owner' as credit_owner,
       l.what->>'credit_subject' as credit_subject, (l.what->>'amount')::bigint as amount,
       i.event_code,
       case when i.redirected then 'redirected' when i.booked then 'booked'
            when i.refusal <> 0 then 'refused' else 'waiting' end as state,
       suanpan.as_time(i.caused_at) as caused_at
  from suanpan.booking_intent i
 cross join lateral jsonb_array_elements(i.legs) with ordinality as l (what, leg);
comment on view audit.booking_intent is
  'Vouchers that orders must have in the books, a row for each transfer.';
comment on column audit.booking_intent.payment is 'The order.';
comment on column audit.booking_intent.number is 'Counts the intents of the order, from 1.';
comment on column audit.booking_intent.leg is 'Counts its transfers, from 1.';
comment on column audit.booking_intent.transition is 'What of the order it books.';
comment on column audit.booking_intent.kind is 'post, hold, capture or void.';
comment on column audit.booking_intent.transfer is 'Id of the transfer.';
comment on column audit.booking_intent.debit_owner is 'Owner of the account debited.';
comment on column audit.booking_intent.debit_subject is 'Its code in the chart of accounts.';
comment on column audit.booking_intent.credit_owner is 'Owner of the account credited.';
comment on column audit.booking_intent.credit_subject is 'Its code in the chart of accounts.';
comment on column audit.booking_intent.amount is 'Minor units.';
comment on column audit.booking_intent.event_code is 'Of the transfer.';
comment on column audit.booking_intent.state is
  'waiting, booked, redirected (booked on suspense) or refused.';
comment on column audit.booking_intent.caused_at is 'When it was caused.';

create view audit.payment_case as
select k.payment, k.number,
       case k.reason when 1 then 'unknown_too_long' when 2 then 'success_after_end'
                     when 3 then 'failure_after_success' when 4 then 'answer_mismatched'
                     when 5 then 'booking_redirected' when 6 then 'refund_stuck'
                     when 7 then 'paid_after_all' end as reason,
       k.evidence, k.summary, p.merchant, suanpan.as_time(k.opened_at) as opened_at
  from suanpan.payment_case k join suanpan.payment p on p.id = k.payment;
comment on view audit.payment_case is
  'What a person must look at.';
comment on column audit.payment_case.payment is 'The order.';
comment on column audit.payment_case.number is 'Counts the cases of the order, from 1.';
comment on column audit.payment_case.reason is 'Why.';
comment on column audit.payment_case.evidence is 'Number of the order''s evidence; 0 = none.';
comment on column audit.payment_case.summary is 'One sentence for a person.';
comment on column audit.payment_case.merchant is 'Id of the merchant.';
comment on column audit.payment_case.opened_at is 'When.';
