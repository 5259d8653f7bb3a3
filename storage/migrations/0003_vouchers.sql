-- Vouchers: several transfers, all or nothing (R2). What stands alone has no voucher; days that
-- were detached keep up, so that whoever reads all rows finds the same columns everywhere.

alter table suanpan.transfer
  add column linked  boolean not null default false,
  add column voucher uuid,
  add constraint transfer_voucher_valid check (not linked or voucher is not null);
comment on column suanpan.transfer.linked is
  'The caller linked it to the next item: one voucher with that.';
comment on column suanpan.transfer.voucher is
  'Id of its voucher''s first item; null = stands alone. Its rows have one ticket, and indexes '
  'that follow each other.';

do $$
declare
  detached text;
begin
  for detached in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'suanpan' and c.relkind = 'r' and c.relname ~ '^transfer_[0-9]{8}$'
       and not exists (select 1 from pg_inherits i where i.inhrelid = c.oid)
  loop
    execute format('alter table suanpan.%I add column linked boolean not null default false, '
                   'add column voucher uuid', detached);
  end loop;
end $$;

create or replace view audit.transfer as
select t.id, t.ticket, t.idx, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code,
       case t.kind when 1 then 'post' end as kind,
       t.reference, t.memo, t.accounting_date,
       to_timestamp(t.ticket / 1000000) + t.ticket % 1000000 * interval '1 microsecond'
         as booked_at,
       t.voucher
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result = 1;
comment on column audit.transfer.voucher is
  'Id of its voucher''s first transfer; null = stands alone.';

create or replace view audit.refusal as
select t.id, t.ticket, t.idx, t.result, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code, t.reference, t.memo, t.accounting_date,
       t.voucher
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result <> 1;
comment on column audit.refusal.voucher is
  'Id of its voucher''s first item; null = it was to stand alone.';
