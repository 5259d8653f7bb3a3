// Merchants and cards: few writes, each a transaction that first locks the merchant's row, so that
// two wishes about one merchant never pass each other.
#include "storage/registry.hpp"

#include "storage/array_text.hpp"
#include "storage/key_rows.hpp"
#include "storage/pqxx_session.hpp"
#include "storage/row_text.hpp"

#include <algorithm>

namespace suanpan::storage {
namespace {

// 0 stands for now, by the database's clock.
constexpr const char* now_micros = "(extract(epoch FROM clock_timestamp())*1000000)::int8";

constexpr const char* merchant_query =
    "SELECT id,name,webhook_url,webhook_secret,former_webhook_secret,closed,created_at,"
    "webhook_rotated_at,webhook_disabled_at FROM suanpan.merchant";
constexpr const char* product_query =
    "SELECT merchant,product,fee_basis_points,returns_fee,books_before_answer "
    "FROM suanpan.merchant_product";
constexpr const char* card_query =
    "SELECT id,merchant,holder,channel,token,last_four,mandate,active,bound_at FROM suanpan.card ";

bool truth_in(const pqxx::row& row, int column) {
  return text_in(row, column) == "t";
}
std::string flag_text(bool value) {
  return value ? "t" : "f";
}
std::string kind_text(payment_kind kind) {
  return std::to_string(static_cast<int>(kind));
}

merchant read_merchant(const pqxx::row& row) {
  merchant found;
  found.id = {text_in(row, 0)};
  found.name = text_in(row, 1);
  found.webhook_url = text_in(row, 2);
  found.webhook_secret = text_in(row, 3);
  found.former_webhook_secret = text_in(row, 4);
  found.closed = truth_in(row, 5);
  found.created_micros = number_in(row, 6);
  found.webhook_rotated_micros = number_in(row, 7);
  found.webhook_disabled_micros = number_in(row, 8);
  return found;
}

// By id, with their products. `id` empty: all.
std::vector<merchant> read_merchants(pqxx::transaction_base& in, const std::string& id) {
  std::vector<merchant> found;
  for (const auto& row : execute(
           in, std::string{merchant_query} + " WHERE $1='' OR id=$1 ORDER BY id COLLATE \"C\"", id))
    found.push_back(read_merchant(row));
  for (const auto& row : execute(
           in, std::string{product_query} + " WHERE $1='' OR merchant=$1 ORDER BY product", id)) {
    const merchant_id of{text_in(row, 0)};
    const auto at = std::ranges::lower_bound(found, of, {}, &merchant::id);
    if (at == found.end() || at->id != of) continue;
    at->products.push_back({static_cast<payment_kind>(number_in<std::int16_t>(row, 1)),
                            number_in<std::int32_t>(row, 2), truth_in(row, 3), truth_in(row, 4)});
  }
  return found;
}

std::vector<bound_card> read_cards(const pqxx::result& rows) {
  std::vector<bound_card> cards;
  for (const auto& row : rows)
    cards.push_back({{text_in(row, 0)},
                     {text_in(row, 1)},
                     text_in(row, 2),
                     {text_in(row, 3)},
                     text_in(row, 4),
                     text_in(row, 5),
                     truth_in(row, 6),
                     truth_in(row, 7),
                     number_in(row, 8)});
  return cards;
}

// Until the end of the transaction nobody else changes what belongs to the merchant.
bool lock_open(pqxx::transaction_base& in, const merchant_id& id) {
  const auto rows =
      execute(in, "SELECT closed FROM suanpan.merchant WHERE id=$1 FOR UPDATE", id.value);
  return !rows.empty() && !truth_in(rows[0], 0);
}

void put_product(pqxx::transaction_base& in, const merchant_id& id, const product_terms& terms) {
  execute(in,
          "INSERT INTO suanpan.merchant_product"
          "(merchant,product,fee_basis_points,returns_fee,books_before_answer) "
          "VALUES ($1,$2::int2,$3::int4,$4::bool,$5::bool) ON CONFLICT (merchant,product) "
          "DO UPDATE SET fee_basis_points=excluded.fee_basis_points,"
          "returns_fee=excluded.returns_fee,books_before_answer=excluded.books_before_answer",
          id.value, kind_text(terms.product), std::to_string(terms.fee_basis_points),
          flag_text(terms.returns_fee), flag_text(terms.books_before_answer));
}

registered whether(bool happened, registered otherwise) {
  return happened ? registered::recorded : otherwise;
}

}  // namespace

struct registry::impl {
  reader_options options;
  kept_session session;

  template <class Body>
  auto in_transaction(Body body) -> outcome<decltype(body(std::declval<pqxx::work&>()))> {
    return on_session(session,
                      {options.dsn, "suanpan:" + options.node_name + ":" + options.purpose,
                       options.statement_timeout_ms, options.seen},
                      [&](pqxx::connection& connection) {
                        pqxx::work in{connection};
                        auto result = body(in);
                        in.commit();
                        return result;
                      });
  }
};

registry::registry(reader_options options) : impl_(std::make_unique<impl>()) {
  impl_->options = std::move(options);
}
registry::~registry() = default;
registry::registry(registry&&) noexcept = default;
registry& registry::operator=(registry&&) noexcept = default;

outcome<registered> registry::add_merchant(const merchant& row) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto added = execute(in,
                               "INSERT INTO suanpan.merchant(id,name,webhook_url,webhook_secret,"
                               "former_webhook_secret,closed,created_at) VALUES ($1,$2,$3,$4,$5,"
                               "$6::bool,coalesce(nullif($7::int8,0)," +
                                   std::string{now_micros} + ")) ON CONFLICT (id) DO NOTHING",
                               row.id.value, row.name, row.webhook_url, row.webhook_secret,
                               row.former_webhook_secret, flag_text(row.closed),
                               std::to_string(row.created_micros))
                           .affected_rows();
    if (added == 0) return registered::exists;
    for (const auto& terms : row.products) put_product(in, row.id, terms);
    return registered::recorded;
  });
}

