//! The canvas: the terminal as indicatif draws on it, with rows that end by themselves, so that a terminal of another size
//! does not mix them up.
//!
//! Does not: decide what is drawn, or when.

use crate::fit::columns;
use crate::live::frame::Size;
use indicatif::TermLike;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where frames go.
pub(super) struct Canvas {
    size: Box<dyn Fn() -> Size + Send + Sync>,
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    /// What is written with the next flush.
    pending: String,
    /// The row that is being written.
    row: String,
    /// The columns that indicatif has filled of it.
    filled: usize,
    /// The columns of every row of the last frame.
    rows: Vec<usize>,
    /// Whether the cursor still is where the last frame left it.
    is_rested: bool,
}

impl Canvas {
    pub(super) fn new(out: Box<dyn Write + Send>, size: Box<dyn Fn() -> Size + Send + Sync>) -> Self {
        let (pending, row) = (String::new(), String::new());
        let state = State { out, pending, row, filled: 0, rows: Vec::new(), is_rested: true };
        Self { size, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Moves the cursor by so many rows or columns.
    fn turn(&mut self, by: usize, way: char) {
        // Writing to a text cannot fail.
        write!(self.pending, "\x1b[{by}{way}").ok();
    }

    /// Ends a row: what is written after it stands in the next one.
    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let row = row.trim_end();
        self.rows.push(columns(&unpainted(row)));
        self.pending.push_str(row);
        // Whatever stood there before.
        self.pending.push_str("\x1b[K\r\n");
        self.filled = 0;
    }

    /// How many rows more the last ones take, now that the terminal is as wide as this.
    fn broken(&self, rows: usize, width: usize) -> usize {
        let last = self.rows.iter().rev().take(rows);
        last.map(|columns| columns.div_ceil(width.max(1)).saturating_sub(1)).sum()
    }
}

impl TermLike for Canvas {
    fn width(&self) -> u16 {
        u16::try_from((self.size)().columns).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from((self.size)().rows).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        let mut state = self.state();
        let mut up = n;
        if std::mem::take(&mut state.is_rested) && !state.rows.is_empty() {
            // The last frame ended with a row of its own. A terminal that became narrower has broken rows since.
            up += state.broken(n + 1, (self.size)().columns);
        }
        if up > 0 {
            state.turn(up, 'A');
        }
        Ok(())
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.state().turn(n, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.state().turn(n, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.state().turn(n, 'D');
        Ok(())
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        let mut state = self.state();
        state.row.push_str(s);
        state.end_row();
        Ok(())
    }

    /// indicatif fills every row up to the width of the terminal and lets the terminal begin the next.
    fn write_str(&self, s: &str) -> io::Result<()> {
        let width = (self.size)().columns;
        let mut state = self.state();
        if state.filled >= width {
            state.end_row();
        }
        state.row.push_str(s);
        state.filled += columns(&unpainted(s));
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.state().pending.push_str("\r\x1b[2K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let mut state = self.state();
        let row = std::mem::take(&mut state.row);
        let row = row.trim_end();
        let columns = columns(&unpainted(row));
        state.rows.push(columns);
        state.pending.push_str(row);
        state.pending.push_str("\x1b[J");
        state.filled = 0;
        let pending = std::mem::take(&mut state.pending);
        let keep = state.rows.len().saturating_sub(usize::from(u8::MAX));
        state.rows.drain(..keep);
        state.is_rested = true;
        state.out.write_all(pending.as_bytes())?;
        state.out.flush()
    }
}

impl fmt::Debug for Canvas {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Canvas").finish_non_exhaustive()
    }
}

/// A text without its colours.
fn unpainted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\x1b' {
            // What paints ends with the first letter behind its numbers.
            letters.find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}
