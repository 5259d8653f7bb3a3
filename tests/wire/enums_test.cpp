// Enums of the .proto and of the model are one: equal numbers, equal names.
#include "protocol/messages/requests.hpp"
#include "protocol/model/account.hpp"
#include "protocol/model/result.hpp"
#include "protocol/wire/opening.hpp"
#include "suanpan/v1/ledger.pb.h"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

using namespace suanpan;
namespace pb = google::protobuf;

namespace {

/// Number -> name without the enum's prefix, in lower case; without UNSPECIFIED.
std::map<int, std::string> published(const pb::EnumDescriptor* type, const std::string& prefix) {
  std::map<int, std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    auto name = type->value(i)->name();
    REQUIRE(name.starts_with(prefix));
    name.erase(0, prefix.size());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (type->value(i)->number() != 0) names[type->value(i)->number()] = name;
  }
  return names;
}

}  // namespace

TEST_CASE("TransferResult and item_result have the same numbers and names") {
  const auto names = published(v1::TransferResult_descriptor(), "TRANSFER_RESULT_");
  for (const auto& [number, name] : names) CHECK(name_of(static_cast<item_result>(number)) == name);
  const auto unnamed = name_of(static_cast<item_result>(30'000));
  int differences = 0;
  for (int number = 1; number < 1'000; ++number)
    if (names.contains(number) == (name_of(static_cast<item_result>(number)) == unnamed))
      ++differences;
  CHECK(differences == 0);
}

TEST_CASE("OpenAccountResult and opening_result have the same numbers and names") {
  const std::map<int, std::string> model{
      {static_cast<int>(opening_result::opened), "opened"},
      {static_cast<int>(opening_result::exists), "exists"},
      {static_cast<int>(opening_result::owner_invalid), "owner_invalid"},
      {static_cast<int>(opening_result::label_invalid), "label_invalid"},
      {static_cast<int>(opening_result::subject_not_found), "subject_not_found"},
      {static_cast<int>(opening_result::currency_unknown), "currency_unknown"},
      {static_cast<int>(opening_result::flags_unknown), "flags_unknown"},
      {static_cast<int>(opening_result::shard_out_of_range), "shard_out_of_range"},
      {static_cast<int>(opening_result::limits_invalid), "limits_invalid"},
      {static_cast<int>(opening_result::exists_with_different_flags),
       "exists_with_different_flags"},
      {static_cast<int>(opening_result::exists_with_different_limits),
       "exists_with_different_limits"},
      {static_cast<int>(opening_result::shard_full), "shard_full"},
      {static_cast<int>(opening_result::unavailable), "unavailable"},
      {static_cast<int>(opening_result::unknown), "unknown"},
      {static_cast<int>(opening_result::internal), "internal"},
  };
  CHECK(published(v1::OpenAccountResult_descriptor(), "OPEN_ACCOUNT_RESULT_") == model);
}

TEST_CASE("what the wire refuses of an opening has the model's numbers") {
  using wire::opening_fault;
  CHECK(static_cast<int>(opening_fault::owner_invalid) ==
        static_cast<int>(opening_result::owner_invalid));
  CHECK(static_cast<int>(opening_fault::label_invalid) ==
        static_cast<int>(opening_result::label_invalid));
  CHECK(static_cast<int>(opening_fault::subject_not_found) ==
        static_cast<int>(opening_result::subject_not_found));
  CHECK(static_cast<int>(opening_fault::currency_unknown) ==
        static_cast<int>(opening_result::currency_unknown));
  CHECK(static_cast<int>(opening_fault::flags_unknown) ==
        static_cast<int>(opening_result::flags_unknown));
  CHECK(static_cast<int>(opening_fault::shard_out_of_range) ==
        static_cast<int>(opening_result::shard_out_of_range));
  CHECK(static_cast<int>(opening_fault::limits_invalid) ==
        static_cast<int>(opening_result::limits_invalid));
}

TEST_CASE("kinds, flags, classes and sides have the same numbers on the wire and in the model") {
  CHECK(published(v1::TransferKind_descriptor(), "TRANSFER_KIND_") ==
        std::map<int, std::string>{
            {static_cast<int>(transfer_kind::post), "post"},
            {static_cast<int>(transfer_kind::hold), "hold"},
            {static_cast<int>(transfer_kind::capture), "capture"},
            {static_cast<int>(transfer_kind::void_hold), "void"},
            {static_cast<int>(transfer_kind::balancing_debit), "balancing_debit"},
            {static_cast<int>(transfer_kind::balancing_credit), "balancing_credit"},
            {static_cast<int>(transfer_kind::reverse), "reverse"}});
  CHECK(
      published(v1::AccountFlag_descriptor(), "ACCOUNT_FLAG_") ==
      std::map<int, std::string>{{static_cast<int>(account_flags::no_overdraft), "no_overdraft"},
                                 {static_cast<int>(account_flags::frozen_debit), "frozen_debit"},
                                 {static_cast<int>(account_flags::frozen_credit), "frozen_credit"},
                                 {static_cast<int>(account_flags::closed), "closed"}});
  CHECK(published(v1::SubjectClass_descriptor(), "SUBJECT_CLASS_") ==
        std::map<int, std::string>{{static_cast<int>(subject_class::asset), "asset"},
                                   {static_cast<int>(subject_class::liability), "liability"},
                                   {static_cast<int>(subject_class::equity), "equity"},
                                   {static_cast<int>(subject_class::income), "income"},
                                   {static_cast<int>(subject_class::expense), "expense"}});
  CHECK(published(v1::NormalSide_descriptor(), "NORMAL_SIDE_") ==
        std::map<int, std::string>{{static_cast<int>(normal_side::debit), "debit"},
                                   {static_cast<int>(normal_side::credit), "credit"}});
}
