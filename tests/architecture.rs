//! The house rules that neither the compiler nor clippy can check.

use crate::support::cargo;
use std::fs;
use std::path::{Path, PathBuf};

const LONGEST: usize = 400;

/// Who may depend on whom directly; everything else between our packages is forbidden.
const FLOORS: [(&str, &[&str]); 6] = [
    ("harness-model", &[]),
    ("harness-engine", &["harness-model"]),
    ("harness-report", &["harness-model"]),
    ("harness-runner", &["harness-engine", "harness-model", "harness-report"]),
    ("shakedown-platform", &[]),
    ("shakedown", &["harness-runner", "shakedown-platform"]),
];

/// Outside crates with one door each, and the packages that own it.
const DOORS: [(&str, &[&str]); 7] = [
    ("reqwest", &["harness-engine", "shakedown-platform"]),
    ("rusqlite", &["harness-report", "shakedown-platform"]),
    ("libtest-mimic", &["harness-runner"]),
    ("terminal_size", &["harness-report"]),
    ("indicatif", &["harness-report"]),
    ("clap", &["shakedown"]),
    ("axum", &["shakedown-platform"]),
];

const BANNED: [&str; 5] = ["openssl", "native-tls", "aws-lc-rs", "aws-lc-sys", "lazy_static"];

const LICENCES: [&str; 12] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "CDLA-Permissive-2.0",
    "0BSD",
    "MPL-2.0",
    "Unlicense",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

fn sources() -> Vec<(String, String)> {
    let named = files(root(), "rs").into_iter().map(|path| {
        let name = path.strip_prefix(root()).expect("below the root").display().to_string();
        (name, fs::read_to_string(&path).expect("a source file"))
    });
    named.collect()
}

fn is_test(name: &str) -> bool {
    name.starts_with("tests/")
        || name.contains("/tests/")
        || name.ends_with("_tests.rs")
        || name.contains("examples/")
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let sources = sources();
    assert!(sources.len() > 60, "only {} files found", sources.len());
    let long: Vec<String> = sources
        .iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(name, lines)| format!("{name}: {lines}"))
        .collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn every_module_says_what_it_does_not() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| !is_test(name) && !text.contains("include_str!(\"../../ARCHITECTURE.md\")"))
        .filter(|(_, text)| {
            !text
                .lines()
                .take_while(|line| line.starts_with("//!"))
                .any(|line| line.starts_with("//! Does not: "))
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_has_one_door_is_used_behind_it_alone() {
    // The words are put together here, so that this file is not a finding of its own.
    let doors = [
        (format!("std::{}::", "env"), vec!["src/settings.rs"]),
        (format!("#[{}(", "allow"), vec![]),
        (format!("time::{}(", "sleep"), vec!["harness/engine/src/net/wait.rs", "src/platform/src/clock.rs"]),
        (format!("process::{}(", "exit"), vec!["harness/runner/src/signals.rs"]),
        (format!("{}!(", "todo"), vec![]),
        (format!("{}!(", "unimplemented"), vec![]),
        (format!("rusqlite{}", "::"), vec!["src/platform/src/database", "harness/report/src/history"]),
        (
            format!("reqwest{}", "::Client"),
            vec!["harness/engine/src/net/http.rs", "src/platform/src/outbound.rs"],
        ),
    ];
    let mut findings = Vec::new();
    for (name, text) in sources().iter().filter(|(name, _)| !is_test(name)) {
        for (word, owners) in &doors {
            if text.contains(word.as_str()) && !owners.iter().any(|owner| name.starts_with(owner)) {
                findings.push(format!("{name}: {word}"));
            }
        }
    }
    assert_eq!(findings, Vec::<String>::new());
}

fn metadata() -> serde_json::Value {
    let output = cargo(&["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()
        .expect("cargo runs");
    serde_json::from_slice(&output.stdout).expect("metadata is JSON")
}

fn texts(values: &serde_json::Value) -> Vec<String> {
    values.as_array().into_iter().flatten().filter_map(|value| value.as_str()).map(str::to_owned).collect()
}

#[test]
fn the_floors_depend_downwards_only_and_doors_have_their_owners() {
    let metadata = metadata();
    let members = texts(&metadata["workspace_members"]);
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: Vec<&serde_json::Value> = packages
        .iter()
        .filter(|package| members.iter().any(|member| package["id"] == member.as_str()))
        .collect();
    assert_eq!(ours.len(), FLOORS.len());
    for package in ours {
        let name = package["name"].as_str().expect("a name");
        let (_, below) = FLOORS.iter().find(|(floor, _)| *floor == name).expect("a floor of the house");
        let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
        for dependency in dependencies.filter(|dependency| dependency["kind"].is_null()) {
            let dependency = dependency["name"].as_str().expect("a name");
            let is_floor = FLOORS.iter().any(|(floor, _)| *floor == dependency);
            assert!(!is_floor || below.contains(&dependency), "{name} must not see {dependency}");
            if let Some((_, owners)) = DOORS.iter().find(|(door, _)| *door == dependency) {
                assert!(owners.contains(&name), "{name} must not see {dependency}");
            }
        }
    }
}

#[test]
fn every_crate_comes_from_the_registry_under_a_licence_that_we_accept() {
    let metadata = metadata();
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or_default();
        let foreign = package["source"].as_str().is_some_and(|source| !source.starts_with("registry+"));
        if BANNED.contains(&name) || foreign || !is_accepted(licence) {
            findings.push(format!("{name}: {licence}"));
        }
    }
    assert_eq!(findings, Vec::<String>::new());
}

/// Of every alternative one must do, of every conjunction all.
fn is_accepted(licence: &str) -> bool {
    let one = |word: &str| {
        let word = word.trim_matches(|letter: char| letter == '(' || letter == ')' || letter.is_whitespace());
        LICENCES.contains(&word.split(" WITH ").next().unwrap_or(word))
    };
    let any = |part: &str| part.split(" OR ").flat_map(|choice| choice.split('/')).any(one);
    licence.split(" AND ").all(any)
}

#[test]
fn every_suite_must_be_proved() {
    let suites: Vec<PathBuf> = files(&root().join("scenarios"), "toml")
        .into_iter()
        .filter(|path| path.ends_with("suite.toml"))
        .collect();
    assert!(!suites.is_empty());
    for suite in suites {
        let text = fs::read_to_string(&suite).expect("a suite");
        assert!(text.contains("prove        = \"required\""), "{}", suite.display());
    }
}
