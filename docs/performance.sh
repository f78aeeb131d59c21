#!/usr/bin/env bash
# performance.sh: measures the table of docs/performance.md anew, over a tenant that is made for it.
# KQL names the binary (target/release/kql), PEOPLE the size of the tenant (2000).
set -euo pipefail
cd "$(dirname "$0")/.."
kql=${KQL:-target/release/kql}
people=${PEOPLE:-2000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$kql" demo --people "$people" --days 30 --no-prompt "$folder/tenant" >/dev/null 2>&1
"$kql" import --to "$folder/store" "$folder/tenant/quiet" "$folder/tenant/attacks" >/dev/null 2>&1
rows=$("$kql" run --data "$folder/store" -e 'union * | count' -f csv | tail -n 1 | tr -d '\r')
{
    echo "$people people, 30 days, $rows rows in Parquet."
    echo
    "$kql" bench --data "$folder/store" --now 2026-03-21T14:35:00Z crates/benches/queries
} >"$folder/table"
awk -v table="$folder/table" '
    /^<!-- measured by performance.sh -->$/ { print; while ((getline line < table) > 0) print line; skip = 1 }
    /^<!-- end -->$/ { skip = 0 }
    !skip || /^<!-- end -->$/ { if (!/^<!-- measured/) print }
' docs/performance.md >"$folder/page"
cp "$folder/page" docs/performance.md
