#include "tests/faults/load_client.hpp"

#include <algorithm>

namespace suanpan::faults {
namespace {

constexpr std::size_t again_max = 1'000;  // with so many unanswered, nothing new is asked for
constexpr std::size_t again_batch_max = 100;
constexpr int batches_a_stream = 12;
constexpr int batches_ahead = 3;

int128 total_of(const std::string& digits) {
  int128 value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

load_client::load_client(mixed_load& load, std::int32_t number, bool streams)
    : load_(load),
      number_(number),
      streams_(streams),
      source_(load.world_, load.options_.seed * 1'000 + static_cast<std::uint64_t>(number)),
      address_(static_cast<std::size_t>(number)) {
  connect_anew();
}

void load_client::connect_anew() {
  const auto& all = load_.options_.addresses;
  ledger_ = std::make_unique<ledger_client>(all[address_++ % all.size()]);
}

void load_client::run() {
  while (!load_.stopping_ && !(load_.settling_ && again_.empty())) {
    const bool done = streams_ ? stream_once() : call_once();
    if (source_.random().one_in(6)) read_once();
    if (!done && load_.options_.addresses.size() > 1) connect_anew();
    breathe(!done);
  }
  if (again_.empty()) --load_.unsettled_;
}

// A failed call is followed by a pause that grows to what a take-over needs, not to seconds.
void load_client::breathe(bool failed) {
  const auto longest = failed ? milliseconds(100) : load_.options_.pause_max;
  pause_for(milliseconds(source_.random().between(0, longest.count())));
}

// --- what to ask for
// ------------------------------------------------------------------------------

std::vector<item> load_client::compose() {
  std::vector<item> items;
  const bool settling = load_.settling_ || again_.size() > again_max;
  const auto repeated = std::min(again_.size(), load_.settling_ ? again_max : again_batch_max);
  items.assign(again_.end() - static_cast<std::ptrdiff_t>(repeated), again_.end());
  again_.resize(again_.size() - repeated);
  if (settling) return items;
  auto& random = source_.random();
  const auto most = random.one_in(50) ? load_.options_.large_items : load_.options_.items_max;
  compose_fresh(items, 1 + random.below(most));
  return items;
}

void load_client::compose_fresh(std::vector<item>& into, std::size_t count) {
  auto& random = source_.random();
  for (std::size_t i = 0; i < count; ++i) {
    item what;
    const auto kind = random.below(100);
    if (kind < 10 && load_.shared_.recall(random.below(1U << 30U), what)) {
      into.push_back(what);  // somebody's, perhaps in flight at this moment
    } else if (kind < 13 && load_.shared_.recall(random.below(1U << 30U), what)) {
      into.push_back(source_.altered(what));
    } else if (kind < 15 && !into.empty()) {
      into.push_back(into[random.below(into.size())]);  // twice in one batch
    } else {
      into.push_back(source_.next());
      load_.shared_.remember(into.back());
    }
  }
}

// --- what was told
// --------------------------------------------------------------------------------

bool load_client::take(const batch& sent, const std::vector<answer>& answers) {
  bool all = true;
  for (std::size_t i = 0; i < sent.items.size(); ++i) {
    const auto& a = answers[i];
    load_.into_.write(attempt{number_, sent.items[i], a.told, a.ticket, sent.when});
    if (a.told == 1) ++load_.acknowledged_;
    if (is_final(a.told)) {
      ++load_.answered_;
    } else {
      all = false;
      again_.push_back(sent.items[i]);
    }
  }
  return all;
}

// Now and then the caller gives up before the answer can be there: it is lost, not the transfer.
bool load_client::call_once() {
  batch sent;
  sent.items = compose();
  const bool hasty = source_.random().one_in(25);
  const milliseconds patience(hasty ? source_.random().between(1, 6) : 8'000);
  sent.when.began = monotonic_micros();
  const auto answers = ledger_->post(sent.items, patience);
  sent.when.ended = monotonic_micros();
  return take(sent, answers);
}

bool load_client::stream_once() {
  grpc::ClientContext context;
  limit(context, milliseconds(8'000));
  auto stream = ledger_->stub().StreamTransfers(&context);
  std::vector<batch> sent;
  std::vector<bool> told;
  int outstanding = 0;
  bool all = true;
  v1::PostTransfersResponse response;
  const auto take_one = [&] {
    if (!stream->Read(&response) || response.sequence() >= sent.size()) return false;
    auto& of = sent[response.sequence()];
    told[response.sequence()] = true;
    of.when.ended = monotonic_micros();
    all = take(of, answers_of(response, of.items.size())) && all;
    --outstanding;
    return true;
  };
  bool alive = true;
  for (int i = 0; i < batches_a_stream && alive && all && !load_.stopping_; ++i) {
    batch next;
    next.items = compose();
    if (next.items.empty()) break;
    next.when.began = monotonic_micros();
    const auto request = request_of(next.items, sent.size());
    sent.push_back(std::move(next));
    told.push_back(false);
    alive = stream->Write(request);
    ++outstanding;
    if (alive && outstanding > batches_ahead) alive = take_one();
  }
  if (alive) stream->WritesDone();
  while (outstanding > 0 && take_one()) {
  }
  context.TryCancel();  // nothing more is wanted; after a failure nothing more comes
  static_cast<void>(stream->Finish());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    if (told[i]) continue;
    sent[i].when.ended = monotonic_micros();
    all = take(sent[i], std::vector<answer>(sent[i].items.size())) && all;
  }
  return all;
}

void load_client::read_once() {
  auto& random = source_.random();
  interval when{monotonic_micros(), 0};
  if (random.one_in(2)) {
    const auto& w = load_.world_;
    const auto number = random.one_in(3) ? w.transit : w.users[random.below(w.users.size())];
    v1::Account found;
    if (!ledger_->account(number, found, milliseconds(3'000)).ok()) return;
    when.ended = monotonic_micros();
    load_.into_.write(balance_seen{number, total_of(found.totals().debits_posted()),
                                   total_of(found.totals().credits_posted()), found.as_of_ticket(),
                                   when});
    return;
  }
  item what;
  if (!load_.shared_.recall(random.below(1U << 30U), what)) return;
  v1::GetTransferResponse found;
  const auto status = ledger_->transfer(what.id, found, milliseconds(3'000));
  when.ended = monotonic_micros();
  if (status.ok())
    load_.into_.write(fate_seen{what.id, static_cast<int>(found.result()), found.ticket(), when});
  else if (status.error_code() == grpc::StatusCode::NOT_FOUND)
    load_.into_.write(fate_seen{what.id, not_found, 0, when});
}

}  // namespace suanpan::faults
