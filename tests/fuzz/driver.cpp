// Runs a fuzzer without libFuzzer: its corpus, then seeded changes of it, for a moment.
//   fuzz_<name> CORPUS [MILLISECONDS [SEED]]
// The input that broke a law is left in the working directory as <program>-broken.
#include "tests/fuzz/fuzz.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using input = std::vector<std::uint8_t>;

constexpr std::size_t input_bytes_max = 4'096;

const input* present = nullptr;
std::string broken_path;

extern "C" void keep_input(int signal) {
  const int file = ::open(broken_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file >= 0 && present != nullptr) (void)!::write(file, present->data(), present->size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const input& bytes) {
  present = &bytes;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::vector<input> read_corpus(const char* folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  std::ranges::sort(files);
  std::vector<input> corpus;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>{});
  }
  return corpus;
}

class mutator {
 public:
  mutator(const std::vector<input>& corpus, std::uint64_t seed) : corpus_(corpus), chance_(seed) {}

  [[nodiscard]] input next() {
    input made = corpus_[below(corpus_.size())];
    for (auto n = 1 + below(6); n > 0; --n) change(made);
    if (made.size() > input_bytes_max) made.resize(input_bytes_max);
    return made;
  }

 private:
  [[nodiscard]] std::size_t below(std::size_t bound) { return bound == 0 ? 0 : chance_() % bound; }
  [[nodiscard]] std::ptrdiff_t place(const input& in) {
    return static_cast<std::ptrdiff_t>(below(in.size() + 1));
  }
  [[nodiscard]] std::uint8_t any_byte() {
    constexpr std::uint8_t telling[] = {0, 1, 0x7F, 0x80, 0xFF, '"', ',', '\n', '=', '0', '9', 'e'};
    return below(2) == 0 ? telling[below(sizeof telling)] : static_cast<std::uint8_t>(chance_());
  }
  void change(input& in) {
    const auto at = place(in);
    const auto length = static_cast<std::ptrdiff_t>(
        std::min<std::size_t>(1 + below(16), in.size() - static_cast<std::size_t>(at)));
    switch (below(5)) {
      case 0:
        if (length > 0) in[static_cast<std::size_t>(at)] = any_byte();
        break;
      case 1:
        in.insert(in.begin() + at, any_byte());
        break;
      case 2:
        in.erase(in.begin() + at, in.begin() + at + length);
        break;
      case 3: {
        const input again(in.begin() + at, in.begin() + at + length);
        in.insert(in.begin() + place(in), again.begin(), again.end());
        break;
      }
      default: {
        const auto& other = corpus_[below(corpus_.size())];
        const auto from = place(other);
        in.insert(in.begin() + at, other.begin() + from, other.end());
      }
    }
  }

  const std::vector<input>& corpus_;
  std::mt19937_64 chance_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s CORPUS [MILLISECONDS [SEED]]\n", argv[0]);
    return 2;
  }
  const std::chrono::milliseconds lasts(argc > 2 ? std::atoi(argv[2]) : 1'500);
  const auto seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  broken_path = std::string(program_invocation_short_name) + "-broken";
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
    std::signal(signal, keep_input);
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no corpus\n", argv[1]);
    return 1;
  }
  for (const auto& bytes : corpus) run(bytes);
  std::uint64_t runs = corpus.size();
  mutator changes(corpus, seed);
  const auto end = std::chrono::steady_clock::now() + lasts;
  while (std::chrono::steady_clock::now() < end) {
    for (int n = 0; n < 16; ++n, ++runs) {
      const auto bytes = changes.next();
      run(bytes);
    }
  }
  std::printf("%s: ok runs=%llu seed=%llu\n", program_invocation_short_name,
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed));
}
