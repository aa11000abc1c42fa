//! The machine that a run runs on, as far as programs of the suite see it.
//!
//! Does not: read it. The roof does, and hands it in.

use std::path::PathBuf;

/// What every program of a suite gets of the machine.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// The suite's root: the folder in which programs run, and below which their paths begin.
    pub root: PathBuf,
    /// `PATH` and `HOME`, as far as they are set.
    pub environment: Vec<(String, String)>,
}

impl Machine {
    /// Where a program is: a path below the root, or a name that `PATH` leads to.
    pub fn locate(&self, program: &str) -> PathBuf {
        if program.contains('/') { self.root.join(program) } else { PathBuf::from(program) }
    }

    /// What `PATH` says.
    pub fn path(&self) -> &str {
        let path = self.environment.iter().find(|(name, _)| name == "PATH");
        path.map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}
