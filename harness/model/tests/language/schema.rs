//! The schema and the compiler agree: what compiles is right for an editor, a wrong shape is wrong for both, and every
//! key shows an example that both take.

use super::fixture::{self, Fixture};
use super::{codes, plan};
use harness_model::context::from_toml;
use harness_model::schema;
use harness_model::source::{Source, SuiteText};
use jsonschema::Validator;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Mistakes that only show in TOML itself: as JSON the file is right, or there is none.
const BEYOND_JSON: [&str; 4] = ["broken-toml", "key-written-twice", "expiry-in-quotes", "date-in-a-matrix"];

fn validator() -> Validator {
    jsonschema::validator_for(&schema::document()).unwrap()
}

fn json(text: &str) -> Option<Value> {
    text.parse::<toml::Table>().ok().map(|table| from_toml(&toml::Value::Table(table)))
}

/// The places at which a document is wrong.
fn places(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| error.instance_path().to_string()).collect()
}

fn wrong(validator: &Validator, source: &Source) -> Option<String> {
    let document = json(source.text())?;
    let errors = validator.iter_errors(&document);
    let errors: Vec<String> =
        errors.map(|error| format!("{} {}: {error}", source.name(), error.instance_path())).collect();
    (!errors.is_empty()).then(|| errors.join("\n"))
}

fn sources(suite: &SuiteText) -> impl Iterator<Item = &Source> {
    let heads = [&suite.suite, &suite.gates, &suite.faults, &suite.choices, &suite.failures];
    heads.into_iter().flatten().chain(&suite.scenarios).chain(suite.flows.values())
}

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let mut paths =
        fixture::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language").join(folder));
    paths.sort();
    assert!(!paths.is_empty(), "{folder}");
    paths
}

