-- New rows of payments come by COPY, which costs a third of an insert from arrays. What changes is
-- written as a change, and only that: an insert that finds its row there cost twice an update,
-- compared all that never changes, and most changed rows left their page and so touched every
-- index. What identifies a row is in the condition: a change that does not find it fails, and all
-- of it is rolled back (R12).
drop function suanpan.begin_payments;
drop function suanpan.add_evidence;
drop function suanpan.save_attempts;
drop function suanpan.save_intents;
drop function suanpan.add_notifications;
drop function suanpan.add_cases;
drop function suanpan.add_payment_steps;
drop function suanpan.record_deliveries;

-- Half of a page is left, so that the first change of each row stays in place.
alter table suanpan.payment set (fillfactor = 50);
alter table suanpan.payment_attempt set (fillfactor = 50);
alter table suanpan.booking_intent set (fillfactor = 50);

-- A look at other tables for each order, with a lock there, cost more than its row: one look at all
-- that come together does the same.
alter table suanpan.payment drop constraint payment_shard_fkey;
alter table suanpan.payment drop constraint payment_currency_fkey;
-- Each key comes with its order, whose id is its primary key.
alter table suanpan.payment_order_key drop constraint payment_order_key_once;
create function suanpan.check_payment_places() returns trigger language plpgsql as $$
begin
  if exists (select from fresh where shard not in (select s.shard from suanpan.shard s)
                or currency not in (select c.code from suanpan.currency c)) then
    raise exception using errcode = 'foreign_key_violation',
      message = 'an order names a shard or a currency that is not there';
  end if;
  return null;
end $$;
comment on function suanpan.check_payment_places() is
  'Trigger: shards and currencies of new orders are there; neither is ever removed.';
create trigger immutable before update of code or delete or truncate on suanpan.currency
  for each statement execute function suanpan.refuse_change();
create trigger places_are_there after insert on suanpan.payment
  referencing new table as fresh for each statement
  execute function suanpan.check_payment_places();

-- A statement that sets none of these columns is not asked about them.
drop trigger order_is_fixed on suanpan.payment;
create trigger order_is_fixed before update of
    id, created_at, expires_at, amount, fee, shard, kind, currency, attempts_max, surplus_attempt,
    returns_fee, books_before_answer, original, content_hash, merchant, number, payer, payee, card,
    description, return_url
  on suanpan.payment
  for each row when ((new.id, new.created_at, new.expires_at, new.amount, new.fee, new.shard,
                      new.kind, new.currency, new.attempts_max, new.surplus_attempt,
                      new.returns_fee, new.books_before_answer, new.original, new.content_hash,
                      new.merchant, new.number, new.payer, new.payee, new.card, new.description,
                      new.return_url)
       is distinct from (old.id, old.created_at, old.expires_at, old.amount, old.fee, old.shard,
                      old.kind, old.currency, old.attempts_max, old.surplus_attempt,
                      old.returns_fee, old.books_before_answer, old.original, old.content_hash,
                      old.merchant, old.number, old.payer, old.payee, old.card, old.description,
                      old.return_url))
  execute function suanpan.refuse_change('what was asked for never changes');

drop trigger identity_is_fixed on suanpan.payment_attempt;
create trigger identity_is_fixed before update of
    payment, number, began_at, operation, allowed_by, reference, channel, card
  on suanpan.payment_attempt
  for each row when ((new.payment, new.number, new.began_at, new.operation, new.allowed_by,
                      new.reference, new.channel, new.card)
       is distinct from (old.payment, old.number, old.began_at, old.operation, old.allowed_by,
                      old.reference, old.channel, old.card))
  execute function suanpan.refuse_change('what identifies an attempt never changes');

drop trigger identity_is_fixed on suanpan.booking_intent;
create trigger identity_is_fixed before update of
    payment, number, caused_at, event_code, transition, kind, ends_hold_of, may_be_refused, legs
  on suanpan.booking_intent
  for each row when ((new.payment, new.number, new.caused_at, new.event_code, new.transition,
                      new.kind, new.ends_hold_of, new.may_be_refused, new.legs)
       is distinct from (old.payment, old.number, old.caused_at, old.event_code, old.transition,
                      old.kind, old.ends_hold_of, old.may_be_refused, old.legs))
  execute function suanpan.refuse_change('what is to be booked never changes');

create function suanpan.change_attempts(
  payments uuid[], numbers smallint[], channels text[], operations smallint[], refs text[],
  cards text[], began_ats bigint[], allowed_bys smallint[], sends_ smallint[],
  sent_afters smallint[], outcomes smallint[], doubts smallint[], opens boolean[],
  failure_codes text[], failure_channel_codes text[], failure_advices smallint[],
  bank_numbers text[], redirect_urls text[], ended_ats bigint[], queries_ smallint[],
  next_query_ats bigint[])
