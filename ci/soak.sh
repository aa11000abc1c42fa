#!/usr/bin/env bash
# Runs the staging suite against the embedded platform N times, several at once, and counts the runs that are not green.
# Usage: ci/soak.sh [RUNS] [AT-ONCE]
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${1:-1000} at_once=${2:-4}
cargo build --locked --release --quiet
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Each run has a root of its own, so that a thousand recordings do not pile up in this one.
one() {
  local root=$1/$2
  mkdir -p "$root"
  cp -r scenarios templates "$root"
  local code=0
  target/release/shakedown run staging --root "$root" >"$root/said" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then
    printf 'run %s: exit %s\n' "$2" "$code"
    grep -E '^(failed|errored|lost|LEAKED)|^  step' "$root/said" || true
  fi
  rm -rf "$root"
}
export -f one

started=$SECONDS
red=$(seq "$runs" | xargs -P "$at_once" -I{} bash -c 'one "$1" "$2"' one "$folder" {} | tee /dev/stderr | grep -c '^run ' || true)
printf '%s of %s runs were not green, in %s s\n' "$red" "$runs" "$((SECONDS - started))"
[ "$red" -eq 0 ]
