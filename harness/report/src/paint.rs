//! Colour, applied at display only; everything reads the same without it.
//!
//! Does not: carry meaning that the words do not.

use harness_model::history::Light;
use harness_model::plan::Forecast;
use harness_model::verdict::{LibtestLine, Verdict};
use owo_colors::{OwoColorize, Stream, Style};

/// Whether to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Never,
    /// ANSI colours.
    Always,
}

impl Paint {
    /// Colours when standard error is a terminal that shows them.
    pub fn for_stderr() -> Self {
        Self::on(Stream::Stderr)
    }

    /// Colours when standard output is a terminal that shows them.
    pub fn for_stdout() -> Self {
        Self::on(Stream::Stdout)
    }

    fn on(stream: Stream) -> Self {
        // owo-colors decides per value; one probe tells for all.
        let probe = "x".if_supports_color(stream, OwoColorize::bold).to_string();
        if probe == "x" { Self::Never } else { Self::Always }
    }

    /// A text in the colour of what is expected of a case.
    pub fn forecast(self, text: &str, forecast: Forecast) -> String {
        let style = match forecast {
            Forecast::Run => Style::new().green(),
            Forecast::KnownRed | Forecast::Blocked | Forecast::Skipped => Style::new().yellow(),
            Forecast::Refused => Style::new().red().bold(),
        };
        self.styled(text, style)
    }

    /// A sign in the colour of what it stands for.
    pub(crate) fn light(self, light: Light) -> String {
        let style = match light {
            Light::Green => Style::new().green(),
            Light::Soft | Light::Void => Style::new().yellow(),
            Light::Red => Style::new().red().bold(),
            Light::Storm => Style::new().magenta().bold(),
        };
        self.styled(&light.sign().to_string(), style)
    }

    /// A text that stands back behind the others.
    pub fn faint(self, text: &str) -> String {
        self.styled(text, Style::new().dimmed())
    }

    pub(crate) fn verdict(self, verdict: Verdict) -> String {
        let style = match verdict.libtest_line() {
            LibtestLine::Ok => Style::new().green(),
            LibtestLine::Ignored => Style::new().yellow(),
            LibtestLine::Failed | LibtestLine::Absent => Style::new().red().bold(),
        };
        self.styled(&format!("{:<15}", verdict.words()), style)
    }

    /// A text that stands out.
    pub fn strong(self, text: &str) -> String {
        self.styled(text, Style::new().bold())
    }

    /// A sign and a verdict of what is no red.
    pub(crate) fn quiet(self, text: &str, verdict: Verdict) -> String {
        let style = match verdict.libtest_line() {
            LibtestLine::Ok => Style::new().green(),
            LibtestLine::Ignored | LibtestLine::Failed | LibtestLine::Absent => Style::new().yellow(),
        };
        self.styled(text, style)
    }

    /// A text that is bad, and does not count.
    pub(crate) fn warning(self, text: &str) -> String {
        self.styled(text, Style::new().yellow().bold())
    }

    pub(crate) fn alarm(self, text: &str) -> String {
        self.styled(text, Style::new().red().bold())
    }

    fn styled(self, text: &str, style: Style) -> String {
        match self {
            Self::Never => text.to_owned(),
            Self::Always => text.style(style).to_string(),
        }
    }
}
