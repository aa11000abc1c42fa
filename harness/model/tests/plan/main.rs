//! What a plan tells: as a document for programs, and of a single case.

#[cfg(test)]
mod document;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod why;
