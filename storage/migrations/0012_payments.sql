-- Payments: what was asked for (never changes), how an order stands (its head), and what happened
-- to it, appended only. The rules in C++ decide; the constraints here repeat what SQL can say of
-- them, and fire on a defect only (R12). Times are Unix microseconds, 0 = never. Written by the
-- journal's functions (0014), an order's rows by the owner of its merchant's shard.

create table suanpan.payment_order_key (
  merchant     text not null,
  number       text not null check (number ~ '^[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?$'),
  content_hash bytea not null check (octet_length(content_hash) = 32),
  payment      uuid not null,
  constraint payment_order_number_taken primary key (merchant, number),
  constraint payment_order_key_once unique (payment)
);
comment on table suanpan.payment_order_key is
  'Merchants'' order numbers, the idempotency keys: unique for ever, never detached (R4, R6).';
comment on column suanpan.payment_order_key.merchant is 'Id of the merchant.';
comment on column suanpan.payment_order_key.number is 'The merchant''s number of the order.';
comment on column suanpan.payment_order_key.content_hash is
  'SHA-256 of what was asked for: the same number with another one is refused.';
comment on column suanpan.payment_order_key.payment is 'The order that has the number.';
create trigger immutable before update or delete or truncate on suanpan.payment_order_key
  for each statement execute function suanpan.refuse_change();

-- Space is left in each page, so that a changed head stays in place and touches no index.
create table suanpan.payment (
  created_at           bigint not null check (created_at > 0),
  expires_at           bigint not null check (expires_at >= 0),
  amount               bigint not null check (amount > 0),
  fee                  bigint not null check (fee >= 0),
  finished_at          bigint not null check (finished_at >= 0),
  due_at               bigint not null check (due_at >= 0),
  refunded             bigint not null check (refunded >= 0),
  refund_reserved      bigint not null check (refund_reserved >= 0),
  version              integer not null check (version > 0),
  shard                smallint not null references suanpan.shard (shard),
  kind                 smallint not null check (kind between 1 and 8),
  currency             smallint not null references suanpan.currency (code),
  attempts_max         smallint not null check (attempts_max > 0),
  surplus_attempt      smallint not null check (surplus_attempt >= 0),
  stage                smallint not null check (stage between 1 and 7),
  paid_by              smallint not null check (paid_by >= 0),
  failure_advice       smallint not null check (failure_advice between 0 and 4),
  returns_fee          boolean not null,
  books_before_answer  boolean not null,
  open                 boolean not null,
  id                   uuid primary key,
  original             uuid,
  content_hash         bytea not null check (octet_length(content_hash) = 32),
  merchant             text not null check (octet_length(merchant) between 1 and 32),
  number               text not null check (octet_length(number) between 1 and 64),
  payer                text not null check (octet_length(payer) <= 64),
  payee                text not null check (octet_length(payee) <= 64),
  card                 text not null check (octet_length(card) <= 64),
  description          text not null check (octet_length(description) <= 256),
  return_url           text not null check (octet_length(return_url) <= 2048),
  failure_code         text not null check (octet_length(failure_code) <= 64),
  failure_channel_code text not null check (octet_length(failure_channel_code) <= 64),
  constraint payment_refund_names_original check (
    (kind = 8) = (original is not null) and (kind = 8 or surplus_attempt = 0)),
  constraint payment_refunds_within_amount check (refunded + refund_reserved <= amount),
  constraint payment_end_is_dated check ((stage in (5, 6, 7)) = (finished_at > 0)),
  constraint payment_failure_has_code check (stage <> 6 or failure_code <> ''),
  constraint payment_success_has_attempt check (stage <> 5 or paid_by > 0 or kind in (2, 8)),
  constraint payment_open_if_unfinished check (open or (stage in (5, 6, 7) and due_at = 0))
) with (fillfactor = 70);
create index payment_open on suanpan.payment (shard, id) where open;
create index payment_by_merchant on suanpan.payment (merchant, id);
create index payment_by_original on suanpan.payment (original) where original is not null;
create index payment_by_creation on suanpan.payment
  using brin (created_at) with (pages_per_range = 32, autosummarize = on);
