-- Of each order: attempts at channels and what proves how they ended (R19, R20), the vouchers that
-- must be booked (R22), what refunds take of it, and what its merchant must hear of.

create table suanpan.payment_evidence (
  asked_at          bigint not null check (asked_at >= 0),
  came_at           bigint not null check (came_at >= 0),
  number            smallint not null check (number > 0),
  attempt           smallint not null check (attempt >= 0),
  door              smallint not null check (door between 1 and 3),
  outcome           smallint not null check (outcome between 1 and 5),
  doubt             smallint not null check (doubt between 0 and 3),
  allows_new_number boolean not null,
  payment           uuid not null references suanpan.payment (id),
  code              text not null check (octet_length(code) <= 64),
  bank_number       text not null check (octet_length(bank_number) <= 128),
  excerpt           text not null check (octet_length(excerpt) <= 1024),
  primary key (payment, number),
  constraint payment_evidence_allows_rightly check (
    not allows_new_number or outcome = 4 or (outcome = 5 and doubt = 1))
);
comment on table suanpan.payment_evidence is
  'What somebody outside told us of an attempt, or what is proved by its never having left.';
comment on column suanpan.payment_evidence.asked_at is 'When the request left.';
comment on column suanpan.payment_evidence.came_at is 'When the answer came.';
comment on column suanpan.payment_evidence.number is 'Counts the evidence of the order, from 1.';
comment on column suanpan.payment_evidence.attempt is 'Attempt that it is about.';
comment on column suanpan.payment_evidence.door is '1 reply, 2 query, 3 callback.';
comment on column suanpan.payment_evidence.outcome is
  '1 succeeded, 2 failed, 3 pending, 4 not_found, 5 unknown.';
comment on column suanpan.payment_evidence.doubt is
  'Of unknown: 1 not_sent, 2 no_answer, 3 unreadable; else 0.';
comment on column suanpan.payment_evidence.allows_new_number is
  'A final "not found", or certainly never sent: another attempt can do no harm (R20).';
comment on column suanpan.payment_evidence.payment is 'The order.';
comment on column suanpan.payment_evidence.code is 'Of a failure: our code.';
comment on column suanpan.payment_evidence.bank_number is 'The bank''s own number; may be empty.';
comment on column suanpan.payment_evidence.excerpt is 'What was said, without secrets.';
create trigger immutable before update or delete or truncate on suanpan.payment_evidence
  for each statement execute function suanpan.refuse_change();

create table suanpan.payment_attempt (
  began_at             bigint not null check (began_at > 0),
  ended_at             bigint not null check (ended_at >= 0),
  next_query_at        bigint not null check (next_query_at >= 0),
  number               smallint not null check (number > 0),
  operation            smallint not null check (operation between 1 and 7),
  sends                smallint not null check (sends >= 0),
  allowed_by           smallint not null check (allowed_by >= 0),
  outcome              smallint not null check (outcome between 1 and 5),
  doubt                smallint not null check (doubt between 0 and 3),
  queries              smallint not null check (queries >= 0),
  failure_advice       smallint not null check (failure_advice between 0 and 4),
  open                 boolean not null,
  payment              uuid not null references suanpan.payment (id),
  reference            text not null check (octet_length(reference) between 1 and 40),
  channel              text not null check (channel ~ '^[a-z0-9_]{1,32}$'),
  card                 text not null check (octet_length(card) <= 64),
  failure_code         text not null check (octet_length(failure_code) <= 64),
  failure_channel_code text not null check (octet_length(failure_channel_code) <= 64),
  bank_number          text not null check (octet_length(bank_number) <= 128),
  redirect_url         text not null check (octet_length(redirect_url) <= 2048),
  route_reasons        text not null check (octet_length(route_reasons) <= 4096),
  primary key (payment, number),
  constraint payment_attempt_reference_once unique (reference),
  constraint payment_attempt_first_needs_nothing check (number > 1 or allowed_by = 0),
  constraint payment_attempt_end_is_known check (open or outcome in (1, 2, 4, 5))
) with (fillfactor = 80);
comment on table suanpan.payment_attempt is
  'Tries at channels. Recorded before they are sent (R19); what identifies one never changes, and '
  'one that ended stays ended.';
