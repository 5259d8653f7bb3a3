// The registrar on a real database, with a bank that the test plays.
#include "actors/registry/registrar.hpp"

#include "actors/channel/channel_messages.hpp"
#include "tests/registry/registry_calls.hpp"
#include "tests/support/postgres.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <vector>

using namespace suanpan;
using namespace suanpan::testing;

namespace {

/// Stands at a moment that the test moves.
class set_clock final : public wall_clock {
 public:
  [[nodiscard]] std::int64_t unix_micros() const noexcept override { return micros; }
  std::int64_t micros = 1'795'392'000'000'000;
};

struct registrar_case {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };
  config settings;
  caf::actor_system system{settings};
  caf::scheduler::test_coordinator& scheduler =
      dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  std::string dsn = private_postgres::instance().fresh_database();
  set_clock clock;
  merchant_book book;
  std::vector<ask_binding> asked;
  std::vector<ask_unbinding> unbound;
  caf::actor bank = system.spawn(play_bank, this);
  caf::actor self;

  registrar_case() {
    registrar_options options;
    options.session = {dsn, "one", "registrar"};
    options.channels = {{"icbc"}, {"abc"}};
    options.bindings_in_flight_max = 3;
    self = system.spawn<registrar>(options, registrar_links{&book, &clock});
    caf::anon_send(self, registrar_peers{bank});
    scheduler.run();
  }
  ~registrar_case() {
    for (const auto& a : {self, bank}) caf::anon_send_exit(a, caf::exit_reason::kill);
    self = bank = nullptr;
    scheduler.clock().cancel_all();
    scheduler.run();
  }
  static caf::behavior play_bank(caf::event_based_actor*, registrar_case* with) {
    return {[with](const ask_binding& m) { with->asked.push_back(m); },
            [with](const ask_unbinding& m) { with->unbound.push_back(m); }};
  }

  template <class Message, class Call>
  registry_result ask(const std::shared_ptr<Call>& call) {
    caf::anon_send(self, Message{call});
    scheduler.run();
    return call->result;
  }
  void create(const std::string& id, const std::string& url = "https://tea.example/hook") {
    auto call = creation_of(id, url);
    REQUIRE(ask<create_merchant>(call) == registry_result::done);
  }
  void bank_says(std::size_t index, card_binding said) {
    asked.at(index).done(std::move(said));
    scheduler.run();
  }
  static card_binding bound_as(const std::string& token) {
    return {channel_outcome::succeeded, {}, token, "4242"};
  }
};

}  // namespace

TEST_CASE("registrar: a merchant is made once, its secret shown once, and the book knows it") {
  registrar_case with;
  auto first = creation_of("M001");
  CHECK(with.ask<create_merchant>(first) == registry_result::done);
  CHECK(first->finished == 1);
  CHECK(first->made.webhook_secret.starts_with("whsec_"));
  REQUIRE(with.book.find({"M001"}) != nullptr);
  CHECK(with.book.find({"M001"})->products.size() == 2);
  auto again = creation_of("M001");
  CHECK(with.ask<create_merchant>(again) == registry_result::replayed);
  CHECK(again->made.webhook_secret.empty());
  CHECK(again->made.name == first->made.name);
  auto other = creation_of("M001");
  other->asked.name = "Coffee";
  CHECK(with.ask<create_merchant>(other) == registry_result::different_content);
  CHECK(other->field == "name");
  auto plain = creation_of("M002", "http://tea.example/");
  CHECK(with.ask<create_merchant>(plain) == registry_result::invalid);
  CHECK(plain->field == "webhook_url");
}

