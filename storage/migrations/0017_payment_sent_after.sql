-- What was heard of an attempt since its last send. A resend whose answer a crash swallowed left no
-- trace of when it had gone, so that "not found" could never become final and the order waited for
-- people; with the number of the last evidence before it, whatever is numbered higher was heard
-- after that send was committed (R20).
alter table suanpan.payment_attempt
  add column sent_after smallint not null default 0 check (sent_after >= 0);
comment on column suanpan.payment_attempt.sent_after is
  'Number of the order''s last evidence when this attempt was last sent.';
-- Of the attempts of before nothing is known but what has been heard until now.
update suanpan.payment_attempt a
   set sent_after = coalesce((select max(e.number) from suanpan.payment_evidence e
                               where e.payment = a.payment), 0)
 where a.open and a.sends > 1;

drop function suanpan.save_attempts;
create function suanpan.save_attempts(
  payments uuid[], numbers smallint[], channels text[], operations smallint[], refs text[],
  cards text[], began_ats bigint[], sends_ smallint[], sent_afters smallint[],
  allowed_bys smallint[], outcomes smallint[],
  doubts smallint[], opens boolean[], failure_codes text[], failure_channel_codes text[],
  failure_advices smallint[], bank_numbers text[], redirect_urls text[], ended_ats bigint[],
  queries_ smallint[], next_query_ats bigint[], route_reasons_ text[])
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  insert into suanpan.payment_attempt as t
         (payment, number, channel, operation, reference, card, began_at, sends, sent_after,
          allowed_by, outcome, doubt, open, failure_code, failure_channel_code, failure_advice,
          bank_number, redirect_url, ended_at, queries, next_query_at, route_reasons)
  select * from unnest(payments, numbers, channels, operations, refs, cards, began_ats,
                       sends_, sent_afters, allowed_bys, outcomes, doubts, opens, failure_codes,
                       failure_channel_codes, failure_advices, bank_numbers, redirect_urls,
                       ended_ats, queries_, next_query_ats, route_reasons_)
  on conflict (payment, number) do update
     set channel = excluded.channel, operation = excluded.operation,
         reference = excluded.reference, card = excluded.card, began_at = excluded.began_at,
         allowed_by = excluded.allowed_by, sends = excluded.sends,
         sent_after = excluded.sent_after, outcome = excluded.outcome,
         doubt = excluded.doubt, open = excluded.open, failure_code = excluded.failure_code,
         failure_channel_code = excluded.failure_channel_code,
         failure_advice = excluded.failure_advice, bank_number = excluded.bank_number,
         redirect_url = excluded.redirect_url, ended_at = excluded.ended_at,
         queries = excluded.queries, next_query_at = excluded.next_query_at,
         route_reasons = excluded.route_reasons;
end $$;
comment on function suanpan.save_attempts is 'Records attempts, new ones or as they are now.';
