#!/usr/bin/env bash
# conformance.sh SUITE-FOLDER KQL: compares answers with Kusto's; fails below the floor, and for any crash.
set -euo pipefail
suite=$1 kql=$2
here=$(dirname "$0")
report=$(python3 "$suite/compare.py" "$suite"/*.jsonl --engine "$kql batch" --batch)
echo "$report"
# The line of all cases: total, then passed, failed, errors, unsupported, crashed, timed out.
read -r total pass fail error unsupported crash timeout <<<"$(awk '$1 == "ALL" {print $2, $3, $4, $5, $6, $7, $8}' <<<"$report")"
floor=$(grep -v '^#' "$here/conformance-floor.txt")
echo "passed $pass of $total; the floor is $floor"
[ "$pass" -ge "$floor" ] || { echo "below the floor"; exit 1; }
[ "$crash" -eq 0 ] && [ "$timeout" -eq 0 ] || { echo "$crash crashes, $timeout time-outs"; exit 1; }
[ "$fail" -le "$(grep -v '^#' "$here/conformance-wrong.txt")" ] || { echo "$fail wrong answers"; exit 1; }
