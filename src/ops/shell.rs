//! The shell, for the few texts that are commands by definition: those of a plan, and `--exec`.
//!
//! The command must not see the repository that *we* were called in: what ties git to one repository
//! is taken out of its environment, as git-rev-parse(1) says under `--local-env-vars`.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::git::program::{CONFIG_VARIABLES, LOCAL_VARIABLES};

/// A command that has not started yet, in `directory`, without standard input.
pub fn command(text: &str, directory: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(text).current_dir(directory).stdin(Stdio::null());
    for variable in LOCAL_VARIABLES.iter().chain(&CONFIG_VARIABLES) {
        shell.env_remove(variable);
    }
    shell
}
