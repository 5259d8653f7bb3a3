#include "tests/channel/certification.hpp"

#include "protocol/model/clock.hpp"
#include "tests/channel/waiting.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>

namespace suanpan {
namespace {

constexpr std::int64_t amount = 10'000;
constexpr std::int64_t patience_micros = 10'000'000;  // where an answer is expected
constexpr std::int64_t silence_micros = 400'000;      // where none is

std::int64_t now() {
  return system_wall_clock().unix_micros();
}

/// References that no run used before.
channel_reference fresh(std::string_view what) {
  static const std::string run = std::to_string(now() % 1'000'000'000);
  static int count = 0;
  return {"cert-" + run + "-" + std::to_string(++count) + "-" + std::string(what)};
}

channel_answer ask(channel_adapter& adapter, const channel_request& what) {
  const answers<channel_answer> came;
  adapter.start(what, came.taker());
  const auto told = came.one();
  CHECK(told.asked_micros <= told.came_micros);
  CHECK(told.excerpt.size() <= 512);
  const bool query = what.operation == channel_operation::query;
  CHECK(told.door == (query ? answer_door::query : answer_door::reply));
  CHECK(told.reference == what.reference);
  if (!what.token.empty()) CHECK(told.excerpt.find(what.token) == std::string::npos);
  return told;
}

card_binding bind_card(channel_adapter& adapter, const std::string& number,
                       const channel_reference& reference) {
  const answers<card_binding> came;
  adapter.bind({reference, {"M1"}, number, "Li Lei", now() + patience_micros}, came.taker());
  return came.one();
}

struct trial {
  certified_bank& bank;
  channel_adapter& adapter;

  [[nodiscard]] channel_request request(channel_operation operation, const std::string& token,
                                        std::int64_t for_micros = patience_micros) const {
    channel_request what;
    what.operation = operation;
    what.reference = fresh(name_of(operation));
    what.merchant = {"M1"};
    what.token = token;
    what.amount = {amount};
    what.ccy = bank.ccy();
    what.deadline_micros = now() + for_micros;
    return what;
  }
  [[nodiscard]] std::string token(certified_card which) const {
    const auto binding = bind_card(adapter, bank.card_number(which), fresh("bind"));
    REQUIRE(binding.outcome == channel_outcome::succeeded);
    REQUIRE_FALSE(binding.token.empty());
    return binding.token;
  }
  [[nodiscard]] channel_answer query(const channel_reference& of) const {
    channel_request what;
    what.operation = channel_operation::query;
    what.reference = of;
    what.deadline_micros = now() + patience_micros;
    return ask(adapter, what);
  }
};

void told_of_the_payment(const channel_answer& told, const trial& in) {
  CHECK(told.outcome == channel_outcome::succeeded);
  CHECK(told.doubt == channel_doubt::none);
  CHECK(told.amount.value == amount);
  CHECK(told.ccy == in.bank.ccy());
  CHECK(told.merchant_at_bank.empty());  // it is ours
  CHECK_FALSE(told.bank_number.empty());
}

void successes_are_told_and_found_by_our_reference(const trial& in) {
  for (const auto operation : {channel_operation::charge, channel_operation::payout}) {
    const auto what = in.request(operation, in.token(certified_card::pays));
    told_of_the_payment(ask(in.adapter, what), in);
    told_of_the_payment(in.query(what.reference), in);
    CHECK(in.bank.times_moved(what.reference) == 1);
  }
}

void declines_have_a_code_and_move_nothing(const trial& in) {
  const std::vector<std::pair<certified_card, std::string>> rows = {
      {certified_card::lacks_funds, "insufficient_funds"}};
  for (const auto& [card, code] : rows) {
    const auto what = in.request(channel_operation::charge, in.token(card));
    for (const auto& told : {ask(in.adapter, what), in.query(what.reference)}) {
      CHECK(told.outcome == channel_outcome::failed);
      CHECK(told.failure.code == code);
      CHECK_FALSE(told.failure.channel_code.empty());
      CHECK(told.failure.advice != retry_advice::none);
    }
    CHECK(in.bank.times_moved(what.reference) == 0);
  }
  const auto refused =
      bind_card(in.adapter, in.bank.card_number(certified_card::declines), fresh("b"));
  CHECK(refused.outcome == channel_outcome::failed);
  CHECK_FALSE(refused.failure.code.empty());
  CHECK(refused.token.empty());
}

void a_repeat_moves_money_once_if_the_channel_says_so(const trial& in) {
  const auto what = in.request(channel_operation::payout, in.token(certified_card::pays));
  told_of_the_payment(ask(in.adapter, what), in);
  told_of_the_payment(ask(in.adapter, what), in);
  CHECK(in.bank.times_moved(what.reference) == (in.adapter.traits().dedupes_by_reference ? 1 : 2));
}

void what_the_bank_never_saw_is_not_found(const trial& in) {
  CHECK(in.query(fresh("never")).outcome == channel_outcome::not_found);
}

void silence_is_no_answer_in_time_and_the_truth_is_found_later(const trial& in) {
  const std::vector<std::pair<certified_card, std::int64_t>> rows = {
      {certified_card::pays_in_silence, 1},
      {certified_card::silent, 0},
      {certified_card::pays_and_drops, 1}};
  for (const auto& [card, moved] : rows) {
    const auto what = in.request(channel_operation::charge, in.token(card), silence_micros);
    const auto told = ask(in.adapter, what);
    CHECK(told.outcome == channel_outcome::unknown);
    CHECK(told.doubt == channel_doubt::no_answer);
    CHECK(told.came_micros <= what.deadline_micros + patience_micros);
    const auto found = in.query(what.reference);
    CHECK(found.outcome == (moved > 0 ? channel_outcome::succeeded : channel_outcome::not_found));
    CHECK(in.bank.times_moved(what.reference) == moved);
  }
}

void what_is_no_answer_is_unreadable_and_the_truth_is_found_later(const trial& in) {
  const auto what =
      in.request(channel_operation::charge, in.token(certified_card::pays_and_garbles));
  const auto told = ask(in.adapter, what);
  CHECK(told.outcome == channel_outcome::unknown);
  CHECK(told.doubt == channel_doubt::unreadable);
  told_of_the_payment(in.query(what.reference), in);
}

void not_sent_is_told_only_where_nothing_left(const trial& in) {
  const auto token = in.token(certified_card::pays);
  auto what = in.request(channel_operation::charge, token);
  auto told = ask(in.bank.adapter_to_nobody(), what);
  CHECK(told.outcome == channel_outcome::unknown);
  CHECK(told.doubt == channel_doubt::not_sent);
  what.deadline_micros = now() - 1;
  told = ask(in.adapter, what);
  CHECK(told.doubt == channel_doubt::not_sent);
  CHECK(in.query(what.reference).outcome == channel_outcome::not_found);
  CHECK(in.bank.times_moved(what.reference) == 0);
}

void what_the_bank_did_not_sign_is_not_believed(const trial& in) {
  auto& stranger = in.bank.adapter_of_a_stranger();
  const auto what = in.request(channel_operation::charge, in.token(certified_card::pays));
  const auto told = ask(stranger, what);
  CHECK(told.outcome == channel_outcome::unknown);
  CHECK(told.doubt == channel_doubt::unreadable);
}

void refunds_go_back_up_to_what_was_paid(const trial& in) {
  const auto paid = in.request(channel_operation::charge, in.token(certified_card::pays));
  told_of_the_payment(ask(in.adapter, paid), in);
  auto back = in.request(channel_operation::refund, "");
  back.original_reference = paid.reference;
  told_of_the_payment(ask(in.adapter, back), in);
  told_of_the_payment(in.query(back.reference), in);
  auto more = in.request(channel_operation::refund, "");
  more.original_reference = paid.reference;
  const auto told = ask(in.adapter, more);
  CHECK(told.outcome == channel_outcome::failed);
  CHECK_FALSE(told.failure.code.empty());
  CHECK(in.bank.times_moved(more.reference) == 0);
}

void an_online_payment_gets_a_page_and_stays_open(const trial& in) {
  auto what = in.request(channel_operation::open_online, "");
  what.return_url = "https://shop.example.org/back";
  const auto told = ask(in.adapter, what);
  CHECK(told.outcome == channel_outcome::pending);
  CHECK(told.redirect_url.starts_with("http"));
  CHECK(in.query(what.reference).outcome == channel_outcome::pending);
  CHECK(ask(in.adapter, what).redirect_url == told.redirect_url);
}

void a_binding_is_the_same_when_repeated_and_ends(const trial& in) {
  const auto number = in.bank.card_number(certified_card::pays);
  const auto reference = fresh("bind");
  const auto first = bind_card(in.adapter, number, reference);
  CHECK(first.last_four == number.substr(number.size() - 4));
  CHECK(bind_card(in.adapter, number, reference).token == first.token);
  CHECK(first.token.find(number) == std::string::npos);
  for (int i = 0; i < 2; ++i) {
    const answers<channel_answer> came;
    in.adapter.unbind(first.token, came.taker());
    CHECK(came.one().outcome == channel_outcome::succeeded);
  }
  const auto told = ask(in.adapter, in.request(channel_operation::charge, first.token));
  CHECK(told.outcome == channel_outcome::failed);
  CHECK_FALSE(told.failure.code.empty());
}

void callbacks_are_believed_if_they_are_the_banks_and_whole(const trial& in) {
  const auto what = in.request(channel_operation::charge, in.token(certified_card::pays));
  told_of_the_payment(ask(in.adapter, what), in);
  const auto heard = in.bank.callbacks(what.reference);
  REQUIRE_FALSE(heard.empty());
  const auto& good = heard.front();
  const auto told = in.adapter.read_callback(good, now());
  REQUIRE(told);
  told_of_the_payment(*told, in);
  CHECK(told->door == answer_door::callback);
  CHECK(told->reference == what.reference);

  CHECK_FALSE(in.bank.adapter_of_a_stranger().read_callback(good, now()));
  CHECK_FALSE(in.adapter.read_callback(good, now() + std::int64_t{86'400} * 1'000'000));
  CHECK_FALSE(in.adapter.read_callback({}, now()));
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    auto altered = good;
    altered.body[i] = static_cast<char>(altered.body[i] ^ 1);
    CHECK_FALSE(in.adapter.read_callback(altered, now()));
  }
  auto moved = good;
  moved.path += "x";
  CHECK_FALSE(in.adapter.read_callback(moved, now()));
  for (const auto& [name, value] : good.headers) {
    if (!name.starts_with("x-")) continue;
    auto altered = good;
    altered.headers[name] = value + "0";
    const bool signs =
        name.find("signature") != std::string::npos || name.find("timestamp") != std::string::npos;
    if (signs) CHECK_FALSE(in.adapter.read_callback(altered, now()));
  }
}

void many_at_once_are_each_answered_once(const trial& in) {
  const auto token = in.token(certified_card::pays);
  const auto silent = in.token(certified_card::silent);
  const answers<channel_answer> came;
  std::set<std::string> asked;
  for (int i = 0; i < 100; ++i) {
    const bool quiet = i % 10 == 0;
    const auto what = in.request(channel_operation::charge, quiet ? silent : token,
                                 quiet ? silence_micros : patience_micros);
    asked.insert(what.reference.value);
    in.adapter.start(what, came.taker());
  }
  std::set<std::string> told;
  for (const auto& a : came.wait(100)) CHECK(told.insert(a.reference.value).second);
  CHECK(told == asked);
  CHECK(came.count() == 100);
}

}  // namespace

void certify(certified_bank& bank) {
  const trial in{bank, bank.adapter()};
  successes_are_told_and_found_by_our_reference(in);
  declines_have_a_code_and_move_nothing(in);
  a_repeat_moves_money_once_if_the_channel_says_so(in);
  what_the_bank_never_saw_is_not_found(in);
  silence_is_no_answer_in_time_and_the_truth_is_found_later(in);
  what_is_no_answer_is_unreadable_and_the_truth_is_found_later(in);
  not_sent_is_told_only_where_nothing_left(in);
  what_the_bank_did_not_sign_is_not_believed(in);
  if (in.adapter.traits().refunds) refunds_go_back_up_to_what_was_paid(in);
  an_online_payment_gets_a_page_and_stays_open(in);
  a_binding_is_the_same_when_repeated_and_ends(in);
  callbacks_are_believed_if_they_are_the_banks_and_whole(in);
  many_at_once_are_each_answered_once(in);
}

}  // namespace suanpan
