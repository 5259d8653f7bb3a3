-- How the journal writes payments: a function for each table, with an array for each column, so
-- that a commit is a dozen short statements whose plans are kept, however long. Whatever does
-- not fit raises an error that rolls all of it back (R12).
-- New rows and changed ones come alike where a row may change; what identifies one is written, too,
-- so that a trigger refuses another row under the same number.

create function suanpan.begin_payments(
  ids uuid[], originals uuid[], merchants text[], numbers text[], content_hashes text[],
  payers text[], payees text[], cards text[], descriptions text[], return_urls text[],
  created_ats bigint[], expires_ats bigint[], amounts bigint[], fees bigint[],
  shards smallint[], kinds smallint[], currencies smallint[], attempts_maxes smallint[],
  surplus_attempts smallint[], returns_fees boolean[], books_before_answers boolean[],
  versions integer[], stages smallint[], paid_bys smallint[], failure_codes text[],
  failure_channel_codes text[], failure_advices smallint[], refundeds bigint[],
  refund_reserveds bigint[], finished_ats bigint[], due_ats bigint[], opens boolean[])
returns void language plpgsql as $$
begin
  insert into suanpan.payment_order_key (merchant, number, content_hash, payment)
  select v.merchant, v.number, decode(v.content_hash, 'hex'), v.id
    from unnest(merchants, numbers, content_hashes, ids) as v (merchant, number, content_hash, id);
  insert into suanpan.payment
         (id, original, merchant, number, content_hash, payer, payee, card, description, return_url,
          created_at, expires_at, amount, fee, shard, kind, currency, attempts_max,
          surplus_attempt, returns_fee, books_before_answer, version, stage, paid_by,
          failure_code, failure_channel_code, failure_advice, refunded, refund_reserved,
          finished_at, due_at, open)
  select a.id, a.original, a.merchant, a.number, decode(a.content_hash, 'hex'), a.payer, a.payee,
         a.card, a.description, a.return_url, a.created_at, a.expires_at, a.amount, a.fee,
         a.shard, a.kind, a.currency, a.attempts_max, a.surplus_attempt, a.returns_fee,
         a.books_before_answer, a.version, a.stage, a.paid_by, a.failure_code,
         a.failure_channel_code, a.failure_advice, a.refunded, a.refund_reserved, a.finished_at,
         a.due_at, a.open
    from unnest(ids, originals, merchants, numbers, content_hashes, payers, payees, cards,
                descriptions, return_urls, created_ats, expires_ats, amounts, fees, shards, kinds,
                currencies, attempts_maxes, surplus_attempts, returns_fees, books_before_answers,
                versions, stages, paid_bys, failure_codes, failure_channel_codes, failure_advices,
                refundeds, refund_reserveds, finished_ats, due_ats, opens)
         as a (id, original, merchant, number, content_hash, payer, payee, card, description,
               return_url, created_at, expires_at, amount, fee, shard, kind, currency,
               attempts_max, surplus_attempt, returns_fee, books_before_answer, version, stage,
               paid_by, failure_code, failure_channel_code, failure_advice, refunded,
               refund_reserved, finished_at, due_at, open);
end $$;
comment on function suanpan.begin_payments is 'Records orders under their order numbers.';

create function suanpan.add_evidence(
  payments uuid[], numbers smallint[], attempts smallint[], doors smallint[], outcomes smallint[],
  doubts smallint[], allows boolean[], asked_ats bigint[], came_ats bigint[], codes text[],
  bank_numbers text[], excerpts text[])
returns void language plpgsql as $$
begin
  insert into suanpan.payment_evidence
         (payment, number, attempt, door, outcome, doubt, allows_new_number, asked_at, came_at,
          code, bank_number, excerpt)
  select * from unnest(payments, numbers, attempts, doors, outcomes, doubts, allows, asked_ats,
                       came_ats, codes, bank_numbers, excerpts);
end $$;
comment on function suanpan.add_evidence is 'Appends evidence.';

create function suanpan.save_attempts(
  payments uuid[], numbers smallint[], channels text[], operations smallint[], refs text[],
  cards text[], began_ats bigint[], sends_ smallint[], allowed_bys smallint[], outcomes smallint[],
  doubts smallint[], opens boolean[], failure_codes text[], failure_channel_codes text[],
  failure_advices smallint[], bank_numbers text[], redirect_urls text[], ended_ats bigint[],
  queries_ smallint[], next_query_ats bigint[], route_reasons_ text[])
