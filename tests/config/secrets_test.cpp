// Passwords: where they may come from, and that they are never shown.
#include "config/secrets.hpp"

#include "config/dsn.hpp"
#include "config/schema.hpp"
#include "tests/config/folder.hpp"

#include <algorithm>

using namespace suanpan::config;

namespace {

constexpr std::string_view password = "s3cr3t-Pa55";

bool tells(const std::vector<std::string>& lines) {
  return std::ranges::any_of(
      lines, [](const std::string& line) { return line.find(password) != std::string::npos; });
}

const std::vector<std::string> with_password = {
    "host=db dbname=s password=s3cr3t-Pa55",
    "password = s3cr3t-Pa55 host=db",
    "host=db password='s3cr3t-Pa55 and \\' more' user=u",
    "host=db\tpassword=s3cr3t-Pa55\\ tail user=u",
    "host=db sslpassword=s3cr3t-Pa55",
    "postgresql://u:s3cr3t-Pa55@db/s",
    "postgres://u:s3cr3t-Pa55@db1:1,db2:2/s?sslmode=require",
    "postgresql://u@db/s?password=s3cr3t-Pa55&sslmode=require",
    "postgresql://u@db/s?sslmode=require&sslpassword=s3cr3t-Pa55",
    "postgresql://u:a@s3cr3t-Pa55@db/s",
    "postgresql://u:a/s3cr3t-Pa55@db/s",
    "postgresql://u@db/s?pass%77ord=s3cr3t-Pa55",
};

}  // namespace

TEST_CASE("a connection string's password is found and cut in each form") {
  for (const auto& dsn : with_password) {
    CAPTURE(dsn);
    CHECK(has_password(dsn));
    CHECK_FALSE(dsn_fault(dsn).has_value());
    const std::string shown = without_password(dsn);
    CHECK_FALSE(tells({shown}));
    CHECK_FALSE(has_password(shown));
    CHECK(shown.find("db") != std::string::npos);
  }
}

TEST_CASE("what is no password stays") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"host=/run/postgresql port=5433 dbname=suanpan user=suanpan",
       "host=/run/postgresql port=5433 dbname=suanpan user=suanpan"},
      {"host=db  passfile='/a b/c'   password=x  user=u", "host=db passfile='/a b/c' user=u"},
      {"host=db password=''", "host=db"},
      {"postgresql://u:x@[::1]:5432/s?a=b&password=y&c=d", "postgresql://u@[::1]:5432/s?a=b&c=d"},
      {"postgresql:///s?host=/run", "postgresql:///s?host=/run"},
      {"postgresql://u:x?y@db/s?a=b", "postgresql://u@db/s?a=b"},
      {" postgresql://u:x@db/s?a=b", "(unreadable)"},
      {"postgresql://db:5432?password=x/y&user=a@b", "postgresql://db:5432/?user=a@b"},
      {"postgresql://db:5432/s?user=a@b", "postgresql://db:5432/s?user=a@b"},
  };
  for (const auto& [dsn, shown] : rows) {
    CAPTURE(dsn);
    CHECK(without_password(dsn) == shown);
  }
  CHECK(has_password("postgresql://u:x?y@db/s"));
  CHECK_FALSE(has_password("host=db password=''"));
  CHECK_FALSE(has_password("host=db user=password"));
}

TEST_CASE("a parameter is added in the string's own form, unless the string states it") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"host=db", "connect_timeout=3 host=db"},
      {"host=db sslmode=", "connect_timeout=3 host=db sslmode="},
      {"host=db password=a\\", "connect_timeout=3 host=db password=a\\"},
      {"host=db connect_timeout=9", "host=db connect_timeout=9"},
      {"connect_timeout = '9' host=db", "connect_timeout = '9' host=db"},
      {"host=db options='-c connect_timeout=9'",
       "connect_timeout=3 host=db options='-c connect_timeout=9'"},
      {"postgresql://db", "postgresql://db?connect_timeout=3"},
      {"postgresql://u:a%3Fb@db/s", "postgresql://u:a%3Fb@db/s?connect_timeout=3"},
      {"postgresql://db/s?", "postgresql://db/s?connect_timeout=3"},
      {"postgresql://db/s?a=b&", "postgresql://db/s?a=b&connect_timeout=3"},
      {"postgresql://u:x?y@db/s", "postgresql://u:x?y@db/s?connect_timeout=3"},
      {"postgresql://db/s?a=b", "postgresql://db/s?a=b&connect_timeout=3"},
      {"postgresql://db/s?connect_timeout=9&a=b", "postgresql://db/s?connect_timeout=9&a=b"},
  };
  for (const auto& [dsn, expected] : rows) {
    CAPTURE(dsn);
    CHECK(with_default(dsn, "connect_timeout", "3") == expected);
  }
}

