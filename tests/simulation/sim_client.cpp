#include "tests/simulation/sim_client.hpp"

#include "tests/support/samples.hpp"

#include <algorithm>
#include <array>

namespace suanpan::simulation {
namespace {

bool is_final(item_result r) {
  return r != item_result::unavailable && r != item_result::unknown;
}

}  // namespace

sim_client::sim_client(sim_town& town, std::uint64_t number, sim_client_options options)
    : town_(town),
      chance_(town.world.chance),
      number_(number),
      options_(options),
      batches_left_(options.batches) {}

void sim_client::begin() {
  schedule_next();
}

void sim_client::schedule_next() {
  const auto pause =
      chance_.one_in(3) ? chance_.between(0, 600 * millis) : chance_.between(0, 20 * millis);
  town_.world.after(pause, [this] { send_new(); });
}

// Most ids are of now; some are of the last hour, and a few lie outside every window (R6).
transfer_id sim_client::next_id() {
  auto unix_millis = (unix_micros_at_start + town_.world.now()) / 1'000;
  if (chance_.one_in(8)) unix_millis -= chance_.between(0, 3'600'000);
  if (chance_.one_in(80)) unix_millis -= 8LL * 24 * 3'600'000;
  if (chance_.one_in(80)) unix_millis += 3'600'000;
  return samples::id_at(unix_millis, number_ << 32 | ++ids_);
}

transfer sim_client::invent() {
  const auto& accounts = town_.accounts;
  transfer t;
  const auto& debit = accounts[chance_.below(accounts.size())];
  const auto* credit = &accounts[chance_.below(accounts.size())];
  // The first two stand for the world outside: much comes from there.
  if (chance_.one_in(4)) credit = &accounts[chance_.below(2)];
  t.debit = chance_.one_in(3) ? accounts[chance_.below(2)].number : debit.number;
  t.credit = credit->number;
  if (t.credit == t.debit) t.credit = accounts[(chance_.below(accounts.size()))].number;
  while (t.credit == t.debit) t.credit = accounts[(chance_.below(accounts.size()))].number;
  if (options_.strangers > 0 && chance_.one_in(options_.strangers))
    t.credit = account_number::make(t.credit.shard(), chance_.between(1, 40));
  if (t.credit == t.debit) t.credit = account_number::make(t.credit.shard(), 999);
  t.amount = {chance_.between(1, options_.amount_max)};
  t.ccy = chance_.one_in(20) ? samples::usd : samples::cny;
  if (options_.poison > 0 && chance_.one_in(options_.poison)) t.event_code = poison_event_code;
  constexpr std::array<std::string_view, 3> memos = {"", "rent", "吃饭"};
  t.memo = memos.at(chance_.below(memos.size()));
  t.id = next_id();
  if (options_.balancing && met(chance_.one_in(8), misfortune("client balances"))) {
    t.kind = chance_.one_in(2) ? transfer_kind::balancing_debit : transfer_kind::balancing_credit;
    posts_.push_back(t);
    return t;
  }
  if (!holds_.empty() && met(chance_.one_in(6), misfortune("client captures or voids")))
    return end_hold(t);
  if (met(chance_.one_in(6), misfortune("client holds"))) return make_hold(t);
  if (!posts_.empty() && met(chance_.one_in(8), misfortune("client reverses"))) return reverse(t);
  posts_.push_back(t);
  return t;
}

// Some posting that it asked for, whatever became of that; mostly as it should be, often in part.
// What came from the world outside is most likely booked.
transfer sim_client::reverse(transfer t) {
  auto which = chance_.below(posts_.size());
  for (int tries = 0; tries < 6 && posts_[which].debit != town_.accounts[0].number; ++tries)
    which = chance_.below(posts_.size());
  const auto& original = posts_[which];
  t.kind = transfer_kind::reverse;
  t.related = original.id;
  if (chance_.one_in(10)) return t;
  t.debit = original.credit;
  t.credit = original.debit;
  t.ccy = original.ccy;
  t.amount = original.amount;
  if (chance_.one_in(2)) t.amount = {chance_.between(1, t.amount.value + 1)};
  return t;
}

// Some expire soon, some as good as at once.
transfer sim_client::make_hold(transfer t) {
  t.kind = transfer_kind::hold;
  if (chance_.one_in(2))
    t.expires_at = unix_micros_at_start + town_.world.now() + chance_.between(1, 4 * seconds);
  holds_.push_back(t);
  return t;
}

// Of a hold that it asked for, whatever became of that: mostly as it should be.
transfer sim_client::end_hold(const transfer& fresh) {
  auto t = holds_[chance_.below(holds_.size())];
  t.related = t.id;
  t.id = fresh.id;
  t.kind = chance_.one_in(3) ? transfer_kind::void_hold : transfer_kind::capture;
  t.expires_at = 0;
  t.linked = false;
  if (chance_.one_in(8)) t.credit = fresh.credit;
  if (t.credit == t.debit) t.credit = holds_.front().credit;
  if (t.credit == t.debit) t.debit = holds_.front().debit;
  const bool in_part = t.kind == transfer_kind::capture ? chance_.one_in(2) : chance_.one_in(10);
  if (in_part) t.amount = {chance_.between(1, t.amount.value + 1)};
  return t;
}

// Often a chain: what one item brings the next one takes on.
std::vector<transfer> sim_client::invent_voucher() {
  std::vector<transfer> voucher;
  const auto size = static_cast<std::size_t>(chance_.between(2, 4));
  while (voucher.size() < size) {
    auto t = invent();
    if (is_balancing(t.kind)) t.kind = transfer_kind::post;
    const bool plain = t.kind == transfer_kind::post;
    if (plain && !voucher.empty() && chance_.one_in(2) && voucher.back().credit != t.credit)
      t.debit = voucher.back().credit;
    t.linked = voucher.size() + 1 < size;
    voucher.push_back(t);
  }
  for (const auto& t : voucher) vouchers_[t.id] = voucher;
  return voucher;
}

std::vector<transfer> sim_client::whole(const transfer& t) const {
  const auto it = vouchers_.find(t.id);
  return it == vouchers_.end() ? std::vector{t} : it->second;
}

bool sim_client::speaks(const transfer& t) const {
  const auto it = vouchers_.find(t.id);
  if (it == vouchers_.end()) return true;
  const auto first = std::ranges::find_if(
      it->second, [this](const transfer& item) { return open_.contains(item.id); });
  return first != it->second.end() && first->id == t.id;
}

// Other content under the same id.
transfer sim_client::changed(transfer t) {
  if (chance_.one_in(4)) {
    t.amount = {t.amount.value + 1};
    return t;
  }
  const auto other = invent();
  t.debit = other.debit;
  t.credit = other.credit;
  return t;
}

bool sim_client::met(bool it, std::string_view what) {
  if (it) town_.world.count(what);
  return it;
}

void sim_client::send_new() {
  if (batches_left_ == 0) return;
  --batches_left_;
  std::vector<transfer> batch;
  const auto items = 1 + chance_.below(options_.batch_items_max);
  for (std::uint64_t i = 0; i < items; ++i) {
    if (met(chance_.one_in(6), misfortune("client sends a voucher"))) {
      auto voucher = invent_voucher();
      for (const auto& t : voucher) open_.emplace(t.id, 0);
      batch.insert(batch.end(), voucher.begin(), voucher.end());
      if (!met(chance_.one_in(20), misfortune("client changes a voucher"))) continue;
      auto& one = voucher[chance_.below(voucher.size())];
      one = changed(one);
      send(voucher, true);
      continue;
    }
    auto t = invent();
    open_.emplace(t.id, 0);
    batch.push_back(t);
    if (met(chance_.one_in(30), misfortune("client doubles an item"))) batch.push_back(t);
    if (!met(chance_.one_in(20), misfortune("client changes content"))) continue;
    if (chance_.one_in(4))
      batch.push_back(changed(t));
    else
      send_everywhere({changed(t)});  // at once; its payer may be another node's
  }
  const bool linked = std::ranges::any_of(batch, &transfer::linked);
  if (!linked && met(chance_.one_in(20), misfortune("client reorders")))
    std::swap(batch.front(), batch[chance_.below(batch.size())]);
  send(batch, false);
  if (met(chance_.one_in(10), misfortune("client sends twice at once"))) send(batch, true);
  if (chance_.one_in(3)) read_something();
  if (chance_.one_in(8)) open_something();
  if (chance_.one_in(8)) change_something();
  if (batches_left_ > 0) schedule_next();
}

std::vector<sim_node*> sim_client::running_nodes() const {
  std::vector<sim_node*> up;
  for (auto& n : town_.nodes)
    if (n->running()) up.push_back(n.get());
  return up;
}

sim_node* sim_client::some_node() {
  const auto up = running_nodes();
  if (up.empty()) return nullptr;
  if (up.size() > 1 && met(chance_.one_in(20), misfortune("client asks another node")))
    return up[chance_.below(up.size())];
  return up[liked_ % up.size()];
}

// `once`: whatever comes of it is not asked again.
void sim_client::send(const std::vector<transfer>& what, bool once) {
  auto* node = some_node();
  if (node == nullptr) {
    if (once) return;
    town_.world.after(chance_.between(100 * millis, 1 * seconds),
                      [this, what] { send(what, false); });
    return;
  }
  send_to(*node, what, once);
}

void sim_client::send_everywhere(const std::vector<transfer>& what) {
  for (auto* node : running_nodes()) send_to(*node, what, true);
}

void sim_client::send_to(sim_node& node, const std::vector<transfer>& what, bool once) {
  auto request = std::make_shared<sim_posting>(town_.world, town_.told, node.party(), what);
  const auto judged = std::make_shared<bool>(false);
  request->on_answer = [this, once, judged, weak = std::weak_ptr(request)] {
    if (std::exchange(*judged, true)) return;
    if (auto r = weak.lock()) judge(r, once);
  };
  node.post(request);
  const auto patience = chance_.between(options_.patience_max / 5, options_.patience_max);
  town_.world.after(patience, [this, once, judged, what] {
    if (std::exchange(*judged, true) || once) return;
    ++liked_;
    for (const auto& t : what)
      if (open_.contains(t.id) && speaks(t)) ask_again(t);
  });
}

void sim_client::judge(const std::shared_ptr<sim_posting>& request, bool once) {
  for (std::size_t i = 0; i < request->items.size(); ++i) {
    const auto& what = request->items[i];
    if (!open_.contains(what.id)) continue;
    if (!is_final(request->answers[i].result)) {
      if (i == 0) ++liked_;  // perhaps another node owns it
      if (!once && speaks(what)) ask_again(what);
      continue;
    }
    open_.erase(what.id);
    if (settling_ || !met(chance_.one_in(4), misfortune("client repeats what it was told")))
      continue;
    finished_.push_back(what);
    // Its answer was lost on the way, so it asks again.
    town_.world.after(chance_.between(0, 2 * seconds), [this, what] {
      if (!settling_) send(whole(what), true);
    });
  }
}

void sim_client::ask_again(transfer what) {
  if (!settling_ && met(chance_.one_in(40), misfortune("client gives up"))) {
    for (const auto& t : whole(what)) open_.erase(t.id);
    return;
  }
  town_.world.count(misfortune("client asks again"));
  const auto tries = std::min(open_[what.id]++, 6);
  const auto pause = chance_.between(20 * millis, (250 * millis) << tries);
  town_.world.after(pause, [this, what] {
    if (open_.contains(what.id)) send(whole(what), false);
  });
}

// The same few keys by all clients, so that openings meet; whoever hears the number may use it.
void sim_client::open_something() {
  auto* node = some_node();
  if (node == nullptr) return;
  const auto which = chance_.below(6);
  const auto shards = static_cast<std::uint64_t>(node->shards());
  const std::vector<account_opening> what = {{{"user:new" + std::to_string(which),
                                               "1001",
                                               samples::cny,
                                               "",
                                               {static_cast<std::uint16_t>(which % shards)}},
                                              normal_side::credit,
                                              account_flags::no_overdraft}};
  auto request = std::make_shared<sim_opening>(town_.world, town_.told, node->party(), what);
  request->on_answer = [this, what, weak = std::weak_ptr(request)] {
    if (const auto r = weak.lock()) opened(what[0], r->answers[0]);
  };
  node->open(request);
}

void sim_client::opened(const account_opening& what, const opening_answer& answer) {
  if (answer.number.value == 0) return;
  for (const auto& known : town_.accounts)
    if (known.number == answer.number) return;
  account_row row;
  row.number = answer.number;
  row.key = what.key;
  town_.accounts.push_back(row);
}

// Freezes for a while; closes seldom, and then mostly what is not empty.
void sim_client::change_something() {
  if (options_.limits && chance_.one_in(2)) return change_limits();
  const auto& account = town_.accounts[chance_.below(town_.accounts.size())];
  if (met(chance_.one_in(4), misfortune("client closes an account")))
    return change(account.number, {.set = account_flags::closed});
  town_.world.count(misfortune("client freezes an account"));
  const auto side = chance_.one_in(2) ? account_flags::frozen_debit : account_flags::frozen_credit;
  change(account.number, {.set = side});
  town_.world.after(chance_.between(10 * millis, 1 * seconds),
                    [this, n = account.number, side] { change(n, {.clear = side}); });
}

// Often such that the balance is beyond them at once.
void sim_client::change_limits() {
  town_.world.count(misfortune("client changes limits"));
  const auto& account = town_.accounts[chance_.below(town_.accounts.size())];
  terms_change what;
  if (chance_.one_in(2))
    what.credit_limit = chance_.between(0, options_.amount_max);
  else if (chance_.one_in(2))
    what.maximum_balance = chance_.between(0, 4 * options_.amount_max);
  else
    what.no_maximum = true;
  change(account.number, what);
}

// Asks again for a while, perhaps another node.
void sim_client::change(account_number which, const terms_change& what, int tries) {
  auto* node = some_node();
  if (node == nullptr) return;
  auto request = std::make_shared<sim_change>(
      town_.world, town_.told, node->party(),
      asked_change{.number = which, .what = what, .answered = {}, .terms = {}, .at = {}});
  request->on_answer = [this, which, what, tries, weak = std::weak_ptr(request)] {
    const auto told = weak.lock();
    if (!told || told->result != change_result::unavailable || tries == 0 || settling_) return;
    ++liked_;
    town_.world.after(chance_.between(50 * millis, 1 * seconds), [this, which, what, tries] {
      if (!settling_) change(which, what, tries - 1);
    });
  };
  node->change(std::move(request));
}

void sim_client::read_something() {
  auto* node = some_node();
  if (node == nullptr) return;
  const auto& account = town_.accounts[chance_.below(town_.accounts.size())];
  node->read(std::make_shared<sim_read>(town_.world, town_.told, node->party(), account.number));
}

}  // namespace suanpan::simulation
