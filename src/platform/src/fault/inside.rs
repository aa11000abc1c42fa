//! Faults inside the platform: its defects, each biting in exactly one place.
//!
//! Does not: act. The place that misbehaves asks [`super::Armed::has`].

use std::fmt;
use std::str::FromStr;

use self::access::access;
use self::booting::booting;
use self::creating::creating;
use self::having::having;
use self::lacking::lacking;
use self::lifecycle::lifecycle;
use self::messages::messages;
use self::showing::showing;
use super::error::{FaultError, nearest};

mod access;
mod booting;
mod creating;
mod having;
mod lacking;
mod lifecycle;
mod messages;
mod showing;

macro_rules! faults {
    ([] $($topic:literal { $($(#[doc = $documentation:literal])+ $variant:ident => $name:literal at $place:literal,)+ })+) => {
        /// A deliberate defect inside the platform.
        ///
        /// *Shape*: its kebab-case name, such as `no-auto-wake`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault {
            $($($(#[doc = $documentation])+ $variant,)+)+
        }

        impl Fault {
            /// Every fault, topic by topic.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The kebab-case name.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => $name,)+)+
                }
            }

            /// What is wrong, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $($(Self::$variant => concat!($($documentation),+).trim(),)+)+
                }
            }

            /// Where it bites: a route of the contract, or what the platform does by itself.
            pub const fn place(self) -> &'static str {
                match self {
                    $($(Self::$variant => $place,)+)+
                }
            }

            /// What it is about, in a word.
            pub const fn topic(self) -> &'static str {
                match self {
                    $($(Self::$variant => $topic,)+)+
                }
            }
        }
    };
}

// Each list hands its rows, and those before them, to the next one, and the last to `faults`: one enum in several files.
creating! { [booting lifecycle messages access showing having lacking faults] }

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::named(name).ok_or_else(|| {
            let known = Self::ALL.iter().map(|fault| fault.name());
            FaultError::Unknown { name: name.to_owned(), nearest: nearest(name, known) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn every_name_reads_back() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse::<Fault>().unwrap(), *fault);
        }
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest_one() {
        let message = "no-auto-wke".parse::<Fault>().unwrap_err().to_string();
        assert!(message.starts_with(
            "unknown fault `no-auto-wke`, did you mean `no-auto-wake`?; known faults: create-500, "
        ));
    }
}
