// What was released stays: tests/wire/released/*.txt hold every field, enum value and method that
// clients may use. A line may never leave these files. Additions to the API are free; they are
// released by running this test program once with SUANPAN_WRITE_RELEASED=1 and committing what it
// appended.
#include "suanpan/v1/ledger.pb.h"
#include "suanpan/v1/merchants.pb.h"
#include "suanpan/v1/operations.pb.h"
#include "suanpan/v1/payments.pb.h"
#include "tests/wire/api_surface.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.pb.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace suanpan;
using namespace suanpan::wire;
namespace pb = google::protobuf;

namespace {

const std::filesystem::path released_file =
    SUANPAN_SOURCE_DIR "/tests/wire/released/suanpan.v1.txt";

std::set<std::string> read_released() {
  std::ifstream file(released_file);
  REQUIRE_MESSAGE(file.good(), "tests/wire/released/suanpan.v1.txt is missing");
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#') lines.insert(line);
  return lines;
}

std::set<std::string> surface_now() {
  return surface_of({v1::Totals::descriptor()->file(), v1::BalanceMonitor::descriptor()->file(),
                     v1::Account::descriptor()->file(), v1::TrialBalance::descriptor()->file(),
                     v1::Transfer::descriptor()->file(), v1::Payment::descriptor()->file(),
                     v1::ListPaymentsRequest::descriptor()->file(),
                     v1::Merchant::descriptor()->file(),
                     v1::ListCasesRequest::descriptor()->file()});
}

/// The surface after a change that somebody might make to ledger.proto.
std::set<std::string> surface_after(const std::function<void(pb::FileDescriptorProto&)>& change) {
  std::vector<const pb::FileDescriptor*> files;
  pb::DescriptorPool pool;
  for (const auto* file :
       {v1::Totals::descriptor()->file(), v1::Account::descriptor()->file(),
        v1::TrialBalance::descriptor()->file(), v1::BalanceMonitor::descriptor()->file(),
        v1::Transfer::descriptor()->file(), v1::Payment::descriptor()->file(),
        v1::ListPaymentsRequest::descriptor()->file(), v1::Merchant::descriptor()->file(),
        v1::ListCasesRequest::descriptor()->file()}) {
    pb::FileDescriptorProto copy;
    file->CopyTo(&copy);
    if (file == v1::Transfer::descriptor()->file()) change(copy);
    files.push_back(pool.BuildFile(copy));
    REQUIRE(files.back() != nullptr);
  }
  return surface_of(files);
}

template <class List>
auto& named(List& list, const std::string& name) {
  for (auto& entry : list)
    if (entry.name() == name) return entry;
  FAIL("no ", name);
  return *list.begin();
}

pb::FieldDescriptorProto& field(pb::FileDescriptorProto& file, const std::string& message,
                                const std::string& name) {
  return named(*named(*file.mutable_message_type(), message).mutable_field(), name);
}

}  // namespace

TEST_CASE("nothing that was released is renumbered, retyped, renamed or removed") {
  auto released = read_released();
  const auto now = surface_now();
  for (const auto& line : broken(released, now)) FAIL_CHECK("released, and gone: ", line);
  const auto added = broken(now, released);
  if (added.empty()) return;
  if (std::getenv("SUANPAN_WRITE_RELEASED") == nullptr) {
    MESSAGE(added.size(),
            " additions are not released yet (SUANPAN_WRITE_RELEASED=1 appends them), first: ",
            added.front());
    return;
  }
  std::ofstream file(released_file, std::ios::app);
  for (const auto& line : added) file << line << '\n';
}

TEST_CASE(
    "the check notices a field that is renumbered, retyped, renamed, removed or made repeated") {
  const auto before = surface_now();
  const auto breaks = [&](const std::function<void(pb::FileDescriptorProto&)>& change) {
    return broken(before, surface_after(change)).size();
  };
  using label = pb::FieldDescriptorProto;
  CHECK(breaks([](auto&) {}) == 0);
  CHECK(breaks([](auto& f) { field(f, "Transfer", "amount").set_number(44); }) == 1);
  CHECK(breaks([](auto& f) { field(f, "Transfer", "amount").set_type(label::TYPE_UINT64); }) == 1);
  CHECK(breaks([](auto& f) { field(f, "Transfer", "memo").set_name("note"); }) == 1);
  CHECK(breaks([](auto& f) { field(f, "Transfer", "memo").set_label(label::LABEL_REPEATED); }) ==
        1);
  CHECK(breaks([](auto& f) {
          named(*f.mutable_message_type(), "Transfer").mutable_field()->RemoveLast();
        }) == 1);
  CHECK(breaks([](auto& f) {
          named(*named(*f.mutable_enum_type(), "TransferResult").mutable_value(),
                "TRANSFER_RESULT_POSTED")
              .set_number(9);
        }) == 1);
  CHECK(breaks([](auto& f) {
          named(*f.mutable_service(0)->mutable_method(), "GetTransfer").set_server_streaming(true);
        }) == 1);
}

TEST_CASE("an addition breaks nothing") {
  const auto after = surface_after([](pb::FileDescriptorProto& file) {
    auto& added = *named(*file.mutable_message_type(), "Transfer").add_field();
    added.set_name("colour");
    added.set_number(900);
    added.set_type(pb::FieldDescriptorProto::TYPE_STRING);
    added.set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
  });
  CHECK(broken(surface_now(), after).empty());
  CHECK(broken(after, surface_now()).size() == 1);
}
