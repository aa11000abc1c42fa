//! The language, fixture by fixture: what is valid becomes a plan, what is not becomes one finding with a place.
//!
//! A fixture is a scenario; lines such as `#--- flows/org.toml` begin its other parts. A suite and a scenario that it
//! does not have come from `language/default`, the rest is absent.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be read fails its test")]

#[path = "language/codes.rs"]
mod explained;
#[path = "language/fixture.rs"]
mod fixture;
#[path = "language/schema.rs"]
mod schema;

use fixture::{Fixture, plan, show};
use harness_model::diagnostic::{Diagnostic, Diagnostics, Weight};
use harness_model::selection::Selection;
use harness_model::source::SuiteText;
use harness_model::validate::{compile, unknown_faults};
use miette::{Diagnostic as _, GraphicalReportHandler, GraphicalTheme};
use std::collections::BTreeSet;
use std::path::Path;

fn rendered(finding: &Diagnostic) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    let mut text = String::new();
    handler.render_report(&mut text, finding).unwrap();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn errors(findings: &Diagnostics) -> Vec<&Diagnostic> {
    findings.iter().filter(|finding| finding.weight() == Weight::Error).collect()
}

fn codes(findings: &Diagnostics) -> Vec<&'static str> {
    findings.iter().map(Diagnostic::stable_code).collect()
}

#[test]
fn every_invalid_fixture_gives_one_error_with_a_place() {
    let mut offenders = Vec::new();
    insta::glob!("language/invalid/*.toml", |path| {
        let Err(findings) = plan(&Fixture::read(path)) else {
            return offenders.push(format!("{}: valid", path.display()));
        };
        let errors = errors(&findings);
        let places = errors.iter().filter(|error| error.labels().is_some()).count();
        if (errors.len(), places) != (1, 1) {
            offenders.push(format!("{}: {} errors, {places} places", path.display(), errors.len()));
        }
        let shown: Vec<String> = findings.iter().map(rendered).collect();
        insta::assert_snapshot!(shown.join("\n"));
    });
    assert_eq!(offenders, Vec::<String>::new());
}

#[test]
fn every_valid_fixture_gives_its_plan() {
    insta::glob!("language/valid/*.toml", |path| {
        let plan = plan(&Fixture::read(path)).unwrap_or_else(|findings| {
            panic!("{}", findings.iter().map(rendered).collect::<Vec<_>>().join("\n"))
        });
        insta::assert_snapshot!(show(&plan, rendered));
    });
}

/// The codes that the sources can give; what explains them is no source of theirs.
fn codes_in_sources() -> BTreeSet<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut known = BTreeSet::new();
    for path in fixture::files(&sources).into_iter().filter(|path| !path.starts_with(sources.join("codes"))) {
        let text = fixture::text(&path);
        let quoted = text.split('"').filter(|word| {
            word.strip_prefix(['E', 'W'])
                .is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit()))
        });
        known.extend(quoted.map(str::to_owned));
    }
    known
}

/// The codes in the sources, and those that fixtures bring about, are the same.
#[test]
fn every_code_has_a_fixture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known = codes_in_sources();
    // The folder without a suite and the faults without a platform have tests of their own below.
    let mut seen = BTreeSet::from(["E0102", "E0707", "E0716"].map(str::to_owned));
    for path in fixture::files(&root.join("tests/language")) {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        match plan(&Fixture::read(&path)) {
            Ok(plan) => {
                seen.extend(plan.suite.warnings.iter().map(Diagnostic::stable_code).map(str::to_owned));
            }
            Err(findings) => seen.extend(codes(&findings).into_iter().map(str::to_owned)),
        }
    }
    assert_eq!(known, seen);
}

#[test]
fn a_folder_without_a_suite_file_is_no_suite() {
    let findings = compile(&SuiteText::default()).unwrap_err();
    assert_eq!(codes(&findings), ["E0102"]);
    insta::assert_snapshot!(rendered(errors(&findings)[0]));
}

