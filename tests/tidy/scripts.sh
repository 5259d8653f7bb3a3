#!/usr/bin/env bash
# Whether every bash script parses, is executable, and pleases shellcheck where that is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mapfile -t scripts < <(grep -rlIE '^#!/usr/bin/env bash$|^# shellcheck shell=bash$' \
  --exclude='*.[chm]*' .ci tools tests)
((${#scripts[@]} > 5)) || { echo "found only: ${scripts[*]}"; exit 1; }
failed=0
for script in "${scripts[@]}"; do
  bash -n "$script" || failed=1
  if [[ $(head -n 1 "$script") == '#!'* && ! -x $script ]]; then
    echo "$script: not executable"
    failed=1
  fi
done
command -v shellcheck >/dev/null && { shellcheck -S warning -x -P . "${scripts[@]}" || failed=1; }
echo "${#scripts[@]} scripts"
exit "$failed"