outcome<registered> registry::set_product(const merchant_id& id, const product_terms& terms) {
  return impl_->in_transaction([&](pqxx::work& in) {
    if (!lock_open(in, id)) return registered::not_found;
    put_product(in, id, terms);
    return registered::recorded;
  });
}

outcome<registered> registry::remove_product(const merchant_id& id, payment_kind product) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto removed =
        execute(in, "DELETE FROM suanpan.merchant_product WHERE merchant=$1 AND product=$2::int2",
                id.value, kind_text(product));
    return whether(removed.affected_rows() == 1, registered::not_found);
  });
}

outcome<registered> registry::set_webhook(const merchant_id& id, const webhook_address& to) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto changed =
        execute(in,
                "UPDATE suanpan.merchant SET webhook_url=$2,webhook_secret=$3,"
                "former_webhook_secret=$4,webhook_rotated_at=$5::int8,webhook_disabled_at=$6::int8 "
                "WHERE id=$1 AND NOT closed",
                id.value, to.url, to.secret, to.former_secret, std::to_string(to.rotated_micros),
                std::to_string(to.disabled_micros));
    return whether(changed.affected_rows() == 1, registered::not_found);
  });
}

outcome<registered> registry::close_merchant(const merchant_id& id) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto closed =
        execute(in, "UPDATE suanpan.merchant SET closed=true WHERE id=$1 AND NOT closed", id.value);
    return whether(closed.affected_rows() == 1, registered::not_found);
  });
}

outcome<std::optional<merchant>> registry::find_merchant(const merchant_id& id) {
  return impl_->in_transaction([&](pqxx::work& in) {
    std::optional<merchant> found;
    if (id.value.empty()) return found;
    auto rows = read_merchants(in, id.value);
    if (!rows.empty()) found = std::move(rows.front());
    return found;
  });
}

outcome<std::vector<merchant>> registry::list_merchants() {
  return impl_->in_transaction([&](pqxx::work& in) { return read_merchants(in, {}); });
}

outcome<registered> registry::add_merchant_key(const api_key_row& row) {
  return impl_->in_transaction([&](pqxx::work& in) {
    if (row.as != role::merchant || !lock_open(in, {row.merchant})) return registered::not_found;
    const auto valid = execute(in,
                               "SELECT count(*) FROM suanpan.api_key WHERE merchant=$1 "
                               "AND revoked IS NULL",
                               row.merchant);
    if (number_in(valid[0], 0) >= merchant_keys_max) return registered::too_many_keys;
    insert_key_row(in, row);
    return registered::recorded;
  });
}

outcome<std::vector<api_key_row>> registry::list_merchant_keys(const merchant_id& id) {
  return impl_->in_transaction([&](pqxx::work& in) {
    return read_keys(execute(in,
                             std::string{"SELECT "} + key_select +
                                 " FROM suanpan.api_key WHERE merchant=$1 ORDER BY created,key_id",
                             id.value));
  });
}

outcome<registered> registry::revoke_merchant_key(const merchant_id& id,
                                                  const std::string& key_id) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto revoked = execute(in,
                                 "UPDATE suanpan.api_key SET revoked=clock_timestamp() "
                                 "WHERE key_id=$1 AND merchant=$2 AND role=3 AND revoked IS NULL",
                                 key_id, id.value);
    return whether(revoked.affected_rows() == 1, registered::not_found);
  });
}

outcome<registered> registry::add_card(const bound_card& row) {
  return impl_->in_transaction([&](pqxx::work& in) {
    if (!lock_open(in, row.owner)) return registered::not_found;
    const auto added =
        execute(in,
                "INSERT INTO suanpan.card(id,merchant,holder,channel,token,"
                "last_four,mandate,bound_at) VALUES ($1,$2,$3,$4,$5,$6,$7::bool,"
                "coalesce(nullif($8::int8,0)," +
                    std::string{now_micros} + ")) ON CONFLICT (id) DO NOTHING",
                row.id.value, row.owner.value, row.holder, row.channel.value, row.token,
                row.last_four, flag_text(row.mandate), std::to_string(row.bound_micros));
    return whether(added.affected_rows() == 1, registered::exists);
  });
}

outcome<registered> registry::unbind_card(const merchant_id& owner, const card_id& card) {
  return impl_->in_transaction([&](pqxx::work& in) {
    const auto unbound =
        execute(in,
                "UPDATE suanpan.card SET active=false,unbound_at=" + std::string{now_micros} +
                    " WHERE id=$1 AND merchant=$2 AND active",
                card.value, owner.value);
    return whether(unbound.affected_rows() == 1, registered::not_found);
  });
}

outcome<std::vector<bound_card>> registry::find_cards(const std::vector<card_id>& cards) {
  return impl_->in_transaction([&](pqxx::work& in) {
    return read_cards(
        execute(in, std::string{card_query} + "WHERE id=any($1::text[]) ORDER BY id",
                array_of(cards, [](const card_id& card) { return quoted_element(card.value); })));
  });
}

outcome<std::vector<bound_card>> registry::list_cards(const merchant_id& owner) {
  return impl_->in_transaction([&](pqxx::work& in) {
    return read_cards(
        execute(in, std::string{card_query} + "WHERE merchant=$1 ORDER BY id DESC", owner.value));
  });
}

}  // namespace suanpan::storage
