#!/usr/bin/env bash
# The binary by itself: in an empty directory, with an empty home and no module cache, it must answer a customer.
set -euo pipefail
bin=$(realpath "$1")
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cp "$bin" "$dir/huiyin"; cd "$dir"
answer=$(printf '你们几天能发货？\nhow long is the warranty?\n' | env -i HOME="$dir" PATH=/usr/bin:/bin GOMODCACHE="$dir/none" ./huiyin --data "$dir/data" chat)
printf '%s\n' "$answer"
grep -q '发货' <<<"$answer" && grep -qi '12 months' <<<"$answer" || { echo "alone: the binary gave no answer" >&2; exit 1; }
