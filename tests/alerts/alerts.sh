#!/usr/bin/env bash
# Whether the alert rules of config/prometheus parse and fire as their unit tests say (promtool).
# Rules are *.yml there, their tests *_test.yml anywhere below it. Exit 77 (skipped) without promtool.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../config/prometheus"
promtool=$(command -v promtool || echo ../../build/promtool/promtool)
if [[ ! -x $promtool ]]; then
  echo "skipped: no promtool (tools/lib/packages.sh test fetches it)"
  exit 77
fi
promtool=$(realpath "$promtool")
mapfile -t tests < <(find . -name '*_test.yml' | sort)
mapfile -t rules < <(grep -rlE '^groups:' --include='*.yml' . | sort)
((${#tests[@]} && ${#rules[@]})) || { echo "no alert rules, or no tests of them"; exit 1; }
"$promtool" check rules "${rules[@]}"
"$promtool" test rules "${tests[@]}"
# An alert that no test names could be misspelt and never fire.
mapfile -t alerts < <(sed -nE 's/^ *- alert: *"?([A-Za-z0-9_]+)"?.*/\1/p' "${rules[@]}")
((${#alerts[@]})) || { echo "the rules have no alert"; exit 1; }
for alert in "${alerts[@]}"; do
  grep -hE "alertname: *\"?$alert\"? *$" "${tests[@]}" >/dev/null || {
    echo "alert $alert has no unit test"
    exit 1
  }
done
