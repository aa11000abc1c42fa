//! Wire faults: what goes wrong between a client and the platform, whatever the platform does.
//!
//! Does not: bite; the layer in `crate::wire` does.

use std::fmt;

use super::effect::Effect;
use super::error::{FaultError, names, nearest};
use super::forms::{FORMS, Form};
use super::on::On;
use super::parameters::{Grammar, Parameters, To};

/// A fault in front of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The requests that it is about.
    pub on: On,
    /// A request that must have come before; none, and they are meant from the first on.
    pub after: Option<Box<On>>,
    /// What it does to them.
    pub effect: Effect,
}

impl Wire {
    /// Every form that a wire fault can have.
    pub fn forms() -> &'static [Form] {
        FORMS
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.effect.written().0
    }

    /// Reads the named fault; the parameters that are left are those of its limit.
    pub(super) fn read<'t>(
        name: &'t str,
        text: Option<&'t str>,
    ) -> Result<(Self, Parameters<'t>), FaultError> {
        let unknown = || FaultError::Unknown { name: name.to_owned(), nearest: nearest(name, names()) };
        let form = Form::named(name).ok_or_else(unknown)?;
        let to = if matches!(name, "json" | "with") { To::Json } else { To::Text };
        let grammar = Grammar { fault: name, keys: form.keys(), to, example: form.example };
        let mut parameters = Parameters::read(grammar, text)?;
        let on = parameters.required("on")?;
        let on = on.parse().map_err(|why| parameters.wrong("on", on, why))?;
        let after = parameters.take("after");
        let after = after.map(|text| match text.parse() {
            Ok(after) => Ok(Box::new(after)),
            Err(why) => Err(parameters.wrong("after", text, why)),
        });
        let after = after.transpose()?;
        let effect = Effect::take(name, &mut parameters)?.ok_or_else(unknown)?;
        Ok((Self { on, after, effect }, parameters))
    }

    /// Writes it with the parameters of its limit before `to`, which is the last.
    pub(super) fn write(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        limit: &[(&'static str, String)],
    ) -> fmt::Result {
        let (name, own) = self.effect.written();
        write!(formatter, "{name}:on={}", self.on)?;
        if let Some(after) = &self.after {
            write!(formatter, ",after={after}")?;
        }
        let is_last = |(key, _): &&(&str, String)| *key == "to";
        let before = own.iter().filter(|parameter| !is_last(parameter));
        for (key, value) in before.chain(limit).chain(own.iter().filter(is_last)) {
            write!(formatter, ",{key}={value}")?;
        }
        Ok(())
    }
}