returns void language plpgsql as $$
begin
  insert into suanpan.payment_attempt as t
         (payment, number, channel, operation, reference, card, began_at, sends, allowed_by,
          outcome, doubt, open, failure_code, failure_channel_code, failure_advice, bank_number,
          redirect_url, ended_at, queries, next_query_at, route_reasons)
  select * from unnest(payments, numbers, channels, operations, refs, cards, began_ats,
                       sends_, allowed_bys, outcomes, doubts, opens, failure_codes,
                       failure_channel_codes, failure_advices, bank_numbers, redirect_urls,
                       ended_ats, queries_, next_query_ats, route_reasons_)
  on conflict (payment, number) do update
     set channel = excluded.channel, operation = excluded.operation,
         reference = excluded.reference, card = excluded.card, began_at = excluded.began_at,
         allowed_by = excluded.allowed_by, sends = excluded.sends, outcome = excluded.outcome,
         doubt = excluded.doubt, open = excluded.open, failure_code = excluded.failure_code,
         failure_channel_code = excluded.failure_channel_code,
         failure_advice = excluded.failure_advice, bank_number = excluded.bank_number,
         redirect_url = excluded.redirect_url, ended_at = excluded.ended_at,
         queries = excluded.queries, next_query_at = excluded.next_query_at,
         route_reasons = excluded.route_reasons;
end $$;
comment on function suanpan.save_attempts is 'Records attempts, new ones or as they are now.';

create function suanpan.save_intents(
  payments uuid[], numbers smallint[], transitions smallint[], kinds smallint[], legs_ jsonb[],
  ends_holds_of smallint[], event_codes integer[], caused_ats bigint[], may_be_refuseds boolean[],
  bookeds boolean[], redirecteds boolean[], refusals smallint[])
returns void language plpgsql as $$
begin
  insert into suanpan.booking_intent as t
         (payment, number, transition, kind, legs, ends_hold_of, event_code, caused_at,
          may_be_refused, booked, redirected, refusal)
  select * from unnest(payments, numbers, transitions, kinds, legs_, ends_holds_of, event_codes,
                       caused_ats, may_be_refuseds, bookeds, redirecteds, refusals)
  on conflict (payment, number) do update
     set transition = excluded.transition, kind = excluded.kind, legs = excluded.legs,
         ends_hold_of = excluded.ends_hold_of, event_code = excluded.event_code,
         caused_at = excluded.caused_at, may_be_refused = excluded.may_be_refused,
         booked = excluded.booked, redirected = excluded.redirected, refusal = excluded.refusal;
end $$;
comment on function suanpan.save_intents is 'Records intents, new ones or as they are now.';

create function suanpan.add_notifications(
  payments uuid[], sequences integer[], shards smallint[], types text[], bodies text[],
  caused_ats bigint[])
returns void language plpgsql as $$
begin
  insert into suanpan.notification
         (payment, sequence, shard, merchant, type, body, caused_at, next_at)
  select v.payment, v.sequence, v.shard, p.merchant, v.type, v.body, v.caused_at, v.caused_at
    from unnest(payments, sequences, shards, types, bodies, caused_ats)
         as v (payment, sequence, shard, type, body, caused_at)
   cross join lateral (select merchant from suanpan.payment where id = v.payment limit 1) p;
end $$;
comment on function suanpan.add_notifications is 'Appends what merchants must hear of.';

create function suanpan.add_cases(
  payments uuid[], numbers smallint[], shards smallint[], reasons smallint[], evidences smallint[],
  summaries text[], opened_ats bigint[])
returns void language plpgsql as $$
begin
  insert into suanpan.payment_case (payment, number, shard, reason, evidence, summary, opened_at)
  select * from unnest(payments, numbers, shards, reasons, evidences, summaries, opened_ats);
end $$;
comment on function suanpan.add_cases is 'Opens cases.';

create function suanpan.save_refund_shares(
  payments uuid[], refunds uuid[], amounts bigint[], versions integer[], settleds boolean[])
