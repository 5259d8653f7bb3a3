-- The registry: merchants, their terms, and cards on file. Not facts of the ledger: each order
-- stores the terms under which it was accepted (R7). Keys are in suanpan.api_key.
-- SECRET: merchant.webhook_secret, merchant.former_webhook_secret and card.token. They are needed
-- as they are, to sign and to charge; no view shows them and nothing may log them.

create table suanpan.merchant (
  id                    text primary key check (id ~ '^[A-Za-z0-9_-]{1,32}$'),
  name                  text not null check (octet_length(name) between 1 and 128),
  webhook_url           text not null default '' check (octet_length(webhook_url) <= 2048),
  webhook_secret        text not null default '' check (octet_length(webhook_secret) <= 128),
  former_webhook_secret text not null default '' check (octet_length(former_webhook_secret) <= 128),
  webhook_rotated_at    bigint not null default 0 check (webhook_rotated_at >= 0),
  webhook_disabled_at   bigint not null default 0 check (webhook_disabled_at >= 0),
  closed                boolean not null default false,
  created_at            bigint not null check (created_at > 0),
  constraint merchant_webhook_is_signed check (webhook_url = '' or webhook_secret <> '')
);
comment on table suanpan.merchant is 'Merchants.';
comment on column suanpan.merchant.id is 'Names it for ever; its accounts are merchant:ID.';
comment on column suanpan.merchant.name is 'For people.';
comment on column suanpan.merchant.webhook_url is 'Where its events are sent; empty = nowhere.';
comment on column suanpan.merchant.webhook_secret is 'SECRET. Signs what is sent.';
comment on column suanpan.merchant.former_webhook_secret is
  'SECRET. Signs, too, while the merchant changes over; empty = none.';
comment on column suanpan.merchant.webhook_rotated_at is
  'When the former secret became that, Unix microseconds; 0 = there is none.';
comment on column suanpan.merchant.webhook_disabled_at is
  'When the receiver said 410, Unix microseconds; 0 = it did not. Nothing is sent.';
comment on column suanpan.merchant.closed is 'No new orders, for ever.';
comment on column suanpan.merchant.created_at is 'Unix microseconds.';
create trigger identity_is_fixed before update on suanpan.merchant
  for each row when ((new.id, new.created_at) is distinct from (old.id, old.created_at)
                     or (old.closed and not new.closed))
  execute function suanpan.refuse_change('a merchant stays who it is, and a closed one closed');
create trigger immutable before delete or truncate on suanpan.merchant
  for each statement execute function suanpan.refuse_change();

create table suanpan.merchant_product (
  merchant            text not null references suanpan.merchant (id),
  product             smallint not null check (product between 1 and 8),
  fee_basis_points    integer not null check (fee_basis_points between 0 and 10000),
  returns_fee         boolean not null,
  books_before_answer boolean not null,
  primary key (merchant, product)
);
comment on table suanpan.merchant_product is
  'What each merchant may use, and its terms for orders to come.';
comment on column suanpan.merchant_product.merchant is 'The merchant.';
comment on column suanpan.merchant_product.product is 'As suanpan.payment.kind.';
comment on column suanpan.merchant_product.fee_basis_points is 'Fee, hundredths of a percent.';
comment on column suanpan.merchant_product.returns_fee is 'Refunds return their share of the fee.';
comment on column suanpan.merchant_product.books_before_answer is
  'Callers are answered after booking.';

create table suanpan.card (
  id         text primary key check (id ~ '^card_[0-9A-HJKMNP-TV-Z]{26}$'),
  merchant   text not null references suanpan.merchant (id),
  holder     text not null check (octet_length(holder) <= 64),
  channel    text not null check (channel ~ '^[a-z0-9_]{1,32}$'),
  token      text not null check (octet_length(token) between 1 and 256),
  last_four  text not null check (last_four ~ '^[0-9]{4}$'),
  mandate    boolean not null,
  active     boolean not null default true,
  bound_at   bigint not null check (bound_at > 0),
  unbound_at bigint not null default 0 check (unbound_at >= 0),
  constraint card_unbound_is_dated check (active = (unbound_at = 0))
);
create index card_by_merchant on suanpan.card (merchant, id);
comment on table suanpan.card is
  'Cards on file: the bank''s token and four digits. A card''s number is stored nowhere.';
comment on column suanpan.card.id is 'Names it for ever.';
comment on column suanpan.card.merchant is 'Merchant who may use it.';
comment on column suanpan.card.holder is 'Owner text of the payer; may be empty.';
comment on column suanpan.card.channel is 'Channel at which it is bound.';
comment on column suanpan.card.token is 'SECRET. The bank''s word for the card.';
comment on column suanpan.card.last_four is 'Last four digits.';
comment on column suanpan.card.mandate is 'Withholding may draw on it.';
comment on column suanpan.card.active is 'Not unbound.';
comment on column suanpan.card.bound_at is 'When, Unix microseconds.';
comment on column suanpan.card.unbound_at is 'When, Unix microseconds; 0 = it is not.';
create trigger identity_is_fixed before update on suanpan.card
  for each row when ((new.id, new.merchant, new.holder, new.channel, new.token, new.last_four,
                      new.bound_at)
       is distinct from (old.id, old.merchant, old.holder, old.channel, old.token, old.last_four,
                      old.bound_at) or not old.active)
  execute function suanpan.refuse_change('a card is only ever unbound');
create trigger immutable before delete or truncate on suanpan.card
  for each statement execute function suanpan.refuse_change();
