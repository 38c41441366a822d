#!/usr/bin/env bash
# Sees to what a build needs: Go. With "race" also to what the race detector needs: a C compiler, installed where it may.
set -euo pipefail
command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or newer from https://go.dev/dl/ and try again" >&2; exit 1; }
[ "${1:-}" = race ] || exit 0
command -v gcc >/dev/null || command -v clang >/dev/null || {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing gcc …" >&2
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev >/dev/null
  else
    echo "a C compiler is missing, which the race detector needs: install gcc (Debian, Ubuntu: sudo apt-get install gcc libc6-dev; macOS: xcode-select --install)" >&2
    exit 1
  fi
}
