#!/usr/bin/env bash
# Runs every fuzz test of the tree for a while, one after the other.
set -euo pipefail
time=${1:-5s}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r folder; do
  for name in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$folder"/*_test.go | sed 's/^func //'); do
    echo "fuzz $folder $name"
    go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" "$folder" </dev/null
  done
done
