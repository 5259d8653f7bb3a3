// See running_bank.hpp.
#include "tests/support/running_bank.hpp"

#include "tests/support/eventually.hpp"
#include "tools/bank/signature.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace suanpan::testing {
namespace {

constexpr const char* program = SUANPAN_BINARY_DIR "/bin/suanpan-bank";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

pid_t spawn(std::vector<std::string> words, const std::string& output) {
  words.insert(words.begin(), program);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  const int flags = O_WRONLY | O_CREAT | O_APPEND;
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), flags, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, output.c_str(), flags, 0600);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, program, &files, nullptr, pointers(words).data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error("suanpan-bank can't be started");
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) throw std::runtime_error("a child is gone");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string fresh_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "suanpan-bank-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return name;
}

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
  static_cast<std::string*>(into)->append(bytes, size * count);
  return size * count;
}

/// A body that is sent once and never again: where a connection that was used before breaks without
/// an answer, libcurl would send the request anew by itself, and move money twice.
struct single_upload {
  std::string_view left;

  static std::size_t read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& left = static_cast<single_upload*>(self)->left;
    const auto taken = left.copy(into, size * count);
    left.remove_prefix(taken);
    return taken;
  }
  static int refuse_to_rewind(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }
};

/// The value of a header in the head of an answer; names are in any case.
std::string header_in(const std::string& head, std::string name) {
  const auto lower = [](std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  };
  const auto at = lower(head).rfind("\r\n" + lower(std::move(name)) + ": ");
  if (at == std::string::npos) return {};
  const auto from = head.find(": ", at) + 2;
  return head.substr(from, head.find("\r\n", from) - from);
}

std::string now_text(std::int64_t off_seconds) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count() +
                        off_seconds);
}

}  // namespace

running_bank::running_bank(const std::vector<std::string>& more) : directory_(fresh_directory()) {
  start(more);
}

running_bank::~running_bank() {
  if (pid_ > 0) stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string running_bank::printed() const {
  return contents(directory_ + "/printed");
}

void running_bank::start(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"--dev",     "--port",  "0", "--data", directory_ + "/ledger",
                                    "--run-dir", directory_};
  words.insert(words.end(), more.begin(), more.end());
  const auto file = directory_ + "/bank.json";
  std::filesystem::remove(file);
  pid_ = spawn(words, directory_ + "/printed");
  int status = 0;
  const bool told = eventually(
      [&] { return std::filesystem::exists(file) || waitpid(pid_, &status, WNOHANG) == pid_; });
  if (!told || !std::filesystem::exists(file))
    throw std::runtime_error("suanpan-bank does not start: " + printed());
  address_ = nlohmann::json::parse(contents(file)).at("http");
}

int running_bank::stop() {
  ::kill(pid_, SIGTERM);
  return wait_for(std::exchange(pid_, -1));
}

void running_bank::kill() {
  ::kill(pid_, SIGKILL);
  wait_for(std::exchange(pid_, -1));
}

bank_end run_bank(const std::vector<std::string>& words) {
  const auto directory = fresh_directory();
  const auto status = wait_for(spawn(words, directory + "/printed"));
  bank_end end{status, contents(directory + "/printed")};
  std::filesystem::remove_all(directory);
  return end;
}

std::string bank_reply::words() const {
  if (status == 0) return timed_out ? "silence" : "dropped";
  const auto said = json();
  if (!said.is_object()) return "garbage";
  if (status != 200) return std::to_string(status) + ' ' + said.value("error", "");
  const auto code = said.value("code", "");
  return said.value("status", "") + (code.empty() ? "" : ' ' + code);
}

bank_client::bank_client(std::string address, std::chrono::milliseconds patience)
    : address_(std::move(address)), patience_(patience), easy_(curl_easy_init()) {}

bank_client::~bank_client() {
  curl_easy_cleanup(easy_);
}

bank_reply bank_client::send(const bank_call& what) {
  return perform(what, !what.body.empty());
}

bank_reply bank_client::command(const std::string& path) {
  return perform({.path = path, .body = {}}, true);
}

bank_reply bank_client::perform(const bank_call& what, bool posts) {
  const auto timestamp = now_text(what.clock_off_seconds);
  const auto signature =
      bank::sign(what.secret, {.timestamp = timestamp, .path = what.path, .body = what.body});
  curl_slist* headers = nullptr;
  for (const auto& header :
       {"Content-Type: " + what.type, "X-Bank-Merchant: " + what.merchant,
        "X-Bank-Timestamp: " + timestamp, "X-Bank-Signature: " + signature, std::string("Expect:")})
    headers = curl_slist_append(headers, header.c_str());
  bank_reply reply;
  std::string head;
  curl_easy_reset(easy_);
  curl_easy_setopt(easy_, CURLOPT_URL, ("http://" + address_ + what.path).c_str());
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(patience_.count()));
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, collect);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, &head);
  single_upload upload{what.body};
  if (posts) {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE, static_cast<long>(what.body.size()));
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, single_upload::read);
    curl_easy_setopt(easy_, CURLOPT_READDATA, &upload);
    curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, single_upload::refuse_to_rewind);
  }
  const auto result = curl_easy_perform(easy_);
  curl_slist_free_all(headers);
  reply.timed_out = result == CURLE_OPERATION_TIMEDOUT;
  if (result != CURLE_OK) return reply;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &reply.status);
  const auto at = header_in(head, "X-Bank-Timestamp");
  reply.dedupes = header_in(head, "X-Bank-Dedupes");
  reply.is_signed =
      header_in(head, "X-Bank-Signature") ==
      bank::sign(bank_secret, {.timestamp = at, .path = what.path, .body = reply.body});
  return reply;
}

bank_reply bank_client::post(const std::string& path, const nlohmann::json& body) {
  return send({.path = path, .body = body.dump()});
}

std::string bank_client::status_of(const std::string& reference) {
  return post("/v1/query", {{"reference", reference}}).words();
}

}  // namespace suanpan::testing
