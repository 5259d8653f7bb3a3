// Everything that a run leaves behind, column by column and file by file, and where in it a text is
// found: what must be nowhere, and what must be, so that an empty answer means something.
#pragma once

#include <map>
#include <set>
#include <string>

namespace suanpan::scenarios {

/// What only its owner may know, and the places that need it as it is.
struct kept_secret {
  std::string name;                      // for people
  std::string text;                      // at least 8 bytes
  std::set<std::string> needed_in = {};  // names of places
};

class secret_search {
 public:
  /// `place`: "metrics". Texts of one place are put together.
  void read(const std::string& place, const std::string& text) { places_[place] += text + '\n'; }
  /// Every file below the directory is a place: "node/output". Throws if there is none.
  void read_files(const std::string& place, const std::string& directory);
  /// Every column of every table, partitions too, is a place: "suanpan.card.last_four". Bytes are
  /// read as they are and in hex.
  void read_database(const std::string& dsn);

  /// Places that hold the text.
  [[nodiscard]] std::set<std::string> places_of(const std::string& text) const;
  /// Places that hold the secret, in plain text, hex or base64, and don't need it.
  [[nodiscard]] std::set<std::string> leaks_of(const kept_secret& secret) const;
  [[nodiscard]] std::size_t places() const { return places_.size(); }

 private:
  std::map<std::string, std::string> places_;
};

}  // namespace suanpan::scenarios
