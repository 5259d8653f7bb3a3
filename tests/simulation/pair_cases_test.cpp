// Each kind of item behind each kind of earlier one whose fate is not certain yet, both in one
// batch (R1): the answers are those of a run one by one, whether the earlier one comes about or
// not, whatever the payer has.
#include "tests/simulation/auditor_rows.hpp"
#include "tests/simulation/sim_stage.hpp"
#include "tests/support/sequential_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

using namespace suanpan;
using namespace suanpan::simulation;
using enum item_result;
using kind = transfer_kind;

namespace {

constexpr std::array kinds{kind::post,
                           kind::hold,
                           kind::capture,
                           kind::void_hold,
                           kind::reverse,
                           kind::balancing_debit,
                           kind::balancing_credit};

// The payer has so much and some things behind it; `shop` is the payee of all that is asked.
struct pair_scene : sim_stage {
  explicit pair_scene(std::int64_t funds) : sim_stage({.nodes = 1}) {
    REQUIRE(post_one(make(bank, payer, funds + 90)).result == posted);
    REQUIRE(post_one(make(payer, other, 40)).result == posted);
    paid = posting(make(bank, payer, 50));
    bought = posting(make(payer, shop, 50));
    refundable = posting(make(payer, other, 30));
    held_by_shop = holding(shop, 20);
    held_by_other = holding(other, 30);
    change(deaf, {.set = account_flags::frozen_credit});
  }

  transfer posting(transfer t) {
    REQUIRE(post_one(t).result == posted);
    return t;
  }
  transfer holding(account_number payee, std::int64_t amount) {
    REQUIRE(post_one(make(bank, payer, amount)).result == posted);
    auto t = make(payer, payee, amount);
    t.kind = kind::hold;
    REQUIRE(post_one(t).result == held);
    return t;
  }
  std::shared_ptr<sim_change> ask_change(account_number n, const terms_change& what) {
    auto request = std::make_shared<sim_change>(
        world, told, node().party(),
        asked_change{.number = n, .what = what, .answered = {}, .terms = {}, .at = {}});
    node().change(request);
    return request;
  }
  void change(account_number n, const terms_change& what) {
    const auto request = ask_change(n, what);
    wait_for([&] { return request->finished; });
    REQUIRE(request->result == change_result::changed);
  }

  transfer of_kind(kind k) {
    auto t = make(payer, shop, 20);
    t.kind = k;
    if (ends_hold(k)) t.related = held_by_shop.id;
    if (k != kind::reverse) return t;
    t.related = bought.id;  // what the shop was paid goes back
    std::swap(t.debit, t.credit);
    return t;
  }
  transfer as(kind k, transfer t, const transfer_id& related = {}) {
    t.kind = k;
    t.related = related;
    return t;
  }

  account_number bank = open("internal", 0);
  account_number payer = open("user:1", 0, no_overdraft);
  account_number shop = open("merchant:M1", 1, no_overdraft);
  account_number other = open("user:2", 1, no_overdraft);
  account_number broke = open("user:3", 1, no_overdraft);
  account_number deaf = open("user:4", 1);
  transfer paid;
  transfer bought;
  transfer refundable;
  transfer held_by_shop;
  transfer held_by_other;
};

// What goes before: it comes about, or its other account refuses it.
struct earlier {
  const char* name;
  transfer (*comes_about)(pair_scene&);
  transfer (*is_refused)(pair_scene&);
};

const std::vector<earlier> earlier_items{
    {"credit", [](pair_scene& s) { return s.make(s.bank, s.payer, 20); },
     [](pair_scene& s) { return s.make(s.broke, s.payer, 20); }},
    {"debit", [](pair_scene& s) { return s.make(s.payer, s.other, 20); },
     [](pair_scene& s) { return s.make(s.payer, s.deaf, 20); }},
    {"hold", [](pair_scene& s) { return s.as(kind::hold, s.make(s.payer, s.other, 20)); },
     [](pair_scene& s) { return s.as(kind::hold, s.make(s.payer, s.deaf, 20)); }},
    {"capture",
     [](pair_scene& s) {
       return s.as(kind::capture, s.make(s.payer, s.other, 10), s.held_by_other.id);
     },
     [](pair_scene& s) {
       return s.as(kind::capture, s.make(s.payer, s.other, 31), s.held_by_other.id);
     }},
    {"void",
     [](pair_scene& s) {
       return s.as(kind::void_hold, s.make(s.payer, s.other, 30), s.held_by_other.id);
     },
     [](pair_scene& s) {
       return s.as(kind::void_hold, s.make(s.payer, s.other, 29), s.held_by_other.id);
     }},
    {"reversal that credits",
     [](pair_scene& s) {
       return s.as(kind::reverse, s.make(s.other, s.payer, 30), s.refundable.id);
     },
     [](pair_scene& s) {
       return s.as(kind::reverse, s.make(s.other, s.payer, 31), s.refundable.id);
     }},
    {"reversal that debits",
     [](pair_scene& s) { return s.as(kind::reverse, s.make(s.payer, s.bank, 20), s.paid.id); },
     [](pair_scene& s) { return s.as(kind::reverse, s.make(s.payer, s.bank, 51), s.paid.id); }},
    {"balancing debit",
     [](pair_scene& s) { return s.as(kind::balancing_debit, s.make(s.payer, s.other, 500)); },
     [](pair_scene& s) { return s.as(kind::balancing_debit, s.make(s.broke, s.payer, 500)); }},
    {"balancing credit",
     [](pair_scene& s) { return s.as(kind::balancing_credit, s.make(s.other, s.payer, 10)); },
     [](pair_scene& s) { return s.as(kind::balancing_credit, s.make(s.broke, s.payer, 10)); }},
    {"end of the very hold",
     [](pair_scene& s) {
       return s.as(kind::capture, s.make(s.payer, s.shop, 20), s.held_by_shop.id);
     },
     [](pair_scene& s) {
       return s.as(kind::capture, s.make(s.payer, s.shop, 21), s.held_by_shop.id);
     }},
    {"reversal of the very posting",
     [](pair_scene& s) { return s.as(kind::reverse, s.make(s.shop, s.payer, 40), s.bought.id); },
     [](pair_scene& s) { return s.as(kind::reverse, s.make(s.shop, s.payer, 51), s.bought.id); }},
};

// Everything that is stored, one by one.
samples::sequential_model model_of(const pair_scene& s) {
  samples::sequential_model model;
  for (const auto& [number, row] : s.database.accounts()) {
    auto opened = row;
    opened.totals = {};
    model.open(opened);
  }
  for (const auto* row : in_order(s.database))
    if (is_booked(row->result)) REQUIRE(model.run(row->what, row->at) == row->result);
  return model;
}

}  // namespace

