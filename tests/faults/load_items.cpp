#include "tests/faults/load_items.hpp"

namespace suanpan::faults {

std::int64_t item_source::user() {
  return world_.users[random_.below(world_.users.size())];
}

std::int64_t item_source::merchant() {
  if (!random_.one_in(3)) return world_.merchants.front();
  return world_.merchants[random_.below(world_.merchants.size())];
}

// Of 100: 30 top-ups, 50 payments, some through a hot transit account, 5 refunds, the rest wrong.
void item_source::choose_accounts(item& what) {
  const auto kind = random_.below(100);
  what.amount = random_.between(1, 600);
  if (kind < 30) {
    what.debit = world_.source;
    what.credit = user();
  } else if (kind < 55) {
    what.debit = user();
    what.credit = merchant();
  } else if (kind < 68) {
    what.debit = user();
    what.credit = world_.transit;
  } else if (kind < 80) {
    what.debit = world_.transit;
    what.credit = merchant();
  } else if (kind < 88) {
    what.debit = merchant();
    what.credit = user();
  } else if (kind < 91) {  // a credit lowers an asset
    what.debit = random_.one_in(2) ? world_.reserve : user();
    what.credit = what.debit == world_.reserve ? user() : world_.reserve;
  } else if (kind < 94) {
    what.debit = user();
    what.credit = world_.dollars;
  } else if (kind < 96) {
    what.debit = user() + (std::int64_t{1} << 40);  // nobody's
    what.credit = merchant();
  } else if (kind < 98) {
    what.debit = user();
    what.credit = merchant();
    what.amount = -random_.between(0, 5);
  } else {
    what.debit = what.credit = user();
  }
}

item item_source::next() {
  item what;
  const auto age = random_.one_in(20) ? random_.between(0, 3 * 3'600'000) : 0;
  what.id = fresh_id(milliseconds(-age));
  what.currency = "CNY";
  choose_accounts(what);
  what.event_code = static_cast<std::int32_t>(random_.below(1'000));
  if (random_.one_in(2)) what.reference = "order-" + std::to_string(++made_);
  if (random_.one_in(4)) what.memo = "备注 " + std::to_string(made_);
  return what;
}

item item_source::altered(item what) {
  switch (random_.below(4)) {
    case 0:
      what.amount = what.amount > 0 ? what.amount + 1 : 1;
      break;
    case 1:
      what.memo += "!";
      break;
    case 2:
      what.reference += "!";
      break;
    default:
      what.event_code = (what.event_code + 1) % 1'000;
  }
  return what;
}

}  // namespace suanpan::faults
