//! The repository that is measured: many files, one started run, one worker's worktree.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many files each step changes.
pub const CHANGES: usize = 10;

const PLAN: &str = r#"
run = "bench"
base = "main"

[[task]]
name = "task-1-inside"
scope = ["d0/"]

[[task]]
name = "task-2-outside"
scope = ["elsewhere/"]
"#;

/// A repository with a started run.
pub struct Bed {
    home: tempfile::TempDir,
    worktree: PathBuf,
    git_dir: PathBuf,
    hook: PathBuf,
    /// How many files HEAD has.
    pub files: usize,
}

impl Bed {
    /// Builds a repository with `files` files, about 15 in each directory, and starts a run in it.
    pub fn build(files: usize) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let worktree = root.join("worktrees/task-1-inside");
        let git_dir = root.join(".git/worktrees/task-1-inside");
        let hook = root.join(".git/orchestrate/hooks/pre-commit");
        let bed = Bed { home, worktree, git_dir, hook, files };
        bed.run(bed.program("git", bed.home.path()).args([
            "init",
            "--quiet",
            "--initial-branch=main",
            "repo",
        ]));
        bed.import(&root);
        bed.run(bed.program("git", &root).args(["reset", "--hard", "--quiet"]));
        std::fs::write(bed.home.path().join("plan.toml"), PLAN).expect("a written file");
        let start = ["start", "../plan.toml", "--task", "task-1-inside"];
        bed.run(bed.program(env!("CARGO_BIN_EXE_git-orchestrate"), &root).args(start));
        assert!(bed.hook.exists(), "start installs the hooks at {}", bed.hook.display());
        bed
    }

    /// Changes and stages ten files of the task's scope, other ones or in another way each `step`.
    pub fn stage(&self, step: usize) {
        let paths: Vec<_> = (0..CHANGES).map(path).collect();
        for path in &paths {
            std::fs::write(self.worktree.join(path), format!("step {step}\n")).expect("a written file");
        }
        self.run(self.command(&["add", "--"]).args(&paths));
    }

    /// Stages a file that the task may not change.
    pub fn stage_outside(&self) {
        std::fs::write(self.worktree.join("outside"), "x\n").expect("a written file");
        self.run(&mut self.command(&["add", "outside"]));
    }

    /// Takes everything out of the index that was staged.
    pub fn unstage(&self) {
        self.run(&mut self.command(&["rm", "--quiet", "--force", "outside"]));
        self.run(&mut self.command(&["reset", "--quiet"]));
    }

    /// Lets the index remember its trees, as `git commit` does before it calls the hook.
    pub fn remember_trees(&self) {
        self.run(&mut self.command(&["write-tree"]));
    }

    /// How many records the task's notes ref has had.
    pub fn records(&self) -> usize {
        let refs = self.git(&["for-each-ref", "--format=%(refname)", "refs/notes/orchestrate/bench/"]);
        let Some(name) = refs.lines().next() else { return 0 };
        self.git(&["rev-list", "--count", name]).trim().parse().expect("git prints a number")
    }

    /// The hook, in the environment that git gives it.
    pub fn pre_commit(&self) -> Command {
        let mut hook = self.program(&self.hook, &self.worktree);
        hook.env("GIT_DIR", &self.git_dir).env("GIT_INDEX_FILE", self.git_dir.join("index"));
        hook.env("GIT_EDITOR", ":").env("GIT_PREFIX", "");
        hook
    }

    /// `git <args>` in the worktree.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut git = self.program("git", &self.worktree);
        git.args(args);
        git
    }

    /// What `git <args>` prints.
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.command(args).stderr(Stdio::inherit()).output().expect("git runs");
        assert!(output.status.success(), "git {args:?} fails");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn run(&self, command: &mut Command) {
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?} fails: {said}");
    }

    /// A program that sees nothing of the developer's configuration.
    fn program(&self, program: impl AsRef<std::ffi::OsStr>, directory: &Path) -> Command {
        let mut command = Command::new(program);
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command.current_dir(directory).stdin(Stdio::null());
        command
    }

    fn import(&self, root: &Path) {
        let mut import = self.program("git", root);
        let mut import =
            import.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git runs");
        let mut stream = std::io::BufWriter::new(import.stdin.take().expect("a pipe"));
        let mut write = || -> std::io::Result<()> {
            stream.write_all(
                b"commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nFiles\n",
            )?;
            for n in 0..self.files {
                let content = format!("{n}\n");
                write!(stream, "M 100644 inline {}\ndata {}\n{content}\n", path(n), content.len())?;
            }
            stream.flush()
        };
        write().expect("git reads it all");
        drop(stream);
        assert!(import.wait().expect("git ends").success(), "git fast-import fails");
    }
}

/// The path of the file with this number.
fn path(n: usize) -> String {
    format!("d{}/e{}/file{n}.txt", n / 300, n / 15 % 20)
}
