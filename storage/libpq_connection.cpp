// Raw libpq. See the header; nothing of libpq leaves this file.
#include "storage/libpq_connection.hpp"

#include <libpq-fe.h>

#include <algorithm>

namespace suanpan::storage {
namespace {

constexpr std::size_t copy_chunk_bytes = 262'144;  // libpq copies each into its own buffer

struct close_connection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
struct clear_result {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_handle = std::unique_ptr<PGresult, clear_result>;

std::string field_of(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string{} : std::string{text};
}

server_error error_of(const PGresult* result) {
  return {field_of(result, PG_DIAG_SQLSTATE), field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED),
          field_of(result, PG_DIAG_MESSAGE_PRIMARY), field_of(result, PG_DIAG_CONSTRAINT_NAME)};
}

std::string describe(const server_error& error) {
  std::string text = error.sqlstate + " " + error.message;
  if (!error.constraint.empty()) text += " (" + error.constraint + ")";
  return text;
}

// libpq ends its messages with a line feed.
std::string one_line(const char* text) {
  std::string line = text;
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

struct libpq_connection::impl {
  std::unique_ptr<PGconn, close_connection> connection;
  std::string warning;  // first WARNING since the last statement began

  // A cancelled wait for a synchronous standby is reported by nothing but such a WARNING (R7).
  static void note(void* self, const PGresult* result) {
    const std::string severity = field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    auto& warning = static_cast<impl*>(self)->warning;
    if (severity == "WARNING" && warning.empty()) {
      warning = "WARNING " + field_of(result, PG_DIAG_SQLSTATE) + " " +
                field_of(result, PG_DIAG_MESSAGE_PRIMARY);
    }
  }

  [[nodiscard]] bool alive() const { return PQstatus(connection.get()) == CONNECTION_OK; }
  [[nodiscard]] std::string complaint() const { return one_line(PQerrorMessage(connection.get())); }

  [[nodiscard]] unavailable refusal_in(const PGresult* result) const {
    const auto error = error_of(result);
    return {error.sqlstate.empty() ? "connection lost: " + complaint() : describe(error)};
  }

  [[nodiscard]] outcome<text_rows> rows_of(const PGresult* result) const {
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return refusal_in(result);
    if (!warning.empty()) return unavailable{warning};
    text_rows rows(static_cast<std::size_t>(PQntuples(result)));
    for (int row = 0; row < PQntuples(result); ++row) {
      for (int column = 0; column < PQnfields(result); ++column) {
        rows[static_cast<std::size_t>(row)].emplace_back(
            PQgetvalue(result, row, column),
            static_cast<std::size_t>(PQgetlength(result, row, column)));
      }
    }
    return rows;
  }

  // An error of the server's during COPY shows as a result later, so a false here means a lost
  // connection.
  bool feed(std::string_view bytes) {
    for (std::size_t from = 0; from < bytes.size(); from += copy_chunk_bytes) {
      const auto chunk = bytes.substr(from, copy_chunk_bytes);
      if (PQputCopyData(connection.get(), chunk.data(), static_cast<int>(chunk.size())) != 1)
        return false;
    }
    return true;
  }

  // Reads results until the script ended, answering each request for COPY data.
  void collect(script_end& end, std::span<const std::string_view> copies) {
    std::size_t fed = 0;
    while (result_handle result{PQgetResult(connection.get())}) {
      switch (PQresultStatus(result.get())) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
          end.tags.emplace_back(PQcmdStatus(result.get()));
          break;
        case PGRES_COPY_IN:
          if (fed >= copies.size() || !feed(copies[fed])) return;
          // From here on the server may run the script to its end without us.
          end.could_commit = ++fed == copies.size();
          if (PQputCopyEnd(connection.get(), nullptr) != 1) return;
          break;
        default:
          // The first is the cause. One without SQLSTATE is libpq's own: the connection broke.
          if (auto error = error_of(result.get()); !end.error && !error.sqlstate.empty())
            end.error = std::move(error);
      }
    }
  }
};

libpq_connection::libpq_connection(std::unique_ptr<impl> with) : impl_(std::move(with)) {}
libpq_connection::~libpq_connection() = default;

outcome<std::unique_ptr<libpq_connection>> libpq_connection::open(
    const std::string& dsn, const std::vector<std::pair<std::string, std::string>>& forced) {
  // Of a repeated keyword the last wins: ours, then what the dsn expands to, then `forced`.
  std::vector<const char*> keywords{"connect_timeout", "keepalives_idle", "keepalives_interval",
                                    "keepalives_count", "dbname"};
  std::vector<const char*> values{"5", "5", "2", "3", dsn.c_str()};
  for (const auto& [keyword, value] : forced) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);

