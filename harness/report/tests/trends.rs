//! The trends of a history in every format: the same rows in each, and no text of a run is markup.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what does not parse here fails its test")]

#[path = "support/past.rs"]
mod past;
#[expect(dead_code, reason = "the runs of other tests are not looked at here")]
mod support;

use harness_model::history::{Subject, Survey};
use harness_report::Paint;
use harness_report::history::{TrendFormat, history_schema};
use past::{CAUSE, hostile, sample};
use serde_json::Value;
use support::HOSTILE;

fn survey(subject: Subject<'_>) -> Survey {
    Survey::new(sample(), subject, vec!["branch main".to_owned()])
}

fn drawn(format: TrendFormat, surveys: &[Survey]) -> String {
    format.render(surveys, None, Paint::Never)
}

/// The data of a page.
fn data(page: &str) -> Value {
    let block = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap().1;
    serde_json::from_str(block.split_once("</script>").unwrap().0).unwrap()
}

fn row<'a>(rows: &'a Value, name: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap()
}

#[test]
fn the_example_in_the_readme_is_what_is_printed() {
    let text = drawn(TrendFormat::Text, &[survey(Subject::Arms)]);
    assert!(include_str!("../../../README.md").contains(&format!("```text\n{text}```\n")), "{text}");
}

#[test]
fn a_document_is_as_its_schema_says() {
    let schema = jsonschema::validator_for(&history_schema()).unwrap();
    for survey in [survey(Subject::Everything), Survey::new(hostile(HOSTILE), Subject::Arms, Vec::new())] {
        let text = drawn(TrendFormat::Json, &[survey]);
        let document: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
        assert!(TrendFormat::Json.wrote(&text) && !TrendFormat::Html.wrote(&text));
    }
}

#[test]
fn a_page_has_each_arm_with_its_runs_its_state_and_the_cases_below_it() {
    let survey = survey(Subject::Everything);
    let page = drawn(TrendFormat::Html, std::slice::from_ref(&survey));
    let told = &data(&page)["surveys"][0];
    let names: Vec<&str> =
        told["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["claude-code/minimax", "codex", "google-adk/ai-studio", "hermes", "external"]);
    let codex = row(&told["rows"], "codex");
    assert_eq!((&codex["signs"], &codex["state"]), (&"+++x!++++xxx".into(), &"red".into()));
    assert_eq!(
        (&codex["red"]["commit"], &codex["green"]["commit"]),
        (&"1f3a58a9c".into(), &"7e5590cd1".into())
    );
    assert_eq!(codex["red"]["cause"], format!("online: {CAUSE}"));
    assert_eq!(codex["flaky"]["of"], 22);
    let ids: Vec<&Value> = codex["cases"].as_array().unwrap().iter().map(|case| &case["name"]).collect();
    assert_eq!(ids, ["provision::codex::steady", "provision::codex::pause-resume"]);
    assert_eq!(codex["cases"][1]["signs"], "+++x!++++x+x");
    let medians = codex["medians"].as_array().unwrap();
    assert_eq!(
        (&medians[0], &medians[3], &medians[4], &medians[9]),
        (&31.0.into(), &38.0.into(), &Value::Null, &Value::Null)
    );
    assert_eq!(row(&told["rows"], "hermes")["signs"], "..++!+++~+++");
    assert_eq!(row(&told["rows"], "google-adk/ai-studio")["state"], "void");
    assert_eq!((&told["runs"][4]["storm"], &told["runs"][5]["storm"]), (&true.into(), &false.into()));
    assert!(page.contains("<span>1 of 5 arms red now, over 12 runs</span>"));
    // Who reads without a script reads the same.
    let plain: Vec<&str> = page.split_once("<pre>").unwrap().1.lines().collect();
    assert!(
        plain.iter().any(|line| line.starts_with("codex ") && line.contains(" +++x!++++xxx ")),
        "{plain:?}"
    );
    assert!(
        plain.iter().any(|line| line.starts_with("    ") && line.contains("runs          flaky")),
        "{plain:?}"
    );
}

#[test]
fn a_page_of_cases_alone_has_them_at_the_top() {
    let page = drawn(TrendFormat::Html, &[survey(Subject::Cases("codex"))]);
    let rows = &data(&page)["surveys"][0]["rows"];
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(row(rows, "provision::codex::steady")["kind"], "case");
    assert!(page.contains("<span>2 of 2 cases red now, over 12 runs</span>"));
}

#[test]
fn nothing_of_a_run_is_markup_in_a_page() {
    let survey = Survey::new(hostile(HOSTILE), Subject::Everything, vec![HOSTILE.to_owned()]);
    let page = drawn(TrendFormat::Html, &[survey]);
    let rows = &data(&page)["surveys"][0]["rows"];
    assert_eq!(rows[0]["name"], HOSTILE);
    assert_eq!(rows[0]["red"]["cause"], format!("{HOSTILE}: {HOSTILE}"));
    assert!(!page.contains("<script>alert"));
    assert_eq!(page.matches("<script").count(), 2, "its data and its script");
    assert!(TrendFormat::Html.wrote(&page));
}
