-- Statements (R15): what an account's lines are, kept behind the rows and rebuilt at will. Rows
-- become *runs*: lines sorted by account and packed into blocks, so that keeping them costs one
-- small index entry for some hundred lines instead of two random ones a row. An answer joins the
-- runs with the rows above suanpan.statement_cover, in one snapshot. See storage/README.md.

alter table suanpan.shard add column taken_above bigint not null default 0 check (taken_above >= 0);
comment on column suanpan.shard.taken_above is
  'Newest ticket known when it was taken: rows of the shard up to it are of sessions that are '
  'gone, and settled; the taker''s tickets are above it. The settled watermark is the greater of '
  'this and of the session''s newest journal_commit.';

create table suanpan.statement_cover (
  shard  smallint primary key references suanpan.shard (shard),
  covers bigint not null default 0 check (covers >= 0)
) with (fillfactor = 50);
comment on table suanpan.statement_cover is
  'Up to which ticket the runs hold every line of a shard''s accounts. Moved in the transaction '
  'that appends the run, and only from where its builder began: two builders can''t both.';
comment on column suanpan.statement_cover.shard is 'Number of the shard.';
comment on column suanpan.statement_cover.covers is
  'Lines with tickets up to this are in runs, later ones are not; 0 = none are.';
insert into suanpan.statement_cover (shard) select shard from suanpan.shard;
create trigger immutable before truncate on suanpan.statement_cover
  for each statement execute function suanpan.refuse_change('snapshots would see it empty');

create table suanpan.statement_run (
  run      bigint generated always as identity primary key,
  level    smallint not null check (level between 0 and 100),
  above    bigint not null check (above >= 0),
  upto     bigint not null check (upto > above),
  entries  bigint not null check (entries > 0),
  built_at timestamptz not null default clock_timestamp()
);
comment on table suanpan.statement_run is
  'Sorted runs of lines. A line is in exactly one run; runs of one level are merged into one of '
  'the next.';
comment on column suanpan.statement_run.run is 'Names the run.';
comment on column suanpan.statement_run.level is 'How often its lines were merged.';
comment on column suanpan.statement_run.above is 'All its tickets are above this.';
comment on column suanpan.statement_run.upto is 'And none is above this.';
comment on column suanpan.statement_run.entries is 'Lines in it: two a transfer.';
comment on column suanpan.statement_run.built_at is 'When it was written.';
create trigger immutable before truncate on suanpan.statement_run
  for each statement execute function suanpan.refuse_change('snapshots would see it empty');

create table suanpan.statement_block (
  run           bigint not null,
  first_account bigint not null,
  first_ticket  bigint not null,
  first_idx     integer not null,
  data          bytea not null check (octet_length(data) <= 8000),
  primary key (run, first_account, first_ticket, first_idx)
);
-- In line and as it is: it is packed already, and a block fills a page.
alter table suanpan.statement_block alter column data set storage plain;
comment on table suanpan.statement_block is
  'A run''s lines by account, ticket and idx, some hundreds a block.';
comment on column suanpan.statement_block.run is 'The run.';
comment on column suanpan.statement_block.first_account is 'Account of the first line.';
comment on column suanpan.statement_block.first_ticket is 'Ticket of the first line.';
comment on column suanpan.statement_block.first_idx is 'Place of the first line in its ticket.';
comment on column suanpan.statement_block.data is
  'The lines, packed (storage/statement_blocks.hpp), behind the sums of what the first account '
  'has in earlier blocks of the run: so a balance needs one block a run.';
create trigger immutable before update or truncate on suanpan.statement_block
  for each statement execute function suanpan.refuse_change('runs are written once');

create function suanpan.forget_statements() returns void language plpgsql as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using errcode = 'invalid_transaction_state',
      message = 'suanpan.forget_statements() must see the newest runs: use READ COMMITTED';
  end if;
  -- Waits for builders that are about to commit; later ones find the covers gone and begin again.
  lock table suanpan.statement_run in exclusive mode;
  update suanpan.statement_cover set covers = 0 where covers <> 0;
  delete from suanpan.statement_block;
  delete from suanpan.statement_run;
end $$;
comment on function suanpan.forget_statements() is
  'Empties the statements; the nodes build them again from the rows. Answers stay exact '
  'meanwhile, and are slow until that is done.';
