// Prometheus' text, as far as `suanpan status` reads it.
#include "tools/cli/metrics_text.hpp"

#include <doctest/doctest.h>

using namespace suanpan::cli;

namespace {

constexpr const char* text =
    "# HELP suanpan_shards_owned Shards.\n# TYPE suanpan_shards_owned gauge\n"
    "suanpan_shards_owned_before 3\nsuanpan_shards_owned 64\n"
    "suanpan_build_info{version=\"0.1.0\",note=\"a } b\"} 1\n"
    "suanpan_lag_seconds{kind=\"x\"} 0.25 1700000000\nbare";

}  // namespace

TEST_CASE("metrics: a sample is found by its whole name, its value after its labels") {
  CHECK(metric_in(text, "suanpan_shards_owned").value() == "64");
  CHECK(metric_in(text, "suanpan_build_info").value() == "1");
  CHECK(metric_in(text, "suanpan_lag_seconds").value() == "0.25");
  CHECK_FALSE(metric_in(text, "suanpan_shards"));
  CHECK_FALSE(metric_in(text, "bare"));
  CHECK_FALSE(metric_in("", "x"));
  CHECK_FALSE(metric_in("x{a=\"b\"}", "x"));
}

TEST_CASE("metrics: a label's value is read, an absent one is none") {
  CHECK(metric_label_in(text, "suanpan_build_info", "version").value() == "0.1.0");
  CHECK_FALSE(metric_label_in(text, "suanpan_build_info", "commit"));
  CHECK_FALSE(metric_label_in("x{a=\"b", "x", "a"));
}