TEST_CASE("registrar: two keys are valid at a time, only hashes are stored, secrets never shown") {
  registrar_case with;
  with.create("M001");
  std::vector<std::shared_ptr<told<key_creation>>> keys;
  for (int i = 0; i < 3; ++i) {
    keys.push_back(std::make_shared<told<key_creation>>());
    keys.back()->merchant = {"M001"};
    keys.back()->test = true;
  }
  CHECK(with.ask<create_merchant_key>(keys[0]) == registry_result::done);
  CHECK(with.ask<create_merchant_key>(keys[1]) == registry_result::done);
  CHECK(with.ask<create_merchant_key>(keys[2]) == registry_result::too_many);
  CHECK(keys[2]->key.empty());
  CHECK(keys[0]->key.starts_with("sk_test_"));
  CHECK(sql_value(with.dsn, "SELECT count(*) FROM suanpan.api_key k WHERE k::text LIKE '%" +
                                keys[0]->key + "%'") == "0");
  auto revoked = std::make_shared<told<key_revocation>>();
  revoked->merchant = {"M001"};
  revoked->key_id = keys[0]->made.key_id;
  CHECK(with.ask<revoke_merchant_key>(revoked) == registry_result::done);
  CHECK(with.ask<revoke_merchant_key>(revoked) == registry_result::replayed);
  CHECK(with.ask<create_merchant_key>(keys[2]) == registry_result::done);
  auto foreign = std::make_shared<told<key_revocation>>();
  foreign->merchant = {"M002"};
  foreign->key_id = keys[1]->made.key_id;
  CHECK(with.ask<revoke_merchant_key>(foreign) == registry_result::not_found);
  auto read = std::make_shared<told<merchant_read>>();
  read->id = {"M001"};
  CHECK(with.ask<read_merchant>(read) == registry_result::done);
  CHECK(read->keys.size() == 3);
  CHECK(read->found.webhook_secret.empty());
}

