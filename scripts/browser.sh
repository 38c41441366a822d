#!/usr/bin/env bash
# Sees to a Chromium and fonts with Chinese for the browser tests. Installs them where it may; else says what to do.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && exit 0; done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing chromium for the browser tests …" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fonts-noto-color-emoji >/dev/null
else
  echo "the browser tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install chromium fonts-noto-cjk)" >&2
  exit 1
fi
