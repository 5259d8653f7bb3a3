#!/usr/bin/env bash
# A tiny run of tools/compare: every contender runs, rows and statements agree (or suanpan-bench
# ends with an error), every ratio that needs no TigerBeetle is there, and the chart is XML. No
# figure is judged: seconds on a busy machine say nothing. Likewise of the lanes, and of parts of
# tools/limits.
#   compare_test.sh BIN
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
unset TIGERBEETLE
"$root/tools/compare" --tiny --accounts 100 --bin "$1" --out "$directory/compare.json" |
  tee "$directory/printed"
grep -q '^compare: ok ' "$directory/printed"
python3 - "$directory" <<'PYTHON'
import json, sys, xml.dom.minidom
found = json.load(open(sys.argv[1] + "/compare.json"))
for name in ("hot_vs_for_update", "two_way_hot_vs_for_update", "uniform_vs_copy", "hot_vs_uniform",
             "zipf_vs_uniform", "single_vs_echo", "single_vs_for_update"):
    assert found[name] > 0, name
assert found["uniform_vs_tigerbeetle"] is None
assert found["rounds"] == 1 and found["versions"]["postgres"] and found["raw"]["rates"]
for name, details in found["raw"]["details"].items():
    assert details["statements"]["agree"] is True, name
settings = found["settings"]["postgres"]
for setting in ("fsync", "synchronous_commit", "full_page_writes"):
    assert settings[setting] == "on", setting
assert settings["wal_level"] == "replica"
xml.dom.minidom.parse(sys.argv[1] + "/compare.svg")
PYTHON
"$root/tools/compare" --lanes --tiny --bin "$1" --out "$directory/lanes.json" |
  tee "$directory/printed"
grep -q '^compare: ok .*count_beside_vs_alone=' "$directory/printed"
python3 - "$directory" <<'PYTHON'
import json, sys
found = json.load(open(sys.argv[1] + "/lanes.json"))
assert found["alone"][0]["answered"] > 0 and found["beside"][0]["answered"] > 0
assert "silent_payouts" in found["beside"][0] and "silent_payouts" not in found["alone"][0]
PYTHON
"$root/tools/limits" idle million --accounts 2000 --seconds 1 --bin "$1" \
  --out "$directory/limits.json" | tee "$directory/printed"
grep -q '^limits: ok .*idle_percent=.* million=' "$directory/printed"
if "$root/tools/compare" --bin "$directory" --tiny >"$directory/failed" 2>/dev/null; then exit 1; fi
grep -q '^compare: FAILED ' "$directory/failed"
