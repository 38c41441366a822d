#!/usr/bin/env bash
# Installs packages by apt, for scripts that have seen to it that they may: waits for whoever holds apt's lock, and tries a slow
# network again.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
for pause in 10 30 60 0; do
  if "${apt[@]}" update && "${apt[@]}" install -y "$@" >/dev/null; then exit 0; fi
  [ "$pause" = 0 ] || { echo "apt-get failed; again in ${pause}s" >&2; sleep "$pause"; }
done
echo "could not install $*: see what apt-get says above, install them by hand (apt-get install $*) and try again" >&2
exit 1
