//! A run that is made once for each plan, and copied for each case.
//!
//! Worktrees and their repository name each other by absolute path, and the configuration names the
//! hooks so. A copy lies elsewhere, so every small file of the copy outside the object store has the
//! old place replaced by the new one. The hook program is large: copies share it by hard links, but
//! for cases that speak of `$HOOKS`, which may do with them what they like.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::armed::{Armed, PLAN};
use crate::sandbox::Sandbox;

/// A run, not to be changed.
pub struct Template {
    armed: Armed,
    program: (u64, SystemTime, bool),
}

/// Below the top of a repository.
const HOOKS: &str = ".git/orchestrate/hooks";
/// Files that name places are smaller than this.
const MOST_BYTES: u64 = 64 * 1024;

impl Template {
    /// A run of a plan in `tests/cases/plans`, else of [`PLAN`].
    pub fn new(plan: Option<&str>) -> Template {
        let read = |name: &str| {
            let path = super::directory().join("plans").join(name).with_extension("toml");
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let armed = Armed::with_plan(&plan.map_or_else(|| PLAN.into(), read));
        let program = program(&armed.sandbox.root);
        Template { armed, program }
    }

    /// The full name of the branch of a task; that of the base for `main`.
    pub fn branch(&self, place: &str) -> String {
        let plan = &self.armed.plan;
        let task = plan.tasks.iter().find(|task| task.name.as_str() == place);
        let short = task.map_or_else(|| plan.base.clone(), |task| plan.layout.branch(&plan.run, task));
        orchestrate::model::branch::full(&short)
    }

    /// The worktree of a task, relative to the top of the repository.
    pub fn worktree(&self, task: &str) -> PathBuf {
        let path = self.armed.path(task);
        path.strip_prefix(&self.armed.sandbox.root).expect("worktrees lie in the repository").to_owned()
    }

    /// The directory of the worktrees, relative to the top of the repository.
    pub fn worktrees(&self) -> PathBuf {
        let first = self.worktree(self.armed.plan.tasks[0].name.as_str());
        first.parent().expect("it lies in a directory").to_owned()
    }

    /// A copy that a case may change; with hook files of its own if it wants to change those.
    pub fn copy(&self, own_hooks: bool) -> Sandbox {
        let sandbox = Sandbox::empty();
        let copying = Copying { from: &self.armed.sandbox.root, to: &sandbox.root, own_hooks };
        copying.directory(Path::new(""));
        sandbox
    }

    /// Panics if a case reached through a hard link.
    pub fn assert_untouched(&self) {
        let hint = "a case changed the hook programs of all others; cases that do so must say $HOOKS";
        assert!(program(&self.armed.sandbox.root) == self.program, "{hint}");
    }
}

/// Size, time and executability of the hook program.
fn program(root: &Path) -> (u64, SystemTime, bool) {
    use std::os::unix::fs::PermissionsExt as _;
    let meta = fs::metadata(root.join(HOOKS).join("git-orchestrate-hook")).expect("a hook");
    let executable = meta.permissions().mode() & 0o111 != 0;
    (meta.len(), meta.modified().expect("a time"), executable)
}

struct Copying<'a> {
    from: &'a Path,
    to: &'a Path,
    own_hooks: bool,
}

impl Copying<'_> {
    fn directory(&self, below: &Path) {
        for entry in fs::read_dir(self.from.join(below)).expect("a readable directory") {
            let entry = entry.expect("a directory entry");
            let path = below.join(entry.file_name());
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                fs::create_dir(self.to.join(&path)).expect("a new directory");
                self.directory(&path);
            } else if kind.is_symlink() {
                let target = fs::read_link(entry.path()).expect("a link");
                std::os::unix::fs::symlink(target, self.to.join(&path)).expect("a new link");
            } else {
                self.file(&path);
            }
        }
    }

    fn file(&self, path: &Path) {
        let (from, to) = (self.from.join(path), self.to.join(path));
        let is_large = fs::metadata(&from).expect("a file").len() >= MOST_BYTES;
        if path.starts_with(HOOKS) && is_large && !self.own_hooks {
            return fs::hard_link(from, to).expect("a hard link");
        }
        if path.starts_with(HOOKS) && is_large {
            // Like `install`: what this process has open for writing cannot run.
            let copied = Command::new("cp").arg("-p").args([from, to]).status();
            assert!(copied.expect("cp runs").success());
            return;
        }
        fs::copy(&from, &to).expect("a copy");
        let meta = fs::metadata(&from).expect("a file");
        let names_places = !path.starts_with(".git/objects") && meta.len() < MOST_BYTES;
        if names_places && replace(&to, self.from, self.to) {
            return;
        }
        let file = fs::File::options().append(true).open(&to);
        let times = fs::FileTimes::new().set_modified(meta.modified().expect("a time"));
        // Objects are read-only; nobody minds when they were made.
        let _ = file.and_then(|file| file.set_times(times));
    }
}

/// Replaces a directory by another in a file's text; says whether it stood there.
fn replace(path: &Path, old: &Path, new: &Path) -> bool {
    let (old, new) = (old.to_str().expect("UTF-8"), new.to_str().expect("UTF-8"));
    let Ok(text) = fs::read_to_string(path) else { return false };
    let found = text.contains(old);
    if found {
        fs::write(path, text.replace(old, new)).expect("a written file");
    }
    found
}
