// The notifier on a deterministic scheduler: a journal, a reader and receivers that the test plays.
#include "actors/notifier/notifier.hpp"

#include "protocol/webhook/signature.hpp"
#include "tests/notifier/queue_samples.hpp"
#include "tests/simulation/sim_world.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <vector>

using namespace suanpan;
using namespace suanpan::simulation;
using samples::order_of;

namespace {

constexpr shard_id shard{3};
const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string former = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

/// Receivers by script: what each address answers, in order; the last answer stays.
class scripted_sender final : public webhook_sender {
 public:
  void send(webhook_post what, answered done) override {
    auto& script = answers[what.url];
    sent.push_back(std::move(what));
    if (script.empty()) return hanging.push_back(std::move(done));
    const auto answer = script.front();
    if (script.size() > 1) script.pop_front();
    done(answer);
  }

  std::map<std::string, std::deque<delivery_answer>> answers;
  std::vector<webhook_post> sent;
  std::vector<answered> hanging;  // of addresses without a script
};

delivery_answer says(std::int32_t status, std::string retry_after = {}) {
  return {.http_status = status, .trouble = {}, .retry_after = std::move(retry_after)};
}

class told_resend final : public notification_resend {
 public:
  void finish() noexcept override { finished = true; }
  bool finished = false;
};

struct notifier_alone {
  sim_world world{11};
  sim_clock clock{world, 0};
  merchant_book book;
  scripted_sender sender;
  std::vector<load_undelivered> loads;
  std::vector<commit_deliveries> commits;
  std::vector<disable_webhook> disabled;
  std::vector<find_notifications> finds;
  bool journal_works = true;
  caf::actor self;
  caf::actor journal = world.system().spawn(play_journal, this);
  caf::actor others = world.system().spawn(play_others, this);

  explicit notifier_alone(std::chrono::milliseconds tick = std::chrono::milliseconds(50)) {
    learn("m1");
    notifier_options options;
    options.tick = tick;
    self = world.system().spawn<notifier>(options, notifier_links{&book, &sender, &clock, nullptr});
    caf::anon_send(self, notifier_peers{journal, others, others, others});
    caf::anon_send(self, serve_payments{{1}, shard, {}});
    wait(millis);
    REQUIRE(loads.size() == 1);
    caf::anon_send(self, undelivered_loaded{{1}, shard, loads[0].round, {}, false});
    wait(millis);
  }
  ~notifier_alone() {
    for (const auto& a : {self, journal, others}) caf::anon_send_exit(a, caf::exit_reason::kill);
    world.shut_down();
  }

  static caf::behavior play_journal(caf::event_based_actor* me, notifier_alone* with) {
    return {[me, with](const commit_deliveries& m) {
      with->commits.push_back(m);
      if (with->journal_works)
        me->send(m.answer_to, deliveries_settled{m.session, m.deliveries, true});
    }};
  }
  static caf::behavior play_others(caf::event_based_actor*, notifier_alone* with) {
    return {[with](const load_undelivered& m) { with->loads.push_back(m); },
            [with](const disable_webhook& m) { with->disabled.push_back(m); },
            [with](const find_notifications& m) { with->finds.push_back(m); }};
  }

  void learn(const std::string& id, std::string url = {}) {
    merchant m;
    m.id = {id};
    m.webhook_url = url.empty() ? url_of(id) : url;
    m.webhook_secret = secret;
    book.learn(std::vector{m});
  }
  static std::string url_of(const std::string& id) { return "https://" + id + ".example/hook"; }
  void answer(const std::string& id, std::deque<delivery_answer> script) {
    sender.answers[url_of(id)] = std::move(script);
  }
  void wait(sim_time how_long) { world.run_until(world.now() + how_long, nullptr); }
  void tell(std::uint32_t order, std::vector<std::int32_t> sequences,
            const std::string& merchant = "m1") {
    notify_merchant m{{1}, shard, order_of(order), {merchant}, {}};
    for (const auto s : sequences) m.fresh.push_back(samples::event_of(s, clock.unix_micros()));
    caf::anon_send(self, m);
  }
  [[nodiscard]] std::vector<delivery_record> recorded() const {
    std::vector<delivery_record> all;
    for (const auto& c : commits) all.insert(all.end(), c.deliveries->begin(), c.deliveries->end());
    return all;
  }
};

}  // namespace

TEST_CASE("notifier: an event is posted at once, signed so that its receiver can verify it") {
  notifier_alone with;
  with.answer("m1", {says(200)});
  with.tell(1, {1});
  with.wait(10 * millis);
  REQUIRE(with.sender.sent.size() == 1);
  const auto& post = with.sender.sent[0];
  CHECK(post.url == "https://m1.example/hook");
  CHECK(post.id == event_id_of(order_of(1), 1));
  const auto timestamp = std::to_string(post.timestamp_s);
  const std::vector<std::string> secrets{secret};
  CHECK(webhook::verify({post.id, timestamp, post.signature, post.body}, secrets,
                        with.clock.unix_micros() / 1'000'000) == webhook::verdict::authentic);
  const auto records = with.recorded();
  REQUIRE(records.size() == 1);
  CHECK(records[0].acknowledged);
  CHECK(records[0].attempt == 1);
  CHECK(records[0].http_status == 200);
  CHECK(records[0].next_micros == 0);
  CHECK(records[0].trouble.empty());
}