returns void language plpgsql set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  changed bigint;
begin
  update suanpan.payment_attempt t
     set sends = v.sends, sent_after = v.sent_after, outcome = v.outcome, doubt = v.doubt,
         open = v.open, failure_code = v.failure_code,
         failure_channel_code = v.failure_channel_code, failure_advice = v.failure_advice,
         bank_number = v.bank_number, redirect_url = v.redirect_url, ended_at = v.ended_at,
         queries = v.queries, next_query_at = v.next_query_at
    from unnest(payments, numbers, channels, operations, refs, cards, began_ats, allowed_bys,
                sends_, sent_afters, outcomes, doubts, opens, failure_codes, failure_channel_codes,
                failure_advices, bank_numbers, redirect_urls, ended_ats, queries_, next_query_ats)
         as v (payment, number, channel, operation, reference, card, began_at, allowed_by, sends,
               sent_after, outcome, doubt, open, failure_code, failure_channel_code,
               failure_advice, bank_number, redirect_url, ended_at, queries, next_query_at)
   where t.payment = v.payment and t.number = v.number
     and (t.channel, t.operation, t.reference, t.card, t.began_at, t.allowed_by)
         = (v.channel, v.operation, v.reference, v.card, v.began_at, v.allowed_by);
  get diagnostics changed = row_count;
  if changed <> cardinality(payments) then
    raise exception 'changes of % attempts find none', cardinality(payments) - changed;
  end if;
end $$;
comment on function suanpan.change_attempts is
  'Records how attempts stand now; fails unless each is there as it was begun.';

create function suanpan.settle_intents(
  payments uuid[], numbers smallint[], transitions smallint[], kinds smallint[], legs_ jsonb[],
  ends_holds_of smallint[], event_codes integer[], caused_ats bigint[], may_be_refuseds boolean[],
  bookeds boolean[], redirecteds boolean[], refusals smallint[])
returns void language plpgsql set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  changed bigint;
begin
  update suanpan.booking_intent t
     set booked = v.booked, redirected = v.redirected, refusal = v.refusal
    from unnest(payments, numbers, transitions, kinds, legs_, ends_holds_of, event_codes,
                caused_ats, may_be_refuseds, bookeds, redirecteds, refusals)
         as v (payment, number, transition, kind, legs, ends_hold_of, event_code, caused_at,
               may_be_refused, booked, redirected, refusal)
   where t.payment = v.payment and t.number = v.number
     and (t.transition, t.kind, t.legs, t.ends_hold_of, t.event_code, t.caused_at,
          t.may_be_refused)
         = (v.transition, v.kind, v.legs, v.ends_hold_of, v.event_code, v.caused_at,
            v.may_be_refused);
  get diagnostics changed = row_count;
  if changed <> cardinality(payments) then
    raise exception 'ends of % intents find none', cardinality(payments) - changed;
  end if;
end $$;
comment on function suanpan.settle_intents is
  'Records that intents are booked or refused; fails unless each is there as it was meant.';

create function suanpan.advance_notifications(
  payments uuid[], sequences integer[], attempts_ smallint[], next_ats bigint[],
  acknowledgeds boolean[])
returns void language plpgsql set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  expected bigint;
  changed bigint;
begin
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
comment on function suanpan.advance_notifications is
  'Changes how events stand by the tries to deliver them that were appended.';

drop trigger event_is_fixed on suanpan.notification;
create trigger event_is_fixed before update of
    caused_at, sequence, shard, payment, merchant, type, body
  on suanpan.notification
  for each row when ((new.caused_at, new.sequence, new.shard, new.payment, new.merchant, new.type,
                      new.body)
       is distinct from (old.caused_at, old.sequence, old.shard, old.payment, old.merchant,
                      old.type, old.body))
  execute function suanpan.refuse_change('an event never changes, only its delivery goes on');
create trigger delivery_goes_on before update on suanpan.notification
  for each row when (new.attempts < old.attempts or (old.acknowledged and not new.acknowledged))
  execute function suanpan.refuse_change('an event never changes, only its delivery goes on');

-- Asked for each order that comes: planned once.
create function suanpan.find_payments(
  merchants text[], numbers text[], refs text[], ids uuid[])
returns setof uuid language plpgsql stable set plan_cache_mode = force_generic_plan
set enable_seqscan = off as $$
begin
  return query
  select k.payment from unnest(merchants, numbers) as v (merchant, number)
   cross join lateral (select o.payment from suanpan.payment_order_key o
                        where o.merchant = v.merchant and o.number = v.number limit 1) k
  union select a.payment from suanpan.payment_attempt a where a.reference = any (refs)
  union select unnest(ids);
end $$;
comment on function suanpan.find_payments is
  'Orders by merchants'' numbers, by references at channels, or by id; perhaps there are none.';
