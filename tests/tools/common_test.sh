#!/usr/bin/env bash
# The words that all scripts share (tools/lib/common.sh): run files are read rightly, and a process
# that is not of this checkout is never signalled, whatever a run file says.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib/common.sh"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
checks=0

expect() {  # $1 law, $2 expected, $3 actual
  checks=$((checks + 1))
  [[ $2 == "$3" ]] && return
  printf 'BROKEN %s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3"
  exit 1
}

document='{"name": "node-1","pid":123,  "grpc" : "127.0.0.1:7400",
 "dsn": "host='"'/a \\\"b\\\\c'"' port=1", "cluster": null, "lines": 5, "text": "\"lines\": 7"}'
expect "a text field is read" node-1 "$(json_field name <<<"$document")"
expect "a number is read" 123 "$(json_field pid <<<"$document")"
expect "a field on the next line is read" 127.0.0.1:7400 "$(json_field grpc <<<"$document")"
expect "escapes are undone" "host='/a \"b\\c' port=1" "$(json_field dsn <<<"$document")"
expect "null is nothing" '' "$(json_field cluster <<<"$document")"
expect "an absent field is nothing" '' "$(json_field none <<<"$document")"
expect "a field inside a text is no field" 5 "$(json_field lines <<<"$document")"
expect "a text survives both ways" 'a"b\c' "$(json_field x <<<"{\"x\": $(json_text 'a"b\c')}")"

expect "nobody listening is a failure, not an exit" refused \
  "$(http_get 127.0.0.1:1 /readyz || echo refused)"
expect "no address is a failure" refused "$(http_get '' /readyz || echo refused)"

# A stranger that a stale run file names must survive; the file goes.
run_directory=$place
sleep 60 &
stranger=$!
printf '{"name": "node-1", "pid": %d}' "$stranger" >"$place/node-1.json"
stop_piece node-1 1
expect "a stranger's process is left alone" alive "$(kill -0 "$stranger" && echo alive)"
expect "the stale run file is removed" gone "$([[ -e $place/node-1.json ]] || echo gone)"
kill "$stranger"
expect "a pid that is no number is nobody's" no "$(is_ours '12; true' || echo no)"

# A program of the checkout is stopped, by force if it ignores TERM.
mkdir -p "$root/build"
own=$(mktemp -d "$root/build/common_test.XXXXXX")
trap 'rm -rf "$place" "$own"' EXIT
cp "$(command -v sleep)" "$own/program"
(trap '' TERM && exec "$own/program" 60) &  # an ignored signal stays ignored over exec
ours=$!
until is_ours "$ours"; do sleep 0.05; done
printf '{"name": "node-1", "pid": %d}' "$ours" >"$place/node-1.json"
stop_piece node-1 1 2>/dev/null
expect "our own process is ended, though it ignores TERM" gone "$(is_ours "$ours" || echo gone)"
wait "$ours" 2>/dev/null || true
echo "common: $checks laws hold"
