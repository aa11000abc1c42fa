//! Defects: faults as they are asked for.
//!
//! Does not: count; [`super::Armed`] does.

use std::fmt;
use std::str::FromStr;

use super::error::FaultError;
use super::inside::Fault;
use super::limit::Limit;
use super::parameters::{Grammar, Parameters, To};
use super::wire::Wire;
use crate::profile::Profile;

/// A fault as it is asked for: which, and how often.
///
/// *Shape*: `name`, or `name:key=value,key=value`; see the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Defect {
    /// One inside the platform.
    Inside(Fault, Limit),
    /// One in front of it.
    Wire(Wire, Limit),
}

impl Defect {
    /// The name of the fault.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Inside(fault, _) => fault.name(),
            Self::Wire(wire, _) => wire.name(),
        }
    }

    /// Whether it is in front of the platform, where a proxy can have it too.
    pub fn is_on_wire(&self) -> bool {
        matches!(self, Self::Wire(..))
    }

    /// How often it bites.
    pub fn limit(&self) -> Limit {
        match self {
            Self::Inside(_, limit) | Self::Wire(_, limit) => *limit,
        }
    }
}

impl From<Fault> for Defect {
    fn from(fault: Fault) -> Self {
        Self::Inside(fault, Limit::Always)
    }
}

impl FromStr for Defect {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, parameters) = match text.split_once(':') {
            Some((name, parameters)) => (name.trim(), Some(parameters)),
            None => (text.trim(), None),
        };
        if let Some(fault) = Fault::named(name) {
            let example = "create-500:nth=2";
            let grammar = Grammar { fault: name, keys: Vec::new(), to: To::Text, example };
            let limit = Limit::take(&mut Parameters::read(grammar, parameters)?)?;
            return Ok(Self::Inside(fault, limit));
        }
        let (wire, mut parameters) = Wire::read(name, parameters)?;
        Ok(Self::Wire(wire, Limit::take(&mut parameters)?))
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit().written();
        match self {
            Self::Wire(wire, _) => wire.write(formatter, &limit),
            Self::Inside(fault, _) => {
                formatter.write_str(fault.name())?;
                limit.iter().enumerate().try_for_each(|(position, (key, value))| {
                    write!(formatter, "{}{key}={value}", if position == 0 { ':' } else { ',' })
                })
            }
        }
    }
}

/// The faults that a platform has, all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Defect>);

impl Faults {
    /// Those of a healthy platform.
    pub fn none() -> Self {
        Self::default()
    }

    /// The same ones with the defects of a profile.
    #[must_use]
    pub fn and(mut self, profile: Profile) -> Self {
        self.0.extend(profile.faults().iter().copied().map(Defect::from));
        self
    }

    /// The defects, in the order in which they were asked for.
    pub fn iter(&self) -> impl Iterator<Item = &Defect> {
        self.0.iter()
    }
}

impl<D: Into<Defect>> FromIterator<D> for Faults {
    fn from_iter<I: IntoIterator<Item = D>>(faults: I) -> Self {
        Self(faults.into_iter().map(Into::into).collect())
    }
}

impl<D: Into<Defect>> From<D> for Faults {
    fn from(fault: D) -> Self {
        Self::from_iter([fault])
    }
}