TEST_CASE("pairs: an item behind another one of its batch that is not certain yet (R1)") {
  for (const auto& first : earlier_items)
    for (const bool refused : {false, true})
      for (const auto k : kinds)
        for (const std::int64_t funds : {0, 10, 20, 40}) {
          pair_scene s(funds);
          CAPTURE(std::string(first.name));
          CAPTURE(refused);
          CAPTURE(static_cast<int>(k));
          CAPTURE(funds);
          auto model = model_of(s);
          const std::vector items{refused ? first.is_refused(s) : first.comes_about(s),
                                  s.of_kind(k)};
          const auto answers = s.post(items);
          for (std::size_t i = 0; i < items.size(); ++i) {
            const auto expected = model.run(items[i], answers[i].at);
            CHECK(answers[i].result == expected);
            if (is_balancing(items[i].kind) && expected == posted)
              CHECK(answers[i].moved == model.moved());
          }
          CHECK(is_booked(answers[0].result) != refused);
          CHECK(s.audit() == "");
        }
}

TEST_CASE("pairs: a hold and what ends it in one batch, be the hold refused or not (R1)") {
  for (const auto k : {kind::capture, kind::void_hold})
    for (const bool refused : {false, true}) {
      pair_scene s(40);
      auto hold = s.make(s.payer, refused ? s.deaf : s.shop, 20);
      hold.kind = kind::hold;
      auto end = s.as(k, s.make(hold.debit, hold.credit, 20), hold.id);
      const auto answers = s.post({hold, end});
      CHECK(answers[0].result == (refused ? credit_account_frozen : held));
      CHECK(answers[1].result == (refused ? hold_not_open : booked_as(k)));
      CHECK(s.audit() == "");
    }
}

TEST_CASE("pairs: an item beside a change, an opening, a closing or an expiry (R1)") {
  using act = void (*)(pair_scene&);
  const std::vector<std::pair<const char*, act>> acts{
      {"freeze",
       [](pair_scene& s) { s.ask_change(s.payer, {.set = account_flags::frozen_debit}); }},
      {"freeze of the payee",
       [](pair_scene& s) { s.ask_change(s.shop, {.set = account_flags::frozen_credit}); }},
      {"unfreeze",
       [](pair_scene& s) {
         s.change(s.payer, {.set = account_flags::frozen_debit});
         s.ask_change(s.payer, {.clear = account_flags::frozen_debit});
       }},
      {"more credit", [](pair_scene& s) { s.ask_change(s.payer, {.credit_limit = 100}); }},
      {"less room", [](pair_scene& s) { s.ask_change(s.shop, {.maximum_balance = 10}); }},
      {"close", [](pair_scene& s) { s.ask_change(s.broke, {.set = account_flags::closed}); }},
      {"expiry",
       [](pair_scene& s) {
         auto hold = s.make(s.payer, s.shop, 1);
         hold.kind = kind::hold;
         hold.expires_at = unix_micros_at_start + s.world.now() + 20 * millis;
         s.post_one(hold);
         s.wait(20 * millis);
       }},
      {"opening",
       [](pair_scene& s) {
         const std::vector<account_opening> what{
             {{"user:new", "2001", samples::cny, "", {0}}, normal_side::credit, no_overdraft, {}}};
         s.node().open(std::make_shared<sim_opening>(s.world, s.told, s.node().party(), what));
       }},
  };
  for (const auto& [name, happens] : acts)
    for (const auto k : kinds)
      for (const std::int64_t funds : {0, 20}) {
        pair_scene s(funds);
        CAPTURE(std::string(name));
        CAPTURE(static_cast<int>(k));
        const auto number = account_number::make({0}, s.payer.sequence() + 1);
        happens(s);
        auto beside = s.make(s.bank, s.broke, 5);
        if (std::string_view(name) == "opening") beside.credit = number;
        for (const auto& answer : s.post({beside, s.of_kind(k), s.of_kind(kind::post)}))
          CHECK(answer.result != unavailable);
        s.wait(1 * seconds);
        CHECK(s.audit() == "");
      }
}
