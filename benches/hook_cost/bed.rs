//! The repository that is measured: files, a started run, one worker's worktree with some commits.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many files each step changes.
pub const CHANGES: usize = 10;

const BRANCH: &str = "refs/heads/work/task-1-inside";
const NOTES: &str = "refs/notes/orchestrate/bench/task-1-inside";

/// How large a repository is to be.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Files of HEAD, about 15 in each directory.
    pub files: usize,
    /// Tasks of the plan, and as many packed branches.
    pub tasks: usize,
}

/// A repository with a started run.
pub struct Bed {
    home: tempfile::TempDir,
    worktree: PathBuf,
    git_dir: PathBuf,
    hooks: PathBuf,
    /// Of the repository.
    pub size: Size,
    /// How many commits the worker has made.
    pub own: usize,
    /// What the branch is put back to after a commit.
    tip: String,
}

impl Bed {
    /// Builds a repository and starts a run in it.
    pub fn build(size: Size) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let worktree = root.join("worktrees/task-1-inside");
        let git_dir = root.join(".git/worktrees/task-1-inside");
        let hooks = root.join(".git/orchestrate/hooks");
        let mut bed = Bed { home, worktree, git_dir, hooks, size, own: 0, tip: String::new() };
        let init = ["init", "--quiet", "--initial-branch=main", "repo"];
        bed.run(bed.program("git", bed.home.path()).args(init));
        bed.import(&root, &files(size.files));
        bed.run(bed.program("git", &root).args(["reset", "--hard", "--quiet"]));
        bed.import(&root, &branches(size.tasks));
        bed.run(bed.program("git", &root).args(["pack-refs", "--all"]));
        std::fs::write(bed.home.path().join("plan.toml"), plan(size.tasks)).expect("a written file");
        let start = ["start", "../plan.toml", "--task", "task-1-inside"];
        bed.run(bed.program(env!("CARGO_BIN_EXE_git-orchestrate"), &root).args(start));
        bed.tip = bed.git(&["rev-parse", "HEAD"]);
        bed.write_shell_hooks();
        bed
    }

    /// Lets the worker have made so many commits, each with its record.
    pub fn advance(&mut self, own: usize) {
        self.import(&self.worktree, &commits(self.own, own));
        self.own = own;
        self.git(&["reset", "--hard", "--quiet"]);
        self.run(self.program(env!("CARGO_BIN_EXE_git-orchestrate"), &self.worktree).arg("reindex"));
        self.tip = self.git(&["rev-parse", "HEAD"]);
    }

    /// Changes and stages ten files of the task's scope, in another way each `step`, on the worker's
    /// newest commit, and lets the index remember its trees, as `git commit` does before any hook.
    pub fn stage(&self, step: usize) {
        self.git(&["update-ref", BRANCH, self.tip.trim()]);
        let paths: Vec<_> = (0..CHANGES).map(path).collect();
        for path in &paths {
            std::fs::write(self.worktree.join(path), format!("step {step}\n")).expect("a written file");
        }
        self.run(self.command(&["add", "--"]).args(&paths));
        self.git(&["write-tree"]);
    }

    /// Stages a file that the task may not change, asks, and takes it out of the index again.
    pub fn with_a_file_outside<T>(&self, ask: impl Fn() -> T) -> T {
        std::fs::write(self.worktree.join("outside"), "x\n").expect("a written file");
        self.git(&["add", "outside"]);
        let answer = ask();
        self.git(&["rm", "--quiet", "--force", "outside"]);
        answer
    }

    /// Whether HEAD has a record.
    pub fn is_recorded(&self) -> bool {
        let shown = self.command(&["notes", "--ref", NOTES, "show"]).output().expect("git runs");
        String::from_utf8_lossy(&shown.stdout).contains("Recorded-by: post-commit")
    }

    /// Forgets the records of the commits that were made to be timed.
    pub fn forget(&self) {
        self.git(&["notes", "--ref", NOTES, "remove", "--ignore-missing", "HEAD"]);
    }

    /// One of our hooks, in the environment that git gives it.
    pub fn hook(&self, event: &str, message: &str) -> Command {
        let mut hook = self.program(self.hooks.join(event), &self.worktree);
        hook.env("GIT_DIR", &self.git_dir).env("GIT_INDEX_FILE", self.git_dir.join("index"));
        hook.env("GIT_EDITOR", ":").env("GIT_PREFIX", "");
        let file = self.git_dir.join("COMMIT_EDITMSG");
        std::fs::write(&file, message).expect("a written file");
        if event.ends_with("-msg") {
            hook.arg(file);
        }
        hook
    }

    /// `git commit` of what is staged, with the hooks of a directory, or with ours.
    pub fn commit(&self, hooks: Option<&str>) -> Command {
        let path = hooks.map(|name| format!("core.hooksPath={}", self.home.path().join(name).display()));
        let mut args: Vec<&str> = path.iter().flat_map(|path| ["-c", path.as_str()]).collect();
        args.extend(["commit", "--quiet", "--message", "[CHECKPOINT] One step"]);
        self.command(&args)
    }

    /// `git <args>` in the worktree.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut git = self.program("git", &self.worktree);
        git.args(args);
        git
    }

    /// What `git <args>` prints.
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.command(args).output().expect("git runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?} fails: {said}");
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

    /// The least that three hooks can cost, and none.
    fn write_shell_hooks(&self) {
        for (directory, events) in
            [("none", &[][..]), ("shell", &["pre-commit", "commit-msg", "post-commit"][..])]
        {
            let directory = self.home.path().join(directory);
            std::fs::create_dir(&directory).expect("a directory");
            for event in events {
                let file = directory.join(event);
                std::fs::write(&file, "#!/bin/sh\nexit 0\n").expect("a written file");
                self.run(self.program("chmod", &directory).arg("+x").arg(&file));
            }
        }
    }

    fn import(&self, directory: &Path, stream: &str) {
        let mut import = self.program("git", directory);
        let mut import =
            import.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git runs");
        let mut pipe = import.stdin.take().expect("a pipe");
        pipe.write_all(stream.as_bytes()).expect("git reads it all");
        drop(pipe);
        assert!(import.wait().expect("git ends").success(), "git fast-import fails");
    }
}