comment on column suanpan.payment_attempt.began_at is 'When it was recorded.';
comment on column suanpan.payment_attempt.ended_at is 'When it ended; 0 = it has not.';
comment on column suanpan.payment_attempt.next_query_at is 'When it is asked about; 0 = never.';
comment on column suanpan.payment_attempt.number is 'Counts the attempts of the order, from 1.';
comment on column suanpan.payment_attempt.operation is
  '1 charge, 2 open_online, 3 refund, 4 payout.';
comment on column suanpan.payment_attempt.sends is 'How often it was sent under this reference.';
comment on column suanpan.payment_attempt.allowed_by is
  'Number of the evidence that allowed it (R20); 0 = the first, or after an explicit failure.';
comment on column suanpan.payment_attempt.outcome is
  '1 succeeded, 2 failed, 3 pending, 4 not_found, 5 unknown.';
comment on column suanpan.payment_attempt.doubt is
  'Of unknown: 1 not_sent, 2 no_answer, 3 unreadable; else 0.';
comment on column suanpan.payment_attempt.queries is 'How often it was asked about.';
comment on column suanpan.payment_attempt.failure_advice is 'As in suanpan.payment.';
comment on column suanpan.payment_attempt.open is 'Not ended: it may still become anything.';
comment on column suanpan.payment_attempt.payment is 'The order.';
comment on column suanpan.payment_attempt.reference is
  'Our number of the request at the channel; unique for ever.';
comment on column suanpan.payment_attempt.channel is 'The channel.';
comment on column suanpan.payment_attempt.card is 'Id of the card; may be empty.';
comment on column suanpan.payment_attempt.failure_code is 'Why it failed, our code.';
comment on column suanpan.payment_attempt.failure_channel_code is 'The bank''s own word.';
comment on column suanpan.payment_attempt.bank_number is 'The bank''s own number; may be empty.';
comment on column suanpan.payment_attempt.redirect_url is 'The bank''s page; may be empty.';
comment on column suanpan.payment_attempt.route_reasons is
  'Channels that were passed over, and why; for people.';
create trigger identity_is_fixed before update on suanpan.payment_attempt
  for each row when ((new.payment, new.number, new.began_at, new.operation, new.allowed_by,
                      new.reference, new.channel, new.card)
       is distinct from (old.payment, old.number, old.began_at, old.operation, old.allowed_by,
                      old.reference, old.channel, old.card))
  execute function suanpan.refuse_change('what identifies an attempt never changes');
create trigger end_is_for_ever before update on suanpan.payment_attempt
  for each row when ((new.open and not old.open) or new.sends < old.sends
                     or (old.outcome = 1 and new.outcome <> 1))
  execute function suanpan.refuse_change('an attempt that ended stays ended');
create trigger immutable before delete or truncate on suanpan.payment_attempt
  for each statement execute function suanpan.refuse_change();

-- The last fence against a second charge. By the numbers before it each earlier attempt was judged
-- in the same way, so that the one before is all that matters.
create function suanpan.check_attempt_allowed() returns trigger language plpgsql as $$
declare
  last suanpan.payment_attempt;
begin
  select * into last from suanpan.payment_attempt
   where payment = new.payment and number = new.number - 1;
  if found and not last.open and last.outcome <> 1 then
    if new.allowed_by = 0 and (last.outcome = 2 or exists (
         select from suanpan.payment_evidence e
          where e.payment = new.payment and e.attempt = last.number and e.outcome = 2)) then
      return null;
    end if;
    if exists (select from suanpan.payment_evidence e
                where e.payment = new.payment and e.number = new.allowed_by
                  and e.attempt = last.number and e.allows_new_number) then
      return null;
    end if;
  end if;
  raise exception using errcode = 'restrict_violation',
    message = format('attempt %s of %s is allowed by no evidence (R20)', new.number, new.payment);
end $$;
comment on function suanpan.check_attempt_allowed() is
  'Trigger: another attempt needs an ended one before it, and evidence or an explicit failure.';
create trigger attempt_is_allowed after insert on suanpan.payment_attempt
  for each row when (new.number > 1) execute function suanpan.check_attempt_allowed();

