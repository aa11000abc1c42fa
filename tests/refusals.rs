//! What does not start, what a hostile peer cannot do, and what nobody gets to see.

use crate::support::stub::Stub;
use crate::support::verdicts::{SCENARIO, SUITE, root};

#[test]
fn an_empty_selection_is_5_and_a_plain_filter_without_a_match_is_libtests_0_with_a_loud_line() {
    let root = root("required");
    let typo = root.libtest(&[("E2E_VERDICT", "pased")], &[]);
    assert_eq!(typo.code, Some(5), "{}", typo.said());
    assert!(typo.stderr.contains("did you mean `passed`?"), "{}", typo.said());
    let exact = root.libtest(&[], &["--exact", "truth::nothing"]);
    assert_eq!(exact.code, Some(5), "{}", exact.said());
    let plain = root.libtest(&[], &["some_unit_test"]);
    assert_eq!(plain.code, Some(0), "{}", plain.said());
    assert!(plain.stderr.contains("nothing was checked here"), "{}", plain.said());
    let live = root.libtest(&[("REQUIRE_LIVE", "1")], &["some_unit_test"]);
    assert_eq!(live.code, Some(5), "{}", live.said());
    let native = root.native(&[], &["some_unit_test"]);
    assert_eq!(native.code, Some(5), "{}", native.said());
}

#[test]
fn usage_and_configuration_are_2_and_nothing_is_started() {
    let stub = Stub::start();
    let root = root("required");
    let live = ("TRUTH_URL", stub.url.as_str());
    let threads = root.libtest(&[live], &["--test-threads", "0"]);
    let nonsense = root.libtest(&[live, ("REQUIRE_LIVE", "perhaps")], &[]);
    let flag = root.libtest(&[live], &["--shuffle"]);
    let environment = root.native(&[live], &["--environment", "liv"]);
    root.write("suite.toml", "[suite\n");
    let broken = root.libtest(&[live], &[]);
    for ended in [&threads, &nonsense, &flag, &environment, &broken] {
        assert_eq!(ended.code, Some(2), "{}", ended.said());
    }
    assert!(environment.stderr.contains("did you mean `live`?"), "{}", environment.said());
    assert!(broken.stderr.contains("scenarios/staging/suite.toml:1"), "{}", broken.said());
    assert_eq!(stub.seen(), Vec::<String>::new());
}

#[test]
fn a_live_environment_without_its_credential_is_2() {
    let stub = Stub::start();
    let root = root("required");
    let credential = "[credential.admin]\nbearer = \"{{ secret.TRUTH_SECRET }}\"\non = [\"stub\"]\n";
    root.write("suite.toml", &format!("{SUITE}\n{credential}"));
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("REQUIRE_LIVE", "1")], &[]);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(ended.stderr.contains("set TRUTH_SECRET"), "{}", ended.said());
}

