// What clients rely on, as lines of text: one for each message field, enum value and method.
#pragma once

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>
#include <vector>

namespace suanpan::wire {

/// One line a fact, e.g. "field suanpan.v1.Transfer 4 amount int64 singular".
[[nodiscard]] std::set<std::string> surface_of(
    const std::vector<const google::protobuf::FileDescriptor*>& files);

/// Lines of `released` that `now` has no more: each is a client that breaks.
[[nodiscard]] std::vector<std::string> broken(const std::set<std::string>& released,
                                              const std::set<std::string>& now);

}  // namespace suanpan::wire
