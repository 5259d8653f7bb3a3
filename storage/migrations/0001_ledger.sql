-- The ledger's tables. Whatever SQL can state of the rules is stated here a second time: the rules
-- in C++ decide, a constraint here would only ever fire on a defect (R12 tells what happens then).
-- Time is Unix microseconds where it is a ticket, timestamptz where it is only for people.

create schema suanpan;
comment on schema suanpan is 'Suanpan, the payment ledger: its facts. Written by nodes only.';

create function suanpan.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception using errcode = 'restrict_violation',
    message = format('%s of %I.%I is refused: %s', tg_op, tg_table_schema, tg_table_name,
                     coalesce(tg_argv[0], 'its rows never change'));
end $$;
comment on function suanpan.refuse_change() is
  'Trigger that refuses the statement; its argument says why.';

create table suanpan.schema_migration (
  number     integer primary key,
  name       text not null,
  sha256     char(64) not null,
  applied_at timestamptz not null default clock_timestamp()
);
comment on table suanpan.schema_migration is
  'Migrations applied, with the checksums of their files.';
comment on column suanpan.schema_migration.number is 'Number of the file.';
comment on column suanpan.schema_migration.name is 'Name of the file, without .sql.';
comment on column suanpan.schema_migration.sha256 is 'Hash of the file''s bytes, hex.';
comment on column suanpan.schema_migration.applied_at is 'When.';
create trigger immutable before update or delete or truncate on suanpan.schema_migration
  for each statement execute function suanpan.refuse_change();

-- What was fixed once ---------------------------------------------------------------------------

create table suanpan.settings (
  only_row   boolean primary key default true check (only_row),
  shards     integer not null check (shards between 1 and 1024 and shards & (shards - 1) = 0),
  created_at timestamptz not null default clock_timestamp()
);
comment on table suanpan.settings is 'What is fixed for ever at the first migration: one row.';
comment on column suanpan.settings.only_row is 'Always true; keeps the table to one row.';
comment on column suanpan.settings.shards is 'Number of shards, a power of two up to 1024.';
comment on column suanpan.settings.created_at is 'When this ledger was made.';
create trigger immutable before update or delete or truncate on suanpan.settings
  for each statement execute function suanpan.refuse_change('settings are fixed for ever');

create table suanpan.currency (
  code     smallint primary key check (code between 1 and 999),
  letters  char(3) not null unique check (letters ~ '^[A-Z]{3}$'),
  exponent smallint not null check (exponent between 0 and 4)
);
comment on table suanpan.currency is 'ISO 4217, as the binary that migrated last knew it.';
comment on column suanpan.currency.code is 'ISO 4217 numeric code.';
comment on column suanpan.currency.letters is 'ISO 4217 letters.';
comment on column suanpan.currency.exponent is 'Decimal digits of the minor unit.';

-- Ownership (R16) -------------------------------------------------------------------------------

-- Its own table beside shard_position: every commit reads it, so nothing but a take-over may write
-- it, or beside a long snapshot each commit would have to step over dead versions (R14).
create table suanpan.shard (
  shard    smallint primary key check (shard between 0 and 1023),
  epoch    bigint not null default 0 check (epoch >= 0),
  session  bigint not null default 0,
  node     text not null default '',
  taken_at timestamptz
);
comment on table suanpan.shard is
  'Who owns a shard: whoever holds its advisory lock and took it last.';
comment on column suanpan.shard.shard is 'Number of the shard, from 0.';
comment on column suanpan.shard.epoch is 'Grows by one with each take-over; commits name it.';
comment on column suanpan.shard.session is
  'Random id of the database session that took it; 0 = never taken.';
comment on column suanpan.shard.node is 'Name of the node that took it; for people.';
comment on column suanpan.shard.taken_at is 'When it was taken, by the database''s clock.';
create trigger epoch_grows before update on suanpan.shard
  for each row when (new.shard <> old.shard or new.epoch <= old.epoch)
  execute function suanpan.refuse_change('an epoch only grows');
