-- Day close (R28). A row's date is a function of its ticket and of the ledger's one shift, so a
-- date is over for a shard once the settled watermark of the shard's owner has passed the begin of
-- the next date. A close stores what the date added to each subject; stored sums never change.

create table suanpan.accounting_calendar (
  only_row      boolean primary key default true check (only_row),
  shift_minutes integer not null check (shift_minutes between -2159 and 840),
  set_by        text not null,
  set_at        timestamptz not null default clock_timestamp()
);
comment on table suanpan.accounting_calendar is
  'When accounting days begin: one row, fixed for ever once a row of the ledger has a date.';
comment on column suanpan.accounting_calendar.only_row is
  'Always true; keeps the table to one row.';
comment on column suanpan.accounting_calendar.shift_minutes is
  'Added to UTC before the day is read off: ledger.utc_offset_minutes less ledger.cut_off_minutes.';
comment on column suanpan.accounting_calendar.set_by is 'Node that brought it; for people.';
comment on column suanpan.accounting_calendar.set_at is 'When, by the database''s clock.';
create function suanpan.keep_calendar() returns trigger language plpgsql as $$
begin
  if exists (select from suanpan.transfer) or exists (select from suanpan.accounting_day) then
    raise exception using errcode = 'restrict_violation',
      message = 'rows are dated by this calendar: it never changes';
  end if;
  return new;
end $$;
comment on function suanpan.keep_calendar() is
  'Trigger: the shift may be put right only until the first row of the ledger has a date.';
create trigger fixed_by_rows before update on suanpan.accounting_calendar
  for each row execute function suanpan.keep_calendar();
create trigger immutable before delete or truncate on suanpan.accounting_calendar
  for each statement execute function suanpan.refuse_change();

create function suanpan.day_begins_at(of_date date) returns bigint language sql stable as $$
  select (of_date - date '1970-01-01') * 86400000000 - shift_minutes * bigint '60000000'
    from suanpan.accounting_calendar
$$;
comment on function suanpan.day_begins_at(date) is
  'The lowest ticket of an accounting date: the ticket at which every shard flips to it.';

create view suanpan.shard_watermark as
select s.shard, s.node, s.session,
       coalesce((select max(c.ticket) from suanpan.journal_commit c where c.session = s.session), 0)
         as settled
  from suanpan.shard s;
comment on view suanpan.shard_watermark is
  'How far each shard is settled, by the watermarks of the session that took it last.';
comment on column suanpan.shard_watermark.shard is 'Number of the shard.';
comment on column suanpan.shard_watermark.node is 'Node that took it last.';
comment on column suanpan.shard_watermark.session is 'Session that took it last; 0 = never taken.';
comment on column suanpan.shard_watermark.settled is
  'All its rows up to this ticket are durable, and none will come. Whoever takes the shard later '
  'begins above it. 0 while its owner has stored none.';

-- One source of what a row moves, for day sums and the general ledger.
create view suanpan.movement as
select t.ticket, t.accounting_date, leg.account, t.currency, leg.debit, leg.credit
  from suanpan.transfer t
 cross join lateral (values (t.debit_account, t.amount, 0::bigint),
                            (t.credit_account, 0::bigint, t.amount)) as leg (account, debit, credit)
 where t.result = 1;
comment on view suanpan.movement is 'What booked rows move: two lines each, one for each account.';
comment on column suanpan.movement.ticket is 'Ticket of the row.';
comment on column suanpan.movement.accounting_date is 'Date of the row.';
comment on column suanpan.movement.account is 'The account that moves.';
comment on column suanpan.movement.currency is 'ISO 4217 numeric code.';
comment on column suanpan.movement.debit is 'Minor units debited; 0 on the credit''s line.';
comment on column suanpan.movement.credit is 'Minor units credited; 0 on the debit''s line.';

create table suanpan.accounting_day (
  date      date primary key,
  begins_at bigint not null,
  ends_at   bigint not null check (ends_at > begins_at),
  settled   bigint not null,
  transfers bigint not null check (transfers >= 0),
  closed_by text not null check (octet_length(closed_by) between 1 and 128),
  closed_at timestamptz not null default clock_timestamp(),
  constraint accounting_day_was_over check (settled >= ends_at)
);
comment on table suanpan.accounting_day is
  'Accounting days that are closed: no row of their date can come any more.';
comment on column suanpan.accounting_day.date is 'The date.';
comment on column suanpan.accounting_day.begins_at is
  'Its lowest ticket, at which every shard flipped to it.';
comment on column suanpan.accounting_day.ends_at is 'The lowest ticket of the next date.';
comment on column suanpan.accounting_day.settled is
  'The lowest settled watermark of any shard when the day was closed.';
comment on column suanpan.accounting_day.transfers is 'Booked rows of the date.';
comment on column suanpan.accounting_day.closed_by is 'Key of the operator who closed it.';
comment on column suanpan.accounting_day.closed_at is 'When, by the database''s clock.';
create function suanpan.check_day_close() returns trigger language plpgsql as $$
declare
  newest  date;
  lagging smallint;
