#!/usr/bin/env bash
# Changes the harness itself in small ways, one at a time, and lists every change that no test notices: each is to be killed
# by a test, or explained in ci/mutants.explained. What is changed, .cargo/mutants.toml says.
# Usage: ci/mutants.sh PACKAGE [cargo-mutants' arguments: --re REGEX, --shard 0/4, …]
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1:?say which package: harness-model or harness-engine}
shift
# The tests that decide, without those that attack for minutes.
case $package in
harness-model) tests=(--lib --test=gates --test=log) ;;
harness-engine) tests=(--lib --test=wire) ;;
*) echo "error: no tests are chosen for $package: harness-model or harness-engine" >&2 && exit 2 ;;
esac
# They wait more than they compute.
export NEXTEST_TEST_THREADS=${NEXTEST_TEST_THREADS:-8}
tools=$PWD/target/tools-mutants
export PATH=$PATH:$tools/bin
command -v cargo-mutants >/dev/null || cargo install --locked --quiet --root "$tools" cargo-mutants@27.1.0
command -v cargo-nextest >/dev/null || cargo install --locked --quiet --root "$tools" cargo-nextest@0.9.143

# Line numbers move; what is changed does not.
named() { sed -E 's/:[0-9]+:[0-9]+: /: /' "$@" | sort -u; }
explained() { grep -v '^#' ci/mutants.explained | grep -v '^$' | sed -E 's/  +# .*//' | sort -u; }
# An explanation of what cannot be changed like this any more explains nothing.
possible=$(cargo mutants --package "$package" --list | named)
stale=$(comm -13 <(printf '%s\n' "$possible") <(explained | grep "^${package/-//}/" || true))
if [ -n "$stale" ]; then
  printf 'error: explained in ci/mutants.explained, and there is no such change:\n%s\n' "$stale" >&2
  exit 1
fi

found=target/mutants
rm -rf "$found"
mkdir -p "$found"
# 2: some were missed; 3: some ran out of time, which is noticed too.
code=0
cargo mutants --package "$package" --output "$found" --no-shuffle "${tests[@]/#/--cargo-arg=}" "$@" || code=$?
case $code in 0 | 2 | 3) ;; *) exit "$code" ;; esac

unexplained=$(comm -23 <(named "$found/mutants.out/missed.txt") <(explained))
printf '%s noticed, %s out of time, %s missed, of which unexplained:\n%s\n' \
  "$(wc -l <"$found/mutants.out/caught.txt")" "$(wc -l <"$found/mutants.out/timeout.txt")" \
  "$(wc -l <"$found/mutants.out/missed.txt")" "${unexplained:-  none}"
[ -z "$unexplained" ]
