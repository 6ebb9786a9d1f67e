#!/usr/bin/env bash
# Sets up what is missing and is done in a second when nothing is. With --browser also a Chromium for the page tests.
set -euo pipefail
cd "$(dirname "$0")/.."

need() {
  command -v "$1" > /dev/null || { echo "setup: $1 is missing; $2" >&2; exit 1; }
}
need cargo "install Rust with rustup"
need node "install Node.js 20 or newer"
need npm "install npm"

# A target named in rust-toolchain.toml is not always installed on its own.
if command -v rustup > /dev/null && ! rustup target list --installed | grep -qx wasm32-unknown-unknown; then
  echo "setup: adding the target wasm32-unknown-unknown"
  rustup target add wasm32-unknown-unknown
fi

# npm writes the inner lock file at the end of an installation, so that it serves as the stamp.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "setup: installing the npm packages of package-lock.json"
  npm ci --no-audit --no-fund
  touch node_modules/.package-lock.json
fi

[ "${1:-}" = "--browser" ] || exit 0
for browser in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
  if [ -n "$browser" ] && command -v "$browser" > /dev/null; then exit 0; fi
done
echo "setup: no Chromium found, installing it"
if [ "$(id -u)" = 0 ]; then sudo=""; elif sudo -n true 2> /dev/null; then sudo="sudo"; else
  echo "setup: run this once, then again: sudo apt-get update && sudo apt-get install -y chromium" >&2
  exit 1
fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