#[test]
fn a_fault_that_the_platform_does_not_know_is_named_with_its_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/language/valid/everything-that-reads-is-set-before.toml");
    let plan = plan(&Fixture::read(&path)).unwrap();
    assert!(!unknown_faults(&plan.suite, &["never-ready"], |_| Ok(())).has_errors());
    let findings = unknown_faults(&plan.suite, &["never-redy"], |_| Ok(()));
    assert_eq!(codes(&findings), ["E0707"]);
    insta::assert_snapshot!(rendered(errors(&findings)[0]));
}

#[test]
fn a_fault_that_the_platform_cannot_read_is_named_with_what_the_platform_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/language/valid/faults-to-kill-to-survive-and-to-leave.toml");
    let plan = plan(&Fixture::read(&path)).unwrap();
    let known = ["create-500", "status", "no-provisioner"];
    let read = |text: &str| if text.ends_with("nth=2") { Err("nth is from 3".to_owned()) } else { Ok(()) };
    let findings = unknown_faults(&plan.suite, &known, read);
    let told: Vec<String> = errors(&findings).into_iter().map(ToString::to_string).collect();
    assert_eq!((codes(&findings), told), (vec!["E0716"], vec!["nth is from 3".to_owned()]));
}

#[test]
fn every_file_of_a_wrong_shape_is_reported() {
    let fixture =
        Fixture::parse("[scenario]\n#--- twin.toml\n[scenario]\nname = 3\n#--- flows/a.toml\n[flaw]\n");
    let findings = plan(&fixture).unwrap_err();
    assert_eq!(codes(&findings), ["E0101", "E0101", "E0101"]);
    for (finding, name) in findings.iter().zip(["scenario.toml", "twin.toml", "flows/a.toml"]) {
        assert!(rendered(finding).contains(&format!("[{name}:")), "{name}");
    }
}

#[test]
fn every_mistake_of_every_file_is_reported_at_once() {
    let step = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\n";
    let fixture = Fixture::parse(&format!(
        "[scenario]\nname = \"one\"\nfixtures = [\"org\"]\n{step}#--- twin.toml\n[scenario]\nname = \"two\"\ntimeout = \"3\"\n{step}"
    ));
    assert_eq!(codes(&plan(&fixture).unwrap_err()), ["E0318", "E0310", "E0203", "E0310"]);
}

#[test]
fn what_is_wrong_beside_the_steps_hides_nothing_that_is_wrong_in_them() {
    let step = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/{{ thing }}\" }\nexpect = [\"status == 200\"]\n";
    let fixture = Fixture::parse(&format!(
        "[scenario]\nname = \"one\"\n{step}#--- gates.toml\n[[gate]]\narm = \"nobody\"\ngate = \"required\"\n"
    ));
    assert_eq!(codes(&plan(&fixture).unwrap_err()), ["E0701", "E0320"]);
}

#[test]
fn a_file_of_a_wrong_shape_hides_the_mistakes_of_the_others() {
    let fixture = Fixture::parse("[scenario]\nname = \"one\"\n#--- twin.toml\n[scenario]\n");
    assert_eq!(codes(&plan(&fixture).unwrap_err()), ["E0101"]);
}

fn refusal(variables: &[(&str, &str)]) -> (String, String) {
    let fixture = Fixture::parse(
        "[scenario]\nname = \"sample\"\n[matrix]\nruntime = [\"codex\", \"mock\"]\n\
         [[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n",
    );
    let suite = compile(&fixture.suite).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let refused = Selection::new(&suite, &Selection::asked_by(&suite, &variables)).unwrap_err();
    (refused.to_string(), refused.help().to_owned())
}

#[test]
fn a_selection_that_nothing_lists_is_refused_with_a_suggestion() {
    let (message, help) = refusal(&[("E2E_RUNTIME", "codec")]);
    assert_eq!(
        message,
        "E2E_RUNTIME=codec selects nothing: no scenario of `sample` lists `codec` as runtime"
    );
    assert_eq!(help, "did you mean `codex`?");
    assert_eq!(refusal(&[("E2E_RUNTIME", "hermes")]).1, "known here: codex, mock");
}
