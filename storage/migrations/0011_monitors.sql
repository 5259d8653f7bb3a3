-- Balance monitors: conditions on accounts' balances. Everything about them is appended, so that no
-- commit waits for a row that somebody else changes (R14).

create table suanpan.balance_monitor (
  id         bigint generated always as identity primary key,
  account    bigint not null references suanpan.account (number),
  bound      smallint not null check (bound in (1, 2)),
  amount     bigint not null,
  note       text not null default '' check (octet_length(note) <= 256),
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null default ''
);
create index balance_monitor_by_account on suanpan.balance_monitor (account);
comment on table suanpan.balance_monitor is
  'Conditions on balances. Judged by the checkpoints of the account, in their transaction.';
comment on column suanpan.balance_monitor.id is 'Number of the monitor.';
comment on column suanpan.balance_monitor.account is 'Account whose balance it watches.';
comment on column suanpan.balance_monitor.bound is
  '1: it holds while the balance, on its normal side, is below the amount; 2: above it.';
comment on column suanpan.balance_monitor.amount is 'Minor units; may be negative.';
comment on column suanpan.balance_monitor.note is 'For people; may be empty.';
comment on column suanpan.balance_monitor.created_at is 'When it was added.';
comment on column suanpan.balance_monitor.created_by is 'The key of whoever added it.';
create trigger immutable before update or delete or truncate on suanpan.balance_monitor
  for each statement execute function suanpan.refuse_change();

create table suanpan.balance_monitor_removal (
  monitor    bigint primary key references suanpan.balance_monitor (id),
  removed_at timestamptz not null default clock_timestamp(),
  removed_by text not null default ''
);
comment on table suanpan.balance_monitor_removal is 'Monitors that are judged no more.';
comment on column suanpan.balance_monitor_removal.monitor is 'The monitor.';
comment on column suanpan.balance_monitor_removal.removed_at is 'Since when.';
comment on column suanpan.balance_monitor_removal.removed_by is 'The key of whoever removed it.';
create trigger immutable before update or delete or truncate on suanpan.balance_monitor_removal
  for each statement execute function suanpan.refuse_change();

create table suanpan.balance_monitor_event (
  monitor     bigint not null references suanpan.balance_monitor (id),
  number      integer not null check (number > 0),
  met         boolean not null,
  ticket      bigint not null check (ticket >= 0),
  balance     numeric(39) not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (monitor, number)
);
comment on table suanpan.balance_monitor_event is
  'When the condition of a monitor began or ceased to hold. No event: it never held.';
comment on column suanpan.balance_monitor_event.monitor is 'The monitor.';
comment on column suanpan.balance_monitor_event.number is 'Counts its events, from 1.';
comment on column suanpan.balance_monitor_event.met is 'Whether the condition holds from then on.';
comment on column suanpan.balance_monitor_event.ticket is
  'The balance is that of the account after everything up to this ticket.';
comment on column suanpan.balance_monitor_event.balance is
  'Minor units, positive on the account''s normal side.';
comment on column suanpan.balance_monitor_event.recorded_at is 'When it was found.';
create trigger immutable before update or delete or truncate on suanpan.balance_monitor_event
  for each statement execute function suanpan.refuse_change();

create view suanpan.active_monitor as
select m.id, m.account, m.bound, m.amount, coalesce(last.number, 0) as events,
       coalesce(last.met, false) as met
  from suanpan.balance_monitor m
  left join lateral (select e.number, e.met from suanpan.balance_monitor_event e
                      where e.monitor = m.id order by e.number desc limit 1) last on true
 where not exists (select from suanpan.balance_monitor_removal r where r.monitor = m.id);
comment on view suanpan.active_monitor is 'Monitors that are judged, and whether each holds.';
comment on column suanpan.active_monitor.id is 'Number of the monitor.';
comment on column suanpan.active_monitor.account is 'Account whose balance it watches.';
comment on column suanpan.active_monitor.bound is '1: below the amount; 2: above it.';
comment on column suanpan.active_monitor.amount is 'Minor units.';
comment on column suanpan.active_monitor.events is 'How many events it has.';
comment on column suanpan.active_monitor.met is 'Whether its condition holds.';

create function suanpan.judge_monitors(accounts bigint[]) returns void language sql as $$
  insert into suanpan.balance_monitor_event (monitor, number, met, ticket, balance)
  select m.id, m.events + 1, j.met, b.covers, s.balance
    from suanpan.active_monitor m
    join suanpan.account a on a.number = m.account
    join suanpan.account_balance b on b.account = m.account
   cross join lateral (select case a.side when 1 then b.debits - b.credits
                                          else b.credits - b.debits end as balance) s
   cross join lateral (select case m.bound when 1 then s.balance < m.amount
                                           else s.balance > m.amount end as met) j
   where m.account = any(accounts) and j.met <> m.met
  on conflict do nothing;
$$;
comment on function suanpan.judge_monitors(bigint[]) is
  'Records which conditions on these accounts'' stored balances began or ceased to hold.';

create view audit.balance_monitor_event as
select e.monitor, e.number, m.account, case m.bound when 1 then 'below' else 'above' end as bound,
       m.amount, e.met, e.ticket, e.balance, e.recorded_at, m.note
  from suanpan.balance_monitor_event e join suanpan.balance_monitor m on m.id = e.monitor;
comment on view audit.balance_monitor_event is
  'When conditions on balances began and ceased to hold.';
comment on column audit.balance_monitor_event.monitor is 'The monitor.';
comment on column audit.balance_monitor_event.number is 'Counts its events, from 1.';
comment on column audit.balance_monitor_event.account is 'Account whose balance it watches.';
comment on column audit.balance_monitor_event.bound is 'below or above.';
comment on column audit.balance_monitor_event.amount is 'Minor units.';
comment on column audit.balance_monitor_event.met is 'Whether the condition holds from then on.';
comment on column audit.balance_monitor_event.ticket is
  'The balance is that of the account after everything up to this ticket.';
comment on column audit.balance_monitor_event.balance is
  'Minor units, positive on the account''s normal side.';
comment on column audit.balance_monitor_event.recorded_at is 'When it was found.';
comment on column audit.balance_monitor_event.note is 'For people; may be empty.';
