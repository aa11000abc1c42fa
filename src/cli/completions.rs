//! `shakedown completions`: what a shell needs to complete our command line.
//!
//! Does not: install anything, or know a suite's name.

use super::print_bytes;
use clap_complete::Shell;
use harness_runner::model::exit::ExitCode;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown completions bash > ~/.local/share/bash-completion/completions/shakedown
  shakedown completions zsh > ~/.zfunc/_shakedown        # with fpath+=~/.zfunc before compinit
  shakedown completions fish > ~/.config/fish/completions/shakedown.fish
  shakedown completions powershell >> $PROFILE";

/// What `completions` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn call(arguments: &Arguments, mut command: clap::Command) -> ExitCode {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    print_bytes(&script);
    ExitCode::Success
}
