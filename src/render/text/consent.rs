//! The commands of a plan, as a person is asked to accept them.

use crate::render::escape::terminal;

/// Which commands are going to run, each on a line.
pub fn question(commands: &[String]) -> String {
    let mut text = String::from("The plan wants to run these commands in worktrees, as you:\n");
    for command in commands {
        text += &format!("  {}\n", terminal(command));
    }
    text
}