comment on table suanpan.payment is
  'Orders: what was asked for, which never changes, and how each stands: stage, version, failure, '
  'paid_by, refunded, refund_reserved, finished_at, due_at, open.';
comment on column suanpan.payment.created_at is 'When it was accepted.';
comment on column suanpan.payment.expires_at is
  'An order without a live attempt is closed then; 0 = never.';
comment on column suanpan.payment.amount is 'Minor units.';
comment on column suanpan.payment.fee is 'Of the whole amount, minor units.';
comment on column suanpan.payment.finished_at is 'When it came to its end; 0 = it has not.';
comment on column suanpan.payment.due_at is 'When time is to do something with it; 0 = nothing.';
comment on column suanpan.payment.refunded is 'Sum of settled refunds, minor units.';
comment on column suanpan.payment.refund_reserved is 'Sum of refunds under way, minor units.';
comment on column suanpan.payment.version is 'Number of its newest step.';
comment on column suanpan.payment.shard is 'Shard of its merchant.';
comment on column suanpan.payment.kind is
  '1 top-up, 2 transfer, 3 quick pay, 4 online-bank pay, 5 withholding, 6 payout, 7 withdrawal, '
  '8 refund.';
comment on column suanpan.payment.currency is 'ISO 4217 numeric code.';
comment on column suanpan.payment.attempts_max is 'Cards that may be tried.';
comment on column suanpan.payment.surplus_attempt is
  'Refund of a surplus: the attempt of the original that paid once too often; else 0.';
comment on column suanpan.payment.stage is
  '1 created, 2 processing, 3 unknown, 4 manual, 5 succeeded, 6 failed, 7 closed; the last three '
  'never change (R21).';
comment on column suanpan.payment.paid_by is 'Number of the attempt that succeeded; 0 = none.';
comment on column suanpan.payment.failure_advice is
  '0 none, 1 retry_never, 2 retry_other_method, 3 retry_later, 4 query_first.';
comment on column suanpan.payment.returns_fee is 'A refund returns its share of the fee.';
comment on column suanpan.payment.books_before_answer is 'The caller is answered after booking.';
comment on column suanpan.payment.open is
  'Something is left to be done: not at its end, or an intent is not settled, or something is due.';
comment on column suanpan.payment.id is 'Its first 48 bits are Unix milliseconds.';
comment on column suanpan.payment.original is 'Of a refund: the order that it refunds.';
comment on column suanpan.payment.content_hash is 'SHA-256 of what the merchant asked for.';
comment on column suanpan.payment.merchant is 'Id of the merchant.';
comment on column suanpan.payment.number is 'The merchant''s order number.';
comment on column suanpan.payment.payer is
  'Owner of the balance that pays, or for whom a top-up is; may be empty.';
comment on column suanpan.payment.payee is 'Owner of the balance that gets a transfer.';
comment on column suanpan.payment.card is 'Id of the card of the first attempt; may be empty.';
comment on column suanpan.payment.description is 'For people.';
comment on column suanpan.payment.return_url is 'Where the payer''s browser goes afterwards.';
comment on column suanpan.payment.failure_code is 'Why it failed, our code; empty = it did not.';
comment on column suanpan.payment.failure_channel_code is 'The bank''s own word.';
create trigger order_is_fixed before update on suanpan.payment
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
create trigger end_is_for_ever before update on suanpan.payment
  for each row when (old.stage in (5, 6, 7)
                     and (new.stage, new.paid_by, new.finished_at, new.failure_code)
                     is distinct from (old.stage, old.paid_by, old.finished_at, old.failure_code))
  execute function suanpan.refuse_change('an order that came to its end stays there (R21)');
create trigger version_grows before update on suanpan.payment
  for each row when (new.version <= old.version)
  execute function suanpan.refuse_change('a version only grows');
