#!/usr/bin/env bash
# Measures a binary on this machine and writes docs/benchmarks.md. Leave the machine alone meanwhile: a few minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(realpath "${1:-bin/huiyin}")
out=docs/benchmarks.md
port=${BENCH_PORT:-18099}
starts=5
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT

# value KEY FILE: a number of a flat JSON object, with one digit after the point where it has any.
value() { sed -n "s/.*\"$1\": *\([-0-9.e+]*\).*/\1/p" "$2" | head -1 | awk '{print ($1 == int($1)) ? $1 : sprintf("%.1f", $1)}'; }
median() { sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
megabytes() { awk -v n="$(stat -c %s "$1")" 'BEGIN {printf "%.1f MB", n/1e6}'; }
now() { date +%s%N; }

# start DIR: serves on a directory, waits until it is ready, and says how many milliseconds that took.
start() {
  local begin; begin=$(now)
  "$bin" --data "$1" serve --listen "127.0.0.1:$port" >"$work/log" 2>&1 & pid=$!
  until curl -sf -o /dev/null "http://127.0.0.1:$port/readyz"; do
    kill -0 "$pid" 2>/dev/null || { echo "bench: the program ended:" >&2; cat "$work/log" >&2; exit 1; }
    [ $(($(now) - begin)) -lt 120000000000 ] || { echo "bench: not ready after two minutes" >&2; exit 1; }
    sleep 0.01
  done
  took=$((($(now) - begin) / 1000000))
}
stop() { kill "$pid"; wait "$pid" || true; pid=; }

echo "first start …" >&2
start "$work/data"; first=$took; stop
echo "$starts further starts …" >&2
for _ in $(seq $starts); do start "$work/data"; echo "$took" >>"$work/starts"; [ "$(wc -l <"$work/starts")" = $starts ] || stop; done
ready=$(median <"$work/starts")
sleep 30 # idle: what the start left behind is given back
rss=$(awk '/^VmRSS/ {printf "%.0f MB", $2*1024/1e6}' "/proc/$pid/status")
stop

row() { # row NAME FILE
  echo "| $1 | $(value messages "$2") | $(value msgs_per_second "$2") | $(value p50_ms "$2") | $(value p99_ms "$2") | $(value lost "$2") | $(value duplicated "$2") | $(value out_of_order "$2") | $(value peak_rss_mb "$2") |"
}
echo "200 messages a second …" >&2
"$bin" --data "$work/bench" bench e2e --messages 12000 --rate 200 --json >"$work/rate.json"
echo "as many as it takes …" >&2
"$bin" --data "$work/bench" bench e2e --messages 40000 --json >"$work/most.json"

static="not built"
[ -f dist/huiyin ] && static=$(megabytes dist/huiyin)
cat >"$work/page" <<PAGE
# Benchmarks

Written by \`make bench\` on $(date -u +%F), version $(git describe --tags --always --dirty).

| machine | |
|---|---|
| CPU | $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores |
| memory | $(awk '/^MemTotal/ {printf "%.1f GB", $2*1024/1e9}' /proc/meminfo) |
| system | $(uname -s) $(uname -r | cut -d. -f1,2), $(go version | cut -d' ' -f3) |
| load at the end | $(cut -d' ' -f1-3 /proc/loadavg) |

| | |
|---|---|
| first start on an empty directory, until \`/readyz\` says ready | $first ms |
| further starts, median of $starts | $ready ms |
| resident memory, idle for 30 s with the sample shop | $rss |
| binary of \`make build\` | $(megabytes "$bin") |
| static binary of \`make release\` | $static |

\`huiyin bench e2e\`: messages as from the web chat, by 500 visitors at a time, through intake, lanes, understanding, search, policy and outbox to a fake
platform, on a database with fsync. Times are from offering a message to its answer at the platform.

| offered | messages | a second | p50 ms | p99 ms | lost | twice | out of order | peak MB |
|---|---|---|---|---|---|---|---|---|
$(row "200 a second" "$work/rate.json")
$(row "as many as it takes" "$work/most.json")
PAGE
mv "$work/page" "$out"
cat "$out"