fn plan(tasks: usize) -> String {
    let mut plan = String::from("run = \"bench\"\nbase = \"main\"\n");
    let mut task = |number, name, scope| {
        plan += &format!("\n[[task]]\nname = \"task-{number}-{name}\"\nscope = [\"{scope}\"]\n");
    };
    task(1, "inside", "d0/".to_owned());
    (2..=tasks).for_each(|number| task(number, "outside", format!("elsewhere/{number}/")));
    plan
}

/// A branch for each task but the worker's.
fn branches(tasks: usize) -> String {
    (2..=tasks).map(|task| format!("reset refs/heads/other/{task}\nfrom refs/heads/main^0\n\n")).collect()
}

/// One commit with all files, as `git fast-import` reads it.
fn files(count: usize) -> String {
    let mut stream = String::from(
        "commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nFiles\n",
    );
    for n in 0..count {
        let content = format!("{n}\n");
        stream += &format!("M 100644 inline {}\ndata {}\n{content}\n", path(n), content.len());
    }
    stream
}

/// The commits of the worker from one number to another.
fn commits(from: usize, to: usize) -> String {
    let mut stream = String::new();
    for n in from..to {
        let (message, content) = (format!("[CHECKPOINT] Step {n}\n"), format!("own {n}\n"));
        let time = 1_700_000_100 + n;
        stream += &format!("commit {BRANCH}\ncommitter Ada <ada@example.org> {time} +0000\n");
        stream += &format!("data {}\n{message}", message.len());
        if n == from {
            stream += &format!("from {BRANCH}^0\n");
        }
        stream += &format!("M 100644 inline {}\ndata {}\n{content}\n", path(n % 300), content.len());
    }
    stream
}

/// The path of the file with this number.
fn path(n: usize) -> String {
    format!("d{}/e{}/file{n}.txt", n / 300, n / 15 % 20)
}
