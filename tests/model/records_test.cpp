// A stored transfer owns its strings; its views follow it wherever it is copied or moved.
#include "protocol/model/records.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace suanpan;

namespace {

stored_transfer sample(const std::string& reference, const std::string& memo) {
  stored_transfer stored;
  stored.reference = reference;
  stored.memo = memo;
  stored.what.reference = stored.reference;
  stored.what.memo = stored.memo;
  stored.what.amount = {500};
  stored.what.event_code = 1'001;
  stored.at = {77};
  stored.index = 3;
  stored.result = item_result::debit_insufficient_funds;
  stored.date = {20'780};
  return stored;
}

bool views_are_own(const stored_transfer& stored) {
  return stored.what.reference.data() == stored.reference.data() &&
         stored.what.reference == stored.reference &&
         stored.what.memo.data() == stored.memo.data() && stored.what.memo == stored.memo;
}

bool same_content(const stored_transfer& a, const stored_transfer& b) {
  return a.reference == b.reference && a.memo == b.memo && a.what.amount == b.what.amount &&
         a.what.event_code == b.what.event_code && a.at == b.at && a.index == b.index &&
         a.result == b.result && a.date == b.date;
}

// Short strings live inside the object, long ones outside: both must follow.
const std::vector<std::pair<std::string, std::string>> texts = {
    {"", ""}, {"o-1", "短"}, {std::string(128, 'r'), "m"}, {"r", std::string(256, 'm')}};

}  // namespace

TEST_CASE("a copy of a stored transfer points at its own strings") {
  for (const auto& [reference, memo] : texts) {
    stored_transfer copy;
    {
      const stored_transfer original = sample(reference, memo);
      copy = original;
      CHECK(views_are_own(original));
      CHECK(same_content(copy, original));
      const stored_transfer constructed(original);
      CHECK(views_are_own(constructed));
      CHECK(same_content(constructed, original));
    }
    CHECK(views_are_own(copy));
    CHECK(copy.what.reference == reference);
    CHECK(copy.what.memo == memo);
  }
}

TEST_CASE("a moved stored transfer points at its own strings and leaves none behind") {
  for (const auto& [reference, memo] : texts) {
    stored_transfer from = sample(reference, memo);
    stored_transfer to(std::move(from));
    CHECK(views_are_own(to));
    CHECK(same_content(to, sample(reference, memo)));
    CHECK(from.what.reference.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(from.what.memo.empty());
    stored_transfer assigned;
    assigned = std::move(to);
    CHECK(views_are_own(assigned));
    CHECK(same_content(assigned, sample(reference, memo)));
  }
}

TEST_CASE("assigning a stored transfer to itself changes nothing") {
  stored_transfer stored = sample("o-1", "memo");
  auto& same = stored;
  stored = same;
  CHECK(views_are_own(stored));
  CHECK(same_content(stored, sample("o-1", "memo")));
  stored = std::move(same);
  CHECK(views_are_own(stored));
  CHECK(same_content(stored, sample("o-1", "memo")));
}

TEST_CASE("stored transfers keep their strings while a vector of them grows") {
  std::vector<stored_transfer> all;
  for (int i = 0; i < 100; ++i) all.push_back(sample("o-" + std::to_string(i), "m"));
  for (int i = 0; i < 100; ++i) {
    const auto& stored = all[static_cast<std::size_t>(i)];
    CHECK(views_are_own(stored));
    CHECK(stored.what.reference == "o-" + std::to_string(i));
  }
}

TEST_CASE("content is compared field by field, in the order in which differences are told") {
  transfer known;
  known.reference = "r";
  known.memo = "m";
  CHECK(compare_content(known, known) == item_result::exists);
  transfer asked = known;
  // From the last field to the first: each further difference takes precedence.
  asked.memo = "n";
  CHECK(compare_content(known, asked) == item_result::exists_with_different_memo);
  asked.reference = "s";
  CHECK(compare_content(known, asked) == item_result::exists_with_different_reference);
  asked.kind = static_cast<transfer_kind>(2);
  CHECK(compare_content(known, asked) == item_result::exists_with_different_kind);
  asked.event_code = 1;
  CHECK(compare_content(known, asked) == item_result::exists_with_different_event_code);
  asked.ccy = {156};
  CHECK(compare_content(known, asked) == item_result::exists_with_different_currency);
  asked.amount = {1};
  CHECK(compare_content(known, asked) == item_result::exists_with_different_amount);
  asked.credit = {1};
  CHECK(compare_content(known, asked) == item_result::exists_with_different_credit_account);
  asked.debit = {1};
  CHECK(compare_content(known, asked) == item_result::exists_with_different_debit_account);
}
