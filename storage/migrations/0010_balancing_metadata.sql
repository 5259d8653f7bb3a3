-- Balancing transfers (kinds 5 and 6): postings of what there is, up to the amount asked for. Their
-- `amount` is what was moved, so that whoever adds up amounts need not know of them.
-- Metadata of transfers and accounts: a JSON object of the caller's, kept as it came.

alter table suanpan.transfer
  add column asked_amount bigint,
  add column metadata     text,
  drop constraint transfer_kind_known,
  drop constraint transfer_texts_short,
  add constraint transfer_kind_known check (leg = 0 and kind between 1 and 7),
  add constraint transfer_asked_amount_valid check (
    (asked_amount is not null) = (kind in (5, 6))
    and (asked_amount is null or asked_amount >= amount)),
  add constraint transfer_texts_short check (
    octet_length(reference) <= 128 and octet_length(memo) <= 256
    and (metadata is null or octet_length(metadata) between 1 and 1024));
comment on column suanpan.transfer.amount is
  'Minor units; of a booked balancing transfer what it moved.';
comment on column suanpan.transfer.asked_amount is
  'Of a balancing transfer: what was asked for at most, minor units.';
comment on column suanpan.transfer.metadata is
  'A JSON object of the caller''s, byte for byte as it came; null = none.';
comment on column suanpan.transfer.kind is
  '1 = post, 2 = hold, 3 = capture of a hold, 4 = void of a hold, 5 = balancing by the debit '
  'account, 6 = balancing by the credit account, 7 = reversal.';

do $$
declare
  detached text;
begin
  for detached in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'suanpan' and c.relkind = 'r' and c.relname ~ '^transfer_[0-9]{8}$'
       and not exists (select 1 from pg_inherits i where i.inhrelid = c.oid)
  loop
    execute format('alter table suanpan.%I add column asked_amount bigint, '
                   'add column metadata text', detached);
  end loop;
end $$;

create or replace view audit.transfer as
select t.id, t.ticket, t.idx, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code,
       case t.kind when 1 then 'post' when 3 then 'capture' when 5 then 'balancing debit'
                   when 6 then 'balancing credit' when 7 then 'reversal' end as kind,
       t.reference, t.memo, t.accounting_date,
       to_timestamp(t.ticket / 1000000) + t.ticket % 1000000 * interval '1 microsecond'
         as booked_at,
       t.voucher, case t.kind when 3 then t.related end as hold,
       case t.kind when 7 then t.related end as reverses, t.asked_amount, t.metadata
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result = 1;
comment on column audit.transfer.kind is
  'post, capture of a hold, balancing debit or credit, or reversal.';
comment on column audit.transfer.asked_amount is
  'Of a balancing transfer: what was asked for at most, minor units.';
comment on column audit.transfer.metadata is 'A JSON object of the caller''s; null = none.';

create or replace view audit.refusal as
select t.id, t.ticket, t.idx, t.result, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code, t.reference, t.memo, t.accounting_date,
       t.voucher,
       case t.kind when 1 then 'post' when 2 then 'hold' when 3 then 'capture' when 4 then 'void'
                   when 5 then 'balancing debit' when 6 then 'balancing credit'
                   when 7 then 'reversal' end as kind,
       case when t.kind in (3, 4) then t.related end as hold,
       case t.kind when 7 then t.related end as reverses, t.metadata
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result >= 70;
comment on column audit.refusal.kind is
  'post, hold, capture, void, balancing debit or credit, or reversal.';
comment on column audit.refusal.metadata is 'A JSON object of the caller''s; null = none.';

alter table suanpan.account
  add column metadata text not null default '',
  add constraint account_metadata_short check (octet_length(metadata) <= 1024);
comment on table suanpan.account is 'Accounts. Only flags, limits and metadata ever change.';
comment on column suanpan.account.metadata is 'A JSON object of the caller''s; empty = none.';

alter table suanpan.account_change
  add column metadata text,
  add constraint account_change_metadata_short check (octet_length(metadata) <= 1024);
comment on column suanpan.account_change.metadata is
  'From then on: a JSON object, or empty; null = it stayed as it was.';

drop function suanpan.change_accounts(bigint[], bigint[], int[], bigint[], bigint[]);
create function suanpan.change_accounts(accounts bigint[], tickets bigint[], new_flags int[],
                                        credit_limits bigint[], maximum_balances bigint[],
                                        metadata_hex text[])
returns void language sql as $$
  insert into suanpan.account_change
         (account, ticket, flags, credit_limit, maximum_balance, metadata)
  select number, opened, flags, credit_limit, maximum_balance, metadata from suanpan.account a
   where number = any(accounts)
     and not exists (select from suanpan.account_change c where c.account = a.number);
  insert into suanpan.account_change
         (account, ticket, flags, credit_limit, maximum_balance, metadata)
  select account, ticket, flags, credit_limit, maximum_balance,
         convert_from(decode(hex, 'hex'), 'UTF8')
    from unnest(accounts, tickets, new_flags, credit_limits, maximum_balances, metadata_hex)
         as given(account, ticket, flags, credit_limit, maximum_balance, hex);
  update suanpan.account a
     set flags = c.flags, credit_limit = c.credit_limit, maximum_balance = c.maximum_balance,
         metadata = coalesce(c.metadata, a.metadata)
    from (select distinct on (account) account, flags, credit_limit, maximum_balance,
                 (select convert_from(decode(m.hex, 'hex'), 'UTF8')
                    from unnest(accounts, tickets, metadata_hex) as m(account, ticket, hex)
                   where m.account = given.account and m.hex is not null
                   order by m.ticket desc limit 1) as metadata
            from unnest(accounts, tickets, new_flags, credit_limits, maximum_balances)
                 as given(account, ticket, flags, credit_limit, maximum_balance)
           order by account, ticket desc) c
   where a.number = c.account;
$$;
comment on function
  suanpan.change_accounts(bigint[], bigint[], int[], bigint[], bigint[], text[]) is
  'Records new flags, limits and metadata of accounts, each with its ticket, and puts the newest '
  'in force.';

create or replace view audit.account_change as
select account, ticket, flags,
       to_timestamp(ticket / 1000000) + ticket % 1000000 * interval '1 microsecond' as changed_at,
       credit_limit, maximum_balance, metadata
  from suanpan.account_change;
comment on view audit.account_change is
  'How accounts that ever changed were opened, and when they were frozen, unfrozen, closed or got '
  'other limits or metadata.';
comment on column audit.account_change.metadata is
  'From then on: a JSON object, or empty; null = it stayed as it was.';
