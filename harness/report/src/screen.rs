//! The screen: how wide the terminal is that somebody reads on.
//!
//! Does not: break lines. Whoever renders does, for any width.

use crate::Size;
use terminal_size::{Height, Width, terminal_size_of};

/// The columns of the terminal that standard output goes to; none when it goes anywhere else, and lines may be long.
pub fn width_of_stdout() -> Option<usize> {
    let (Width(columns), _) = terminal_size_of(std::io::stdout())?;
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}

/// What a terminal has that does not tell.
const USUAL: Size = Size { columns: 80, rows: 24 };

/// The size of the terminal that standard error goes to.
pub fn size_of_stderr() -> Size {
    size(terminal_size_of(std::io::stderr()))
}

/// The size of the terminal that standard output goes to.
pub fn size_of_stdout() -> Size {
    size(terminal_size_of(std::io::stdout()))
}

fn size(told: Option<(Width, Height)>) -> Size {
    let told = told.filter(|(Width(columns), Height(rows))| *columns > 0 && *rows > 0);
    told.map_or(USUAL, |(Width(columns), Height(rows))| Size { columns: columns.into(), rows: rows.into() })
}
