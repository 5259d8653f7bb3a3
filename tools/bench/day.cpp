// See day.hpp.
#include "tools/bench/day.hpp"

#include "protocol/model/money.hpp"
#include "tools/bench/day_line.hpp"
#include "tools/cli/posting_file.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>

namespace suanpan::bench {
namespace {

constexpr std::int64_t spread_millis = 240'000;        // see day.hpp: four minutes
constexpr std::uint32_t lines_per_bad_round = 10'000;  // one bad line of each kind in as many lines
constexpr std::uint32_t users = 5'000;
constexpr std::array<std::string_view, 5> channels = {"channel:icbc", "channel:ccb", "channel:abc",
                                                      "channel:boc", "channel:cmb"};

// Codes of business events, as a payment company might number them.
constexpr std::int32_t event_opening = 9001;
constexpr std::int32_t event_pay_received = 1001;
constexpr std::int32_t event_pay_credited = 1002;
constexpr std::int32_t event_pay_fee = 1003;
constexpr std::int32_t event_top_up = 2001;
constexpr std::int32_t event_balance_pay = 2002;
constexpr std::int32_t event_refund_taken = 3001;
constexpr std::int32_t event_refund_sent = 3002;
constexpr std::int32_t event_payout = 4001;
constexpr std::int32_t event_channel_settled = 5001;
constexpr std::int32_t event_channel_cost = 5002;

/// Money that an account may spend: credits that lie far enough back, less what it spent (day.hpp).
struct funds {
  std::int64_t ripe = 0;
  std::deque<std::pair<std::uint32_t, std::int64_t>> unripe;  // line, amount
};

struct holder {
  std::string owner;
  std::string_view subject;
  currency ccy;
  funds money;
};

/// What one posting says; the writer adds id, reference and memo.
struct movement {
  std::string_view debit_subject;
  std::string_view debit_owner;
  std::string_view credit_subject;
  std::string_view credit_owner;
  currency ccy;
  std::int64_t amount = 0;
  std::int32_t event = 0;
};

class day_writer {
 public:
  day_writer(const day_options& options, const std::function<void(std::string_view)>& out);
  day_summary write();

 private:
  void write_opening_balances();
  void write_order();
  void write_quick_pay();
  void write_refund();
  void write_payout();
  void write_top_up();
  void write_balance_pay();
  void write_channel_settlement();

  void post(const movement& what);
  void write_due_bad_lines();
  void write_bad_line();
  [[nodiscard]] day_line line_of(const movement& what);
  [[nodiscard]] std::string next_memo(const movement& what);
  [[nodiscard]] std::int64_t millis_now() const;

