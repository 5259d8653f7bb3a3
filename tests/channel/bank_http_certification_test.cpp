// The adapter bank_http, certified against suanpan-bank, the program.
#include "actors/channel/bank_http_adapter.hpp"
#include "tests/channel/certification.hpp"
#include "tests/channel/scripted_server.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/running_bank.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace suanpan;

namespace {

class bank_under_test final : public certified_bank {
 public:
  explicit bank_under_test(bool dedupes)
      : bank_(options_of(dedupes)),
        hears_([this](const served_request& asked) { return hear(asked); }),
        adapter_(adapter_options(dedupes), client_, &clock_) {
    auto nobody = adapter_options(dedupes);
    nobody.url = "http://127.0.0.1:" + std::to_string(closed_port());
    nobody_ = std::make_unique<bank_http_adapter>(nobody, client_, &clock_);
    auto stranger = adapter_options(dedupes);
    stranger.secret = "another-secret";
    stranger_ = std::make_unique<bank_http_adapter>(stranger, client_, &clock_);
  }

  channel_adapter& adapter() override { return adapter_; }
  channel_adapter& adapter_to_nobody() override { return *nobody_; }
  channel_adapter& adapter_of_a_stranger() override { return *stranger_; }
  [[nodiscard]] currency ccy() const override { return *parse_currency("CNY"); }

  [[nodiscard]] std::string card_number(certified_card which) const override {
    if (which == certified_card::declines) return "6222000000000002";
    static constexpr std::array<std::string_view, 7> last_four = {"0000", "0002", "9995", "0102",
                                                                  "0103", "0105", "0106"};
    return "622200001234" + std::string(last_four[static_cast<std::size_t>(which)]);
  }

  std::int64_t times_moved(const channel_reference& reference) override {
    testing::bank_client asks(bank_.address());
    std::int64_t times = 0;
    for (const auto& entry : asks.ledger()) {
      times += entry.at("reference") == reference.value && entry.at("declined") == "" ? 1 : 0;
    }
    return times;
  }

  std::vector<callback_bytes> callbacks(const channel_reference& of) override {
    std::vector<callback_bytes> found;
    REQUIRE(testing::eventually([this, &of, &found] {
      const std::scoped_lock lock(guard_);
      found.clear();
      for (const auto& each : heard_) {
        if (each.body.find(of.value) != std::string::npos) found.push_back(each);
      }
      return !found.empty();
    }));
    return found;
  }

 private:
  static std::vector<std::string> options_of(bool dedupes) {
    std::vector<std::string> options = {"--work-ms", "1", "--callback-ms", "5"};
    if (!dedupes) options.emplace_back("--no-dedupe");
    return options;
  }
  [[nodiscard]] bank_http_options adapter_options(bool dedupes) const {
    bank_http_options options;
    options.name = {"certified"};
    options.url = "http://" + bank_.address();
    options.merchant_at_bank = "M-AT-BANK";
    options.secret = testing::bank_secret;
    options.callback_url = [url = hears_.url("/callbacks/certified?from=bank")] { return url; };
    options.traits.dedupes_by_reference = dedupes;
    return options;
  }
  served_answer hear(const served_request& asked) {
    const std::scoped_lock lock(guard_);
    heard_.push_back({asked.path, asked.headers, asked.body});
    return http_answer(200, "");
  }

  system_wall_clock clock_;
  testing::running_bank bank_;
  std::mutex guard_;
  std::vector<callback_bytes> heard_;  // guarded
  scripted_server hears_;
  http_client client_{{}};
  bank_http_adapter adapter_;
  std::unique_ptr<channel_adapter> nobody_;
  std::unique_ptr<channel_adapter> stranger_;
};

}  // namespace

TEST_CASE("bank_http is certified against a bank that dedupes by reference") {
  bank_under_test bank(true);
  certify(bank);
}

TEST_CASE("bank_http is certified against a bank that moves money again at a repeat") {
  bank_under_test bank(false);
  certify(bank);
}
