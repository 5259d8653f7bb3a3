#!/usr/bin/env bash
# Whether every C++ file is as clang-format would write it. Exit 77 (skipped) where clang-format 14,
# for which .clang-format is written, is not at hand: other versions disagree in details.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for formatter in clang-format-14 clang-format; do
  [[ $("$formatter" --version 2>/dev/null) == *' 14.'* ]] && break
  formatter=
done
if [[ -z $formatter ]]; then
  echo "skipped: clang-format 14 is not installed (Debian 12 has it)"
  exit 77
fi
find actors config protocol storage tests tools -name '*.[ch]pp' -print0 |
  xargs -0 "$formatter" --dry-run --Werror --ferror-limit=1