  holder& draw_merchant() { return merchants_[ranks_.draw(random_)]; }
  std::string_view draw_channel() { return channels[random_.below(channels.size())]; }
  std::int64_t draw_amount() { return (1 + random_.below(9'999)) << random_.below(6); }
  void earn(holder& who, std::int64_t amount) { who.money.unripe.emplace_back(written_, amount); }
  bool spend(holder& who, std::int64_t amount);

  day_options options_;
  const std::function<void(std::string_view)>& out_;
  const day_subjects& subjects_ = default_day_subjects();
  random_source random_;
  std::vector<holder> merchants_;
  std::vector<holder> users_;
  skewed_ranks ranks_;
  day_line booked_;  // a line that nothing refuses, for bad lines that come after it
  std::string order_;
  std::uint32_t orders_ = 0;
  std::uint32_t written_ = 0;
  std::uint32_t bad_total_ = 0;
  day_summary summary_;
};

std::uint32_t merchants_for(const day_options& options) {
  return std::clamp(options.lines / 20, 1U, std::max(options.merchants, 1U));
}

currency currency_of_merchant(std::uint32_t rank) {
  constexpr std::array<std::string_view, 3> foreign = {"USD", "JPY", "EUR"};
  const bool abroad = rank % 16 == 15;
  return parse_currency(abroad ? foreign[rank / 16 % foreign.size()] : "CNY").value();
}

std::string numbered(std::string_view prefix, std::uint32_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(prefix).append(digits - std::min(digits, text.size()), '0') + text;
}

day_writer::day_writer(const day_options& options, const std::function<void(std::string_view)>& out)
    : options_(options),
      out_(out),
      random_(options.seed * 0x2545F4914F6CDD1DULL + static_cast<std::uint64_t>(options.day)),
      ranks_(merchants_for(options)) {
  for (std::uint32_t i = 0; i < merchants_for(options); ++i)
    merchants_.push_back({numbered("merchant:M", i + 1, 5),
                          subjects_.merchant_payable,
                          currency_of_merchant(i),
                          {}});
  for (std::uint32_t i = 0; i < users; ++i)
    users_.push_back({"user:" + std::to_string(10'001 + i),
                      subjects_.user_balance,
                      parse_currency("CNY").value(),
                      {}});
  const auto rounds = std::max(1U, options.lines / lines_per_bad_round);
  for (const auto& recipe : bad_recipes()) {
    summary_.kinds.push_back({recipe.reason, 0});
    bad_total_ += rounds;
  }
}

bool day_writer::spend(holder& who, std::int64_t amount) {
  auto& money = who.money;
  const std::uint32_t ripe_after = ripe_lines(options_.lines);
  while (!money.unripe.empty() && money.unripe.front().first + ripe_after <= written_) {
    money.ripe += money.unripe.front().second;
    money.unripe.pop_front();
  }
  if (money.ripe < amount) return false;
  money.ripe -= amount;
  return true;
}

std::int64_t day_writer::millis_now() const {
  return options_.day * day_millis +
         static_cast<std::int64_t>(written_) * spread_millis / options_.lines;
}

std::string day_writer::next_memo(const movement& what) {
  switch (random_.below(12)) {
    case 0:
      return "快捷支付 " + std::string(what.credit_owner);
    case 1:
      return "order of 2 items, gift wrapped";
    case 2:
      return "say \"thank you\"";
    case 3:
      return "退货无忧";
    default:
      return {};
  }
}

day_line day_writer::line_of(const movement& what) {
  day_line line;
  // 4,096 orders a millisecond: more than day_lines_max spreads over the four minutes.
  line.id = to_string(make_uuid7(millis_now(), written_ & 0xFFFU, random_));
  line.debit_subject = what.debit_subject;
  line.debit_owner = what.debit_owner;
  line.credit_subject = what.credit_subject;
  line.credit_owner = what.credit_owner;
  line.currency = letters(what.ccy);
  line.amount = format_plain(what.amount, what.ccy);
  line.event_code = std::to_string(what.event);
  line.reference = order_;
  line.memo = next_memo(what);
  return line;
}

void day_writer::write_bad_line() {
  const auto recipes = bad_recipes();
  const auto kind = summary_.bad % recipes.size();
  bad_context with;
  with.booked = &booked_;
  with.unix_millis = millis_now();
  with.merchant_payable = subjects_.merchant_payable;
  with.serial = ++summary_.bad;
  with.from = &random_;
  const movement base{subjects_.channel_receivable,  draw_channel(), subjects_.transit, "internal",
                      parse_currency("CNY").value(), draw_amount(),  event_pay_received};
  out_(recipes[kind].spoil(line_of(base), with));
  ++summary_.kinds[kind].lines;
  if (recipes[kind].by_ledger) ++summary_.bad_by_ledger;
  ++written_;
}

/// Bad lines lie evenly over the file, the first after the first good line.
void day_writer::write_due_bad_lines() {
  while (summary_.bad < bad_total_ && written_ > 0 &&
         static_cast<std::uint64_t>(written_) * (bad_total_ + 1) >=
             static_cast<std::uint64_t>(summary_.bad + 1) * options_.lines)
    write_bad_line();
}

void day_writer::post(const movement& what) {
  write_due_bad_lines();
  const day_line line = line_of(what);
  out_(line.text());
  if (what.event == event_pay_received || booked_.id.empty()) booked_ = line;
  ++written_;
}

/// What the merchants brought from yesterday, so that refunds and fees have something to draw on.
void day_writer::write_opening_balances() {
  order_ = "OPENING";
  for (auto& merchant : merchants_) {
    const std::int64_t amount = 100'000 + 100 * static_cast<std::int64_t>(random_.below(90'000));
    earn(merchant, amount);
    post({subjects_.bank_deposit, "internal", merchant.subject, merchant.owner, merchant.ccy,
          amount, event_opening});
  }
}

/// The bank's money comes in over transit, then reaches the merchant: transit first.
void day_writer::write_quick_pay() {
  auto& merchant = draw_merchant();
  const std::int64_t amount = draw_amount();
  post({subjects_.channel_receivable, draw_channel(), subjects_.transit, "internal", merchant.ccy,
        amount, event_pay_received});
  earn(merchant, amount);
  post({subjects_.transit, "internal", merchant.subject, merchant.owner, merchant.ccy, amount,
        event_pay_credited});
  const std::int64_t fee = std::max<std::int64_t>(1, amount * 6 / 1'000);
  if (spend(merchant, fee))
    post({merchant.subject, merchant.owner, subjects_.fee_income, "internal", merchant.ccy, fee,
          event_pay_fee});
}

/// The opposite order of a payment: merchant first, transit second.
void day_writer::write_refund() {
  auto& merchant = draw_merchant();
  const std::int64_t amount = draw_amount();
  if (!spend(merchant, amount)) return write_top_up();
  post({merchant.subject, merchant.owner, subjects_.transit, "internal", merchant.ccy, amount,
        event_refund_taken});
  post({subjects_.transit, "internal", subjects_.channel_receivable, draw_channel(), merchant.ccy,
        amount, event_refund_sent});
}

void day_writer::write_payout() {
  auto& merchant = draw_merchant();
  const std::int64_t amount = 10 * draw_amount();
  if (!spend(merchant, amount)) return write_top_up();
  post({merchant.subject, merchant.owner, subjects_.bank_deposit, "internal", merchant.ccy, amount,
        event_payout});
}

void day_writer::write_top_up() {
  auto& user = users_[random_.below(users)];
  const std::int64_t amount = draw_amount();
  earn(user, amount);
  post({subjects_.channel_receivable, draw_channel(), user.subject, user.owner, user.ccy, amount,
        event_top_up});
}

void day_writer::write_balance_pay() {
  auto& merchant = draw_merchant();
  auto& user = users_[random_.below(users)];
  const std::int64_t amount = draw_amount();
  if (merchant.ccy != user.ccy || !spend(user, amount)) return write_top_up();
  earn(merchant, amount);
  post({user.subject, user.owner, merchant.subject, merchant.owner, user.ccy, amount,
        event_balance_pay});
}

void day_writer::write_channel_settlement() {
  const auto channel = draw_channel();
  const currency ccy = parse_currency("CNY").value();
  const std::int64_t amount = 40 * draw_amount();
  post({subjects_.bank_deposit, "internal", subjects_.channel_receivable, channel, ccy, amount,
        event_channel_settled});
  post({subjects_.channel_cost, "internal", subjects_.channel_receivable, channel, ccy,
        std::max<std::int64_t>(1, amount / 500), event_channel_cost});
}

void day_writer::write_order() {
  order_ = numbered("Q", ++orders_, 9);
  const auto share = random_.below(1'000);
  if (share < 640) return write_quick_pay();
  if (share < 720) return write_refund();
  if (share < 760) return write_payout();
  if (share < 860) return write_top_up();
  if (share < 990) return write_balance_pay();
  write_channel_settlement();
}

day_summary day_writer::write() {
  std::string header;
  for (const auto column : cli::posting_columns)
    header.append(header.empty() ? "" : ",").append(column);
  out_(header + '\n');
  write_opening_balances();
  // An order has at most three lines; near the end only orders of one line fit, amid the bad ones
  // due.
  const auto room = [this] { return options_.lines - written_ - (bad_total_ - summary_.bad); };
  while (room() >= 3) write_order();
  while (room() > 0) write_top_up();
  while (summary_.bad < bad_total_) write_bad_line();
  summary_.lines = written_;
  summary_.merchants = static_cast<std::uint32_t>(merchants_.size());
  return summary_;
}

}  // namespace

const day_subjects& default_day_subjects() {
  static constexpr day_subjects subjects{"1012", "1122", "2101", "2001", "2002", "6001", "6401"};
  return subjects;
}

day_summary write_day(const day_options& options,
                      const std::function<void(std::string_view)>& out) {
  if (options.lines < day_lines_min || options.lines > day_lines_max)
    throw std::invalid_argument("lines must be " + std::to_string(day_lines_min) + " to " +
                                std::to_string(day_lines_max));
  return day_writer(options, out).write();
}

}  // namespace suanpan::bench