create trigger immutable before delete or truncate on suanpan.shard
  for each statement execute function suanpan.refuse_change();

create table suanpan.shard_position (
  shard    smallint primary key references suanpan.shard (shard),
  position bigint not null default 0 check (position >= 0)
) with (fillfactor = 50);
comment on table suanpan.shard_position is 'Where the recovery of a shard begins (R13).';
comment on column suanpan.shard_position.shard is 'Number of the shard.';
comment on column suanpan.shard_position.position is
  'Every balance of the shard covers its legs up to this ticket: recovery reads rows above it.';
create trigger position_grows before update on suanpan.shard_position
  for each row when (new.shard <> old.shard or new.position <= old.position)
  execute function suanpan.refuse_change('a position only grows');
create trigger immutable before delete or truncate on suanpan.shard_position
  for each statement execute function suanpan.refuse_change();

create function suanpan.assert_epochs(shards smallint[], epochs bigint[], by_session bigint)
returns void language plpgsql stable as $$
declare
  lost smallint;
begin
  select c.shard into lost
    from unnest(shards, epochs) as c (shard, epoch)
   where not exists (select from suanpan.shard s
                      where s.shard = c.shard and s.epoch = c.epoch and s.session = by_session)
   limit 1;
  if found then
    raise exception using errcode = 'SP001',
      message = format('shard %s is no longer owned by session %s at that epoch', lost, by_session);
  end if;
end $$;
comment on function suanpan.assert_epochs(smallint[], bigint[], bigint) is
  'Raises SP001 unless this session owns all these shards at these epochs. Every commit calls it.';

