#!/usr/bin/env bash
# Sees to what tests need besides a build: a Chromium and fonts with Chinese for the browser's tests, and on Linux strace,
# which lets the disk fail under the store. Installs them where it may; else says what to do.
set -euo pipefail
missing=()
browser() { for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && return; done; return 1; }
browser || missing+=(chromium fonts-noto-cjk fonts-noto-color-emoji)
[ "$(uname)" != Linux ] || command -v strace >/dev/null || missing+=(strace)
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} for the tests …" >&2
  scripts/apt.sh "${missing[@]}"
else
  echo "the tests need more than is installed here (Debian, Ubuntu: sudo apt-get install ${missing[*]})" >&2
  exit 1
fi