create trigger refunded_grows before update on suanpan.payment
  for each row when (new.refunded < old.refunded)
  execute function suanpan.refuse_change('a settled refund stays settled');
create trigger immutable before delete or truncate on suanpan.payment
  for each statement execute function suanpan.refuse_change();

create table suanpan.payment_step (
  at              bigint not null check (at > 0),
  refunded        bigint not null,
  refund_reserved bigint not null,
  version         integer not null check (version > 0),
  event           smallint not null check (event between 1 and 99),
  stage           smallint not null check (stage between 1 and 7),
  attempt         smallint not null check (attempt >= 0),
  evidence        smallint not null check (evidence >= 0),
  paid_by         smallint not null check (paid_by >= 0),
  payment         uuid not null references suanpan.payment (id),
  rule            text not null check (octet_length(rule) <= 256),
  note            text not null check (octet_length(note) <= 2048),
  constraint payment_step_follows primary key (payment, version),
  constraint payment_step_begins_with_request check ((version = 1) = (event = 1))
);
comment on table suanpan.payment_step is
  'What happened to orders: one row for each decision, in order of version, without gaps.';
comment on column suanpan.payment_step.at is 'When.';
comment on column suanpan.payment_step.refunded is 'Of the order after it, minor units.';
comment on column suanpan.payment_step.refund_reserved is 'Of the order after it, minor units.';
comment on column suanpan.payment_step.version is 'Counts the steps of the order, from 1.';
comment on column suanpan.payment_step.event is
  'What happened: 1 requested, 2 attempt_began, 3 no_route_found, 10 to 16 the ledger''s answers, '
  '20 to 27 the channel''s, 30 to 32 contradictions, 40 and 41 the merchant''s, 50 and 51 time, '
  '60 to 65 refunds (protocol/model/payment_records.hpp).';
comment on column suanpan.payment_step.stage is 'Stage of the order after it.';
comment on column suanpan.payment_step.attempt is 'Attempt that it began or changed; 0 = none.';
comment on column suanpan.payment_step.evidence is 'Evidence that it recorded; 0 = none.';
comment on column suanpan.payment_step.paid_by is 'Of the order after it; 0 = none.';
comment on column suanpan.payment_step.payment is 'The order.';
comment on column suanpan.payment_step.rule is 'Row of the step table that decided.';
comment on column suanpan.payment_step.note is 'For people; may be empty.';
create trigger immutable before update or delete or truncate on suanpan.payment_step
  for each statement execute function suanpan.refuse_change();

create table suanpan.payment_case (
  opened_at bigint not null check (opened_at > 0),
  shard     smallint not null references suanpan.shard (shard),
  number    smallint not null check (number > 0),
  reason    smallint not null check (reason between 1 and 99),
  evidence  smallint not null check (evidence >= 0),
  payment   uuid not null references suanpan.payment (id),
  summary   text not null check (octet_length(summary) between 1 and 2048),
  primary key (payment, number)
);
create index payment_case_by_time on suanpan.payment_case (opened_at);
comment on table suanpan.payment_case is 'What a person must look at.';
comment on column suanpan.payment_case.opened_at is 'When.';
comment on column suanpan.payment_case.shard is 'Shard of the order.';
comment on column suanpan.payment_case.number is 'Counts the cases of the order, from 1.';
comment on column suanpan.payment_case.reason is
  '1 unknown_too_long, 2 success_after_end, 3 failure_after_success, 4 answer_mismatched, '
  '5 booking_redirected, 6 refund_stuck, 7 paid_after_all.';
comment on column suanpan.payment_case.evidence is 'Number of the order''s evidence; 0 = none.';
comment on column suanpan.payment_case.payment is 'The order.';
comment on column suanpan.payment_case.summary is 'One sentence for a person.';
create trigger immutable before update or delete or truncate on suanpan.payment_case
  for each statement execute function suanpan.refuse_change();