create table suanpan.node (
  name        text primary key check (octet_length(name) between 1 and 40),
  incarnation bigint not null,
  grpc        text not null,
  http        text not null,
  journal_pid integer not null default 0,
  renewed_at  timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table suanpan.node is 'Nodes that live, or did until lately (R17).';
comment on column suanpan.node.name is 'Name from the configuration.';
comment on column suanpan.node.incarnation is
  'Random per process: a restarted node is another one.';
comment on column suanpan.node.grpc is 'Address of its endpoint.';
comment on column suanpan.node.http is 'Address of its metrics and health.';
comment on column suanpan.node.journal_pid is 'Backend of its owning session; 0 = none.';
comment on column suanpan.node.renewed_at is 'Last sign of life, by the database''s clock.';

-- Accounts --------------------------------------------------------------------------------------

create table suanpan.account (
  number   bigint primary key,
  opened   bigint not null check (opened > 0),
  flags    integer not null default 0 check (flags between 0 and 15),
  shard    smallint not null references suanpan.shard (shard),
  currency smallint not null references suanpan.currency (code),
  side     smallint not null check (side in (1, 2)),
  owner    text not null check (octet_length(owner) between 1 and 64),
  subject  text not null check (octet_length(subject) between 1 and 16),
  label    text not null default '' check (octet_length(label) <= 64),
  constraint account_number_carries_shard check (number & 1023 = shard and number > 1023),
  constraint account_key unique (owner, subject, currency, label, shard)
);
create index account_by_shard on suanpan.account (shard, number);
comment on table suanpan.account is 'Accounts. Only flags ever change.';
comment on column suanpan.account.number is 'Sequence in the shard times 1024, plus the shard.';
comment on column suanpan.account.opened is 'Ticket of the opening.';
comment on column suanpan.account.flags is
  'Bits: 1 no_overdraft, 2 frozen_debit, 4 frozen_credit, 8 closed.';
comment on column suanpan.account.shard is
  'Follows from the owner, but for internal and channel owners, which exist once per shard.';
comment on column suanpan.account.currency is 'ISO 4217 numeric code.';
comment on column suanpan.account.side is
  'Side on which the balance normally stands: 1 debit, 2 credit.';
comment on column suanpan.account.owner is 'merchant:M001, user:42, channel:icbc, internal.';
comment on column suanpan.account.subject is 'Code in the chart of accounts.';
comment on column suanpan.account.label is
  'Tells accounts apart that are alike otherwise; usually empty.';
create trigger identity_is_fixed before update on suanpan.account
  for each row when ((new.number, new.opened, new.shard, new.currency, new.side, new.owner,
                      new.subject, new.label)
       is distinct from (old.number, old.opened, old.shard, old.currency, old.side, old.owner,
                      old.subject, old.label))
  execute function suanpan.refuse_change('an account''s identity never changes');
create trigger closed_is_for_ever before update on suanpan.account
  for each row when (old.flags & 8 <> 0 and new.flags & 8 = 0)
  execute function suanpan.refuse_change('a closed account stays closed');
create trigger immutable before delete or truncate on suanpan.account
  for each statement execute function suanpan.refuse_change();

-- Apart from the account, half empty: a checkpoint updates rows in place (HOT), touching no index.
create table suanpan.account_balance (
  account bigint primary key references suanpan.account (number),
  covers  bigint not null default 0 check (covers >= 0),
  debits  numeric(39) not null default 0 check (debits >= 0),
  credits numeric(39) not null default 0 check (credits >= 0)
) with (fillfactor = 50);
comment on table suanpan.account_balance is
  'Running totals of an account as of the last checkpoint: exactly its legs up to covers (R13).';
comment on column suanpan.account_balance.account is 'Number of the account.';
comment on column suanpan.account_balance.covers is 'Ticket up to which the totals hold all legs.';
comment on column suanpan.account_balance.debits is 'Sum of all debits, minor units.';
comment on column suanpan.account_balance.credits is 'Sum of all credits, minor units.';
create trigger covers_grows before update on suanpan.account_balance
  for each row when (new.account <> old.account or new.covers <= old.covers
                     or new.debits < old.debits or new.credits < old.credits)
  execute function suanpan.refuse_change('a checkpoint only goes forward');
create trigger immutable before delete or truncate on suanpan.account_balance
  for each statement execute function suanpan.refuse_change();

create function suanpan.open_balances() returns trigger language plpgsql as $$
begin
  insert into suanpan.account_balance (account) select number from opened;
  return null;
end $$;
comment on function suanpan.open_balances() is 'Gives each new account its balance row, at zero.';
create trigger open_balances after insert on suanpan.account
  referencing new table as opened for each statement execute function suanpan.open_balances();

-- Transfers -------------------------------------------------------------------------------------

-- Booked transfers and recorded refusals together, so that one unique key answers for an id (R5,
-- R6). Columns stand in order of alignment; empty text costs a byte where null would cost eight.
create table suanpan.transfer (
  ticket          bigint not null,
  debit_account   bigint not null,
  credit_account  bigint not null,
  amount          bigint not null,
  idx             integer not null,
  event_code      integer not null,
  accounting_date date not null,
  leg             smallint not null,
  kind            smallint not null,
  result          smallint not null,
  currency        smallint not null,
  id              uuid not null,
  reference       text not null,
  memo            text not null,
  constraint transfer_amount_positive check (amount > 0),
  constraint transfer_accounts_valid check (debit_account > 0 and credit_account > 0
                                            and debit_account <> credit_account),
  constraint transfer_kind_known check (leg = 0 and kind = 1),
  constraint transfer_result_recorded check (result = 1 or result between 80 and 199),
  constraint transfer_order_valid check (ticket > 0 and idx >= 0),
  constraint transfer_numbers_in_range check (event_code between 0 and 65535
                                              and currency between 1 and 999),
  constraint transfer_texts_short check (octet_length(reference) <= 128
                                         and octet_length(memo) <= 256),
  constraint transfer_key primary key (id, leg)
) partition by range (id);
create index transfer_by_ticket on suanpan.transfer
  using brin (ticket) with (pages_per_range = 32, autosummarize = on);
comment on table suanpan.transfer is
  'Every transfer that was booked (result 1) or refused and recorded (result 80 to 199), for ever. '
  'One partition for each UTC day of the id''s time.';
comment on column suanpan.transfer.ticket is
  'Place in the ledger''s order, and its time: Unix microseconds.';
comment on column suanpan.transfer.debit_account is 'Account debited.';
comment on column suanpan.transfer.credit_account is 'Account credited.';
comment on column suanpan.transfer.amount is 'Minor units.';
comment on column suanpan.transfer.idx is 'Place within the ticket.';
comment on column suanpan.transfer.event_code is 'The caller''s business event.';
comment on column suanpan.transfer.accounting_date is 'Day of the books, given by the ledger.';
comment on column suanpan.transfer.leg is
  'Always 0 so far; leg 0 holds the caller''s whole request.';
comment on column suanpan.transfer.kind is '1 = post.';
comment on column suanpan.transfer.result is '1 = booked; else the refusal that is replayed (R5).';
comment on column suanpan.transfer.currency is 'ISO 4217 numeric code.';
comment on column suanpan.transfer.id is
  'The caller''s key; its first 48 bits are Unix milliseconds.';
comment on column suanpan.transfer.reference is
  'The caller''s order number or the like; may be empty.';
comment on column suanpan.transfer.memo is 'For people; may be empty.';
create trigger immutable before update or delete or truncate on suanpan.transfer
  for each statement execute function suanpan.refuse_change();

-- Appended by each commit, so that watermarks need no row that every commit updates (R14).
create table suanpan.journal_commit (
  session bigint not null,
  ticket  bigint not null check (ticket >= 0),
  newest  bigint not null check (newest >= 0),
  at      timestamptz not null default clock_timestamp()
);
create index journal_commit_by_session on suanpan.journal_commit (session, ticket);
create index journal_commit_by_newest on suanpan.journal_commit (newest);
comment on table suanpan.journal_commit is 'One row a commit of a journal. Old rows are pruned.';
comment on column suanpan.journal_commit.session is 'Random id of the journal''s session.';
comment on column suanpan.journal_commit.ticket is
  'Settled watermark: of this session''s batches, all up to this ticket are decided and durable.';
comment on column suanpan.journal_commit.newest is
  'Newest ticket among the rows of all its commits.';
comment on column suanpan.journal_commit.at is 'Time of the commit''s last statement.';

-- Keys ------------------------------------------------------------------------------------------

create table suanpan.api_key (
  key_id   text primary key check (key_id ~ '^k_[0-9a-f]{16}$'),
  role     smallint not null check (role in (1, 2, 3)),
  merchant text not null default '' check (octet_length(merchant) <= 64),
  note     text not null default '' check (octet_length(note) <= 256),
  sha256   char(64) not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
  created  timestamptz not null default clock_timestamp(),
  revoked  timestamptz,
  constraint api_key_merchant_has_name check ((role = 3) = (merchant <> ''))
);
comment on table suanpan.api_key is 'Callers'' keys. The key itself is stored nowhere.';
comment on column suanpan.api_key.key_id is 'Public part; safe to show and to log.';
comment on column suanpan.api_key.role is '1 operator, 2 auditor, 3 merchant.';
comment on column suanpan.api_key.merchant is
  'Merchant that the key acts for; empty for other roles.';
comment on column suanpan.api_key.note is 'What the key is for.';
comment on column suanpan.api_key.sha256 is 'Hash of the whole key, hex.';
comment on column suanpan.api_key.created is 'When it was made.';
comment on column suanpan.api_key.revoked is 'When it was revoked; null = valid.';
create trigger identity_is_fixed before update on suanpan.api_key
  for each row when ((new.key_id, new.role, new.merchant, new.sha256, new.created)
       is distinct from (old.key_id, old.role, old.merchant, old.sha256, old.created)
       or old.revoked is not null)
  execute function suanpan.refuse_change('a key is only ever revoked');
create trigger immutable before delete or truncate on suanpan.api_key
  for each statement execute function suanpan.refuse_change();