TEST_CASE("notifier: a failure is recorded with the next time, and tried then under the same id") {
  notifier_alone with;
  with.answer("m1", {says(500), says(204)});
  with.tell(1, {1});
  with.wait(4 * seconds);
  REQUIRE(with.sender.sent.size() == 1);
  const auto first = with.recorded();
  REQUIRE(first.size() == 1);
  CHECK(!first[0].acknowledged);
  CHECK(first[0].trouble == "HTTP 500");
  CHECK(first[0].next_micros >= first[0].at_micros + 5 * seconds);
  CHECK(first[0].next_micros <= first[0].at_micros + 6 * seconds);
  with.wait(3 * seconds);
  REQUIRE(with.sender.sent.size() == 2);
  CHECK(with.sender.sent[1].id == with.sender.sent[0].id);
  CHECK(with.sender.sent[1].timestamp_s > with.sender.sent[0].timestamp_s);
  CHECK(with.recorded()[1].attempt == 2);
  CHECK(with.recorded()[1].acknowledged);
}

TEST_CASE("notifier: after its last try an event is given up, days later, and its next one goes") {
  notifier_alone with(std::chrono::seconds(30));
  with.answer("m1", {says(500)});
  with.tell(1, {1, 2});
  const sim_time day = 86'400 * seconds;
  with.wait(4 * day);
  const auto records = with.recorded();
  REQUIRE(records.size() >= 10);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(records[i].sequence == 1);
    CHECK(records[i].attempt == static_cast<std::int16_t>(i + 1));
    CHECK((records[i].next_micros == 0) == (i == 9));
  }
  CHECK(records[9].at_micros - records[0].at_micros > 3 * day);
  REQUIRE(records.size() > 10);
  CHECK(records[10].sequence == 2);
}

TEST_CASE("notifier: the next event of an order waits until the record of the last is durable") {
  notifier_alone with;
  with.answer("m1", {says(200)});
  with.journal_works = false;
  with.tell(1, {1, 2});
  with.wait(seconds);
  CHECK(with.sender.sent.size() == 1);
  REQUIRE(with.commits.size() == 1);
  caf::anon_send(with.self, deliveries_settled{{1}, with.commits[0].deliveries, true});
  with.wait(10 * millis);
  CHECK(with.sender.sent.size() == 2);
}

TEST_CASE("notifier: a session that ends between answer and record means a second hearing") {
  notifier_alone with;
  with.answer("m1", {says(200)});
  with.journal_works = false;
  with.tell(1, {1});
  with.wait(10 * millis);
  REQUIRE(with.sender.sent.size() == 1);
  const auto lost = with.commits.at(0);
  with.journal_works = true;
  caf::anon_send(with.self, forget_payments{shard});
  caf::anon_send(with.self, serve_payments{{2}, shard, {}});
  caf::anon_send(with.self, deliveries_settled{{1}, lost.deliveries, true});  // too late
  with.wait(millis);
  REQUIRE(with.loads.size() == 2);
  auto row = samples::row_of(1, "m1");
  row.next_micros = with.clock.unix_micros();
  caf::anon_send(with.self, undelivered_loaded{{2}, shard, with.loads[1].round, {row}, false});
  with.wait(10 * millis);
  REQUIRE(with.sender.sent.size() == 2);
  CHECK(with.sender.sent[1].id == with.sender.sent[0].id);
  CHECK(with.commits.back().session == incarnation{2});
}

TEST_CASE("notifier: an answer that comes after its shard was given up is ignored") {
  notifier_alone with;
  with.tell(1, {1});
  with.wait(10 * millis);
  REQUIRE(with.sender.hanging.size() == 1);
  caf::anon_send(with.self, forget_payments{shard});
  with.wait(millis);
  with.sender.hanging[0](says(200));
  with.wait(seconds);
  CHECK(with.commits.empty());
}

TEST_CASE("notifier: 410 gives up and disables the webhook, what follows is given up unsent") {
  notifier_alone with;
  with.answer("m1", {says(410)});
  with.tell(1, {1});
  with.wait(10 * millis);
  REQUIRE(with.disabled.size() == 1);
  CHECK(with.disabled[0].merchant.value == "m1");
  CHECK(with.disabled[0].url == "https://m1.example/hook");
  CHECK(with.recorded().at(0).next_micros == 0);
  merchant m = *with.book.find({"m1"});
  m.webhook_disabled_micros = with.clock.unix_micros();
  with.book.learn(std::vector{m});
  with.tell(2, {1});
  with.wait(10 * millis);
  CHECK(with.sender.sent.size() == 1);
  REQUIRE(with.recorded().size() == 2);
  CHECK(with.recorded()[1].http_status == 0);
  CHECK(with.recorded()[1].next_micros == 0);
  CHECK(!with.recorded()[1].acknowledged);
}

