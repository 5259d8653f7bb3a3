#!/usr/bin/env bash
# Runs the Python example against a node and a PostgreSQL of its own.
#   example_test.sh BIN_DIRECTORY
# Exit 77 (skipped) with the reason where Debian's Python packages for gRPC are missing.
set -euo pipefail
binaries=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=/usr/bin/python3  # Debian's, which its packages are for
readonly ready_seconds_max=60

if ! "$python" -c 'import grpc, google.protobuf' 2>/dev/null; then
  echo "skipped: python3-grpcio or python3-protobuf is missing"
  exit 77
fi

directory=$(mktemp -d)
chmod 755 "$directory"  # PostgreSQL's user must pass
node=
clean_up() {
  if [[ $node ]]; then kill "$node" 2>/dev/null && wait "$node" || true; fi
  "$root/tools/lib/postgres.sh" wipe "$directory/postgres" || true
  rm -rf "$directory"
}
trap clean_up EXIT

field() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$@"; }

"$root/tools/lib/postgres.sh" start "$directory/postgres" >"$directory/postgres.json"
SUANPAN_DATABASE__DSN=$(field "$directory/postgres.json" dsn)
export SUANPAN_DATABASE__DSN
"$binaries/suanpan" migrate
"$binaries/suanpan-node" --dev --set "node.run_dir=$directory" --set grpc.port=0 \
  --set http.port=0 --set cluster.port=0 \
  --set "ledger.chart_of_accounts=$root/config/chart_of_accounts.toml" &
node=$!
for ((waited = 0; waited < 10 * ready_seconds_max; ++waited)); do
  if [[ -f $directory/node-1.json ]] &&
    "$binaries/suanpan" status --http "$(field "$directory/node-1.json" http)" \
      --endpoint "$(field "$directory/node-1.json" grpc)" >/dev/null 2>&1; then
    break
  fi
  kill -0 "$node" || exit 1
  sleep 0.1
done
"$python" "$root/tools/examples/ledger_client.py" \
  --endpoint "$(field "$directory/node-1.json" grpc)"
