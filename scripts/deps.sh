#!/usr/bin/env bash
# Sees to what a build needs: Go, and a C++ compiler for the Chinese segmenter. Installs the compiler where it may.
set -euo pipefail
command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or newer from https://go.dev/dl/ and try again" >&2; exit 1; }
command -v g++ >/dev/null || command -v clang++ >/dev/null || {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing g++ …" >&2
    scripts/apt.sh g++
  else
    echo "a C++ compiler is missing: install g++ (Debian, Ubuntu: sudo apt-get install g++; macOS: xcode-select --install)" >&2
    exit 1
  fi
}