begin
  select max(d.date) into newest from suanpan.accounting_day d;
  if new.date <> newest + 1 then
    raise exception using errcode = 'restrict_violation',
      message = format('days close in order: after %s comes %s, not %s',
                       newest, newest + 1, new.date);
  end if;
  if (new.begins_at, new.ends_at)
     is distinct from (suanpan.day_begins_at(new.date), suanpan.day_begins_at(new.date + 1)) then
    raise exception using errcode = 'restrict_violation',
      message = format('day %s does not begin and end where the calendar has it', new.date);
  end if;
  select w.shard into lagging from suanpan.shard_watermark w where w.settled < new.ends_at limit 1;
  if found then
    raise exception using errcode = 'restrict_violation',
      message = format('day %s is not over: shard %s is not settled beyond it', new.date, lagging);
  end if;
  return new;
end $$;
comment on function suanpan.check_day_close() is
  'Trigger: days close in order, by the calendar, once every shard is settled beyond them.';
create trigger only_when_over before insert on suanpan.accounting_day
  for each row execute function suanpan.check_day_close();
create trigger immutable before update or delete or truncate on suanpan.accounting_day
  for each statement execute function suanpan.refuse_change('a closed day stays as it was closed');

create table suanpan.accounting_day_sum (
  debits   numeric(39) not null check (debits >= 0),
  credits  numeric(39) not null check (credits >= 0),
  postings bigint not null check (postings > 0),
  date     date not null,
  currency smallint not null references suanpan.currency (code),
  subject  text not null check (octet_length(subject) between 1 and 16),
  constraint accounting_day_sum_key primary key (date, subject, currency),
  constraint accounting_day_sum_of_closed_day foreign key (date)
    references suanpan.accounting_day (date) deferrable initially deferred
);
comment on table suanpan.accounting_day_sum is
  'What a closed date added to each subject in each currency. Final.';
comment on column suanpan.accounting_day_sum.debits is 'Sum of the date''s debits, minor units.';
comment on column suanpan.accounting_day_sum.credits is 'Sum of the date''s credits, minor units.';
comment on column suanpan.accounting_day_sum.postings is
  'Debits and credits counted: a transfer within one subject counts twice.';
comment on column suanpan.accounting_day_sum.date is 'The date.';
comment on column suanpan.accounting_day_sum.currency is 'ISO 4217 numeric code.';
comment on column suanpan.accounting_day_sum.subject is 'Code in the chart of accounts.';
-- A close stores the sums first and the day last: sums that come after the day are refused.
create function suanpan.check_day_sums() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  select s.date into wrong from added s
    join suanpan.accounting_day d on d.date = s.date limit 1;
  if found then
    raise exception using errcode = 'restrict_violation',
      message = format('day %s is closed: its sums never change', wrong.date);
  end if;
  select s.date, s.currency into wrong from added s
   group by s.date, s.currency having sum(s.debits) <> sum(s.credits) limit 1;
  if found then
    raise exception using errcode = 'restrict_violation',
      message = format('day %s does not balance in currency %s', wrong.date, wrong.currency);
  end if;
  return null;
end $$;
comment on function suanpan.check_day_sums() is
  'Trigger: sums come with the close of their day, all at once, and balance in each currency.';
create trigger with_the_close after insert on suanpan.accounting_day_sum
  referencing new table as added for each statement execute function suanpan.check_day_sums();
create trigger immutable before update or delete or truncate on suanpan.accounting_day_sum
  for each statement execute function suanpan.refuse_change('a closed day stays as it was closed');

create view audit.accounting_day as
select d.date, d.begins_at, d.ends_at, d.settled, d.transfers, d.closed_by, d.closed_at
  from suanpan.accounting_day d;
comment on view audit.accounting_day is 'Closed accounting days, one row each, for ever.';
comment on column audit.accounting_day.date is 'The date.';
comment on column audit.accounting_day.begins_at is 'Its lowest ticket.';
comment on column audit.accounting_day.ends_at is 'The lowest ticket of the next date.';
comment on column audit.accounting_day.settled is
  'The lowest settled watermark of any shard at the close.';
comment on column audit.accounting_day.transfers is 'Booked transfers of the date.';
comment on column audit.accounting_day.closed_by is 'Key of the operator who closed it.';
comment on column audit.accounting_day.closed_at is 'When it was closed.';

create view audit.accounting_day_sum as
select s.date, s.subject, c.letters::text as currency, s.debits, s.credits, s.postings
  from suanpan.accounting_day_sum s join suanpan.currency c on c.code = s.currency;
comment on view audit.accounting_day_sum is
  'What each closed date added to each subject: its trial balance. Final.';
comment on column audit.accounting_day_sum.date is 'The date.';
comment on column audit.accounting_day_sum.subject is 'Code in the chart of accounts.';
comment on column audit.accounting_day_sum.currency is 'ISO 4217 letters.';
comment on column audit.accounting_day_sum.debits is 'Sum of debits, minor units.';
comment on column audit.accounting_day_sum.credits is 'Sum of credits, minor units.';
comment on column audit.accounting_day_sum.postings is 'Debits and credits counted.';
