#include "tests/simulation/sweep.hpp"

#include "tests/simulation/log_digest.hpp"
#include "tests/simulation/sim_run.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <stdexcept>

namespace suanpan::simulation {
namespace {

using steady = std::chrono::steady_clock;

// --- the worker's side: lines "b SEED", "m NAME\tCOUNT", "w WHY", "e SEED figures", "h SEED SHA"

void put(int to, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const auto n = ::write(to, text.data() + sent, text.size() - sent);
    if (n <= 0) ::_exit(3);  // nobody listens any more
    sent += static_cast<std::size_t>(n);
  }
}

void run_one(const sweep_plan& plan, std::uint64_t seed, bool owner, int to) {
  const bool hashed = plan.each || (seed - plan.first) % plan.compare == 0;
  put(to, "b " + std::to_string(seed) + "\n");
  log_digest digest;
  sim_plan of_run{.seed = seed};
  if (hashed) of_run.listener = [&digest](std::string_view line) { digest.add(line); };
  const auto r = run_seed(of_run);
  std::ostringstream text;
  if (hashed) text << "h " << seed << ' ' << digest.hex() << '\n';
  if (owner) {
    for (const auto& [what, times] : r.met) text << "m " << times << ' ' << what << '\n';
    for (const auto& b : r.breaches) text << "w " << b << '\n';
    text << "e " << seed << ' ' << r.items << ' ' << r.rows << ' ' << r.steps << ' ' << r.lasted
         << ' ' << r.orders << '\n';
  } else {
    text << "d " << seed << '\n';
  }
  put(to, text.str());
}

// Every worker walks over all seeds and takes its share; a seed to be compared is taken by the next
// worker, too.
void work(const sweep_plan& plan, unsigned number, int to) {
  const auto until = plan.lasts ? steady::now() + *plan.lasts : steady::time_point::max();
  for (auto seed = plan.first; seed <= plan.last; ++seed) {
    const auto at = seed - plan.first;
    const bool owner = at % plan.workers == number;
    const bool second = at % plan.compare == 0 && (at + 1) % plan.workers == number;
    if (!owner && !second) continue;
    if (steady::now() >= until) return;
    if (owner) run_one(plan, seed, true, to);
    if (second) run_one(plan, seed, false, to);
    if (seed == plan.last) return;
  }
}

// --- the parent's side

struct worker {
  pid_t pid = -1;
  int from = -1;
  std::string buffer;
  std::optional<std::uint64_t> at;  // the seed that it runs
  steady::time_point since = steady::now();
  std::vector<std::string> why;
};

class gathering {
 public:
  gathering(const sweep_plan& plan,
            const std::function<void(std::uint64_t, const std::string&)>& tell)
      : plan_(plan), tell_(tell) {}
  sweep_result run();

 private:
  void start(unsigned number);
  void read_from(worker& w);
  void take(worker& w, const std::string& line);
  void take_hash(std::uint64_t seed, const std::string& sha);
  void ended(worker& w);
  void end_hanging();
  void fail(std::uint64_t seed, std::vector<std::string> why);

