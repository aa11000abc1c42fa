//! Hearing: what a step said and what came back last, so that a red can be recognised.
//!
//! Does not: go into a log. What was said may hold secrets.

use crate::action::status;
use harness_model::context::{Bindings, display};
use harness_model::signs::{Answer, Halt, Signs};
use harness_model::transport::Transport;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The names of a result that hold texts of the other side.
const TEXTS: [&str; 4] = ["text", "error", "stdout", "stderr"];

/// What one step said and heard.
#[derive(Default)]
pub(crate) struct Hearing {
    said: OnceLock<String>,
    heard: Mutex<Heard>,
}

/// What came back last.
#[derive(Default)]
pub(crate) struct Heard {
    /// The texts of the other side; none when no reply came.
    pub(crate) texts: Vec<String>,
    transport: Option<Transport>,
    status: Option<u16>,
    answer: Option<Answer>,
}

impl Hearing {
    /// Takes what is about to be sent.
    pub(crate) fn say(&self, text: &str) {
        self.said.get_or_init(|| text.to_owned());
    }

    /// Takes what came back, over what came before; why nothing did when no reply came.
    pub(crate) fn hear(&self, result: Result<&Bindings, Option<Transport>>) {
        let heard = match result {
            Ok(result) => Heard::of(result),
            Err(transport) => Heard { transport, ..Heard::default() },
        };
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = heard;
    }

    /// What was sent, and what came back last.
    pub(crate) fn into_parts(self) -> (String, Heard) {
        let heard = self.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.said.into_inner().unwrap_or_default(), heard)
    }
}

impl Heard {
    fn of(result: &Bindings) -> Self {
        let status = status(result);
        let answer = result.get("outcome").and_then(|outcome| Answer::of(outcome.as_str()?));
        Self { texts: texts(result), transport: None, status, answer }
    }

    /// The signs of a step that was stopped like this.
    pub(crate) fn signs(&self, halt: Halt, creates: bool) -> Signs {
        let Self { transport, status, answer, .. } = *self;
        Signs { transport, status, answer, creates, ..Signs::of(halt) }
    }
}

/// The texts of a reply: what it says, or all of it where it says nothing in so many words.
fn texts(result: &Bindings) -> Vec<String> {
    let said = TEXTS.iter().filter_map(|name| result.get(name)?.as_str().map(str::to_owned));
    let said: Vec<String> = said.filter(|text| !text.is_empty()).collect();
    if said.is_empty() { result.get("body").map(display).into_iter().collect() } else { said }
}

#[cfg(test)]
mod tests {
    use super::texts;
    use harness_model::context::Bindings;

    #[test]
    fn what_a_reply_says_in_so_many_words_comes_before_all_of_it() {
        let reply = |text: &str| Bindings::default().with("text", text).with("body", "all of it");
        assert_eq!(texts(&reply("no space left")), ["no space left"]);
        assert_eq!(texts(&reply("")), ["\"all of it\""]);
        assert_eq!(texts(&Bindings::default()), [""; 0]);
    }
}