#[test]
fn misbehaving_peers_get_a_named_verdict_and_leave_the_other_cases_alone() {
    let stub = Stub::start();
    let root = root("required");
    let paths = ["html", "fails", "hangs", "elsewhere", "refused", "fine"];
    let steps = paths
        .map(|path| format!("[[step]]\nname = \"{path}\"\nwhen = \"peer == '{path}'\"\nrun.http = {{ on = \"stub\", path = \"/{path}\" }}\nexpect = [\"body.status == 'ok'\"]\n"))
        .concat();
    let axis = paths.map(|path| format!("\"{path}\"")).join(", ");
    root.write("truth.toml", &format!("[scenario]\nname = \"peers\"\n[matrix]\npeer = [{axis}]\n{steps}"));
    root.write("gates.toml", "");
    let ended = root.native(&[("TRUTH_URL", &stub.url)], &[]);
    assert!(ended.stderr.contains("1 passed, 4 failed, 1 errored"), "{}", ended.said());
    for words in
        ["<html>", "500 {\"error\":\"out of order\"}", "no complete reply", "302 with an empty body", "422"]
    {
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn a_secret_is_in_no_recording_and_on_no_stream() {
    let stub = Stub::start();
    let root = root("required");
    let credential = "[credential.admin]\nbearer = \"{{ secret.TRUTH_SECRET }}\"\non = [\"stub\"]\n";
    root.write("suite.toml", &format!("{SUITE}\n{credential}"));
    root.write("truth.toml", &SCENARIO.replace("on = \"stub\",", "on = \"stub\", as = \"admin\","));
    let canary = "c4n4ry/with+signs=0123456789";
    for verdict in ["passed", "failed", "errored"] {
        let ended =
            root.native(&[("TRUTH_URL", &stub.url), ("TRUTH_SECRET", canary), ("E2E_VERDICT", verdict)], &[]);
        let everything = format!("{}{}", ended.said(), root.recordings());
        assert!(everything.contains("Bearer [secret]"), "{verdict}: the token was sent\n{}", ended.said());
        for form in [canary, "c4n4ry%2Fwith%2Bsigns%3D", "YzRuNHJ5L3dpdGgrc2lnbnM"] {
            assert!(!everything.contains(form), "{verdict}: {form}");
        }
    }
}

#[test]
fn what_libtest_would_choke_on_and_variables_that_nobody_meant_are_2() {
    let stub = Stub::start();
    let root = root("required");
    let live = ("TRUTH_URL", stub.url.as_str());
    let bench = root.libtest(&[live], &["--bench"]);
    let logfile = root.libtest(&[live], &["--logfile", "/nowhere/at/all"]);
    let short = root.native(&[live, ("TRUTH_SECRET", "case")], &[]);
    let password = |url: &str| root.native(&[("TRUTH_URL", url)], &[]);
    let [plain, forgiving, bare] =
        ["http://", "http:\\\\", ""].map(|scheme| password(&format!("{scheme}bob:hunter2pass@127.0.0.1:1")));
    let typo = root.native(&[live, ("REQUIRE_LIVE", "1"), ("E2E_VERDIKT", "passed")], &[]);
    for ended in [&bench, &logfile, &short, &plain, &forgiving, &bare, &typo] {
        assert_eq!(ended.code, Some(2), "{}", ended.said());
        assert!(!ended.said().contains("hunter2pass"), "{}", ended.said());
    }
    assert!(typo.stderr.contains("did you mean E2E_VERDICT?"), "{}", typo.said());
    let named = root.native(&[live, ("E2E_VERDIKT", "passed")], &["truth::passed"]);
    assert_eq!(named.code, Some(0), "{}", named.said());
    assert!(named.stderr.contains("\nnote E2E_VERDIKT"), "{}", named.said());
}

#[test]
fn an_override_that_cannot_be_is_2_before_anything_starts() {
    let stub = Stub::start();
    let root = root("required");
    root.write("suite.toml", &format!("{SUITE}\n[bind]\npatience = \"1s\"\n"));
    root.write(
        "truth.toml",
        &SCENARIO.replacen(
            "expect   = [",
            "poll = { until = \"status == 200\", within = \"{{ patience }}\" }\nexpect = [",
            1,
        ),
    );
    let with =
        |value: &str| root.native(&[("TRUTH_URL", &stub.url), ("E2E_PATIENCE", value)], &["truth::passed"]);
    for value in ["banana", "900h"] {
        let ended = with(value);
        assert_eq!(ended.code, Some(2), "{value} {}", ended.said());
    }
    assert_eq!(stub.seen(), Vec::<String>::new());
    for value in ["", "2s"] {
        assert_eq!(with(value).code, Some(0), "{value}");
    }
}

#[test]
fn a_terminal_is_not_steered_by_what_a_peer_says() {
    let stub = Stub::start();
    let root = root("required");
    root.write(
        "truth.toml",
        &SCENARIO.replacen("path = \"/ok\"", "path = \"/escapes\"", 1).replacen(
            "status == 200",
            "status == 201",
            1,
        ),
    );
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")], &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert!(ended.stderr.contains("owned") && !ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
}
