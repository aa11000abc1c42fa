//! The screen: how wide the terminal is that somebody reads on.
//!
//! Does not: break lines. Whoever renders does, for any width.

use terminal_size::{Width, terminal_size_of};

/// The columns of the terminal that standard output goes to; none when it goes anywhere else, and lines may be long.
pub fn width_of_stdout() -> Option<usize> {
    let (Width(columns), _) = terminal_size_of(std::io::stdout())?;
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}
