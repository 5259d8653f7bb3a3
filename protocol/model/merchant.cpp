#include "protocol/model/merchant.hpp"

#include <algorithm>

namespace suanpan {

const product_terms* merchant::terms_of(payment_kind kind) const noexcept {
  const auto found = std::ranges::find(products, kind, &product_terms::product);
  return found == products.end() ? nullptr : &*found;
}

}  // namespace suanpan