returns void language plpgsql as $$
begin
  -- An amount of 0: the share is gone.
  insert into suanpan.refund_share as t (payment, refund, amount, version, state)
  select v.payment, v.refund, v.amount, v.version, case when v.settled then 2 else 1 end
    from unnest(payments, refunds, amounts, versions, settleds)
         as v (payment, refund, amount, version, settled)
   where v.amount <> 0
  on conflict (payment, refund) do update
     set amount = excluded.amount, state = excluded.state;
  update suanpan.refund_share t set state = 3
    from unnest(payments, refunds, amounts) as v (payment, refund, amount)
   where v.amount = 0 and t.payment = v.payment and t.refund = v.refund;
end $$;
comment on function suanpan.save_refund_shares is
  'Records what refunds take of orders, new shares or as they are now.';

create function suanpan.add_payment_steps(
  payments uuid[], versions integer[], events smallint[], stages smallint[], attempts smallint[],
  evidences smallint[], paid_bys smallint[], refundeds bigint[], refund_reserveds bigint[],
  ats bigint[], rules_ text[], notes text[])
returns void language plpgsql as $$
begin
  insert into suanpan.payment_step
         (payment, version, event, stage, attempt, evidence, paid_by, refunded, refund_reserved,
          at, rule, note)
  select * from unnest(payments, versions, events, stages, attempts, evidences, paid_bys, refundeds,
                       refund_reserveds, ats, rules_, notes);
end $$;
comment on function suanpan.add_payment_steps is 'Appends what happened.';

-- Other joins than by the key would be planned while the table is empty, and kept.
create function suanpan.advance_payments(
  ids uuid[], versions_before integer[], versions integer[], stages smallint[],
  paid_bys smallint[], failure_codes text[], failure_channel_codes text[],
  failure_advices smallint[], refundeds bigint[], refund_reserveds bigint[], finished_ats bigint[],
  due_ats bigint[])
returns void language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  advanced bigint;
begin
  update suanpan.payment p
     set version = v.version, stage = v.stage, paid_by = v.paid_by, failure_code = v.failure_code,
         failure_channel_code = v.failure_channel_code, failure_advice = v.failure_advice,
         refunded = v.refunded, refund_reserved = v.refund_reserved, finished_at = v.finished_at,
         due_at = v.due_at,
         open = v.stage not in (5, 6, 7) or v.due_at <> 0
                or exists (select from suanpan.booking_intent i
                            where i.payment = v.id and not i.booked and i.refusal = 0)
    from unnest(ids, versions_before, versions, stages, paid_bys, failure_codes,
                failure_channel_codes, failure_advices, refundeds, refund_reserveds, finished_ats,
                due_ats)
         as v (id, version_before, version, stage, paid_by, failure_code, failure_channel_code,
               failure_advice, refunded, refund_reserved, finished_at, due_at)
   where p.id = v.id and p.version = v.version_before;
  get diagnostics advanced = row_count;
  if advanced <> cardinality(ids) then
    raise exception 'steps of % orders follow no recorded version', cardinality(ids) - advanced;
  end if;
end $$;
comment on function suanpan.advance_payments is
  'Changes how orders stand; fails unless each is at the version that its steps follow.';

create function suanpan.record_deliveries(
  payments uuid[], sequences integer[], attempts_ smallint[], ats bigint[], http_statuses integer[],
  troubles text[], next_ats bigint[], acknowledgeds boolean[])
returns void language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  expected bigint;
  changed bigint;
begin
  insert into suanpan.notification_attempt
         (payment, sequence, attempt, at, http_status, trouble, acknowledged)
  select * from unnest(payments, sequences, attempts_, ats, http_statuses, troubles, acknowledgeds);
  select count(distinct (payment, sequence)) into expected
    from unnest(payments, sequences) as v (payment, sequence);
  update suanpan.notification n
     set attempts = v.attempt, next_at = v.next_at,
         acknowledged = n.acknowledged or v.acknowledged
    from (select distinct on (payment, sequence) payment, sequence, attempt, next_at, acknowledged,
                 count(*) over (partition by payment, sequence) as given
            from unnest(payments, sequences, attempts_, next_ats, acknowledgeds)
                 as g (payment, sequence, attempt, next_at, acknowledged)
           order by payment, sequence, attempt desc) v
   where n.payment = v.payment and n.sequence = v.sequence and n.attempts = v.attempt - v.given;
  get diagnostics changed = row_count;
  if changed <> expected then
    raise exception 'deliveries of % events follow no recorded attempt', expected - changed;
  end if;
end $$;
comment on function suanpan.record_deliveries is
  'Appends tries to deliver events, and changes how the events stand.';
