//! What the last lines of a run say of the runs that its suite no longer keeps.
//!
//! Does not: remove any; the runner does.

use crate::Paint;
use crate::shown::one_line;

/// What became of the runs that a suite no longer keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retained {
    /// Some are gone; which, in words.
    Gone(String),
    /// They could not be removed.
    Failed(String),
}

impl Retained {
    /// A line of the summary.
    pub(crate) fn line(&self, paint: Paint) -> String {
        match self {
            Self::Gone(what) => format!("retention {what} removed"),
            Self::Failed(cause) => format!("{} retention: {}", paint.alarm("NOT APPLIED"), one_line(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Retained;
    use crate::Paint;

    #[test]
    fn what_could_not_be_removed_stands_out_from_what_was() {
        let line = |retained: Retained| retained.line(Paint::Never);
        assert_eq!(line(Retained::Gone("2 recordings".to_owned())), "retention 2 recordings removed");
        assert_eq!(line(Retained::Failed("no room".to_owned())), "NOT APPLIED retention: no room");
    }
}
