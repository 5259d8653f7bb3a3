#!/usr/bin/env bash
# The page "Backup and restore" of storage/README.md, done: a base backup and the WAL archive of a
# ledger in use are restored to a named moment; the books are whole, hold exactly what was booked by
# then, and a node serves them, booking nothing twice.
#   backup_test.sh BIN_DIRECTORY
set -euo pipefail
binaries=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tools/lib/common.sh
source "$root/tools/lib/common.sh"
readonly ready_seconds_max=60 lines=3000

directory=$(mktemp -d)
chmod 755 "$directory"  # PostgreSQL's user must pass
node=
clean_up() {
  stop_node
  "$root/tools/lib/postgres.sh" wipe "$directory/first" || true
  "$root/tools/lib/postgres.sh" wipe "$directory/second" || true
  rm -rf "$directory"
}
trap clean_up EXIT
stop_node() {
  if [[ $node ]]; then kill "$node" 2>/dev/null && wait "$node" || true; fi
  node=
}
fail() { say "FAILED $*"; exit 1; }

# Starts a node on $SUANPAN_DATABASE__DSN.
launch_node() {
  "$binaries/suanpan-node" --dev --set "node.run_dir=$directory" --set grpc.port=0 \
    --set http.port=0 --set cluster.port=0 --set "node.log_file=$directory/node.log" \
    --set "ledger.chart_of_accounts=$root/config/chart_of_accounts.toml" &
  node=$!
}
# Likewise, waits until it is ready and sets endpoint.
start_node() {
  rm -f "$directory/node-1.json"
  launch_node
  local waited
  for ((waited = 0; waited < 10 * ready_seconds_max; ++waited)); do
    if [[ -f $directory/node-1.json ]]; then
      endpoint=$(json_field grpc <"$directory/node-1.json")
      [[ $(http_get "$(json_field http <"$directory/node-1.json")" /readyz | head -n 1) != 200 ]] ||
        return 0
    fi
    kill -0 "$node" || fail "the node ended: $(tail -n 3 "$directory/node.log")"
    sleep 0.1
  done
  fail "the node is not ready"
}
import() {  # $1 which file
  local status=0
  "$binaries/suanpan" import "$directory/day-$1.csv" --endpoint "$endpoint" \
    >"$directory/import.txt" 2>&1 || status=$?
  ((status <= 1)) || fail "import: $(tail -n 3 "$directory/import.txt")"  # 1: lines were refused
}
sql() { "$pg/psql" -X -A -t -q -d "$SUANPAN_DATABASE__DSN" -c "$1"; }
content() {
  sql "select count(*), md5(string_agg(t::text, ';' order by ticket, idx)) from suanpan.transfer t"
}

pg=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
for n in 1 2 3; do
  "$binaries/suanpan-bench" day --lines "$lines" --seed "$n" --out "$directory/day-$n.csv" \
    >"$directory/day-$n.txt" 2>&1
done

say "== a ledger that archives its WAL"
archive=$directory/archive
mkdir "$archive"
chmod 777 "$archive"
keep="test ! -f $archive/%f && cp %p $archive/%f"
SUANPAN_PG_SHARED_BUFFERS=64MB SUANPAN_PG_EXTRA="archive_mode=on;archive_command='$keep'" \
  "$root/tools/lib/postgres.sh" start "$directory/first" >"$directory/first.json"
SUANPAN_DATABASE__DSN=$(json_field dsn <"$directory/first.json")
export SUANPAN_DATABASE__DSN
"$binaries/suanpan" migrate >/dev/null
start_node
import 1

say "== a base backup beside postings"
import 2 &
importing=$!
"$pg/pg_basebackup" -d "${SUANPAN_DATABASE__DSN/dbname=suanpan/}" -D "$directory/base" -c fast \
  --wal-method=none 2>"$directory/backup.txt" || fail "$(cat "$directory/backup.txt")"
wait "$importing"
sql "select pg_create_restore_point('before_the_mistake')" >/dev/null
then=$(content)

say "== what is to be undone, and the end of the machine"
import 3
[[ $(content) != "$then" ]] || fail "the third file booked nothing"
sql "select pg_switch_wal()" >/dev/null
archived() { sql "select last_archived_wal >= '$1' from pg_stat_archiver"; }
last=$(sql "select pg_walfile_name(pg_current_wal_lsn() - 1)")
for ((waited = 0; waited < 300; ++waited)); do
  [[ $(archived "$last") != t ]] || break
  sleep 0.1
done
[[ $(archived "$last") == t ]] || fail "the WAL was not archived"
"$root/tools/lib/postgres.sh" kill "$directory/first"
stop_node

say "== restored to the moment before"
mkdir "$directory/second"
mv "$directory/base" "$directory/second/data"
touch "$directory/second/data/recovery.signal"
chown -R --reference="$directory/first/data" "$directory/second/data"
target="recovery_target_name='before_the_mistake';recovery_target_action='promote'"
SUANPAN_PG_SHARED_BUFFERS=64MB \
  SUANPAN_PG_EXTRA="restore_command='cp $archive/%f %p';$target" \
  "$root/tools/lib/postgres.sh" start "$directory/second" >"$directory/second.json"
SUANPAN_DATABASE__DSN=$(json_field dsn <"$directory/second.json")
for ((waited = 0; waited < 300; ++waited)); do
  [[ $(sql "select pg_is_in_recovery()") != f ]] || break
  sleep 0.1
done
[[ $(content) == "$then" ]] || fail "restored: $(content), at the moment: $then"
"$binaries/suanpan" verify --no-live --quiet | tail -n 1 | tee "$directory/verify.txt"
grep -q '^verify: ok .*differences=0$' "$directory/verify.txt" || fail "verify"

say "== and served again"
start_node
import 2
[[ $(content) == "$then" ]] || fail "the second file booked something twice"
import 3
[[ $(content) != "$then" ]] || fail "the third file booked nothing"
"$binaries/suanpan" verify --quiet | tail -n 1 | tee "$directory/verify.txt"
grep -q '^verify: ok .*differences=0$' "$directory/verify.txt" || fail "verify after service"
stop_node

say "== the old server comes back, and is not served (R18)"
SUANPAN_PG_SHARED_BUFFERS=64MB "$root/tools/lib/postgres.sh" start "$directory/first" \
  >"$directory/first.json"
SUANPAN_DATABASE__DSN=$(json_field dsn <"$directory/first.json")
rm -f "$directory/node.log" "$directory/node-1.json"
launch_node
refusal='a superseded database: timeline 1 of system [0-9]*; this node saw timeline 2 of system'
for ((waited = 0; waited < 300; ++waited)); do
  ! grep -qs "$refusal" "$directory/node.log" || break
  [[ ! -f $directory/node-1.json ]] || fail "a node serves a superseded database"
  sleep 0.1
done
grep -q "$refusal" "$directory/node.log" || fail "no refusal: $(tail -n 3 "$directory/node.log")"