TEST_CASE("the wait for a connection is bounded by its setting, in whole seconds") {
  const folder in;
  const auto read = load_text(in, dev_head, {}, {"database.connect_timeout_ms=4001"});
  REQUIRE(read.faults.empty());
  CHECK(read.settings.database.dsn == "connect_timeout=5 host=/run");
}

TEST_CASE("text that is no connection string is refused, and not shown") {
  for (const auto* text : {"s3cr3t-Pa55", "=s3cr3t-Pa55", "host=db s3cr3t-Pa55",
                           "host='s3cr3t-Pa55", "ho st=s3cr3t-Pa55", "mysql://u:s3cr3t-Pa55@db"}) {
    CAPTURE(text);
    REQUIRE(dsn_fault(text).has_value());
    CHECK_FALSE(tells({*dsn_fault(text)}));
    CHECK_FALSE(tells({without_password(text)}));
  }
}

TEST_CASE("a password on the command line or in the file is a fault that does not repeat it") {
  const std::string instead = "; use database.dsn_file or SUANPAN_DATABASE__DSN";
  for (const auto& dsn : with_password) {
    CAPTURE(dsn);
    const folder in;
    const auto set = load_text(in, "[node]\ndev = true\n", {}, {"database.dsn=" + dsn});
    if (dsn.find('\t') == std::string::npos) {
      CHECK(lines_of(set.faults, in) ==
            std::vector<std::string>{"--set: database.dsn: a password here is visible in ps" +
                                     instead});
    }
    CHECK_FALSE(tells(lines_of(set.faults, in)));
    const auto file = load_text(in, "[node]\ndev = true\n[database]\ndsn = '''" + dsn + "'''\n");
    CHECK(file.faults.size() == 1);
    CHECK_FALSE(tells(lines_of(file.faults, in)));
  }
}

TEST_CASE("the environment may carry a password, and no line shows it") {
  const folder in;
  const std::string dsn = with_password.front();
  const auto read = load_text(in, "[node]\ndev = true\n", {{"SUANPAN_DATABASE__DSN", dsn}});
  REQUIRE(read.faults.empty());
  CHECK(read.settings.database.dsn == "connect_timeout=3 " + dsn);
  const auto lines = describe(read.settings);
  CHECK_FALSE(tells(lines));
  CHECK(std::ranges::find(lines, "database.dsn = (set)") != lines.end());
  const auto empty = describe(node_config{});
  CHECK(std::ranges::find(empty, "database.dsn = (not set)") != empty.end());
}

TEST_CASE("faults of a secret never quote its value") {
  const folder in;
  const std::string broken(password);
  for (const auto& read :
       {load_text(in, "[node]\ndev = true\n", {{"SUANPAN_DATABASE__DSN", broken}}),
        load_text(in, "[node]\ndev = true\n", {{"SUANPAN_DATABASE__DSN", broken + "\n\x01"}}),
        load_text(in, "[node]\ndev = true\n", {}, {"database.dsn=" + broken}),
        load_text(in, "[node]\ndev = true\n[database]\ndsn_file = \"" +
                          in.write("dsn", broken + "\n") + "\"\n")}) {
    CHECK(read.faults.size() == 1);
    CHECK_FALSE(tells(lines_of(read.faults, in)));
  }
}

TEST_CASE("a file that is not TOML is told without what it holds around a secret") {
  const folder in;
  const std::string secret(password);
  for (const std::string& text :
       {"dsn = \"host=db password=" + secret, "dsn = host=db password=" + secret,
        "dsn = \"password=" + secret + "\\q\"", "dsn = 'password=" + secret + "\nx",
        "dsn = \"password=" + secret + "\" x", "dsn = " + secret, "dsn \"password=" + secret + "\"",
        "dsn = \"\"password=" + secret + "\"", "dsn = [\"password=" + secret + "\"",
        "dsn = 1" + secret, "dsn = t" + secret, "dsn = 0x" + secret, "dsn = 2026-" + secret}) {
    CAPTURE(text);
    const auto read = load_text(in, "[node]\ndev = true\n[database]\n" + text + "\n");
    CHECK_FALSE(read.faults.empty());
    CHECK_FALSE(tells(lines_of(read.faults, in)));
  }
}