create table suanpan.booking_intent (
  caused_at      bigint not null check (caused_at > 0),
  event_code     integer not null check (event_code between 0 and 65535),
  number         smallint not null check (number > 0),
  transition     smallint not null check (transition between 1 and 99),
  kind           smallint not null check (kind between 1 and 4),
  ends_hold_of   smallint not null check (ends_hold_of >= 0),
  refusal        smallint not null check (refusal >= 0),
  may_be_refused boolean not null,
  booked         boolean not null,
  redirected     boolean not null,
  payment        uuid not null references suanpan.payment (id),
  legs           jsonb not null check (jsonb_array_length(legs) > 0),
  primary key (payment, number),
  constraint booking_intent_end_is_one check (
    (refusal = 0 or (may_be_refused and not booked)) and (booked or not redirected)),
  constraint booking_intent_hold_is_named check (
    (kind in (3, 4)) = (ends_hold_of > 0) and ends_hold_of < number)
) with (fillfactor = 80);
create index booking_intent_of_surplus on suanpan.booking_intent (payment) where transition = 9;
comment on table suanpan.booking_intent is
  'Vouchers that must be booked: recorded with what caused them, booked afterwards in order of '
  'number, and never refused but where it says so (R22).';
comment on column suanpan.booking_intent.caused_at is
  'When it was caused; the time in the ids of its transfers (R6).';
comment on column suanpan.booking_intent.event_code is 'Of its transfers.';
comment on column suanpan.booking_intent.number is 'Counts the intents of the order, from 1.';
comment on column suanpan.booking_intent.transition is
  '1 held, 2 moved, 3 received, 4 settled, 5 captured, 6 paid, 7 released, 8 fee_returned, '
  '9 surplus_received, 10 surplus_returned, 11 returned_by_bank, 12 paid_after_all.';
comment on column suanpan.booking_intent.kind is
  '1 = post, 2 = hold, 3 = capture of a hold, 4 = void of a hold.';
comment on column suanpan.booking_intent.ends_hold_of is
  'Of a capture or void: number of the intent that made the hold; else 0.';
comment on column suanpan.booking_intent.refusal is
  'Why the ledger refused it, as in the .proto; 0 = it did not.';
comment on column suanpan.booking_intent.may_be_refused is
  'The ledger''s answer decides about the order; others are never refused.';
comment on column suanpan.booking_intent.booked is 'Its rows are in suanpan.transfer.';
comment on column suanpan.booking_intent.redirected is
  'Booked on suspense instead, under the same ids (R22).';
comment on column suanpan.booking_intent.payment is 'The order.';
comment on column suanpan.booking_intent.legs is
  'Its transfers: id, debit and credit (owner, subject, no_overdraft of each), amount.';
create trigger identity_is_fixed before update on suanpan.booking_intent
  for each row when ((new.payment, new.number, new.caused_at, new.event_code, new.transition,
                      new.kind, new.ends_hold_of, new.may_be_refused, new.legs)
       is distinct from (old.payment, old.number, old.caused_at, old.event_code, old.transition,
                      old.kind, old.ends_hold_of, old.may_be_refused, old.legs))
  execute function suanpan.refuse_change('what is to be booked never changes');
create trigger end_is_for_ever before update on suanpan.booking_intent
  for each row when ((old.booked or old.refusal <> 0)
                     and (new.booked, new.redirected, new.refusal)
                     is distinct from (old.booked, old.redirected, old.refusal))
  execute function suanpan.refuse_change('what was booked or refused stays so');
create trigger immutable before delete or truncate on suanpan.booking_intent
  for each statement execute function suanpan.refuse_change();

create table suanpan.refund_share (
  amount  bigint not null check (amount > 0),
  version integer not null check (version > 0),
  state   smallint not null check (state between 1 and 3),
  payment uuid not null references suanpan.payment (id),
  refund  uuid not null references suanpan.payment (id),
  primary key (payment, refund)
);
create index refund_share_reserved on suanpan.refund_share (refund) where state = 1;
comment on table suanpan.refund_share is 'What refunds take of an order.';
comment on column suanpan.refund_share.amount is 'Minor units.';
comment on column suanpan.refund_share.version is 'Version of the step that reserved it.';
comment on column suanpan.refund_share.state is '1 reserved, 2 settled, 3 released.';
comment on column suanpan.refund_share.payment is 'The order that is refunded.';
comment on column suanpan.refund_share.refund is 'The refund.';
create trigger end_is_for_ever before update on suanpan.refund_share
  for each row when (old.state <> 1 or (new.payment, new.refund, new.amount, new.version)
                     is distinct from (old.payment, old.refund, old.amount, old.version))
  execute function suanpan.refuse_change('a share is reserved, then settled or released');
