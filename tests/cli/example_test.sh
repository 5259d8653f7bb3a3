#!/usr/bin/env bash
# Runs the Python examples against a node, a bank simulator and a PostgreSQL of their own.
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
bank=
clean_up() {
  for program in $node $bank; do
    kill "$program" 2>/dev/null || continue
    wait "$program" || true
  done
  "$root/tools/lib/postgres.sh" wipe "$directory/postgres" || true
  rm -rf "$directory"
}
trap clean_up EXIT

field() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$@"; }

"$root/tools/lib/postgres.sh" start "$directory/postgres" >"$directory/postgres.json"
SUANPAN_DATABASE__DSN=$(field "$directory/postgres.json" dsn)
export SUANPAN_DATABASE__DSN
"$binaries/suanpan" migrate

"$binaries/suanpan-bank" --dev --port 0 --data "$directory/bank" --run-dir "$directory" \
  --late-ms 2500 &
bank=$!
for ((waited = 0; waited < 10 * ready_seconds_max; ++waited)); do
  if [[ -f $directory/bank.json ]]; then break; fi
  kill -0 "$bank" || exit 1
  sleep 0.1
done
# The channels of tools/up, led to this bank.
sed -e "s|http://127.0.0.1:7500|http://$(field "$directory/bank.json" http)|" \
  -e "s|\"channels.dev.secret\"|\"$root/config/channels.dev.secret\"|" \
  "$root/config/channels.dev.toml" >"$directory/channels.toml"

"$binaries/suanpan-node" --dev --config "$root/config/dev.toml" \
  --set "node.run_dir=$directory" --set grpc.port=0 \
  --set http.port=0 --set cluster.port=0 \
  --set "ledger.chart_of_accounts=$root/config/chart_of_accounts.toml" \
  --set "payments.channels=$directory/channels.toml" &
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
for example in ledger_client payments_client; do
  "$python" "$root/tools/examples/$example.py" --endpoint "$(field "$directory/node-1.json" grpc)"
done
