//! The engine against real HTTP: what it sends, what it writes down, and how its cases end.
//!
//! One program, so that it links once: each module is a theme.

#[cfg(test)]
mod a2a;
#[cfg(test)]
mod attempts;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod capability;
#[cfg(test)]
mod child;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod edge;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod exec;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod known;
#[cfg(test)]
mod marks;
#[cfg(test)]
mod poll;
#[cfg(test)]
mod process;
#[cfg(test)]
mod redaction;
#[cfg(test)]
mod release;
#[cfg(test)]
mod release_faults;
#[cfg(test)]
mod retry;
#[cfg(test)]
mod signs;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod support;
#[cfg(test)]
mod upload;
#[cfg(test)]
mod veils;
#[cfg(test)]
mod verdicts;
#[cfg(test)]
mod wake;
