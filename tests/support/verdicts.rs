//! A suite with a case for each verdict.

use super::Root;

/// Its `suite.toml`.
pub(crate) const SUITE: &str = r#"
[suite]
name            = "staging"
request-timeout = "500ms"
case-timeout    = "20s"
timeout         = "1m"

[environment.embedded]
provides = "secrets"
[environment.live]
when = "TRUTH_URL"

[service.stub]
base = "{{ env.TRUTH_URL }}"
[service.nobody]
base = "http://127.0.0.1:1"

[secret.TRUTH_SECRET]
"#;

pub(crate) const SCENARIO: &str = r#"
[scenario]
name = "truth"

[matrix]
verdict = ["passed", "flaky", "failed", "errored", "operator", "known-red", "unexpected-pass", "expired-red", "skipped", "blocked"]

[[arm]]
name  = "passed"
match = { verdict = "passed" }
[[arm]]
name  = "flaky"
match = { verdict = "flaky" }
[[arm]]
name  = "failed"
match = { verdict = "failed" }
[[arm]]
name  = "errored"
match = { verdict = "errored" }
[[arm]]
name  = "operator"
match = { verdict = "operator" }
[[arm]]
name      = "known-red"
match     = { verdict = "known-red" }
known-red = { step = "refused", when = "status == 422 and body.code == 'REFUSED'", until = "it is taken", expires = 2199-01-01 }
[[arm]]
name      = "unexpected-pass"
match     = { verdict = "unexpected-pass" }
known-red = { step = "asked", when = "status == 422", until = "it is taken", expires = 2199-01-01 }
[[arm]]
name      = "expired-red"
match     = { verdict = "expired-red" }
known-red = { step = "refused", when = "status == 422", until = "it is taken", expires = 2020-01-01 }
[[arm]]
name     = "skipped"
match    = { verdict = "skipped" }
requires = { secret = "TRUTH_SECRET" }
[[arm]]
name    = "blocked"
match   = { verdict = "blocked" }
blocked = { needs = "a moon base", owner = "space", expires = 2199-01-01 }

[[step]]
name     = "asked"
run.http = { on = "stub", path = "/ok" }
expect   = ["status == 200"]
[[step]]
name     = "broken off"
when     = "verdict == 'flaky'"
run.http = { on = "stub", path = "/breaks-once?{{ case.token }}" }
expect   = ["status == 200"]
[[step]]
name     = "compared"
when     = "verdict == 'failed'"
run.http = { on = "stub", path = "/ok" }
expect   = ["body.status == 'paused'"]
[[step]]
name     = "paid for"
when     = "verdict == 'operator'"
run.http = { on = "stub", path = "/unpaid" }
expect   = ["status == 200"]
[[step]]
name     = "unreachable"
when     = "verdict == 'errored'"
run.http = { on = "nobody", method = "POST", path = "/" }
expect   = ["status == 200"]
[[step]]
name     = "refused"
when     = "verdict == 'known-red' or verdict == 'expired-red'"
run.http = { on = "stub", path = "/refused" }
expect   = ["status == 201"]
"#;

/// What its reds are known as.
pub(crate) const FAILURES: &str = r#"
[[failure]]
contains = "insufficient_quota"
class    = "operator"
cause    = "the provider's quota is spent"
hint     = "top up the account of the key"
owner    = "platform"
[[failure]]
contains = "out of order"
cause    = "the stub is out of order"
"#;

/// The table of the design: verdict, exit when required, exit when advisory, libtest's line.
pub(crate) const TABLE: [(&str, i32, i32, &str); 10] = [
    ("passed", 0, 0, "ok"),
    ("flaky", 0, 0, "ok"),
    ("failed", 1, 0, "FAILED"),
    ("errored", 1, 0, "FAILED"),
    ("operator", 1, 0, "FAILED"),
    ("known-red", 0, 0, "ignored (known red: until it is taken"),
    ("unexpected-pass", 1, 0, "FAILED"),
    ("expired-red", 1, 0, "FAILED"),
    ("skipped", 0, 0, "ignored (skipped: missing TRUTH_SECRET"),
    ("blocked", 0, 0, "ignored (blocked: needs a moon base"),
];

/// A root with that suite, in which every arm has this gate.
pub(crate) fn root(gate: &str) -> Root {
    let gates = TABLE.map(|(arm, ..)| format!("[[gate]]\narm = \"{arm}\"\ngate = \"{gate}\"\n")).concat();
    Root::new(&[
        ("suite.toml", SUITE),
        ("truth.toml", SCENARIO),
        ("gates.toml", &gates),
        ("known-failures.toml", FAILURES),
    ])
}
