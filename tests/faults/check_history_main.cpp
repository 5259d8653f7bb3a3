// suanpan-check-history FILE DSN: judges a recorded history against a database. Prints every
// violation with its law, and one last line; exit 0 if there is none, 1 if there is, 2 on misuse.
#include "tests/faults/checker.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: suanpan-check-history HISTORY DSN\n";
    return 2;
  }
  try {
    const auto told = suanpan::faults::read_history(argv[1]);
    const auto found = suanpan::faults::judge(told, suanpan::faults::read_books(argv[2]));
    std::cout << suanpan::faults::text_of(found, 1'000);
    std::cout << "check-history: " << (found.empty() ? "ok" : "FAILED")
              << " attempts=" << told.attempts.size()
              << " acknowledged=" << suanpan::faults::acknowledged(told)
              << " violations=" << found.size() << '\n';
    return found.empty() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cout << "check-history: FAILED " << e.what() << '\n';
    return 1;
  }
}
