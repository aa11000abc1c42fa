//! What is wrong with a run and is no case of it: every view tells the same, in one order.
//!
//! Does not: decide the exit code, or how a view writes it down.

use harness_model::report::RunReport;

/// Something that is wrong.
pub(crate) struct Trouble<'a> {
    pub(crate) kind: Kind,
    /// What it is about, where it is about one thing: `workspace e2e-1`.
    pub(crate) about: String,
    pub(crate) why: Why<'a>,
}

/// Its words.
pub(crate) type Why<'a> = std::borrow::Cow<'a, str>;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The harness contradicts itself.
    Contradiction,
    /// Something was left behind.
    Leak,
    /// The target, or a fixture of the run, never came up.
    NeverUp,
    /// A fault that was to be had has done nothing.
    NeverBit,
    /// The lane demands what the run has not come to.
    Demanded,
}

impl Kind {
    /// Its words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Contradiction => "contradiction",
            Self::Leak => "left behind",
            Self::NeverUp => "never came up",
            Self::NeverBit => "never bit",
            Self::Demanded => "demanded by the lane",
        }
    }
}

impl Trouble<'_> {
    /// What it is, and about what.
    pub(crate) fn title(&self) -> String {
        let words = self.kind.words();
        if self.about.is_empty() { words.to_owned() } else { format!("{words}: {}", self.about) }
    }
}

/// All that is wrong with a run, what counts most first.
pub(crate) fn of(report: &RunReport) -> Vec<Trouble<'_>> {
    let told = |kind, why| (kind, String::new(), Why::Borrowed(why));
    let contradictions = report.contradictions.iter().map(|why| told(Kind::Contradiction, why.as_str()));
    let never_up = report.never_up.iter().map(|why| told(Kind::NeverUp, why.as_str()));
    let leaks = report.leaks().into_iter();
    let leaks = leaks.map(|(kind, key, why)| (Kind::Leak, format!("{kind} {key}"), Why::Borrowed(why)));
    let never_bit = report.unbroken().into_iter();
    let never_bit =
        never_bit.map(|fault| (Kind::NeverBit, fault.to_owned(), Why::Borrowed("nothing was broken by it")));
    let breaches = report.breaches();
    let demanded =
        breaches.iter().map(|breach| (Kind::Demanded, String::new(), Why::Owned(breach.to_string())));
    let all = contradictions.chain(leaks).chain(never_up).chain(never_bit).chain(demanded);
    all.map(|(kind, about, why)| Trouble { kind, about, why }).collect()
}
