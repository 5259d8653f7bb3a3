-- Holds (R23) and limits. Rows of holds and voids move nothing: their result says so (3, 4), so
-- that whoever adds up what was posted (result 1) need not know of them.

alter table suanpan.account
  add column credit_limit    bigint not null default 0,
  add column maximum_balance bigint,
  add constraint account_limits_valid
    check (credit_limit >= 0 and (credit_limit = 0 or flags & 1 <> 0) and maximum_balance >= 0);
comment on table suanpan.account is 'Accounts. Only flags and limits ever change.';
comment on column suanpan.account.credit_limit is
  'How far below zero no_overdraft lets the available balance go, minor units.';
comment on column suanpan.account.maximum_balance is
  'The balance, with what open holds would add, never rises above it, minor units; null: no bound.';

alter table suanpan.transfer
  add column related    uuid,
  add column expires_at bigint,
  drop constraint transfer_kind_known,
  drop constraint transfer_result_recorded,
  add constraint transfer_kind_known check (leg = 0 and kind between 1 and 4),
  add constraint transfer_result_recorded check (
    result between 80 and 199
    or result = case kind when 2 then 3 when 4 then 4 else 1 end),
  add constraint transfer_related_valid check ((related is not null) = (kind in (3, 4))),
  add constraint transfer_expiry_valid check (expires_at is null or (kind = 2 and expires_at > 0));
comment on column suanpan.transfer.kind is
  '1 = post, 2 = hold, 3 = capture of a hold, 4 = void of a hold.';
comment on column suanpan.transfer.result is
  '1 = posted, 3 = held, 4 = voided: booked, and only 1 moved money; else the refusal that is '
  'replayed (R5).';
comment on column suanpan.transfer.related is 'Id of the hold that is captured or voided.';
comment on column suanpan.transfer.expires_at is
  'Of a hold: Unix microseconds from which on it can''t be captured; null = never.';
create index transfer_by_related on suanpan.transfer (related) where related is not null;

do $$
declare
  detached text;
begin
  for detached in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'suanpan' and c.relkind = 'r' and c.relname ~ '^transfer_[0-9]{8}$'
       and not exists (select 1 from pg_inherits i where i.inhrelid = c.oid)
  loop
    execute format('alter table suanpan.%I add column related uuid, add column expires_at bigint',
                   detached);
  end loop;
end $$;

-- Holds that are open: written and deleted by the commits that make and end them, so that whoever
-- takes a shard or makes an account active reads them and replays nothing.
create table suanpan.open_hold (
  id             uuid primary key,
  ticket         bigint not null check (ticket > 0),
  debit_account  bigint not null references suanpan.account (number),
  credit_account bigint not null references suanpan.account (number),
  amount         bigint not null check (amount > 0),
  expires_at     bigint check (expires_at > ticket),
  currency       smallint not null references suanpan.currency (code)
);
create index open_hold_by_debit on suanpan.open_hold (debit_account);
create index open_hold_by_credit on suanpan.open_hold (credit_account);
comment on table suanpan.open_hold is
  'Holds that are neither captured nor voided. A commit that ends one that is not here fails.';
comment on column suanpan.open_hold.id is 'Id of the transfer that made it.';
comment on column suanpan.open_hold.ticket is 'Its place in the ledger''s order.';
comment on column suanpan.open_hold.debit_account is 'Account whose funds it reserves.';
comment on column suanpan.open_hold.credit_account is 'Account that a capture would credit.';
comment on column suanpan.open_hold.amount is 'Minor units.';
comment on column suanpan.open_hold.expires_at is 'Unix microseconds; null = never.';
comment on column suanpan.open_hold.currency is 'ISO 4217 numeric code.';
create trigger immutable before update or truncate on suanpan.open_hold
  for each statement execute function suanpan.refuse_change();

create function suanpan.end_holds(ended uuid[]) returns void language plpgsql as $$
declare
  found_open bigint;
begin
  delete from suanpan.open_hold where id = any(ended);
  get diagnostics found_open = row_count;
  if found_open <> cardinality(ended) then
    raise exception 'a commit ends % holds, of which % are open', cardinality(ended), found_open;
  end if;
end $$;
comment on function suanpan.end_holds(uuid[]) is
  'Ends these holds; fails unless each of them is open. The last fence against a second capture.';

create or replace view audit.transfer as
select t.id, t.ticket, t.idx, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code,
       case t.kind when 1 then 'post' when 3 then 'capture' end as kind,
       t.reference, t.memo, t.accounting_date,
       to_timestamp(t.ticket / 1000000) + t.ticket % 1000000 * interval '1 microsecond'
         as booked_at,
       t.voucher, t.related as hold
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result = 1;
comment on view audit.transfer is
  'Transfers that moved money, one row each, for ever. Holds and voids are in audit.hold.';
comment on column audit.transfer.kind is 'post, or capture of a hold.';
comment on column audit.transfer.hold is 'Of a capture: the hold that it ended.';

create or replace view audit.refusal as
select t.id, t.ticket, t.idx, t.result, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code, t.reference, t.memo, t.accounting_date,
       t.voucher,
       case t.kind when 1 then 'post' when 2 then 'hold' when 3 then 'capture' when 4 then 'void'
       end as kind,
       t.related as hold
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result >= 80;
comment on column audit.refusal.kind is 'post, hold, capture or void.';
comment on column audit.refusal.hold is 'The hold that it named.';

create view audit.hold as
select h.id, h.ticket, h.idx, h.debit_account, h.credit_account, h.amount,
       c.letters::text as currency, h.event_code, h.reference, h.memo, h.accounting_date,
       h.voucher, h.expires_at,
       case e.kind when 3 then 'captured' when 4 then 'voided' else 'open' end as state,
       e.id as ended_by, e.ticket as ended_ticket,
       case e.kind when 3 then e.amount end as captured
  from suanpan.transfer h
  left join suanpan.transfer e on e.related = h.id and e.result in (1, 4)
  left join suanpan.currency c on c.code = h.currency
 where h.result = 3;
comment on view audit.hold is 'Every hold that was made, and what became of it.';
comment on column audit.hold.id is 'The caller''s key.';
comment on column audit.hold.ticket is 'Place in the ledger''s order.';
comment on column audit.hold.idx is 'Place within the ticket.';
comment on column audit.hold.debit_account is 'Account whose funds it reserves.';
comment on column audit.hold.credit_account is 'Account that a capture credits.';
comment on column audit.hold.amount is 'Minor units held.';
comment on column audit.hold.currency is 'ISO 4217 letters.';
comment on column audit.hold.event_code is 'The caller''s business event.';
comment on column audit.hold.reference is 'The caller''s reference; may be empty.';
comment on column audit.hold.memo is 'For people; may be empty.';
comment on column audit.hold.accounting_date is 'Day of the books on which it was made.';
comment on column audit.hold.voucher is 'Id of its voucher''s first item; null = stands alone.';
comment on column audit.hold.expires_at is 'Unix microseconds; null = never.';
comment on column audit.hold.state is 'open, captured or voided; an expired one is voided.';
comment on column audit.hold.ended_by is 'Id of the capture or void.';
comment on column audit.hold.ended_ticket is 'Place of that in the ledger''s order.';
comment on column audit.hold.captured is 'Minor units that the capture moved.';

comment on column audit.account.flags is
  'Bits: 1 no_overdraft, 2 frozen_debit, 4 frozen_credit, 8 closed.';
