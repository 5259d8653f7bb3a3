// Recorded sessions of the command line. A session is a text file: "$ suanpan …" and, below it,
// what the command printed: stdout as it is, stderr after "! ", and "=> N" if the status was not 0.
// Lines that begin with # are comments. What differs from run to run (times of today, ids, keys,
// ports) is written as zeros of the same width, so that columns stay where they are.
#pragma once

#include "tests/cli/programs.hpp"

#include <string>
#include <vector>

namespace suanpan::testing {

/// Words of a command, with '…' for those that hold blanks, and {name} replaced.
[[nodiscard]] std::vector<std::string> words_of(const std::string& line, const variables& replaced);

/// Text of a run as a session has it.
[[nodiscard]] std::string normalised(std::string text, const variables& replaced);

/// Runs tests/cli/golden/NAME.session and compares; {name} in it stands for replaced[name], `set`
/// is the environment. With SUANPAN_WRITE_GOLDEN=1 in ours, records instead.
void run_session(const std::string& name, const variables& replaced, const variables& set);

}  // namespace suanpan::testing
