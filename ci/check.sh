#!/usr/bin/env bash
# Everything that CI checks, in the order in which it fails fastest. Needs Rust and git; what else it uses it finds or
# does without, and says so.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto} INSTA_UPDATE=no
# Linters that ci/tools has installed; those of the machine come first.
[ ! -d target/tools/bin ] || export PATH=$PATH:$PWD/target/tools/bin
# What a shell has set must not change what is checked.
unset REQUIRE_LIVE NEXTEST_RUN_ID
for prefix in E2E_ MOLECULE_ SHAKEDOWN_ AWS_; do
  for name in $(compgen -e "$prefix" || true); do unset "$name"; done
done

status() { git status --porcelain --untracked-files=normal; }
before=$(status)

step() { printf '\n── %s\n' "$*"; }
without() { printf '\n!! NOT CHECKED: %s\n' "$*" >&2; }

# The floors are packages; this proves that what a floor must not see is not below it.
absent() {
  local package=$1 found
  shift
  for crate in "$@"; do
    found=$(cargo tree --locked --package "$package" --edges normal --prefix none --format '{p}' | awk -v crate="$crate" '$1 == crate')
    if [ -n "$found" ]; then
      printf 'error: %s must not see %s: cargo tree -p %s -i %s\n' "$package" "$crate" "$package" "$crate" >&2
      return 1
    fi
  done
}

step format
cargo fmt --all --check

step lints
cargo clippy --locked --workspace --all-targets -- -D warnings
cargo clippy --locked --package shakedown --lib --bins --no-default-features -- -D warnings

step floors
absent harness-model tokio reqwest rusqlite hyper libtest-mimic getrandom
absent harness-engine harness-report harness-runner libtest-mimic rusqlite indicatif clap shakedown-platform
absent harness-report harness-engine harness-runner tokio reqwest clap shakedown-platform
absent harness-runner shakedown-platform axum
absent shakedown-platform harness-model harness-engine harness-report harness-runner shakedown
for package in harness-model harness-engine harness-report harness-runner shakedown-platform shakedown; do
  absent "$package" openssl native-tls aws-lc-rs lazy_static
done

step documentation
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet

step tests
cargo test --locked --workspace

if ! command -v chromedriver >/dev/null; then
  without "the HTML page in a browser (ci/tools installs chromium and chromium-driver); its tests above say that they were ignored"
fi

step "a team's own suite, in a crate of its own"
# Nothing is resolved anew: the versions are those that were tested above.
cp Cargo.lock tests/elsewhere/Cargo.lock
elsewhere() {
  local command=$1
  shift
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} cargo "$command" --manifest-path tests/elsewhere/Cargo.toml "$@"
}
elsewhere fmt --check
elsewhere clippy --all-targets -- -D warnings
for crate in shakedown-platform axum; do
  if elsewhere tree --edges normal --prefix none --format '{p}' | awk -v crate="$crate" '$1 == crate { found = 1 } END { exit !found }'; then
    printf 'error: a suite without the platform must not see %s\n' "$crate" >&2
    exit 1
  fi
done
elsewhere test
elsewhere run --quiet --bin e2e -- --root tests/elsewhere check --deny-warnings
elsewhere run --quiet --bin e2e -- --root tests/elsewhere run shop book
own=$(mktemp -d)
elsewhere run --quiet --bin e2e -- --root "$own" new suite own
elsewhere run --quiet --bin e2e -- --root "$own" check --deny-warnings
rm -r "$own"

if [ -d /proc/self/fd ]; then
  step "six runs killed, and nothing left after a sweep"
  cargo run --locked --quiet --example kill -- 6
else
  without "six runs killed (examples/kill.rs reads /proc)"
fi

if cargo nextest --version >/dev/null 2>&1; then
  step "the staging suite under nextest"
  cargo nextest run --locked --test staging
else
  without "the staging suite under nextest (cargo install cargo-nextest)"
fi

if taplo --version >/dev/null 2>&1; then
  step "the suites by their schema"
  find scenarios -name '*.toml' -exec taplo lint {} +
else
  without "the suites with taplo (ci/tools installs it); harness/model has validated them with another validator"
fi

if actionlint --version >/dev/null 2>&1; then
  step "the workflows with actionlint"
  actionlint .github/workflows/*.yml .gitea/workflows/*.yml
else
  without "the workflows with actionlint (go install github.com/rhysd/actionlint/cmd/actionlint@latest); the published schema and tests/workflows.rs have a say below"
fi

if check-jsonschema --version >/dev/null 2>&1; then
  step "the workflows by the published schema"
  check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml .gitea/workflows/*.yml
else
  without "the workflows by the published schema (ci/tools installs it); tests/workflows.rs has read them strictly"
fi

if shellcheck --version >/dev/null 2>&1; then
  step "the scripts with shellcheck"
  find ci -type f ! -name '*.*' -exec shellcheck --severity=warning {} +
  shellcheck --severity=warning ci/*.sh
else
  without "the scripts with shellcheck (ci/tools installs it); bash has parsed those that a test runs"
fi

if cargo deny --version >/dev/null 2>&1; then
  step "licences and bans"
  cargo deny --all-features check bans licenses sources
else
  without "cargo deny (cargo install cargo-deny); tests/architecture.rs has checked licences and bans of the lock file"
fi

step "nothing left lying about"
after=$(status)
if [ "$before" != "$after" ]; then
  printf 'error: the checks changed the tree, from:\n%s\nto:\n%s\n' "$before" "$after" >&2
  exit 1
fi
printf 'all checks passed\n'
