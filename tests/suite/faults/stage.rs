//! A repository that can be put back as it was, at the same place: worktrees know their paths.

use std::process::Command;

use crate::sandbox::{Said, Sandbox};

/// A sandbox with a copy of itself.
pub struct Stage {
    /// What the commands of a scene see.
    pub sandbox: Sandbox,
}

impl Stage {
    /// Keeps the sandbox as it is now.
    pub fn set(sandbox: Sandbox) -> Stage {
        copy(&sandbox, "repo", "kept");
        Stage { sandbox }
    }

    /// Puts everything back.
    pub fn reset(&self) {
        copy(&self.sandbox, "kept", "repo");
    }
}

fn copy(sandbox: &Sandbox, from: &str, to: &str) {
    let home = sandbox.root.parent().expect("a sandbox has a home");
    let _ = std::fs::remove_dir_all(home.join(to));
    let mut command = Command::new("cp");
    command.current_dir(home).args(["-a", from, to]);
    Said::of(command, b"").ok();
}