TEST_CASE(
    "registrar: a rotation keeps the former secret for a while, an address alone keeps both") {
  registrar_case with;
  with.create("M001");
  const auto before = with.book.find({"M001"})->webhook_secret;
  auto call = std::make_shared<told<webhook_change>>();
  call->merchant = {"M001"};
  call->url = "https://tea.example/new";
  call->rotates_secret = true;
  CHECK(with.ask<set_webhook>(call) == registry_result::done);
  CHECK(call->secret.starts_with("whsec_"));
  CHECK(call->secret != before);
  CHECK(call->former_signs_until_micros == with.clock.micros + 86'400'000'000);
  auto known = with.book.find({"M001"});
  CHECK(known->webhook_url == "https://tea.example/new");
  CHECK(known->former_webhook_secret == before);
  CHECK(known->webhook_rotated_micros == with.clock.micros);
  auto moved = std::make_shared<told<webhook_change>>();
  moved->merchant = {"M001"};
  moved->url = "https://tea.example/newer";
  CHECK(with.ask<set_webhook>(moved) == registry_result::done);
  CHECK(moved->secret.empty());
  known = with.book.find({"M001"});
  CHECK(known->webhook_secret == call->secret);
  CHECK(known->former_webhook_secret == before);
}

TEST_CASE("registrar: 410 disables the address that said it and no newer one; setting it enables") {
  registrar_case with;
  with.create("M001");
  caf::anon_send(with.self, disable_webhook{{"M001"}, "https://tea.example/other"});
  with.scheduler.run();
  CHECK(with.book.find({"M001"})->webhook_disabled_micros == 0);
  caf::anon_send(with.self, disable_webhook{{"M001"}, "https://tea.example/hook"});
  with.scheduler.run();
  CHECK(with.book.find({"M001"})->webhook_disabled_micros == with.clock.micros);
  auto call = std::make_shared<told<webhook_change>>();
  call->merchant = {"M001"};
  call->url = "https://tea.example/hook";
  CHECK(with.ask<set_webhook>(call) == registry_result::done);
  CHECK(with.book.find({"M001"})->webhook_disabled_micros == 0);
}

TEST_CASE("registrar: a card is bound at the bank, its number goes there and stays nowhere") {
  registrar_case with;
  with.create("M001");
  auto call = binding_of("M001", "req-1");
  CHECK(with.ask<bind_card>(call) == registry_result::none);
  CHECK(call->card_number.empty());
  REQUIRE(with.asked.size() == 1);
  CHECK(with.asked[0].channel.value == "icbc");
  CHECK(with.asked[0].what->card_number == "4242424242424242");
  CHECK(with.asked[0].what->merchant.value == "M001");
  with.bank_says(0, registrar_case::bound_as("tok_1"));
  CHECK(call->finished == 1);
  CHECK(call->result == registry_result::done);
  CHECK(call->made.last_four == "4242");
  CHECK(call->made.token.empty());
  CHECK(call->made.mandate);
  const auto known = with.book.card(call->made.id);
  REQUIRE(known != nullptr);
  CHECK(known->token == "tok_1");
  CHECK(sql_value(with.dsn,
                  "SELECT count(*) FROM suanpan.card c WHERE c::text LIKE "
                  "'%4242424242424242%'") == "0");
}

TEST_CASE(
    "registrar: the same binding request again is the same card; with other content refused") {
  registrar_case with;
  with.create("M001");
  auto first = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(first);
  with.bank_says(0, registrar_case::bound_as("tok_1"));
  auto again = binding_of("M001", "req-1");
  CHECK(with.ask<bind_card>(again) == registry_result::replayed);
  CHECK(again->made.id == first->made.id);
  CHECK(again->card_number.empty());
  auto other = binding_of("M001", "req-1");
  other->card_number = "4000000000000002";
  CHECK(with.ask<bind_card>(other) == registry_result::different_content);
  CHECK(other->field == "card_number");
  CHECK(with.asked.size() == 1);
}

TEST_CASE("registrar: after silence the request goes again under the same reference") {
  registrar_case with;
  with.create("M001");
  auto first = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(first);
  with.bank_says(0, {channel_outcome::unknown, {}, {}, {}});
  CHECK(first->result == registry_result::channel_unknown);
  auto again = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(again);
  REQUIRE(with.asked.size() == 2);
  CHECK(with.asked[1].what->reference == with.asked[0].what->reference);
  with.bank_says(1, registrar_case::bound_as("tok_1"));
  CHECK(again->result == registry_result::done);
}

TEST_CASE("registrar: two of the same request at once become one card") {
  registrar_case with;
  with.create("M001");
  auto a = binding_of("M001", "req-1");
  auto b = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(a);
  (void)with.ask<bind_card>(b);
  with.bank_says(1, registrar_case::bound_as("tok_1"));
  with.bank_says(0, registrar_case::bound_as("tok_1"));
  CHECK(b->result == registry_result::done);
  CHECK(a->result == registry_result::replayed);
  CHECK(a->made.id == b->made.id);
  CHECK(sql_value(with.dsn, "SELECT count(*) FROM suanpan.card") == "1");
}

TEST_CASE("registrar: a bank's refusal, an unknown channel, merchant or number bind nothing") {
  registrar_case with;
  with.create("M001");
  auto refused = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(refused);
  with.bank_says(
      0,
      {channel_outcome::failed, {"card_declined", "2", retry_advice::retry_other_method}, {}, {}});
  CHECK(refused->result == registry_result::channel_refused);
  CHECK(refused->failure.code == "card_declined");
  auto nowhere = binding_of("M001", "req-2");
  nowhere->channel = {"ccb"};
  CHECK(with.ask<bind_card>(nowhere) == registry_result::no_channel);
  auto nobody = binding_of("M009", "req-3");
  CHECK(with.ask<bind_card>(nobody) == registry_result::not_found);
  auto wrong = binding_of("M001", "req-4");
  wrong->card_number = "4242424242424241";
  CHECK(with.ask<bind_card>(wrong) == registry_result::invalid);
  CHECK(wrong->field == "card_number");
  CHECK(wrong->card_number.empty());
  CHECK(sql_value(with.dsn, "SELECT count(*) FROM suanpan.card") == "0");
}

TEST_CASE("registrar: no more calls than its bound are at banks at a time") {
  registrar_case with;
  with.create("M001");
  std::vector<std::shared_ptr<told<card_binding_call>>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(binding_of("M001", "req-" + std::to_string(i)));
    (void)with.ask<bind_card>(calls.back());
  }
  CHECK(calls[3]->result == registry_result::overloaded);
  CHECK(with.asked.size() == 3);
}