TEST_CASE("notifier: a receiver that says 429 is left alone as long as it asks") {
  notifier_alone with;
  with.answer("m1", {says(429, "600"), says(200)});
  with.tell(1, {1});
  with.wait(10 * millis);
  with.tell(2, {1});
  with.wait(599 * seconds);
  CHECK(with.sender.sent.size() == 1);
  with.wait(130 * seconds);
  CHECK(with.sender.sent.size() == 3);
}

TEST_CASE("notifier: a merchant that is not in the book is asked for, and its event goes then") {
  notifier_alone with;
  with.answer("m9", {says(200)});
  with.tell(1, {1}, "m9");
  with.wait(10 * millis);
  CHECK(with.sender.sent.empty());
  const auto asked = with.book.take_questions();
  REQUIRE(asked.merchants == std::vector<merchant_id>{{"m9"}});
  with.learn("m9");
  for (const auto& then : asked.waiting) then(true);
  with.wait(10 * millis);
  CHECK(with.sender.sent.size() == 1);
}

TEST_CASE("notifier: a former secret signs, too, for a day after the rotation and no longer") {
  notifier_alone with(std::chrono::seconds(10));
  with.answer("m1", {says(200)});
  merchant m = *with.book.find({"m1"});
  m.former_webhook_secret = former;
  m.webhook_rotated_micros = with.clock.unix_micros();
  with.book.learn(std::vector{m});
  with.tell(1, {1});
  with.wait(86'000 * seconds);
  with.tell(2, {1});
  with.wait(400 * seconds);
  with.tell(3, {1});
  with.wait(seconds);
  REQUIRE(with.sender.sent.size() == 3);
  const std::vector<std::string> only_former{former};
  const auto judged = [&](const webhook_post& p) {
    return webhook::verify({p.id, std::to_string(p.timestamp_s), p.signature, p.body}, only_former,
                           p.timestamp_s);
  };
  CHECK(judged(with.sender.sent[0]) == webhook::verdict::authentic);
  CHECK(judged(with.sender.sent[1]) == webhook::verdict::authentic);
  CHECK(judged(with.sender.sent[2]) == webhook::verdict::forged);
}

TEST_CASE("notifier: what the journal refuses together is recorded one by one") {
  notifier_alone with;
  with.answer("m1", {says(200)});
  with.journal_works = false;
  for (std::uint32_t i = 1; i <= 4; ++i) with.tell(i, {1});
  with.wait(10 * millis);
  REQUIRE(!with.commits.empty());
  const auto first = with.commits.size();
  // The first commit holds one; whatever gathered behind it comes together.
  caf::anon_send(with.self, deliveries_settled{{1}, with.commits.back().deliveries, true});
  with.wait(10 * millis);
  REQUIRE(with.commits.size() == first + 1);
  REQUIRE(with.commits.back().deliveries->size() > 1);
  const auto together = with.commits.back().deliveries->size();
  with.journal_works = true;
  caf::anon_send(with.self, deliveries_settled{{1}, with.commits.back().deliveries, false});
  with.wait(10 * millis);
  for (std::size_t i = first + 1; i < first + 1 + together; ++i)
    CHECK(with.commits.at(i).deliveries->size() == 1);
}

TEST_CASE("notifier: a resend is read from the rows, sent at once and counted on from there") {
  notifier_alone with;
  with.answer("m1", {says(200)});
  auto call = std::make_shared<told_resend>();
  call->merchant = {"m1"};
  call->order = order_of(5);
  caf::anon_send(with.self, resend_notifications{call});
  with.wait(millis);
  REQUIRE(with.finds.size() == 1);
  CHECK(with.finds[0].what.order == order_of(5));
  auto row = samples::row_of(5, "m1");
  row.attempts = 10;
  caf::anon_send(with.self, notifications_found{with.finds[0].round, {{row, false}}, false});
  with.wait(10 * millis);
  CHECK(call->finished);
  CHECK(call->result == read_result::found);
  CHECK(call->taken == 1);
  CHECK(!call->more);
  REQUIRE(with.sender.sent.size() == 1);
  REQUIRE(with.recorded().size() == 1);
  CHECK(with.recorded()[0].attempt == 11);
  CHECK(with.recorded()[0].acknowledged);
}

TEST_CASE(
    "notifier: a resend of another merchant's order finds nothing, one of a foreign shard waits") {
  notifier_alone with;
  auto call = std::make_shared<told_resend>();
  call->merchant = {"m1"};
  call->order = order_of(5);
  caf::anon_send(with.self, resend_notifications{call});
  with.wait(millis);
  caf::anon_send(with.self, notifications_found{with.finds.at(0).round, {}, false});
  with.wait(millis);
  CHECK(call->result == read_result::not_found);
  auto other = std::make_shared<told_resend>();
  other->merchant = {"m1"};
  caf::anon_send(with.self, resend_notifications{other});
  with.wait(millis);
  auto row = samples::row_of(5, "m1");
  row.shard = {4};
  caf::anon_send(with.self, notifications_found{with.finds.at(1).round, {{row, false}}, false});
  with.wait(millis);
  CHECK(other->result == read_result::unavailable);
}
