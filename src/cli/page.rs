//! A page of text within so many columns: labels, lines that go on below, and text that is left as it is.
//!
//! Does not: know what it says.

use harness_runner::report::Paint;
use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};

/// A terminal in which nothing is legible is treated as one of this width.
const NARROWEST: usize = 20;

/// What stands between two columns.
pub(super) const GAP: &str = "  ";

/// The width of the words in front of a line.
const LABEL: usize = 9;

/// How lines break: between words alone, because ids, paths and days are copied and searched for.
pub(super) fn options<'a>(columns: usize) -> Options<'a> {
    Options::new(columns.max(NARROWEST))
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false)
}

/// A page.
pub(super) struct Page {
    columns: usize,
    paint: Paint,
    text: String,
}

impl Page {
    pub(super) fn new(columns: Option<usize>, paint: Paint) -> Self {
        let columns = columns.unwrap_or(usize::MAX);
        Self { columns, paint, text: String::new() }
    }

    /// A line that stands out, with what stands back behind it, or below it where there is no room.
    pub(super) fn heading(&mut self, indent: usize, text: &str, behind: &str) {
        let strong = self.paint.strong(text);
        let width = indent + display_width(text) + GAP.len() + display_width(behind);
        let behind = match behind {
            "" => String::new(),
            _ if width > self.columns => {
                format!("\n{GAP}{}", self.paint.faint(behind))
            }
            _ => format!("{GAP}{}", self.paint.faint(behind)),
        };
        self.verbatim(indent, &format!("{strong}{behind}"));
    }

    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A text behind a label; what is too long goes on below the text. What people copy is not taken apart.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, text: &str) {
        self.behind(indent, label, LABEL, text);
    }

    /// Texts behind labels of their own, all at the same column.
    pub(super) fn aligned(&mut self, indent: usize, texts: &[(&str, String)]) {
        let width = texts.iter().map(|(label, _)| display_width(label)).max().unwrap_or(0);
        for (label, text) in texts {
            self.behind(indent, label, width, text);
        }
    }

    /// A text from the edge of the page on; what is too long goes on below, a little to the right.
    pub(super) fn flush(&mut self, text: &str) {
        let options = options(self.columns).subsequent_indent(GAP);
        for line in textwrap::wrap(text, options) {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// Several texts behind one label, each on a line of its own.
    pub(super) fn list(&mut self, indent: usize, label: &str, texts: impl IntoIterator<Item = String>) {
        let mut label = label;
        for text in texts {
            self.labelled(indent, label, &text);
            label = "";
        }
    }

    /// A text that is left as it is.
    pub(super) fn verbatim(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            self.text.push_str(format!("{:indent$}{line}", "").trim_end());
            self.text.push('\n');
        }
    }

    pub(super) fn finished(self) -> String {
        self.text
    }

    fn behind(&mut self, indent: usize, label: &str, width: usize, text: &str) {
        let first = format!("{:indent$}{label:<width$} ", "");
        let below = " ".repeat(indent + width + 1);
        let options = options(self.columns).initial_indent(&first).subsequent_indent(&below);
        let mut lines = textwrap::wrap(text, options);
        // A label stands also where there is nothing to say.
        if text.is_empty() {
            lines = vec![first.as_str().into()];
        }
        for line in lines {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}