TEST_CASE("the connection string comes from its file, first line, without the line's end") {
  const folder in;
  const std::string file = in.write("dsn", "host=db password=s3cr3t-Pa55\r\n# second line\n");
  const std::string text = "[node]\ndev = true\n[database]\ndsn_file = \"" + file + "\"\n";
  const auto read = load_text(in, text);
  REQUIRE(lines_of(read.faults, in).empty());
  CHECK(read.settings.database.dsn == "connect_timeout=3 host=db password=s3cr3t-Pa55");
  CHECK_FALSE(tells(describe(read.settings)));
}

TEST_CASE("of connection string and file the stronger source counts; of one source, neither") {
  const folder in;
  const std::string file = in.write("dsn", "host=from-file");
  const std::string stated = "[node]\ndev = true\n[database]\ndsn_file = \"" + file + "\"\n";
  const auto by_environment = load_text(in, stated, {{"SUANPAN_DATABASE__DSN", "host=from-env"}});
  CHECK(by_environment.settings.database.dsn == "connect_timeout=3 host=from-env");
  const auto by_set = load_text(in, "[node]\ndev = true\n[database]\ndsn = \"host=x\"\n", {},
                                {"database.dsn_file=" + file});
  CHECK(by_set.settings.database.dsn == "connect_timeout=3 host=from-file");
  const auto both = load_text(in, stated + "dsn = \"host=x\"\n");
  CHECK(lines_of(both.faults, in) ==
        std::vector<std::string>{
            "node.toml:5: database.dsn: database.dsn and database.dsn_file are both stated here; "
            "keep one"});
}

TEST_CASE("a secret's file must be there, say something and not be open to everyone") {
  const folder in;
  const auto load_with = [&in](const std::string& file) {
    return lines_of(
        load_text(in, "[node]\ndev = true\n[database]\ndsn_file = \"" + file + "\"\n").faults, in);
  };
  CHECK(load_with(in.path("none")) ==
        std::vector<std::string>{
            "node.toml:4: database.dsn_file: \"none\": No such file or directory"});
  CHECK(load_with(in.write("empty", "\nhost=db\n")) ==
        std::vector<std::string>{
            "node.toml:4: database.dsn_file: \"empty\" has an empty first line"});

  const std::string open = in.write("open", "host=db");
  std::filesystem::permissions(open, static_cast<std::filesystem::perms>(0644));
  CHECK(load_with(open).empty());  // development
  CHECK(read_secret(open, true).fault == "\"" + open +
                                             "\" is open to every user of the machine; "
                                             "chmod o= it");
  CHECK(read_secret(open, false).value == "host=db");
}

TEST_CASE("certificate and key must be readable PEM files, and the key not open to everyone") {
  const folder in;
  const std::string certificate = in.write("crt", "-----BEGIN CERTIFICATE-----\nx\n");
  const std::string key = in.write("key", "-----BEGIN EC PRIVATE KEY-----\nx\n");
  const auto load_with = [&in](const std::string& crt, const std::string& private_key) {
    const std::string text = "[database]\ndsn = \"host=/run\"\n[security]\ntls_certificate = \"" +
                             crt + "\"\ntls_key = \"" + private_key + "\"\n";
    return lines_of(load_text(in, text).faults, in);
  };
  CHECK(load_with(certificate, key).empty());
  CHECK(load_with(key, certificate) ==
        std::vector<std::string>{
            "node.toml:4: security.tls_certificate: \"key\" holds no certificate in PEM",
            "node.toml:5: security.tls_key: \"crt\" holds no private key in PEM"});
  CHECK(load_with(in.path("none"), in.path("")) ==
        std::vector<std::string>{
            "node.toml:4: security.tls_certificate: \"none\": No such file or directory",
            "node.toml:5: security.tls_key: \"\" is not a file"});
  std::filesystem::permissions(key, static_cast<std::filesystem::perms>(0604));
  CHECK(load_with(certificate, key) ==
        std::vector<std::string>{"node.toml:5: security.tls_key: \"key\" is open to every user of "
                                 "the machine; chmod o= it"});
}