#[test]
fn whatever_compiles_is_right_for_an_editor() {
    let validator = validator();
    let mut findings = Vec::new();
    for path in fixtures("valid").into_iter().chain(fixtures("default")) {
        if path.ends_with("default/suite.toml") {
            findings.extend(wrong(&validator, &Source::new("suite.toml", fixture::text(&path))));
        } else {
            findings.extend(sources(&Fixture::read(&path).suite).filter_map(|part| wrong(&validator, part)));
        }
    }
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn every_file_of_our_own_suites_names_its_schema_and_is_right_by_it() {
    let (validator, root) = (validator(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    let mut findings = Vec::new();
    let files = fixture::files(&root.join("scenarios"));
    for path in files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
        let (text, name) = (fixture::text(&path), path.display().to_string());
        let named = text.lines().next().and_then(|line| line.strip_prefix("#:schema "));
        let target = named.map(|target| path.parent().unwrap().join(target));
        if target.and_then(|target| target.canonicalize().ok()) != root.join(schema::FILE).canonicalize().ok()
        {
            findings.push(format!("{name}: its first line is not the way to {}", schema::FILE));
        }
        findings.extend(wrong(&validator, &Source::new(name, text)));
    }
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn a_file_of_a_wrong_shape_is_wrong_for_an_editor_too() {
    let validator = validator();
    let mut missed = Vec::new();
    for path in fixtures("invalid") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let fixture = Fixture::read(&path);
        let Err(findings) = plan(&fixture) else { continue };
        let shape = codes(&findings) == ["E0101"] && !BEYOND_JSON.contains(&name.as_str());
        if shape && sources(&fixture.suite).all(|part| wrong(&validator, part).is_none()) {
            missed.push(name);
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn a_mistake_is_wrong_at_its_own_place() {
    let step = "[scenario]\nname = \"a\"\n[[step]]\nname = \"b\"\n";
    let table = [
        ("[suite]\nnmae = \"a\"", &["/suite", "/suite"][..]),
        ("[suite]\nname = 3", &["/suite/name"]),
        ("[suite]\nname = \"a\"\nconcurrency = 0", &["/suite/concurrency"]),
        ("[suite]\nname = \"a\"\ntimeout = \"90\"", &["/suite/timeout"]),
        ("[suite]\nname = \"a\"\nprove = \"always\"", &["/suite/prove"]),
        ("[suite]\nname = \"a\"\n[fixture.o]\nscope = \"ever\"\nuse = \"flows/o\"", &["/fixture/o/scope"]),
        ("[suite]\nname = \"a\"\n[fixture.o]\nscope = \"run\"\nuse = \"o\"", &["/fixture/o/use"]),
        ("[suite]\nname = \"a\"\n[scenario]\nname = \"b\"", &["", ""]),
        ("[service.cp]\nbase = \"x\"", &[""]),
        ("[[step]]\nuse = \"flows/x\"", &[""]),
        ("[scenario]\nname = \"a\"\n[matrix]\nruntime = \"codex\"", &["/matrix/runtime"]),
        ("[scenario]\nname = \"a\"\n[matrix]\nrun-time = [\"codex\"]", &["/matrix"]),
        ("[scenario]\nname = \"a\"\n[matrix]\nruntime = []", &["/matrix/runtime"]),
        ("[scenario]\nname = \"a\"\n[[arm]]\nname = \"b\"", &["/arm/0"]),
        (&format!("{step}run.htpt = {{}}"), &["/step/0/run"]),
        (&format!("{step}run.http = {{ on = \"a\", path = \"b\" }}"), &["/step/0/run/http/path"]),
        (
            &format!("{step}run.http = {{ on = \"a\", path = \"/\", method = \"post\" }}"),
            &["/step/0/run/http/method"],
        ),
        (&format!("{step}expect = \"status == 200\""), &["/step/0/expect"]),
        (&format!("{step}poll = {{ until = \"x\", within = \"3\" }}"), &["/step/0/poll/within"]),
        ("[[gate]]\narm = \"a\"\ngate = \"maybe\"", &["/gate/0/gate"]),
        ("[[fault]]\nfault = \"a\"\nstep = \"b\"", &["/fault/0"]),
        ("[[fault]]\nfault = \"a\"\nscenario = \"b\"\ncause = \"c\"", &["/fault/0/cause"]),
        ("[flow]\ninputs = [\"work-space\"]", &["/flow/inputs/0"]),
        ("[flaw]", &[""]),
    ];
    let validator = validator();
    for (text, expected) in table {
        assert_eq!(places(&validator, &json(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn a_file_with_nothing_in_it_is_still_one() {
    assert!(validator().is_valid(&json("# no gates yet\n").unwrap()));
}

/// What is said of a table or key, and where.
fn descriptions(document: &Value) -> Vec<(String, Option<String>, String)> {
    let mut found = Vec::new();
    for (name, table) in document["$defs"].as_object().unwrap() {
        let text = |schema: &Value| schema["description"].as_str().unwrap_or_default().to_owned();
        found.push((name.clone(), None, text(table)));
        for (key, schema) in table["properties"].as_object().into_iter().flatten() {
            found.push((name.clone(), Some(key.clone()), text(schema)));
        }
    }
    found
}

#[test]
fn every_key_is_described_with_an_example_that_an_editor_takes() {
    let document = schema::document();
    let kinds: Vec<&str> = schema::KINDS.iter().map(|kind| kind.definition).collect();
    let mut missing = Vec::new();
    for (table, key, text) in descriptions(&document) {
        let place = format!("{table}.{}", key.as_deref().unwrap_or("*"));
        if text.is_empty() {
            missing.push(place.clone());
        }
        // The tables of a file, and the kinds of an action and of a sink, show theirs where they are defined.
        let is_kind = |table: &str| ["Action", "Destination"].contains(&table);
        let Some(key) = key.filter(|_| !kinds.contains(&table.as_str()) && !is_kind(&table)) else {
            continue;
        };
        let Some(example) = schema::example(&text) else {
            missing.push(place);
            continue;
        };
        let value = json(&example).unwrap_or_else(|| panic!("{place}: not TOML: {example}"));
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), [&key], "{place}");
        let mut alone = document["$defs"][&table].clone();
        alone.as_object_mut().unwrap().remove("required");
        alone["$defs"] = document["$defs"].clone();
        assert_eq!(
            places(&jsonschema::validator_for(&alone).unwrap(), &value),
            [""; 0],
            "{place}: {example}"
        );
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_example_of_every_table_is_one_that_an_editor_takes() {
    let mut document = schema::document();
    // An example shows its table and not the file around it.
    document.as_object_mut().unwrap().remove("dependencies");
    let validator = jsonschema::validator_for(&document).unwrap();
    let mut seen = 0;
    for (table, key, text) in descriptions(&document) {
        if let Some(example) = schema::table_example(&text) {
            let value = json(&example).unwrap_or_else(|| panic!("{table} {key:?}: not TOML: {example}"));
            assert_eq!(places(&validator, &value), [""; 0], "{table}: {example}");
            seen += 1;
        }
    }
    assert!(seen > 18, "{seen}");
}

#[test]
fn the_document_says_nothing_of_null_and_names_no_type_of_ours() {
    let text = schema::text();
    assert!(!text.contains("\"null\""), "TOML has no null");
    assert!(!text.contains("Raw"), "a name of the sources is none of the language");
    assert!(text.contains(&format!("\"x-version\": {}", schema::VERSION)));
}
