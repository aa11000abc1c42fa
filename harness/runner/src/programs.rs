//! Programs of this machine: which tools are there, and which programs of a plan are not.
//!
//! Does not: start any, or read `PATH`. The roof hands it in.

use harness_engine::machine::Machine;
use harness_model::below::Below;
use harness_model::name::ToolName;
use harness_model::plan::Plan;
use harness_model::source::At;
use harness_model::suite::Suite;
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A program that something will run and that cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("{place}: step `{step}` runs `{program}`, {why}")]
pub struct Unrunnable {
    /// Where it was written.
    place: String,
    /// The step.
    step: String,
    /// The program.
    program: String,
    /// What is wrong, and what mends it.
    why: String,
}

/// The tools that a suite requires and that are there.
pub fn tools(suite: &Suite, machine: &Machine) -> BTreeSet<ToolName> {
    let tools = suite.tools().into_iter();
    tools.filter(|tool| on_path(tool.as_str(), machine)).cloned().collect()
}

/// Refuses a plan with a program that is not there: its cases would find out one by one, after they created things.
///
/// *Errors*: the first such program.
pub fn refuse_missing(plan: &Plan, below: &Below, machine: &Machine) -> Result<(), Unrunnable> {
    for (step, action) in plan.programs(below) {
        let At { value: program, location } = &action.program;
        let why = match fs::metadata(machine.locate(program)) {
            _ if !action.is_own() => {
                let why = "and PATH leads to no such tool: install it, or say requires = { tool = \"…\" }";
                (!on_path(program, machine)).then(|| why.replace('…', program))
            }
            Ok(found) if is_runnable(&found) => None,
            Ok(_) => Some("which cannot be executed: chmod +x".to_owned()),
            Err(_) => Some(format!("and there is no such file below {}", machine.root.display())),
        };
        if let Some(why) = why {
            let (place, step, program) = (location.to_string(), step.to_string(), program.clone());
            return Err(Unrunnable { place, step, program, why });
        }
    }
    Ok(())
}

fn on_path(tool: &str, machine: &Machine) -> bool {
    let folders = machine.path().split(':').filter(|folder| !folder.is_empty());
    folders
        .into_iter()
        .any(|folder| fs::metadata(Path::new(folder).join(tool)).is_ok_and(|found| is_runnable(&found)))
}

fn is_runnable(found: &Metadata) -> bool {
    found.is_file() && found.permissions().mode() & 0o111 != 0
}

#[cfg(test)]
mod tests {
    use super::on_path;
    use harness_engine::machine::Machine;

    #[test]
    fn a_tool_is_a_file_that_can_be_executed_in_a_folder_of_the_path() {
        let machine = |path: &str| Machine {
            environment: vec![("PATH".to_owned(), path.to_owned())],
            ..Machine::default()
        };
        assert!(on_path("sh", &machine("/nowhere::/usr/bin:/bin")));
        assert!(!on_path("sh", &machine("")));
        assert!(!on_path("passwd", &machine("/etc")), "a file that nobody can execute is no tool");
        assert!(!on_path("bin", &machine("/usr:/")), "a folder is no tool");
        assert!(!on_path("sh", &Machine::default()));
    }
}