  const sweep_plan& plan_;
  const std::function<void(std::uint64_t, const std::string&)>& tell_;
  std::vector<worker> workers_;
  std::map<std::uint64_t, std::string> hashes_;
  sweep_result result_;
};

void gathering::start(unsigned number) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto pid = ::fork();
  if (pid < 0) throw std::runtime_error("no process");
  if (pid == 0) {
    ::close(ends[0]);
    for (const auto& other : workers_) ::close(other.from);
    work(plan_, number, ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  worker fresh;
  fresh.pid = pid;
  fresh.from = ends[0];
  workers_.push_back(std::move(fresh));
}

void gathering::fail(std::uint64_t seed, std::vector<std::string> why) {
  result_.failures.push_back({seed, std::move(why)});
  if (result_.failures.size() < plan_.failures_max) return;
  for (const auto& w : workers_)
    if (w.from >= 0) ::kill(w.pid, SIGKILL);
}

void gathering::take_hash(std::uint64_t seed, const std::string& sha) {
  const auto [known, first] = hashes_.try_emplace(seed, sha);
  if (first) return tell_(seed, sha);
  if (known->second == sha)
    ++result_.compared;
  else
    fail(seed, {"determinism: two processes give two logs"});
  hashes_.erase(known);
}

void gathering::take(worker& w, const std::string& line) {
  std::istringstream text(line.substr(2));
  std::uint64_t seed = 0;
  switch (line[0]) {
    case 'b':
      text >> seed;
      w.at = seed;
      w.since = steady::now();
      return;
    case 'm': {
      std::uint64_t times = 0;
      text >> times;
      result_.met[line.substr(2 + std::to_string(times).size() + 1)] += times;
      return;
    }
    case 'w':
      w.why.push_back(line.substr(2));
      return;
    case 'h': {
      std::string sha;
      text >> seed >> sha;
      return take_hash(seed, sha);
    }
    case 'd':
      w.at.reset();
      return;
    default: {
      std::uint64_t items = 0;
      std::uint64_t rows = 0;
      std::uint64_t steps = 0;
      std::uint64_t lasted = 0;
      std::uint64_t orders = 0;
      text >> seed >> items >> rows >> steps >> lasted >> orders;
      ++result_.seeds;
      result_.items += items;
      result_.rows += rows;
      result_.steps += steps;
      result_.virtual_micros += lasted;
      result_.orders += orders;
      w.at.reset();
      if (!w.why.empty()) fail(seed, std::exchange(w.why, {}));
    }
  }
}

void gathering::read_from(worker& w) {
  char block[1U << 16U];
  const auto n = ::read(w.from, block, sizeof block);
  if (n <= 0) return ended(w);
  w.buffer.append(block, static_cast<std::size_t>(n));
  std::size_t begin = 0;
  for (auto end = w.buffer.find('\n'); end != std::string::npos; end = w.buffer.find('\n', begin)) {
    take(w, w.buffer.substr(begin, end - begin));
    begin = end + 1;
  }
  w.buffer.erase(0, begin);
}

void gathering::ended(worker& w) {
  ::close(w.from);
  w.from = -1;
  int status = 0;
  ::waitpid(w.pid, &status, 0);
  if (status == 0 || result_.failures.size() >= plan_.failures_max) return;
  fail(w.at.value_or(0),
       {WIFSIGNALED(status)
            ? "the process died of signal " + std::to_string(WTERMSIG(status))
            : "the process ended with status " + std::to_string(WEXITSTATUS(status))});
}

void gathering::end_hanging() {
  for (auto& w : workers_) {
    if (w.from < 0 || !w.at || steady::now() - w.since < plan_.hang) continue;
    fail(*w.at, {"it takes for ever"});
    ::kill(w.pid, SIGKILL);
    w.since = steady::now();
  }
}

sweep_result gathering::run() {
  std::fflush(nullptr);
  for (unsigned n = 0; n < plan_.workers; ++n) start(n);
  for (;;) {
    std::vector<pollfd> waiting;
    for (const auto& w : workers_)
      if (w.from >= 0) waiting.push_back({w.from, POLLIN, 0});
    if (waiting.empty()) break;
    if (::poll(waiting.data(), waiting.size(), 1'000) < 0) continue;
    for (const auto& p : waiting) {
      if (p.revents == 0) continue;
      for (auto& w : workers_)
        if (w.from == p.fd) {
          read_from(w);
          break;
        }
    }
    end_hanging();
  }
  std::ranges::sort(result_.failures, {}, &seed_failure::seed);
  return std::move(result_);
}

}  // namespace

sweep_result sweep(const sweep_plan& plan,
                   const std::function<void(std::uint64_t, const std::string&)>& tell) {
  return gathering(plan, tell).run();
}

}  // namespace suanpan::simulation
