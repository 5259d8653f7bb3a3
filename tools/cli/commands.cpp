// See commands.hpp.
#include "tools/cli/commands.hpp"

#include "tools/cli/help.hpp"
#include "tools/cli/run_files.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace suanpan::cli {
namespace {

/// What was not understood comes before what was missing: it is most often why that is missing.
void tell_misuse(const CLI::App& app, const CLI::ParseError& wrong) {
  const auto unknown = app.remaining(true);
  const auto& command = chosen(app);
  if (unknown.empty()) std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), wrong.what());
  std::string words;
  for (const auto& word : unknown) words += ' ' + word;
  if (!unknown.empty())
    std::fprintf(stderr, "%s: not understood:%s\n", app.get_name().c_str(), words.c_str());
  std::fprintf(stderr, "See: %s --help\n", full_name(command).c_str());
}

}  // namespace

void add_common(CLI::App& app, common_options& common) {
  app.add_option("--endpoint", common.endpoint,
                 "host:port of a node's gRPC [var/run/node-1.json, else 127.0.0.1:7400]")
      ->envname("SUANPAN_ENDPOINT");
  app.add_option("--ca", common.ca_file, "PEM file: speak TLS and trust these certificates");
  app.add_option("--key-file", common.key_file, "file with the caller's key [SUANPAN_KEY]");
  app.add_option("--dsn", common.dsn,
                 "database, for migrate, key and verify [SUANPAN_DATABASE__DSN, else var/run]");
  bounded(app.add_option("--deadline", common.deadline_seconds, "seconds that one call may take"),
          1, 3'600);
  app.add_flag("--json", common.json,
               "one JSON document on stdout (proto3 JSON, field names as in .proto)");
}

std::string dsn_of(const common_options& common) {
  if (!common.dsn.empty()) return common.dsn;
  // Read here, not through CLI11: an option filled from the environment would show up in --help.
  if (const char* dsn = std::getenv("SUANPAN_DATABASE__DSN"); dsn != nullptr && *dsn != '\0')
    return dsn;
  for (const char* piece : {"postgres", "node-1"})
    if (const auto file = find_run_file(piece); file && !file->dsn.empty()) return file->dsn;
  throw command_failure(exit_status::configuration,
                        "no database: give --dsn or SUANPAN_DATABASE__DSN, or run ./tools/up");
}

CLI::Option* bounded(CLI::Option* option, std::int64_t least, std::int64_t most) {
  return option->type_name("N")
      ->check(CLI::Range(least, most).description(""))
      ->capture_default_str();
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int run_command_line(CLI::App& app, command_line& line, int argc, const char* const* argv) {
  const auto code = [](exit_status status) { return static_cast<int>(status); };
  try {
    app.parse(argc, argv);
    return code(line.run());
  } catch (const CLI::CallForHelp&) {
    const auto& command = chosen(app);
    print(help_formatter().make_help(&command, "", CLI::AppFormatMode::Normal));
    return code(exit_status::done);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& wrong) {
    tell_misuse(app, wrong);
    return code(exit_status::usage);
  } catch (const command_failure& failure) {
    std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), failure.what());
    return code(failure.status());
  } catch (const std::exception& unexpected) {
    std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), unexpected.what());
    return code(exit_status::refused);
  }
}

transfer_id id_from(const std::string& text, const char* option) {
  const auto id = parse_transfer_id(text);
  if (!id)
    throw command_failure(exit_status::usage,
                          std::string(option) + " must be a UUID or a ULID: " + text);
  return *id;
}

}  // namespace suanpan::cli