TEST_CASE("registrar: an unbound card is unusable at once, whatever the bank says then") {
  registrar_case with;
  with.create("M001");
  auto bound = binding_of("M001", "req-1");
  (void)with.ask<bind_card>(bound);
  with.bank_says(0, registrar_case::bound_as("tok_1"));
  auto foreign = unbinding_of("M002", bound->made.id);
  CHECK(with.ask<unbind_card>(foreign) == registry_result::not_found);
  auto call = unbinding_of("M001", bound->made.id);
  CHECK(with.ask<unbind_card>(call) == registry_result::none);
  CHECK(!with.book.card(bound->made.id)->active);
  REQUIRE(with.unbound.size() == 1);
  CHECK(with.unbound[0].token == "tok_1");
  channel_answer silent;
  with.unbound[0].done(silent);
  with.scheduler.run();
  CHECK(call->result == registry_result::channel_unknown);
  auto again = unbinding_of("M001", bound->made.id);
  (void)with.ask<unbind_card>(again);
  channel_answer good;
  good.outcome = channel_outcome::succeeded;
  with.unbound.at(1).done(good);
  with.scheduler.run();
  CHECK(again->result == registry_result::replayed);
  CHECK(!again->unbound.active);
  CHECK(again->unbound.token.empty());
}

TEST_CASE("registrar: cards are listed without tokens, in order, page by page") {
  registrar_case with;
  with.create("M001");
  for (int i = 0; i < 3; ++i) {
    auto call = binding_of("M001", "req-" + std::to_string(i));
    (void)with.ask<bind_card>(call);
    with.bank_says(static_cast<std::size_t>(i),
                   registrar_case::bound_as("tok_" + std::to_string(i)));
  }
  auto page = std::make_shared<told<card_list_read>>();
  page->merchant = {"M001"};
  page->limit = 2;
  CHECK(with.ask<list_cards>(page) == registry_result::done);
  REQUIRE(page->cards.size() == 2);
  CHECK(page->cards[0].id < page->cards[1].id);
  CHECK(page->cards[0].token.empty());
  auto rest = std::make_shared<told<card_list_read>>();
  rest->merchant = {"M001"};
  rest->after = page->cards[1].id;
  CHECK(with.ask<list_cards>(rest) == registry_result::done);
  CHECK(rest->cards.size() == 1);
}

TEST_CASE("registrar: what another node registered is found when somebody asks for it") {
  registrar_case with;
  storage::registry elsewhere({with.dsn, "two", "registry"});
  merchant m = creation_of("M007")->asked;
  m.webhook_secret = "whsec_1";
  REQUIRE(elsewhere.add_merchant(m));
  CHECK(with.book.find({"M007"}) == nullptr);
  int told_so = 0;
  CHECK(
      with.book.wait_for(merchant_id{"M007"}, [&told_so](bool read) { told_so += read ? 1 : 0; }));
  with.scheduler.run();
  CHECK(told_so == 1);
  CHECK(with.book.find({"M007"}) != nullptr);
  // Another question so soon after waits for the pause.
  CHECK(
      with.book.wait_for(merchant_id{"M008"}, [&told_so](bool read) { told_so += read ? 1 : 0; }));
  with.scheduler.run();
  CHECK(told_so == 1);
  with.scheduler.advance_time(std::chrono::milliseconds(25));
  with.scheduler.run();
  CHECK(told_so == 2);
}
