// The files that come with Suanpan are sound, and say what they promise.
#include "tests/config/folder.hpp"

#include <algorithm>
#include <set>

using namespace suanpan;
using namespace suanpan::config;

namespace {

const std::string config_folder = SUANPAN_SOURCE_DIR "/config/";

std::vector<std::string> told(const loaded& read) {
  std::vector<std::string> lines;
  for (const auto& f : read.faults) lines.push_back(to_string(f));
  return lines;
}

}  // namespace

TEST_CASE("dev.toml starts a development node once it is told of a database") {
  const auto read =
      load({config_folder + "dev.toml", {{"SUANPAN_DATABASE__DSN", "host=/run"}}, {}});
  CHECK(told(read) == std::vector<std::string>{});
  CHECK(read.settings.node.dev);
  CHECK(read.settings.grpc.address == "127.0.0.1");
  CHECK(read.settings.grpc.port == 7400);
  CHECK(read.settings.http.port == 7401);
  CHECK(read.settings.cluster.port == 7402);
  CHECK(read.settings.node.run_dir == "var/run");
  CHECK(read.chart.all().size() > 20);
}

TEST_CASE("the production example is sound once its files are there, and is not for development") {
  const folder in;
  const auto read =
      load({config_folder + "production.example.toml",
            {},
            {"database.dsn_file=" + in.write("dsn", "host=db password=x"),
             "security.tls_certificate=" + in.write("crt", "-----BEGIN CERTIFICATE-----"),
             "security.tls_key=" + in.write("key", "-----BEGIN PRIVATE KEY-----"),
             "ledger.chart_of_accounts=" + config_folder + "chart_of_accounts.toml"}});
  CHECK(told(read) == std::vector<std::string>{});
  CHECK_FALSE(read.settings.node.dev);
  CHECK(read.settings.security.require_keys);
  CHECK(read.settings.database.zero_loss);
  CHECK_FALSE(read.settings.grpc.port_search);
}

TEST_CASE("the production example as it stands lacks only files of the machine") {
  for (const auto& line : check_file(config_folder + "production.example.toml", {}, {})) {
    CHECK(line.ends_with("No such file or directory"));
  }
}

TEST_CASE("the chart of accounts has the subjects that a payment company books on") {
  std::vector<fault> faults;
  const auto chart = load_chart(config_folder + "chart_of_accounts.toml", faults);
  REQUIRE(faults.empty());
  struct row {
    std::string_view code, name_zh;
    normal_side side;
  };
  const std::vector<row> rows = {
      {"1002", "银行存款", normal_side::debit},   {"1122", "渠道应收", normal_side::debit},
      {"1231", "坏账准备", normal_side::credit},  {"2001", "商户待结算", normal_side::credit},
      {"2002", "用户余额", normal_side::credit},  {"2101", "在途资金", normal_side::credit},
      {"2201", "渠道清算", normal_side::credit},  {"2901", "货币兑换头寸", normal_side::credit},
      {"2998", "重复支付", normal_side::credit},  {"2999", "挂账", normal_side::credit},
      {"4001", "实收资本", normal_side::credit},  {"6001", "手续费收入", normal_side::credit},
      {"6002", "手续费退还", normal_side::debit}, {"6401", "通道成本", normal_side::debit},
      {"6402", "通道返佣", normal_side::credit},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string(r.code));
    REQUIRE(chart.find(r.code) != nullptr);
    CHECK(chart.find(r.code)->name_zh == r.name_zh);
    CHECK(chart.find(r.code)->side == r.side);
  }
  std::set<std::string> names;
  for (const auto& s : chart.all()) {
    CAPTURE(s.code);
    CHECK(names.insert(s.name).second);
    CHECK(names.insert(s.name_zh).second);
  }
}
