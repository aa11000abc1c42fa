//! What a tracker says: the issue that is open, and what the runs before this one came to.
//!
//! Does not: ask one.

use serde::{Deserialize, Deserializer};

/// What a tracker says of a lane.
///
/// *Shape*: `{"issue": 12, "conclusions": ["failure", "success"]}`; `null` stands for no open issue, and for conclusions
/// that nobody could find out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// The open issue with the lane's title and label. It must be said that there is none: a tracker that did not
    /// answer would open a second one.
    #[serde(deserialize_with = "Option::deserialize")]
    pub issue: Option<u64>,
    /// What the runs before this one came to, the newest first; none when that is not known.
    #[serde(deserialize_with = "Option::deserialize")]
    pub conclusions: Option<Vec<Conclusion>>,
}

/// What an earlier run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// `success`.
    Green,
    /// Everything else: `failure`, `timed_out`, `cancelled`, a word that is new, or none at all.
    Red,
}

impl<'de> Deserialize<'de> for Conclusion {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = Option::<String>::deserialize(from)?;
        Ok(if word.as_deref() == Some("success") { Self::Green } else { Self::Red })
    }
}

#[cfg(test)]
mod tests {
    use super::{Conclusion, Tracker};

    fn read(text: &str) -> Result<Tracker, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn whatever_is_not_success_is_red() {
        let words =
            r#"["success", "failure", "timed_out", "cancelled", "skipped", "SUCCESS", "brand_new", null]"#;
        let read = read(&format!(r#"{{"issue": 12, "conclusions": {words}}}"#)).expect("a tracker");
        let (green, red) = (Conclusion::Green, Conclusion::Red);
        assert_eq!(read.conclusions, Some(vec![green, red, red, red, red, red, red, red]));
        assert_eq!(read.issue, Some(12));
    }

    #[test]
    fn what_is_not_said_is_no_answer_and_what_is_unknown_is_said_so() {
        let silent = read(r#"{"conclusions": []}"#).expect_err("no word of an issue");
        assert!(silent.contains("missing field `issue`"), "{silent}");
        let silent = read(r#"{"issue": null}"#).expect_err("no word of conclusions");
        assert!(silent.contains("missing field `conclusions`"), "{silent}");
        let unknown = read(r#"{"issue": null, "conclusions": null}"#).expect("a tracker");
        assert_eq!(unknown, Tracker { issue: None, conclusions: None });
        assert!(read(r#"{"issue": null, "conclusions": [], "message": "Not Found"}"#).is_err());
    }
}