  auto with = std::make_unique<impl>();
  with->connection.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (!with->alive()) return unavailable{"cannot connect: " + with->complaint()};
  PQsetNoticeReceiver(with->connection.get(), &impl::note, with.get());
  return std::unique_ptr<libpq_connection>{new libpq_connection{std::move(with)}};
}

script_end libpq_connection::run(const std::string& script,
                                 std::span<const std::string_view> copies) {
  script_end end;
  impl_->warning.clear();
  PGconn* connection = impl_->connection.get();
  if (!impl_->alive()) {
    end.trouble = "the connection was lost before";
    return end;
  }
  end.sent = true;
  end.could_commit = copies.empty();
  if (PQsendQuery(connection, script.c_str()) == 1) impl_->collect(end, copies);
  end.alive = impl_->alive() && PQtransactionStatus(connection) != PQTRANS_ACTIVE;
  end.warned = !impl_->warning.empty();
  if (end.error)
    end.trouble = describe(*end.error);
  else if (end.warned)
    end.trouble = impl_->warning;
  else if (!end.alive)
    end.trouble = "connection lost: " + impl_->complaint();
  return end;
}

outcome<text_rows> libpq_connection::query(const std::string& sql,
                                           const std::vector<std::string>& parameters) {
  impl_->warning.clear();
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) values.push_back(parameter.c_str());
  const result_handle result{PQexecParams(impl_->connection.get(), sql.c_str(),
                                          static_cast<int>(values.size()), nullptr, values.data(),
                                          nullptr, nullptr, 0)};
  return impl_->rows_of(result.get());
}

outcome<text_rows> libpq_connection::query_binary(const std::string& sql) {
  impl_->warning.clear();
  const result_handle result{
      PQexecParams(impl_->connection.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1)};
  return impl_->rows_of(result.get());
}

outcome<done> libpq_connection::copy_out(const std::string& sql,
                                         const std::function<bool(std::string_view)>& take) {
  impl_->warning.clear();
  PGconn* connection = impl_->connection.get();
  {
    const result_handle begun{PQexec(connection, sql.c_str())};
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) return impl_->refusal_in(begun.get());
  }
  for (;;) {
    char* bytes = nullptr;
    const int count = PQgetCopyData(connection, &bytes, 0);
    if (count < 0) break;
    const std::unique_ptr<char, void (*)(void*)> held{bytes, &PQfreemem};
    if (!take({bytes, static_cast<std::size_t>(count)})) return unavailable{"reading was given up"};
  }
  std::optional<unavailable> refused;
  while (const result_handle end{PQgetResult(connection)}) {
    if (PQresultStatus(end.get()) != PGRES_COMMAND_OK && !refused)
      refused = impl_->refusal_in(end.get());
  }
  if (refused) return *refused;
  return done{};
}

bool libpq_connection::ping() {
  const result_handle result{PQexec(impl_->connection.get(), "")};
  return PQresultStatus(result.get()) == PGRES_EMPTY_QUERY && impl_->alive();
}

std::int64_t libpq_connection::backend_pid() const noexcept {
  return PQbackendPID(impl_->connection.get());
}

}  // namespace suanpan::storage
