#include "tests/faults/load.hpp"

#include "tests/faults/load_client.hpp"

namespace suanpan::faults {
namespace {

constexpr std::size_t shared_max = 4'000;
constexpr int users = 40;
constexpr int merchants = 8;

}  // namespace

bool is_final(int told) {
  return told != no_answer && told != 200 && told != 201;
}

load_world open_world(const std::string& address) {
  std::vector<account_wish> wishes{
      {.owner = "channel:load", .subject = "1122"},
      {.owner = "channel:reserve", .subject = "1002", .no_overdraft = true},
      {.owner = "user:dollars", .subject = "2002", .currency = "USD", .no_overdraft = true},
      {.owner = "user:transit", .subject = "2002", .no_overdraft = true, .label = "transit"}};
  for (int i = 0; i < users; ++i)
    wishes.push_back(
        {.owner = "user:" + std::to_string(i), .subject = "2002", .no_overdraft = true});
  for (int i = 0; i < merchants; ++i)
    wishes.push_back(
        {.owner = "merchant:M" + std::to_string(i), .subject = "2001", .no_overdraft = true});
  ledger_client ledger(address);
  const auto numbers = ledger.open(wishes);
  load_world world{numbers[0], numbers[1], numbers[2], numbers[3], {}, {}};
  world.users.assign(numbers.begin() + 4, numbers.begin() + 4 + users);
  world.merchants.assign(numbers.begin() + 4 + users, numbers.end());
  return world;
}

void shared_requests::remember(const item& what) {
  const std::scoped_lock lock(guard_);
  recent_.push_back(what);
  if (recent_.size() > shared_max) recent_.pop_front();
}

// Half of the draws fall on the newest twenty: those are in flight.
bool shared_requests::recall(std::uint64_t draw, item& what) const {
  const std::scoped_lock lock(guard_);
  if (recent_.empty()) return false;
  const auto among = draw % 2 == 0 ? std::min<std::size_t>(recent_.size(), 20) : recent_.size();
  what = recent_[recent_.size() - 1 - draw / 2 % among];
  return true;
}

mixed_load::mixed_load(load_options options, load_world world, history_writer& into)
    : options_(std::move(options)), world_(std::move(world)), into_(into) {}

mixed_load::~mixed_load() {
  stopping_ = true;
  for (auto& thread : threads_) thread.join();
}

void mixed_load::start() {
  unsettled_ = options_.unary_clients + options_.stream_clients;
  for (int i = 0; i < options_.unary_clients + options_.stream_clients; ++i)
    threads_.emplace_back([this, i] { load_client(*this, i, i >= options_.unary_clients).run(); });
}

bool mixed_load::settle(milliseconds at_most) {
  settling_ = true;
  const bool settled = wait_until(at_most, [this] { return unsettled_ == 0; });
  if (!settled) stopping_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  into_.flush();
  return settled;
}

}  // namespace suanpan::faults
