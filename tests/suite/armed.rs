//! A run that is under way: a recorded plan, a branch and a worktree for each task, our hooks in
//! each. Made through the library, so that a test of the hooks tests nothing else.

use std::path::{Path, PathBuf};

use orchestrate::git::Repository;
use orchestrate::git::hooks::{self, TaskIdentity};
use orchestrate::git::plan_ref::Base;
use orchestrate::git::worktrees::LinkedWorktree;
use orchestrate::model::plan::{self, Plan};

use crate::sandbox::{Said, Sandbox};

/// What the hooks are made of.
pub const HOOK_PROGRAM: &str = env!("CARGO_BIN_EXE_git-orchestrate-hook");

/// The plan of most tests: two tasks, and a third that both could collide with.
pub const PLAN: &str = r#"
run = "demo"
base = "main"

[protocol]
body = "off"

[[task]]
name = "task-1-api"
scope = ["api/", "tests/api.py", "deep/**/*.rs", { path = "shared/all.txt", shared = true }]
needs = ["task-2/Model"]
provides = ["routes"]

[[task]]
name = "task-2-models"
scope = [
  "models/",
  { path = "imports.py", access = "append", lines = '^(from|import) ' },
  { path = "fresh/", access = "create" },
]
provides = ["Model"]

[[task]]
name = "task-3-docs"
scope = ["docs/", ".github/workflows/docs.yml"]
"#;

/// A repository with a run.
pub struct Armed {
    /// Where everything is.
    pub sandbox: Sandbox,
    /// The recorded plan.
    pub plan: Plan,
}

impl Armed {
    /// A run of [`PLAN`] on a repository with some files.
    pub fn new() -> Armed {
        Armed::with_plan(PLAN)
    }

    /// A run of another plan on the same repository.
    pub fn with_plan(toml: &str) -> Armed {
        let sandbox = Sandbox::repository();
        for path in ["api/a.py", "models/m.py", "docs/d.md", "README.txt"] {
            sandbox.write(path, "one\ntwo\nthree\n");
        }
        sandbox.write("imports.py", "import a\nimport b\n");
        sandbox.git(&["add", "."]).ok();
        sandbox.git(&["commit", "--quiet", "-m", "Base"]).ok();
        Armed::on(sandbox, toml)
    }

    /// A run in a repository that a test has prepared.
    pub fn on(sandbox: Sandbox, toml: &str) -> Armed {
        let armed = Armed::without_hooks(sandbox, toml);
        armed.arm();
        armed
    }

    /// The same before any hook is installed.
    pub fn without_hooks(sandbox: Sandbox, toml: &str) -> Armed {
        let plan = plan::toml::read("plan.toml", toml).expect("a plan");
        let repo = Repository::open(&sandbox.root).expect("a repository");
        let branch = if plan.base == "HEAD" { "main" } else { &plan.base };
        let base = Base {
            commit_id: repo.resolve(&plan.base).expect("the base"),
            upstream: None,
            ref_name: Some(format!("refs/heads/{branch}")),
        };
        repo.record_plan(&plan, toml.as_bytes(), &base).expect("a recorded plan");
        let armed = Armed { sandbox, plan };
        for task in &armed.plan.tasks {
            let branch = armed.plan.layout.branch(&armed.plan.run, task);
            let path = armed.plan.layout.worktree(&armed.plan.run, task);
            let add = ["worktree", "add", "--quiet", "--no-track", "-b", &branch, &path, &armed.plan.base];
            armed.sandbox.git(&add).ok();
        }
        armed
    }

    /// Puts the hooks in place again.
    pub fn arm(&self) {
        for task in &self.plan.tasks {
            let identity = TaskIdentity { run: self.plan.run.clone(), task: task.name.clone() };
            let worktree = self.worktree(task.name.as_str());
            hooks::arm(&self.repo(), &worktree, &identity, Path::new(HOOK_PROGRAM)).expect("armed");
        }
    }

    /// The repository, opened afresh.
    pub fn repo(&self) -> Repository {
        Repository::open(&self.sandbox.root).expect("a repository")
    }

    /// The worktree of a task.
    pub fn worktree(&self, task: &str) -> LinkedWorktree {
        let path = self.path(task);
        let all = self.repo().worktrees().expect("worktrees");
        all.into_iter().find(|one| one.path == path).expect("the task has a worktree")
    }

    /// Where the worktree of a task is.
    pub fn path(&self, task: &str) -> PathBuf {
        self.sandbox.root.join(self.below(task))
    }

    fn below(&self, task: &str) -> String {
        let task = self.plan.find_task(task).expect("a task");
        self.plan.layout.worktree(&self.plan.run, task)
    }

    /// `git <args>` in the worktree of a task.
    pub fn git(&self, task: &str, args: &[&str]) -> Said {
        self.sandbox.git_in(&self.below(task), args)
    }

    /// Writes a file in the worktree of a task.
    pub fn write(&self, task: &str, path: &str, content: impl AsRef<[u8]>) {
        self.sandbox.write(&format!("{}/{path}", self.below(task)), content);
    }

    /// Writes a file, stages it and commits.
    pub fn commit(&self, task: &str, path: &str, message: &str) -> Said {
        self.write(task, path, format!("{message}\n"));
        self.git(task, &["add", "--", path]).ok();
        self.git(task, &["commit", "--quiet", "-m", message])
    }

    /// The record of a commit of a task.
    pub fn note(&self, task: &str, revision: &str) -> String {
        let notes = format!("--ref=orchestrate/{}/{task}", self.plan.run);
        self.git(task, &["notes", &notes, "show", revision]).ok().out
    }

    /// How many commits the branch of a task has above the base.
    pub fn count(&self, task: &str) -> usize {
        let said = self.git(task, &["rev-list", "--count", "main..HEAD"]).ok();
        said.out.trim().parse().expect("a number")
    }
}
