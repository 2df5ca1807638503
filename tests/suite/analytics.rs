//! The analytics run of the fixtures, started with the real programs, and looked at.

use crate::sandbox::{Sandbox, fixture};

/// Where the first task works.
pub const API: &str = "worktrees/task-1-api-endpoints";
/// Where the second one does.
pub const MODELS: &str = "worktrees/task-2-models-migrations";
/// Where the third one does.
pub const FRONTEND: &str = "worktrees/task-3-frontend";

/// The run, started. `change` edits the plan first.
pub fn started(change: impl Fn(String) -> String) -> Sandbox {
    let sandbox = Sandbox::from_script("myapp.sh");
    let plan = std::fs::read_to_string(fixture("analytics.toml")).expect("the scenario's plan");
    sandbox.write("../plan.toml", change(plan));
    sandbox.git(&["orchestrate", "start", "--yes", "../plan.toml"]).ok();
    sandbox
}

/// The message of the newest commit in a worktree.
pub fn message(sandbox: &Sandbox, tree: &str) -> String {
    sandbox.git_in(tree, &["log", "-1", "--format=%B"]).ok().out.trim_end().to_owned()
}
