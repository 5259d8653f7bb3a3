-- Limits of accounts change like their flags: by rows in the ledger's order.

alter table suanpan.account_change
  add column credit_limit    bigint,
  add column maximum_balance bigint;

-- Limits could not change so far; and an account's history begins with how it was opened.
alter table suanpan.account_change disable trigger immutable;
update suanpan.account_change c
   set credit_limit = a.credit_limit, maximum_balance = a.maximum_balance
  from suanpan.account a where a.number = c.account;
insert into suanpan.account_change (account, ticket, flags, credit_limit, maximum_balance)
select number, opened, flags & 1, credit_limit, maximum_balance from suanpan.account
 where number in (select account from suanpan.account_change);
alter table suanpan.account_change enable trigger immutable;

alter table suanpan.account_change
  alter column credit_limit set not null,
  add constraint account_change_limits_valid
    check (credit_limit >= 0 and (credit_limit = 0 or flags & 1 <> 0) and maximum_balance >= 0);
comment on table suanpan.account_change is
  'Changes of accounts'' flags and limits, in the order in which they came; the first row of an '
  'account says how it was opened. suanpan.account has the newest. No row: never changed.';
comment on column suanpan.account_change.credit_limit is 'From then on; minor units.';
comment on column suanpan.account_change.maximum_balance is
  'From then on; minor units, null: no bound.';

drop function suanpan.change_accounts(bigint[], bigint[], int[]);
create function suanpan.change_accounts(accounts bigint[], tickets bigint[], new_flags int[],
                                        credit_limits bigint[], maximum_balances bigint[])
returns void language sql as $$
  insert into suanpan.account_change (account, ticket, flags, credit_limit, maximum_balance)
  select number, opened, flags, credit_limit, maximum_balance from suanpan.account a
   where number = any(accounts)
     and not exists (select from suanpan.account_change c where c.account = a.number);
  insert into suanpan.account_change (account, ticket, flags, credit_limit, maximum_balance)
  select * from unnest(accounts, tickets, new_flags, credit_limits, maximum_balances);
  update suanpan.account a
     set flags = c.flags, credit_limit = c.credit_limit, maximum_balance = c.maximum_balance
    from (select distinct on (account) account, flags, credit_limit, maximum_balance
            from unnest(accounts, tickets, new_flags, credit_limits, maximum_balances)
                 as given(account, ticket, flags, credit_limit, maximum_balance)
           order by account, ticket desc) c
   where a.number = c.account;
$$;
comment on function suanpan.change_accounts(bigint[], bigint[], int[], bigint[], bigint[]) is
  'Records new flags and limits of accounts, each with its ticket, and puts the newest in force.';

create or replace view audit.account_change as
select account, ticket, flags,
       to_timestamp(ticket / 1000000) + ticket % 1000000 * interval '1 microsecond' as changed_at,
       credit_limit, maximum_balance
  from suanpan.account_change;
comment on view audit.account_change is
  'How accounts that ever changed were opened, and when they were frozen, unfrozen, closed or got '
  'other limits.';
comment on column audit.account_change.credit_limit is 'From then on; minor units.';
comment on column audit.account_change.maximum_balance is
  'From then on; minor units, null: no bound.';
