#!/usr/bin/env bash
# Runs every fuzz test of the tree for a while, one after the other; a package's fuzz tests are built once for all of them.
set -euo pipefail
time=${1:-5s}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cache=$(go env GOCACHE)/fuzz # where `go test -fuzz` keeps what it found, too
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r folder; do
  go test -c -vet=off -fuzz . -o "$work/fuzz" "$folder"
  package=$(go list "$folder")
  for name in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$folder"/*_test.go | sed 's/^func //'); do
    echo "fuzz $folder $name"
    (cd "$folder" && "$work/fuzz" -test.run '^$' -test.timeout 10m -test.paniconexit0 -test.fuzz "^$name\$" -test.fuzztime "$time" -test.fuzzcachedir "$cache/$package") </dev/null
  done
done
