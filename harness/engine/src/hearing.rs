//! Hearing: what a step said and what came back last, so that a red can be recognised.
//!
//! Does not: go into a log. What was said may hold secrets.

use harness_model::context::{Bindings, display};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The names of a result that hold texts of the other side.
const TEXTS: [&str; 4] = ["text", "error", "stdout", "stderr"];

/// What one step said and heard.
#[derive(Default)]
pub(crate) struct Hearing {
    said: OnceLock<String>,
    heard: Mutex<Vec<String>>,
}

impl Hearing {
    /// Takes what is about to be sent.
    pub(crate) fn say(&self, text: &str) {
        self.said.get_or_init(|| text.to_owned());
    }

    /// Takes what came back, over what came before; nothing when no reply came.
    pub(crate) fn hear(&self, result: Option<&Bindings>) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = result.map(texts).unwrap_or_default();
    }

    /// What was sent, and the texts that came back last.
    pub(crate) fn into_parts(self) -> (String, Vec<String>) {
        let heard = self.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.said.into_inner().unwrap_or_default(), heard)
    }
}

/// The texts of a reply: what it says, or all of it where it says nothing in so many words.
fn texts(result: &Bindings) -> Vec<String> {
    let said = TEXTS.iter().filter_map(|name| result.get(name)?.as_str().map(str::to_owned));
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    if said.is_empty() { result.get("body").map(display).into_iter().collect() } else { said }
}
