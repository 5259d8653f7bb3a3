-- Reversals (kind 7): postings that move back what another one moved, at most all of it.

alter table suanpan.transfer
  drop constraint transfer_kind_known,
  drop constraint transfer_result_recorded,
  drop constraint transfer_related_valid,
  add constraint transfer_kind_known check (leg = 0 and (kind between 1 and 4 or kind = 7)),
  add constraint transfer_result_recorded check (
    result between 70 and 199
    or result = case kind when 2 then 3 when 4 then 4 else 1 end),
  add constraint transfer_related_valid check ((related is not null) = (kind in (3, 4, 7)));
comment on column suanpan.transfer.kind is
  '1 = post, 2 = hold, 3 = capture of a hold, 4 = void of a hold, 7 = reversal.';
comment on column suanpan.transfer.related is
  'Id of the hold that is captured or voided, or of the posting that is reversed.';

create function suanpan.check_reversals(originals uuid[]) returns void language plpgsql as $$
declare
  wrong uuid;
begin
  select o.id into wrong
    from unnest(originals) as o(id)
    left join suanpan.transfer t on t.id = o.id and t.result = 1 and t.kind <> 7
   where t.id is null
      or t.amount < (select sum(r.amount) from suanpan.transfer r
                      where r.related = t.id and r.kind = 7 and r.result = 1)
   limit 1;
  if found then
    raise exception 'a commit reverses more of % than is there', wrong;
  end if;
end $$;
comment on function suanpan.check_reversals(uuid[]) is
  'Fails where more than the whole of one of these postings is reversed, or it is not booked.';

create or replace view audit.transfer as
select t.id, t.ticket, t.idx, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code,
       case t.kind when 1 then 'post' when 3 then 'capture' when 7 then 'reversal' end as kind,
       t.reference, t.memo, t.accounting_date,
       to_timestamp(t.ticket / 1000000) + t.ticket % 1000000 * interval '1 microsecond'
         as booked_at,
       t.voucher, case t.kind when 3 then t.related end as hold,
       case t.kind when 7 then t.related end as reverses
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result = 1;
comment on column audit.transfer.kind is 'post, capture of a hold, or reversal.';
comment on column audit.transfer.reverses is 'Of a reversal: the posting that it reverses.';

create or replace view audit.refusal as
select t.id, t.ticket, t.idx, t.result, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code, t.reference, t.memo, t.accounting_date,
       t.voucher,
       case t.kind when 1 then 'post' when 2 then 'hold' when 3 then 'capture' when 4 then 'void'
                   when 7 then 'reversal' end as kind,
       case when t.kind in (3, 4) then t.related end as hold,
       case t.kind when 7 then t.related end as reverses
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result >= 70;
comment on column audit.refusal.kind is 'post, hold, capture, void or reversal.';
comment on column audit.refusal.reverses is 'The posting that it named.';
