#!/usr/bin/env bash
# The private PostgreSQL (tools/lib/postgres.sh): started twice it is one server, a killed one comes
# back with its rows, a taken port and an over-long path are got around, and nothing stays behind.
set -euo pipefail
script=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib" && pwd)/postgres.sh
export SUANPAN_PG_SHARED_BUFFERS=64MB
place=$(mktemp -d)
chmod 755 "$place"
long=$place/$(printf 'l%.0s' {1..70})/$(printf 'm%.0s' {1..40})
trap '"$script" wipe "$place/a"; "$script" wipe "$long"; rm -rf "$place"' EXIT
psql=$(printf '%s\n' /usr/lib/postgresql/*/bin/psql | sort -V | tail -n 1)
checks=0

expect() {  # $1 law, $2 expected, $3 actual
  checks=$((checks + 1))
  [[ $2 == "$3" ]] && return
  printf 'BROKEN %s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3"
  exit 1
}
start() { "$script" start "$1" 2>/dev/null; }
field() { sed -nE "s/.*\"$1\": \"?([^\",}]*)\"?[,}].*/\1/p"; }
ask() { "$psql" "$(start "$1" | field dsn)" -Atqc "$2"; }

first=$(start "$place/a")
expect "one line of answer" 1 "$(wc -l <<<"$first")"
expect "a second start finds the first's server" "$first" "$(start "$place/a")"
expect "it does not run as root" no \
  "$([[ $(stat -c %u "/proc/$(field pid <<<"$first")") == 0 ]] && echo root || echo no)"
expect "durable settings" "on|on|on|replica|64MB" "$(ask "$place/a" "SELECT current_setting('fsync')
  || '|' || current_setting('synchronous_commit') || '|' || current_setting('full_page_writes')
  || '|' || current_setting('wal_level') || '|' || current_setting('shared_buffers')")"
expect "it listens on loopback only" 127.0.0.1 "$(ask "$place/a" 'SHOW listen_addresses')"

ask "$place/a" 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)'
"$script" kill "$place/a"
expect "a killed server runs no more" '' \
  "$(tr -d '\0' 2>/dev/null <"/proc/$(field pid <<<"$first")/cmdline" || true)"
expect "a killed server comes back with its rows" 42 "$(ask "$place/a" 'SELECT n FROM kept')"

"$script" stop "$place/a"
"$script" stop "$place/a"
port=$(field port <<<"$first")
"$script" start "$long" >/dev/null 2>&1
expect "an over-long path is got around" 1 "$(ask "$long" 'SELECT 1')"
short=$(start "$long" | field socket)
# The long one's port becomes the first one's wish, which is then taken.
start "$long" | field port >"$place/a/port"
second=$(start "$place/a")
expect "a taken port is got around" other \
  "$([[ $(field port <<<"$second") == $(start "$long" | field port) ]] || echo other)"
expect "the rows are there on another port" 42 "$(ask "$place/a" 'SELECT n FROM kept')"

# The pid of a dead server may be somebody else's by now.
"$script" kill "$place/a"
sed -i "1s/.*/$$/" "$place/a/data/postmaster.pid"
expect "a reused pid in the lock file stops nobody" 42 "$(ask "$place/a" 'SELECT n FROM kept')"

"$script" wipe "$long"
expect "the short socket directory is removed" gone "$([[ -e $short ]] || echo gone)"
"$script" wipe "$place/a"
expect "a wiped cluster is gone" gone "$([[ -e $place/a ]] || echo gone)"
mkdir -p "$place/b/data"
expect "what is no cluster is not wiped" kept \
  "$("$script" wipe "$place/b" 2>/dev/null || echo kept)"
expect "wrong usage is status 2" 2 "$("$script" start 2>/dev/null || echo $?)"
echo "postgres: $checks laws hold (first port $port)"
