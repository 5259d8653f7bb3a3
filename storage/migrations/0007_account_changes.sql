-- Accounts are frozen, unfrozen and closed by rows like everything else, in the ledger's order.

create table suanpan.account_change (
  account bigint not null references suanpan.account (number),
  ticket  bigint not null check (ticket > 0),
  flags   int    not null check (flags between 0 and 15),
  primary key (account, ticket)
);
comment on table suanpan.account_change is
  'Changes of accounts'' flags, in the order in which they came. suanpan.account has the newest.';
comment on column suanpan.account_change.account is 'Number of the account.';
comment on column suanpan.account_change.ticket is
  'Place in the ledger''s order: after every transfer of that ticket.';
comment on column suanpan.account_change.flags is
  'The flags from then on: 1 no_overdraft, 2 frozen_debit, 4 frozen_credit, 8 closed.';
create trigger immutable before update or delete or truncate on suanpan.account_change
  for each statement execute function suanpan.refuse_change();

create function suanpan.change_accounts(accounts bigint[], tickets bigint[], new_flags int[])
returns void language sql as $$
  insert into suanpan.account_change (account, ticket, flags)
  select * from unnest(accounts, tickets, new_flags);
  update suanpan.account a set flags = c.flags
    from (select distinct on (account) account, flags
            from unnest(accounts, tickets, new_flags) as given(account, ticket, flags)
           order by account, ticket desc) c
   where a.number = c.account;
$$;
comment on function suanpan.change_accounts(bigint[], bigint[], int[]) is
  'Records new flags of accounts, each with its ticket, and puts the newest in force.';

create view audit.account_change as
select account, ticket, flags,
       to_timestamp(ticket / 1000000) + ticket % 1000000 * interval '1 microsecond' as changed_at
  from suanpan.account_change;
comment on view audit.account_change is 'When accounts were frozen, unfrozen and closed.';
comment on column audit.account_change.account is 'Number of the account.';
comment on column audit.account_change.ticket is
  'Place in the ledger''s order: after every transfer of that ticket.';
comment on column audit.account_change.flags is
  'The flags from then on: 1 no_overdraft, 2 frozen_debit, 4 frozen_credit, 8 closed.';
comment on column audit.account_change.changed_at is 'The ticket as a time.';
