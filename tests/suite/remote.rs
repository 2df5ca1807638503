//! A run with a remote: a bare repository beside it that real pushes reach.

use crate::armed::Armed;
use crate::sandbox::{Said, Sandbox};

/// A run that has a remote called `origin`.
pub struct Remote {
    /// The run.
    pub run: Armed,
}

impl Remote {
    /// A run of the usual plan, its base pushed to a new bare repository `../origin.git`.
    pub fn new() -> Remote {
        Remote::of(Armed::new())
    }

    /// A run that a test has made.
    pub fn of(run: Armed) -> Remote {
        let remote = Remote { run };
        let hash = remote.run.sandbox.git(&["rev-parse", "--show-object-format"]).ok().out;
        let format = format!("--object-format={}", hash.trim());
        remote.run.sandbox.git(&["init", "-q", "--bare", "-b", "main", &format, "../origin.git"]).ok();
        remote.run.sandbox.git(&["remote", "add", "origin", "../../origin.git"]).ok();
        // Worktrees lie deeper, so the address must not be relative.
        let url = remote.run.sandbox.root.with_file_name("origin.git");
        remote.run.sandbox.git(&["remote", "set-url", "origin", &url.display().to_string()]).ok();
        remote.run.sandbox.git(&["push", "-q", "origin", "main"]).ok();
        remote.run.sandbox.git(&["fetch", "-q"]).ok();
        remote
    }

    /// `git <args>` in the bare repository.
    pub fn origin(&self, args: &[&str]) -> Said {
        self.run.sandbox.git_in("../origin.git", args)
    }

    /// `git push -q origin <args>` from the worktree of a task.
    pub fn push(&self, task: &str, args: &[&str]) -> Said {
        self.run.git(task, &[&["push", "-q", "origin"], args].concat())
    }

    /// The commit that a ref of the remote holds; empty if it has none.
    pub fn at(&self, name: &str) -> String {
        self.origin(&["rev-parse", "-q", "--verify", name]).out.trim().to_owned()
    }

    /// The sandbox of the run.
    pub fn sandbox(&self) -> &Sandbox {
        &self.run.sandbox
    }

    /// A good commit of a task.
    pub fn checkpoint(&self, task: &str, path: &str) {
        self.run.commit(task, path, &format!("[CHECKPOINT] {path}")).ok();
    }

    /// Commits one file without any hook.
    pub fn sneak(&self, task: &str, path: &str, message: &str) {
        self.run.write(task, path, format!("{message}\n"));
        self.run.git(task, &["add", "--", path]).ok();
        self.run.git(task, &["-c", "core.hooksPath=/dev/null", "commit", "-qm", message]).ok();
    }
}

/// Panics unless the push was refused and every word was said.
#[track_caller]
pub fn refused(said: Said, words: &[&str]) {
    assert_ne!(said.code, 0, "the push is refused\n{}{}", said.out, said.err);
    for word in words {
        assert!(said.err.contains(word), "{word:?} is said in\n{}", said.err);
    }
}