create trigger immutable before delete or truncate on suanpan.refund_share
  for each statement execute function suanpan.refuse_change();

create function suanpan.check_refund_share() returns trigger language plpgsql as $$
begin
  if (select sum(s.amount) from suanpan.refund_share s
       where s.payment = new.payment and s.state <> 3)
     > (select p.amount from suanpan.payment p where p.id = new.payment) then
    raise exception using errcode = 'restrict_violation',
      message = format('refunds of %s exceed its amount', new.payment);
  end if;
  return null;
end $$;
comment on function suanpan.check_refund_share() is
  'Trigger: what is refunded of an order never exceeds its amount.';
create trigger share_is_within_amount after insert on suanpan.refund_share
  for each row execute function suanpan.check_refund_share();

-- What merchants must hear of: the event never changes; how its delivery stands does.
create table suanpan.notification (
  caused_at    bigint not null check (caused_at > 0),
  next_at      bigint not null check (next_at >= 0),
  sequence     integer not null check (sequence > 0),
  shard        smallint not null references suanpan.shard (shard),
  attempts     smallint not null default 0 check (attempts >= 0),
  acknowledged boolean not null default false,
  payment      uuid not null references suanpan.payment (id),
  merchant     text not null check (octet_length(merchant) between 1 and 32),
  type         text not null check (type ~ '^[a-z_.]{1,64}$'),
  body         text not null check (octet_length(body) between 1 and 16384),
  primary key (payment, sequence),
  constraint notification_acknowledged_is_over check (not acknowledged or next_at = 0)
) with (fillfactor = 80);
create index notification_due on suanpan.notification (shard, merchant, next_at)
  where next_at <> 0;
comment on table suanpan.notification is
  'Events that merchants must hear of, recorded with what they tell.';
comment on column suanpan.notification.caused_at is 'When it happened.';
comment on column suanpan.notification.next_at is
  'When it is to be sent; 0 = acknowledged or given up.';
comment on column suanpan.notification.sequence is 'Counts the events of the order, from 1.';
comment on column suanpan.notification.shard is 'Shard of the order.';
comment on column suanpan.notification.attempts is 'How often it was sent.';
comment on column suanpan.notification.acknowledged is 'The merchant has it.';
comment on column suanpan.notification.payment is 'The order.';
comment on column suanpan.notification.merchant is 'Whom it is for.';
comment on column suanpan.notification.type is 'payment.succeeded, refund.failed and so on.';
comment on column suanpan.notification.body is 'The JSON that is sent.';
create trigger event_is_fixed before update on suanpan.notification
  for each row when ((new.caused_at, new.sequence, new.shard, new.payment, new.merchant, new.type,
                      new.body)
       is distinct from (old.caused_at, old.sequence, old.shard, old.payment, old.merchant,
                      old.type, old.body)
       or new.attempts < old.attempts or (old.acknowledged and not new.acknowledged))
  execute function suanpan.refuse_change('an event never changes, only its delivery goes on');
create trigger immutable before delete or truncate on suanpan.notification
  for each statement execute function suanpan.refuse_change();

create table suanpan.notification_attempt (
  at           bigint not null check (at > 0),
  sequence     integer not null,
  http_status  integer not null check (http_status between 0 and 999),
  attempt      smallint not null check (attempt > 0),
  acknowledged boolean not null,
  payment      uuid not null,
  trouble      text not null check (octet_length(trouble) <= 1024),
  primary key (payment, sequence, attempt),
  foreign key (payment, sequence) references suanpan.notification (payment, sequence)
);
comment on table suanpan.notification_attempt is 'Every try to deliver an event.';
comment on column suanpan.notification_attempt.at is 'When.';
comment on column suanpan.notification_attempt.sequence is 'Number of the event in its order.';
comment on column suanpan.notification_attempt.http_status is 'What was answered; 0 = nothing.';
comment on column suanpan.notification_attempt.attempt is 'Counts the tries, from 1.';
comment on column suanpan.notification_attempt.acknowledged is 'The merchant took it.';
comment on column suanpan.notification_attempt.payment is 'The order.';
comment on column suanpan.notification_attempt.trouble is 'What went wrong; empty = nothing.';
create trigger immutable before update or delete or truncate on suanpan.notification_attempt
  for each statement execute function suanpan.refuse_change();
