#include "actors/payment/booker.hpp"

#include "actors/fault_points.hpp"
#include "actors/quiet_actor.hpp"
#include "protocol/messages/messages.hpp"

#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace suanpan {

voucher_request::voucher_request(caf::actor booker, std::uint64_t of, voucher what)
    : serial(of),
      booker_(std::move(booker)),
      reference_(std::move(what.reference)),
      memo_(std::move(what.memo)) {
  items = std::move(what.items);
  for (auto& t : items) {
    t.reference = reference_;
    t.memo = memo_;
  }
  answers.resize(items.size());
  of_the_ledger = true;
  refusals_unrecorded = what.refusals_unrecorded;
}

void voucher_request::finish() noexcept {
  caf::anon_send(std::exchange(booker_, nullptr), voucher_posted{shared_from_this()});
}

voucher_opening::voucher_opening(caf::actor booker, std::uint64_t of,
                                 std::vector<account_opening> what)
    : serial(of), booker_(std::move(booker)) {
  items = std::move(what);
  answers.resize(items.size());
}

void voucher_opening::finish() noexcept {
  caf::anon_send(std::exchange(booker_, nullptr), voucher_accounts{shared_from_this()});
}

booker::booker(caf::actor_config& cfg, booker_options options, caf::actor teller)
    : event_based_actor(cfg), options_(std::move(options)), teller_(std::move(teller)) {}

caf::behavior booker::make_behavior() {
  make_quiet(this);
  return {
      [this](const book_intents& m) { begin(m); },
      [this](const voucher_accounts& m) { opened(m); },
      [this](const voucher_posted& m) { posted(m); },
      [this](const book_again& m) { go_on(m.serial); },
      [this](const forget_payments&) { open_.clear(); },
  };
}

void booker::on_exit() {
  teller_ = nullptr;
  open_.clear();
}

// Asked twice it posts twice, under the same ids: the ledger books once (R4).
void booker::begin(const book_intents& m) {
  if (m.intents.empty()) return;
  const auto serial = ++serials_;
  open_.emplace(serial, work{.what = m});
  go_on(serial);
}

void booker::go_on(std::uint64_t serial) {
  const auto it = open_.find(serial);
  if (it == open_.end()) return;
  auto& w = it->second;
  const auto legs = legs_in(w.next().intent, w.form);
  if (legs.empty()) return settle(serial, w, item_result::posted);
  if (!open_accounts_of(serial, w)) return;
  const account_place where{options_.shard, options_.shards, w.what.ccy};
  std::vector<account_number> numbers;
  for (const auto& leg : legs)
    for (const auto* account : {&leg.is.debit, &leg.is.credit})
      numbers.push_back(known_.at(opening_of(*account, where, options_.side_of).key));
  auto request = std::make_shared<voucher_request>(this, serial,
                                                   voucher_of(w.what, w.next(), w.form, numbers));
  SUANPAN_FAULT_POINT("booker.before_post");
  send(teller_, post_transfers{std::move(request)});
}

// False: some are not known; it goes on when they are.
bool booker::open_accounts_of(std::uint64_t serial, const work& w) {
  const account_place where{options_.shard, options_.shards, w.what.ccy};
  std::vector<account_opening> missing;
  for (const auto& leg : legs_in(w.next().intent, w.form))
    for (const auto* account : {&leg.is.debit, &leg.is.credit}) {
      auto opening = opening_of(*account, where, options_.side_of);
      const bool asked =
          std::ranges::find(missing, opening.key, &account_opening::key) != missing.end();
      if (!asked && !known_.contains(opening.key)) missing.push_back(std::move(opening));
    }
  if (missing.empty()) return true;
  send(teller_, open_accounts{std::make_shared<voucher_opening>(this, serial, std::move(missing))});
  return false;
}

// An account that is there with other flags is that account all the same.
void booker::opened(const voucher_accounts& m) {
  const auto& r = *m.request;
  bool all = true;
  for (std::size_t i = 0; i < r.items.size(); ++i) {
    if (r.answers[i].number.value > 0)
      known_.emplace(r.items[i].key, r.answers[i].number);
    else
      all = false;
  }
  const auto it = open_.find(r.serial);
  if (it == open_.end()) return;
  if (all) return go_on(r.serial);
  later(r.serial, it->second);
}

void booker::posted(const voucher_posted& m) {
  const auto it = open_.find(m.request->serial);
  if (it == open_.end()) return;
  judge(it->first, it->second, verdict_of(m.request->answers));
}

void booker::judge(std::uint64_t serial, work& w, item_result said) {
  if (is_done(said)) return settle(serial, w, said);
  if (said >= item_result::unavailable || said == item_result::none) return later(serial, w);
  const auto& intent = w.next().intent;
  if (intent.may_be_refused) return settle(serial, w, said);
  // A hold that is gone frees nothing more.
  if (intent.kind == transfer_kind::void_hold && said == item_result::hold_not_open)
    return settle(serial, w, item_result::voided);
  if (w.form == voucher_form::as_intended && can_be_redirected(intent)) {
    SUANPAN_FAULT_POINT("booker.before_redirect");
    w.form = voucher_form::on_suspense;
    w.trouble = name_of(said);
    return go_on(serial);
  }
  // The other form is there: whoever booked it knew why.
  if (is_other_content(said) || said == item_result::linked_exists)
    w.form = voucher_form::as_intended;
  spdlog::error("booking {} of {}: {}", intent.number, to_string(w.what.order), name_of(said));
  later(serial, w);
}

// What is booked of an order is not kept from it while the rest waits.
void booker::later(std::uint64_t serial, work& w) {
  if (!w.settled.empty()) return answer(serial);
  w.pause = std::min(std::max(w.pause * 2, options_.again_first), options_.again_most);
  delayed_send(this, w.pause, book_again{serial});
}

void booker::settle(std::uint64_t serial, work& w, item_result as) {
  SUANPAN_FAULT_POINT("booker.after_post");
  const bool redirected = w.form == voucher_form::on_suspense;
  w.settled.push_back(
      {w.next().intent.number, as, redirected, std::exchange(w.trouble, std::string{})});
  if (++w.at == w.what.intents.size() || redirected || !is_done(as)) return answer(serial);
  w.pause = {};
  go_on(serial);
}

void booker::answer(std::uint64_t serial) {
  const auto it = open_.find(serial);
  auto w = std::move(it->second);
  open_.erase(it);
  send(w.what.answer_to, intents_settled{w.what.order, std::move(w.settled)});
}

}  // namespace suanpan
