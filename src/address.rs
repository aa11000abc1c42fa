//! The address of a target, and which values lead to it.
//!
//! Does not: ask it.

use harness_runner::engine::environment::{Facts, StandIn};
use harness_runner::model::suite::Suite;
use std::fmt;
use url::Url;

/// The base of a target: `https://staging.example.org/api`.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    url: Url,
    /// Without a slash at the end.
    text: String,
}

/// Where a value leads, seen from a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lies {
    /// To the target: what follows its base.
    Below(String),
    /// To the same server, and not below the base.
    Beside,
    /// Elsewhere, or nowhere.
    Elsewhere,
}

impl Address {
    /// Reads one; without a user, a query or a fragment.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        let Ok(url) = Url::parse(text.trim()) else {
            return Err("it is no url, such as `https://staging.example.org`");
        };
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("it must begin with http:// or https:// and have a host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it names a user or password: name the host alone, credentials are secrets");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the part from `?` or `#` on has no place in front of a path");
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// As it is written, without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Its server alone: `https://staging.example.org`.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Where a value leads.
    pub(crate) fn lies(&self, value: &str) -> Lies {
        let Ok(url) = Url::parse(value.trim()) else { return Lies::Elsewhere };
        if !url.has_host() || url.origin() != self.url.origin() {
            return Lies::Elsewhere;
        }
        let base = self.url.path().trim_end_matches('/');
        match url[url::Position::BeforePath..].strip_prefix(base) {
            // A base without a slash is that of a server, as people write it.
            Some("/") if !value.trim().ends_with('/') => Lies::Below(String::new()),
            Some(rest) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
                Lies::Below(rest.to_owned())
            }
            Some(_) | None => Lies::Beside,
        }
    }

    /// What an environment tells, with another server in the place of this one. What follows from a variable that leads
    /// there stays what it was.
    pub(crate) fn moved(&self, suite: &Suite, told: &Facts, to: &str) -> Facts {
        let mut facts = told.clone();
        let variables = told.variables.clone();
        facts.stand_in = Some(StandIn { base: to.to_owned(), target: self.text.clone(), variables });
        for name in suite.variables.keys() {
            let Some(value) = suite.variable(name, |name| told.variables.get(name)) else { continue };
            let value = match self.lies(&value) {
                Lies::Below(rest) => format!("{to}{rest}"),
                Lies::Beside | Lies::Elsewhere => value,
            };
            facts.variables.insert(name.clone(), value);
        }
        facts
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Lies};
    use harness_runner::engine::environment::{Facts, StandIn};
    use harness_runner::model::source::{Source, SuiteText};
    use harness_runner::model::validate::compile;

    #[test]
    fn what_leads_to_a_target_leads_to_its_stand_in_which_says_for_whom_it_stands() {
        let text = "[suite]\nname = \"a\"\n[variable.BASE]\n[variable.OTHER]\n";
        let text = SuiteText { suite: Some(Source::new("suite.toml", text)), ..SuiteText::default() };
        let suite = compile(&text).expect("a suite");
        let told = Facts::of("live").variable("BASE", "https://a.example/api").variable("OTHER", "b");
        let address = Address::read("https://a.example").expect("an address");
        let moved = address.moved(&suite, &told, "http://127.0.0.1:9");
        assert_eq!(moved.variables["BASE"], "http://127.0.0.1:9/api");
        assert_eq!(moved.variables["OTHER"], "b");
        let stand_in = StandIn {
            base: "http://127.0.0.1:9".to_owned(),
            target: "https://a.example".to_owned(),
            variables: told.variables.clone(),
        };
        assert_eq!(moved.stand_in, Some(stand_in));
        assert_eq!(*moved.lasting(), told.variables);
    }

    #[test]
    fn a_value_leads_to_a_target_below_its_base_only() {
        let below = |rest: &str| Lies::Below(rest.to_owned());
        let table = [
            ("https://a.example", "https://A.example:443", below("")),
            ("https://a.example/", "https://a.example/", below("/")),
            ("https://a.example", "https://a.example/api?x=1", below("/api?x=1")),
            ("https://a.example/api/", "https://a.example/api", below("")),
            ("https://a.example/api", "https://a.example/api/v2/", below("/v2/")),
            ("https://a.example/api", "https://a.example/apiary", Lies::Beside),
            ("https://a.example/api", "https://a.example", Lies::Beside),
            ("https://a.example", "http://a.example", Lies::Elsewhere),
            ("https://a.example", "https://a.example:8443", Lies::Elsewhere),
            ("https://a.example", "a.example", Lies::Elsewhere),
            ("https://a.example", "", Lies::Elsewhere),
        ];
        for (base, value, expected) in table {
            let address = Address::read(base).expect("an address");
            assert_eq!(address.lies(value), expected, "{value} below {base}");
        }
    }

    #[test]
    fn what_is_no_base_of_a_target_says_why() {
        let table = [
            ("staging.example.org", "no url"),
            ("ftp://a.example", "http://"),
            ("https://user:word@a.example", "credentials are secrets"),
            ("https://a.example/?x=1", "in front of a path"),
        ];
        for (text, words) in table {
            let why = Address::read(text).expect_err("it is none");
            assert!(why.contains(words) && !why.contains("word@"), "{text}: {why}");
        }
    }
}
