//! The repository that is measured: many files, one run, fifty branches of which some touch the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many tasks the run has, each with a branch.
pub const TASKS: usize = 50;

/// How many files each branch changes that nobody else does.
const OWN: usize = 15;

/// How many files are changed by several, and how many of them by each branch.
const HOT: usize = 40;
const PICKED: usize = 4;

/// How many lines such a file has; each branch changes one of five stretches of it.
const LINES: usize = 60;

/// A repository with a run.
pub struct Bed {
    home: tempfile::TempDir,
    root: PathBuf,
}

impl Bed {
    /// Builds a repository with `files` files, records a run, and commits on all of its branches. Only
    /// the first task has a worktree, as what is committed is measured.
    pub fn build(files: usize) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let bed = Bed { home, root };
        std::fs::create_dir(&bed.root).expect("a new directory");
        bed.done(bed.git(&["init", "--quiet", "--initial-branch=main"]));
        bed.import(&base(files));
        bed.done(bed.git(&["reset", "--hard", "--quiet"]));
        std::fs::write(bed.home.path().join("plan.toml"), plan()).expect("a written file");
        bed.done(bed.ours(&["start", "../plan.toml", "--task", "task-1"]));
        bed.import(&(0..TASKS).map(|task| branch(task, files)).collect::<String>());
        bed.done(bed.git(&["gc", "--quiet"]));
        bed
    }

    /// `git <args>`, whose new objects go elsewhere.
    pub fn git(&self, args: &[&str]) -> Command {
        let mut git = self.program("git");
        git.args(args);
        git
    }

    /// git where new objects go to a scratch store, as they would fill the repository.
    pub fn scratch_git(&self, args: &[&str]) -> Command {
        let mut git = self.git(args);
        let scratch = self.home.path().join("scratch");
        std::fs::create_dir_all(&scratch).expect("a directory");
        git.env("GIT_OBJECT_DIRECTORY", scratch);
        git.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.root.join(".git/objects"));
        git
    }

    /// `git orchestrate <args>`
    pub fn ours(&self, args: &[&str]) -> Command {
        let mut program = self.program(env!("CARGO_BIN_EXE_git-orchestrate"));
        program.args(args);
        program
    }

    /// Forgets what was found out.
    pub fn forget(&self) {
        let cache = self.root.join(".git/orchestrate/cache");
        if cache.exists() {
            std::fs::remove_dir_all(cache).expect("it can be deleted");
        }
        let scratch = self.home.path().join("scratch");
        if scratch.exists() {
            std::fs::remove_dir_all(scratch).expect("it can be deleted");
        }
    }

    /// Commits once more on the first branch, to a file that others have changed, too.
    pub fn move_one(&self, step: usize) {
        let tip = self.read(self.git(&["rev-parse", &name(0)]));
        let mut stream = head(&name(0), tip.trim());
        let _ = write!(stream, "M 100644 inline {}\n{}", hot(0), data(&format!("step {step}\n")));
        self.import(&stream);
    }

    /// What a program says.
    pub fn read(&self, mut command: Command) -> String {
        let output = command.stderr(Stdio::inherit()).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A file beside the repository.
    pub fn write(&self, file: &str, content: &str) -> PathBuf {
        let path = self.home.path().join(file);
        std::fs::write(&path, content).expect("a written file");
        path
    }

    fn done(&self, mut command: Command) {
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?} fails: {said}");
    }

    /// A program that sees nothing of the developer's configuration.
    fn program(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(key);
        }
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    fn import(&self, stream: &str) {
        let input = self.write("stream", stream);
        let mut import = self.git(&["fast-import", "--quiet", "--force"]);
        import.stdin(std::fs::File::open(input).expect("the stream"));
        self.done(import);
    }
}

/// The short name of a task's branch.
pub fn name(task: usize) -> String {
    format!("work/task-{}", task + 1)
}

fn plan() -> String {
    let mut plan = String::from("run = \"bench\"\nbase = \"main\"\n");
    for task in 1..=TASKS {
        let _ = write!(plan, "\n[[task]]\nname = \"task-{task}\"\nscope = [\"own{task}/\"]\n");
    }
    plan
}

fn head(branch: &str, from: &str) -> String {
    format!(
        "commit refs/heads/{branch}\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nWork\nfrom {from}\n"
    )
}

fn data(content: &str) -> String {
    format!("data {}\n{content}\n", content.len())
}

fn hot(number: usize) -> String {
    format!("hot/file{number}.txt")
}

/// The commit that all start from: about 15 files in each directory, and those that are fought for.
fn base(files: usize) -> String {
    let mut stream = String::from(
        "commit refs/heads/main\ncommitter Ada <ada@example.org> 1690000000 +0000\ndata 5\nFiles\n",
    );
    for n in 0..files {
        let path = format!("d{}/e{}/file{n}.txt", n / 300, n / 15 % 20);
        let _ = write!(stream, "M 100644 inline {path}\n{}", data(&format!("{n}\n")));
    }
    for number in 0..HOT {
        let lines: String = (0..LINES).map(|line| format!("line {line} of {number}\n")).collect();
        let _ = write!(stream, "M 100644 inline {}\n{}", hot(number), data(&lines));
    }
    stream
}

/// One commit of a task: changed and new files of its own, and some that others change as well, each
/// in one of five stretches; so some collide, some merge and most have nothing in common.
fn branch(task: usize, files: usize) -> String {
    let mut stream = head(&name(task), "refs/heads/main^0");
    for own in 0..OWN {
        let n = (task * OWN + own) * 7;
        if n < files {
            let path = format!("d{}/e{}/file{n}.txt", n / 300, n / 15 % 20);
            let _ = write!(stream, "M 100644 inline {path}\n{}", data(&format!("{n} by {task}\n")));
        }
        let path = format!("own{}/new{own}.txt", task + 1);
        let _ = write!(stream, "M 100644 inline {path}\n{}", data(&format!("new {own}\n")));
    }
    for pick in 0..PICKED {
        let number = (task * 7 + pick * pick * 11 + pick) % HOT;
        let changed = (task * 3 + pick) % 5 * (LINES / 5) + 3;
        let line = |line: usize| match line == changed {
            true => format!("line {line} of {number} by {task}\n"),
            false => format!("line {line} of {number}\n"),
        };
        let lines: String = (0..LINES).map(line).collect();
        let _ = write!(stream, "M 100644 inline {}\n{}", hot(number), data(&lines));
    }
    stream
}
