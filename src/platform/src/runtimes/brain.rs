//! The brain of every agent: deterministic, and just clever enough to prove that a message was read.
//!
//! It solves the addition in the prompt, such as `What is 417 + 286?`; the answer never stands in the prompt.
//!
//! Does not: know any protocol.

use crate::fault::{Armed, Fault};

/// How an agent thinks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Brain {
    /// It solves the addition.
    Sound,
    /// It repeats the prompt.
    Echo,
    /// It gets some sums wrong: those that can be divided by three.
    Fickle,
    /// It has nothing to say.
    Empty,
    /// It says that something went wrong.
    ErrorText,
    /// It says that nobody has paid.
    QuotaText,
}

impl Brain {
    /// How an agent of a platform with these faults thinks about its next message.
    pub(crate) fn of(faults: &Armed) -> Self {
        if faults.has(Fault::A2aEcho) {
            Self::Echo
        } else if faults.has(Fault::A2aWrongSometimes) {
            Self::Fickle
        } else if faults.has(Fault::A2aEmptyReply) {
            Self::Empty
        } else if faults.has(Fault::A2aErrorText) {
            Self::ErrorText
        } else if faults.has(Fault::A2aQuotaText) {
            Self::QuotaText
        } else {
            Self::Sound
        }
    }

    /// Its name in a header.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Echo => "echo",
            Self::Fickle => "fickle",
            Self::Empty => "empty",
            Self::ErrorText => "error-text",
            Self::QuotaText => "quota-text",
        }
    }

    /// The brain of this name.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let all = [Self::Sound, Self::Echo, Self::Fickle, Self::Empty, Self::ErrorText, Self::QuotaText];
        all.into_iter().find(|brain| brain.word() == word)
    }

    /// The reply to `prompt`.
    pub(crate) fn reply(self, prompt: &str) -> String {
        match self {
            Self::Sound => answered(sum(prompt)),
            Self::Fickle => answered(sum(prompt).map(|sum| sum + u64::from(sum.is_multiple_of(3)))),
            Self::Echo => prompt.to_owned(),
            Self::Empty => String::new(),
            Self::ErrorText => "Agent error: the model returned an error result".to_owned(),
            Self::QuotaText => "Agent error: 429 You exceeded your current quota, please check your plan \
                 and billing details (insufficient_quota)"
                .to_owned(),
        }
    }
}

fn answered(sum: Option<u64>) -> String {
    sum.map_or_else(|| "I have no task in that message.".to_owned(), |sum| format!("The sum is {sum}."))
}

/// The value of the first addition in `prompt`.
fn sum(prompt: &str) -> Option<u64> {
    prompt.match_indices('+').find_map(|(position, _)| {
        let left = prompt[..position].trim_end();
        let start = left.trim_end_matches(|character: char| character.is_ascii_digit()).len();
        let right = prompt[position + 1..].trim_start();
        let end = right.find(|character: char| !character.is_ascii_digit()).unwrap_or(right.len());
        let (left, right): (u64, u64) = (left[start..].parse().ok()?, right[..end].parse().ok()?);
        left.checked_add(right)
    })
}

#[cfg(test)]
mod tests {
    use super::Brain;
    use crate::fault::{Armed, Fault, Faults};

    #[test]
    fn the_sum_is_found_wherever_it_stands() {
        let brain = Brain::of(&Armed::default());
        let cases = [
            ("What is 417 + 286?", "The sum is 703."),
            ("Hello.\nWhat is 1+2?\nThanks + bye", "The sum is 3."),
            ("C++ and 40 + 2", "The sum is 42."),
            ("hello", "I have no task in that message."),
            ("99999999999999999999 + 1", "I have no task in that message."),
        ];
        for (prompt, reply) in cases {
            assert_eq!(brain.reply(prompt), reply, "{prompt}");
        }
    }

    #[test]
    fn faults_change_the_reply() {
        let reply = |fault: Fault| Brain::of(&Armed::new(&Faults::from(fault))).reply("1 + 1");
        assert_eq!(reply(Fault::A2aEcho), "1 + 1");
        assert_eq!(reply(Fault::A2aWrongSometimes), "The sum is 2.");
        assert_eq!(Brain::Fickle.reply("1 + 2"), "The sum is 4.");
        assert_eq!(reply(Fault::A2aEmptyReply), "");
        assert!(reply(Fault::A2aErrorText).starts_with("Agent error"));
    }
}
