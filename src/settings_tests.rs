//! What settings make of arguments and variables.

use super::{Origin, Settings, boolean};
use std::collections::BTreeMap;
use std::path::Path;

fn settings(pairs: &[(&str, &str)]) -> Result<Settings, String> {
    let variables: BTreeMap<String, String> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::resolve(Vec::new(), variables, None, Path::new(env!("CARGO_MANIFEST_DIR")))
        .map_err(|error| error.to_string())
}

#[test]
fn zero_and_empty_are_a_no_and_nonsense_is_an_error() {
    for (value, expected) in [("1", true), ("TRUE", true), ("on", true), ("0", false), ("no", false)] {
        assert_eq!(boolean("X", value).ok(), Some(expected), "{value}");
    }
    assert!(settings(&[("REQUIRE_LIVE", "maybe")]).expect_err("nonsense").contains("REQUIRE_LIVE=maybe"));
    assert!(!settings(&[("REQUIRE_LIVE", "")]).expect("settings").require_live.value);
}

#[test]
fn the_older_name_counts_when_the_newer_one_is_not_set() {
    let old = settings(&[("E2E_REQUIRE_LIVE", "1")]).expect("settings");
    assert_eq!(old.require_live.origin, Origin::Variable("E2E_REQUIRE_LIVE"));
    let both = settings(&[("E2E_REQUIRE_LIVE", "1"), ("REQUIRE_LIVE", "0")]).expect("settings");
    assert!(!both.require_live.value);
}

#[test]
fn the_older_name_of_a_lane_counts_when_the_newer_one_is_not_set() {
    let old = settings(&[("E2E_MODE", "smoke")]).expect("settings").lane.expect("a lane");
    assert_eq!((old.value.as_str(), old.origin), ("smoke", Origin::Variable("E2E_MODE")));
    let both = settings(&[("E2E_MODE", "smoke"), ("E2E_LANE", "full")]).expect("settings").lane;
    assert_eq!(both.expect("a lane").value, "full");
    assert!(settings(&[("E2E_MODE", "")]).expect("settings").lane.is_none());
}

#[test]
fn what_no_name_can_have_is_no_run_id_and_more_repetitions_than_help_are_refused() {
    assert!(settings(&[("E2E_RUN_ID", "--")]).expect_err("nothing").contains("no letter or digit"));
    let label = settings(&[("E2E_RUN_ID", "Nightly")]).expect("settings").label.expect("a label");
    assert_eq!(label.as_str(), "nightly");
    assert_eq!(settings(&[("E2E_TRANSIENT_RETRIES", "8")]).expect("settings").retries, Some(8));
    for nonsense in ["21", "-1", "many"] {
        assert!(settings(&[("E2E_TRANSIENT_RETRIES", nonsense)]).is_err(), "{nonsense}");
    }
}

#[test]
fn a_root_that_was_named_is_taken_as_it_is_and_nothing_above_it() {
    let below = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    assert!(settings(&[("SHAKEDOWN_ROOT", below)]).expect_err("no scenarios in it").contains(below));
    assert!(settings(&[("CARGO_MANIFEST_DIR", below)]).is_ok());
}

#[test]
fn a_run_of_nextest_names_no_folder_but_its_own() {
    assert!(settings(&[("NEXTEST_RUN_ID", "../../x")]).is_err());
    assert_eq!(settings(&[("NEXTEST_RUN_ID", "")]).expect("settings").process, super::Process::Whole);
}

#[test]
fn a_root_without_scenarios_is_an_error_that_says_where_it_looked() {
    let nowhere = Settings::resolve(Vec::new(), BTreeMap::new(), None, Path::new("/"));
    assert!(nowhere.expect_err("no root").to_string().contains("--root"));
}
