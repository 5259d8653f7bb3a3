// Enums of payments in the .proto and in the model are one: equal numbers, equal names.
#include "protocol/model/payment_records.hpp"
#include "suanpan/v1/payment_life.pb.h"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <string>

using namespace suanpan;
namespace pb = google::protobuf;

namespace {

/// Every number up to 100 has the same name on both sides, or none on both.
template <class Enum>
void check_same(const pb::EnumDescriptor* type, const std::string& prefix) {
  const auto unnamed = name_of(static_cast<Enum>(30'000));
  for (int number = 1; number < 100; ++number) {
    const auto* value = type->FindValueByNumber(number);
    const auto named = name_of(static_cast<Enum>(number));
    if (value == nullptr) {
      CHECK(named == unnamed);
      continue;
    }
    REQUIRE(value->name().starts_with(prefix));
    auto name = value->name().substr(prefix.size());
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    CHECK(named == name);
  }
}

}  // namespace

TEST_CASE("kinds, states, advice, outcomes, doubts and doors have the model's numbers and names") {
  check_same<payment_kind>(v1::PaymentKind_descriptor(), "PAYMENT_KIND_");
  check_same<payment_stage>(v1::PaymentState_descriptor(), "PAYMENT_STATE_");
  check_same<retry_advice>(v1::PaymentAdvice_descriptor(), "PAYMENT_ADVICE_");
  check_same<channel_outcome>(v1::ChannelOutcome_descriptor(), "CHANNEL_OUTCOME_");
  check_same<channel_doubt>(v1::ChannelDoubt_descriptor(), "CHANNEL_DOUBT_");
  check_same<answer_door>(v1::AnswerDoor_descriptor(), "ANSWER_DOOR_");
}
