-- Views for checkers: read-only by what they join, additive changes only.

create schema audit;
comment on schema audit is 'What checkers may rely on. Columns are only ever added.';

create view audit.transfer as
select t.id, t.ticket, t.idx, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code,
       case t.kind when 1 then 'post' end as kind,
       t.reference, t.memo, t.accounting_date,
       to_timestamp(t.ticket / 1000000) + t.ticket % 1000000 * interval '1 microsecond' as booked_at
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result = 1;
comment on view audit.transfer is 'Booked transfers, one row each, for ever.';
comment on column audit.transfer.id is 'The caller''s key.';
comment on column audit.transfer.ticket is 'Place in the ledger''s order.';
comment on column audit.transfer.idx is 'Place within the ticket.';
comment on column audit.transfer.debit_account is 'Number of the account debited.';
comment on column audit.transfer.credit_account is 'Number of the account credited.';
comment on column audit.transfer.amount is 'Minor units, above zero.';
comment on column audit.transfer.currency is 'ISO 4217 letters.';
comment on column audit.transfer.event_code is 'The caller''s business event.';
comment on column audit.transfer.kind is 'post.';
comment on column audit.transfer.reference is 'The caller''s reference; may be empty.';
comment on column audit.transfer.memo is 'For people; may be empty.';
comment on column audit.transfer.accounting_date is 'Day of the books.';
comment on column audit.transfer.booked_at is 'The ticket as a time.';

create view audit.refusal as
select t.id, t.ticket, t.idx, t.result, t.debit_account, t.credit_account, t.amount,
       c.letters::text as currency, t.event_code, t.reference, t.memo, t.accounting_date
  from suanpan.transfer t left join suanpan.currency c on c.code = t.currency
 where t.result <> 1;
comment on view audit.refusal is 'Refusals recorded under their ids: they moved nothing.';
comment on column audit.refusal.id is 'The caller''s key: asked again, it gets the same refusal.';
comment on column audit.refusal.ticket is 'Place in the ledger''s order.';
comment on column audit.refusal.idx is 'Place within the ticket.';
comment on column audit.refusal.result is 'Number of the item result, as in the .proto.';
comment on column audit.refusal.debit_account is
  'Account that was to be debited; it may not exist.';
comment on column audit.refusal.credit_account is
  'Account that was to be credited; it may not exist.';
comment on column audit.refusal.amount is 'Minor units that did not move.';
comment on column audit.refusal.currency is 'ISO 4217 letters.';
comment on column audit.refusal.event_code is 'The caller''s business event.';
comment on column audit.refusal.reference is 'The caller''s reference; may be empty.';
comment on column audit.refusal.memo is 'For people; may be empty.';
comment on column audit.refusal.accounting_date is 'Day of the books on which it was refused.';

create view audit.account as
select a.number, a.owner, a.subject, c.letters::text as currency, a.label, a.shard,
       case a.side when 1 then 'debit' else 'credit' end as side, a.flags,
       a.opened, b.debits, b.credits,
       case a.side when 1 then b.debits - b.credits else b.credits - b.debits end as balance,
       b.covers
  from suanpan.account a
  join suanpan.account_balance b on b.account = a.number
  left join suanpan.currency c on c.code = a.currency;
comment on view audit.account is
  'Accounts with their totals as of the last checkpoint: add the transfers with ticket > covers.';
comment on column audit.account.number is 'Names the account for ever.';
comment on column audit.account.owner is 'merchant:M001, user:42, channel:icbc, internal.';
comment on column audit.account.subject is 'Code in the chart of accounts.';
comment on column audit.account.currency is 'ISO 4217 letters.';
comment on column audit.account.label is
  'Tells accounts apart that are alike otherwise; usually empty.';
comment on column audit.account.shard is 'Shard that the account lives on.';
comment on column audit.account.side is
  'Side on which the balance normally stands: debit or credit.';
comment on column audit.account.flags is
  'Bits: 1 no_overdraft, 2 frozen_debit, 4 frozen_credit, 8 closed.';
comment on column audit.account.opened is 'Ticket of the opening.';
comment on column audit.account.debits is 'Sum of debits, minor units, as of covers.';
comment on column audit.account.credits is 'Sum of credits, minor units, as of covers.';
comment on column audit.account.balance is
  'Positive on the normal side; minor units, as of covers.';
comment on column audit.account.covers is 'Ticket up to which the totals hold all transfers.';
