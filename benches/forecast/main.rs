//! What the forecast of a whole integration costs, in proportion to making its merges with git in a
//! worktree, on the same repository in the same run.
//!
//! ```text
//! cargo bench --bench forecast [-- --files 2000] [-- --tasks 50] [-- --rounds 3]
//! ```
//!
//! Each task changes files of its own, and one that it shares with the next task. The order is the
//! forecast's, and both must come to the same tree before anything is timed. Whole processes are timed
//! in turns; git's worktree is there before, so only its merges count. The verdict is on the ratio of
//! the medians.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many times faster the forecast has to be.
const BUDGET: f64 = 10.0;

/// A repository with finished tasks, and a worktree in which git merges them.
struct Bed {
    home: tempfile::TempDir,
    root: PathBuf,
    /// How many tasks are to be merged.
    tasks: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let (files, tasks, rounds) = (option("--files", 90_000), option("--tasks", 50), option("--rounds", 5));
    let bed = Bed::build(files, tasks);
    if let Err(why) = bed.check() {
        println!("FAIL {why}");
        return ExitCode::FAILURE;
    }
    println!("ok   the forecast and git come to the same tree");
    let (mut ours, mut git) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        ours.push(time(|| drop(bed.orchestrate(&["integrate", "--dry-run"]))));
        bed.git("../merging", &["reset", "--quiet", "--hard", "main"]);
        git.push(time(|| bed.merge_all()));
    }
    let (ours, git) = (median(ours), median(git));
    let ratio = git / ours;
    let verdict = if ratio >= BUDGET { "kept" } else { "EXCEEDED" };
    println!("dry run of {tasks} tasks, {files} files: {ours:.0} ms");
    println!("their merges in a worktree by git:    {git:.0} ms");
    println!("{ratio:.1} times faster; budget {BUDGET} {verdict}");
    ExitCode::SUCCESS
}

impl Bed {
    fn build(files: usize, tasks: usize) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let bed = Bed { home, root, tasks };
        std::fs::create_dir(&bed.root).expect("a directory");
        bed.git(".", &["init", "--quiet", "--initial-branch=main"]);
        bed.import(&base(files, tasks));
        bed.git(".", &["reset", "--quiet", "--hard"]);
        std::fs::write(bed.home.path().join("plan.toml"), plan(tasks)).expect("a written file");
        bed.orchestrate(&["start", "../plan.toml", "--task", "task-1-x"]);
        bed.import(&branches(tasks));
        bed.git("worktrees/task-1-x", &["reset", "--quiet", "--hard"]);
        bed.git(".", &["worktree", "add", "--quiet", "--detach", "../merging", "main"]);
        bed
    }

    /// The forecast finds every step clean, and merging for real gives git's own tree.
    fn check(&self) -> Result<(), String> {
        let forecast = self.orchestrate(&["integrate", "--dry-run"]);
        let clean = forecast.matches("Success - clean merge").count();
        if clean != self.tasks {
            return Err(format!("{clean} of {} steps are clean:\n{forecast}", self.tasks));
        }
        self.merge_all();
        self.orchestrate(&["integrate"]);
        let tree = |place: &str, name: &str| self.git(place, &["rev-parse", &format!("{name}^{{tree}}")]);
        let (ours, git) = (tree(".", "integration/bench"), tree("../merging", "HEAD"));
        self.orchestrate(&["integrate", "--undo", "task-1"]);
        if ours == git { Ok(()) } else { Err(format!("git has the tree {git} and not {ours}")) }
    }

    fn merge_all(&self) {
        for task in 1..=self.tasks {
            let branch = format!("work/task-{task}-x");
            self.git("../merging", &["merge", "--quiet", "--no-ff", "-m", "Merge", &branch]);
        }
    }

    fn git(&self, place: &str, args: &[&str]) -> String {
        self.run(self.program("git", &self.root.join(place)).args(args))
    }

    fn orchestrate(&self, args: &[&str]) -> String {
        self.run(self.program(env!("CARGO_BIN_EXE_git-orchestrate"), &self.root).args(args))
    }

    fn run(&self, command: &mut Command) -> String {
        let output = command.output().expect("the program starts");
        let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command:?} fails: {out}{said}");
        out.into_owned()
    }

    /// A program that sees nothing of the developer's configuration.
    fn program(&self, program: &str, directory: &Path) -> Command {
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

    fn import(&self, stream: &str) {
        let mut import = self.program("git", &self.root);
        let import = import.args(["fast-import", "--quiet", "--force"]).stdin(Stdio::piped());
        let mut import = import.spawn().expect("git runs");
        let mut pipe = import.stdin.take().expect("a pipe");
        pipe.write_all(stream.as_bytes()).expect("git reads it all");
        drop(pipe);
        assert!(import.wait().expect("git ends").success(), "git fast-import fails");
    }
}

/// Many files, and one for each pair of neighbours.
fn base(files: usize, tasks: usize) -> String {
    let mut stream = commit("main", "Files");
    for number in 0..files {
        put(&mut stream, &format!("d{}/e{}/file{number}.txt", number / 300, number / 15 % 20), "one\n");
    }
    for task in 1..=tasks + 1 {
        put(&mut stream, &format!("shared/{task}"), &lines(None, None));
    }
    stream
}

/// One commit for each task.
fn branches(tasks: usize) -> String {
    let mut stream = String::new();
    for task in 1..=tasks {
        stream += &commit(&format!("work/task-{task}-x"), "[COMPLETE] All of it");
        stream += "from refs/heads/main^0\n";
        for number in 0..10 {
            put(&mut stream, &format!("own/{task}/{number}"), "new\n");
        }
        put(&mut stream, &format!("shared/{task}"), &lines(Some(task), None));
        put(&mut stream, &format!("shared/{}", task + 1), &lines(None, Some(task)));
    }
    stream
}

/// A file whose first line and whose last line belong to different tasks.
fn lines(first: Option<usize>, last: Option<usize>) -> String {
    let line = |task: Option<usize>| task.map_or("nobody\n".to_owned(), |task| format!("task {task}\n"));
    line(first) + &"between\n".repeat(20) + &line(last)
}

fn commit(branch: &str, subject: &str) -> String {
    let who = "committer Ada Lovelace <ada@example.org> 1700000000 +0000";
    format!("commit refs/heads/{branch}\n{who}\ndata {}\n{subject}\n", subject.len())
}

fn put(stream: &mut String, path: &str, content: &str) {
    write!(stream, "M 100644 inline {path}\ndata {}\n{content}\n", content.len()).expect("a string grows");
}

fn plan(tasks: usize) -> String {
    let mut plan = "run = \"bench\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n".to_owned();
    for task in 1..=tasks {
        let shared = |number| format!("{{ path = \"shared/{number}\", shared = true }}");
        let scope = format!("[\"own/{task}/\", {}, {}]", shared(task), shared(task + 1));
        write!(plan, "[[task]]\nname = \"task-{task}-x\"\nscope = {scope}\n").expect("a string grows");
    }
    plan
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
