//! The edit: `gates.toml` with what a review decided, everything else in it as it was.
//!
//! Does not: read or write the file.

use super::{ArmReview, Decision, Review, Standing};
use jiff::civil::Date;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

/// A text that cannot be edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("gates.toml is no TOML")]
    Syntax(#[from] toml_edit::TomlError),
    /// Its gates are written in a way that cannot be kept.
    #[error("gates.toml does not write its gates as [[gate]]")]
    Shape,
}

/// The text of a file after a review: arms that are promoted or demoted have their row changed, or get one. Comments, order
/// and every other key stay; none when nothing is to be changed.
///
/// *Errors*: the text is no TOML, or its gates are no tables.
pub fn edited(text: &str, review: &Review) -> Result<Option<String>, EditError> {
    let mut document: DocumentMut = text.parse()?;
    let changes = review.arms.iter().filter_map(|arm| Some((arm, change(arm)?)));
    let mut changed = false;
    for (arm, change) in changes {
        let gates = document.entry("gate").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let gates = gates.as_array_of_tables_mut().ok_or(EditError::Shape)?;
        let is_it = |table: &&mut Table| table.get("arm").and_then(Item::as_str) == Some(arm.arm.as_str());
        if let Some(table) = gates.iter_mut().find(is_it) {
            change.apply(table, review.at);
        } else {
            let mut table = Table::new();
            table.insert("arm", value(arm.arm.as_str()));
            change.apply(&mut table, review.at);
            gates.push(table);
        }
        changed = true;
    }
    Ok(changed.then(|| document.to_string()))
}

/// What becomes of a row.
struct Change<'a> {
    standing: Standing,
    reason: &'a str,
    owner: Option<&'a str>,
    expires: Option<Date>,
}

fn change(arm: &ArmReview) -> Option<Change<'_>> {
    match &arm.decision {
        Decision::Promote { because } => {
            Some(Change { standing: Standing::Required, reason: because, owner: None, expires: None })
        }
        Decision::Demote { because, owner, until } => Some(Change {
            standing: Standing::Quarantined,
            reason: because,
            owner: Some(owner),
            expires: Some(*until),
        }),
        Decision::Hold { .. } => None,
    }
}

impl Change<'_> {
    fn apply(&self, table: &mut Table, at: Date) {
        set(table, "gate", self.standing.word().into());
        set(table, "reason", self.reason.into());
        if let Some(owner) = self.owner {
            set(table, "owner", owner.into());
        }
        set(table, "since", day(at));
        match self.expires {
            Some(until) => set(table, "expires", day(until)),
            None => drop(table.remove("expires")),
        }
    }
}

/// Puts a value where another was, with the blanks and the comment around it.
fn set(table: &mut Table, key: &str, mut new: Value) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *new.decor_mut() = old.decor().clone();
        *old = new;
    } else {
        table.insert(key, Item::Value(new));
    }
}

fn day(day: Date) -> Value {
    let date = toml_edit::Date {
        year: u16::try_from(day.year()).unwrap_or_default(),
        month: u8::try_from(day.month()).unwrap_or_default(),
        day: u8::try_from(day.day()).unwrap_or_default(),
    };
    toml_edit::Datetime { date: Some(date), time: None, offset: None }.into()
}
