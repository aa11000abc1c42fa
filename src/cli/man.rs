//! `shakedown man`: manual pages, of the command and of every subcommand.
//!
//! Does not: install them.

use super::{print, print_bytes};
use crate::start::StartError;
use clap_mangen::Man;
use harness_runner::model::exit::ExitCode;
use std::fs;
use std::path::PathBuf;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown man | man -l -                               # read it
  shakedown man --out ~/.local/share/man/man1            # then: man shakedown-run";

/// What `man` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write the page of every subcommand here [default: print the page of the command]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Prints one page, or writes them all.
pub(super) fn call(arguments: &Arguments, command: clap::Command) -> Result<ExitCode, StartError> {
    let wrong =
        |what: &dyn std::fmt::Display, error: std::io::Error| StartError::Usage(format!("{what}: {error}"));
    let Some(folder) = &arguments.out else {
        let (_, page) = page(command).map_err(|error| wrong(&"the page", error))?;
        print_bytes(&page);
        return Ok(ExitCode::Success);
    };
    fs::create_dir_all(folder).map_err(|error| wrong(&folder.display(), error))?;
    let mut command = command;
    command.build();
    let mut ahead = vec![command];
    while let Some(command) = ahead.pop() {
        let subcommands = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help");
        ahead.extend(subcommands.cloned());
        let (name, page) = page(command).map_err(|error| wrong(&"a page", error))?;
        let path = folder.join(name);
        fs::write(&path, page).map_err(|error| wrong(&path.display(), error))?;
        print(&format!("written: {}\n", path.display()));
    }
    Ok(ExitCode::Success)
}

/// The file name of a command's page, and the page.
fn page(command: clap::Command) -> std::io::Result<(String, Vec<u8>)> {
    let man = Man::new(command);
    let mut text = Vec::new();
    man.render(&mut text)?;
    Ok((man.get_filename(), text))
}
