//! Signs: what was to be seen where a case stopped, as the engine knows it, in closed lists instead of words.
//!
//! Does not: say what they mean. `cause` does.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::transport::Transport;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was to be seen where a case stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signs {
    /// How far it was.
    pub stage: Stage,
    /// What stopped it.
    pub halt: Halt,
    /// Why the last look of the step brought no reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Transport>,
    /// The status of the last reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the agent last said to a message, where the step is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Whether the step was to create something, and what came says that nothing was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub creates: bool,
}

/// How far a case was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// What it shares with others, or needs before its first step, was made.
    Fixture,
    /// It took its steps.
    Steps,
    /// The states that its resources went through were judged.
    Trace,
}

/// What stopped a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Halt {
    /// What came is not what was expected.
    Unmet,
    /// A poll ran out.
    RanOut,
    /// It could not be found out: no reply, or nothing that can be decided.
    Unknown,
    /// The target lacks what it takes.
    Lacking,
    /// The case ran out of time.
    CaseTimeout,
    /// The run ran out of time.
    RunTimeout,
    /// Almost every case met the same failure, and the run stopped.
    Storm,
    /// There was no target.
    NoTarget,
    /// The harness panicked.
    Panic,
}

/// What an agent says to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// An answer.
    Answer,
    /// The message waits.
    Queued,
    /// A task works on it.
    Working,
    /// The agent is woken.
    Waking,
    /// The agent is busy.
    Busy,
    /// Nobody reaches the agent.
    Unreachable,
    /// An error.
    Error,
}

impl Signs {
    /// Signs of nothing but this.
    pub fn of(halt: Halt) -> Self {
        let (transport, status, answer) = (None, None, None);
        Self { stage: Stage::Steps, halt, transport, status, answer, creates: false }
    }

    /// The same at another stage.
    #[must_use]
    pub fn at(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }
}

impl Answer {
    /// Every answer with the word that conditions read as `outcome`.
    pub const WORDS: [(&'static str, Self); 7] = [
        ("answer", Self::Answer),
        ("queued", Self::Queued),
        ("working", Self::Working),
        ("waking", Self::Waking),
        ("busy", Self::Busy),
        ("unreachable", Self::Unreachable),
        ("error", Self::Error),
    ];

    /// The one with this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, answer)| answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_by_its_own_word_alone() {
        for (word, answer) in Answer::WORDS {
            assert_eq!(Answer::of(word), Some(answer));
            assert_eq!(
                serde_json::to_value(answer).expect("a word"),
                word,
                "the log says it in the same word"
            );
        }
        assert_eq!(["Answer", "answered", ""].map(Answer::of), [None; 3]);
    }
}
