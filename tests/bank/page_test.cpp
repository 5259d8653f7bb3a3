// What the payer's page shows and sends.
#include "tools/bank/page.hpp"

#include <doctest/doctest.h>

using namespace suanpan;
using namespace suanpan::bank;

TEST_CASE("page: a form is a choice and an account; what is neither is not believed") {
  const auto paid = read_form("account=6222+0200+0000&choice=pay");
  REQUIRE(paid.has_value());
  CHECK(paid->account == "622202000000");
  CHECK(paid->pays);
  const auto declined = read_form("choice=decline&account=x%");
  REQUIRE(declined.has_value());
  CHECK(declined->account.empty());
  CHECK_FALSE(declined->pays);
  CHECK(read_form("choice=pay&account=%36222020000000000")->account == "6222020000000000");
  for (const auto* none :
       {"", "choice=pay", "account=6222", "choice=pay&account=123", "choice=pay&account=6222%00",
        "choice=pay&account=%3Cb%3E6222", "choice=steal&account=62220000"})
    CHECK_FALSE(read_form(none).has_value());
}

TEST_CASE("page: nothing that a merchant wrote is markup on it") {
  online_order order;
  order.what.merchant = "<b>";
  order.what.reference = "'\"&";
  order.what.amount = {5};
  order.what.ccy = currency{392};
  order.return_url = "http://a/\"><script>";
  report r;
  r.is = status::paid;
  for (const auto& html : {payment_page(order, "<i>"), outcome_page(order, r)}) {
    CHECK(html.find("JPY 5") != std::string::npos);
    CHECK(html.find("&lt;b&gt;, order &#39;&quot;&amp;") != std::string::npos);
    for (const auto* markup : {"<b>", "<i>", "<script>"})
      CHECK(html.find(markup) == std::string::npos);
  }
}
