//! What `git orchestrate status` costs, in proportion to git's own way to count what each branch is
//! ahead and behind, on the same repository in the same run.
//!
//! ```text
//! cargo bench --bench status_cost [-- --tasks 500] [-- --rounds 5] [-- --instructions]
//! ```
//!
//! The repository has 20 commits on each of 500 branches, each with its record, packed, with a
//! commit-graph. That status sees every commit that git sees is asked first; else it is `FAIL` and
//! there is no time. See `hook_cost` for how calls are measured.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

#[path = "../hook_cost/cost.rs"]
mod cost;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use cost::Measure;

/// How many commits each branch has.
const COMMITS: usize = 20;

const BUDGET: f64 = 1.0;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let measure = match arguments.iter().any(|argument| argument == "--instructions") {
        true => Measure::Instructions,
        false => Measure::Time { rounds: option("--rounds", 15) },
    };
    let tasks = option("--tasks", 500);
    let bed = Bed::build(tasks);
    let (ours, git) = (bed.ours(), bed.gits());
    if ours != git || git.len() != tasks {
        println!("FAIL status does not see the commits that git sees");
        return ExitCode::FAILURE;
    }
    let [ours, git] = measure.take_turns([&|| bed.status(), &|| bed.for_each_ref()], |_| {});
    let (unit, ratio) = (measure.unit(), ours.median() / git.median());
    let verdict = if ratio <= BUDGET { "kept" } else { "EXCEEDED" };
    println!("status of {tasks} tasks with {COMMITS} commits each : git for-each-ref with ahead-behind");
    println!(
        "  {:.1} {unit} : {:.1} {unit} = {ratio:.2}, fastest {:.2}; budget {BUDGET} {verdict}",
        ours.median(),
        git.median(),
        ours.least() / git.least()
    );
    ExitCode::SUCCESS
}

/// A repository with a run whose tasks have all been worked on.
struct Bed {
    home: tempfile::TempDir,
    root: PathBuf,
}

impl Bed {
    fn build(tasks: usize) -> Bed {
        let home = tempfile::tempdir().expect("a temporary directory");
        let root = home.path().join("repo");
        let bed = Bed { root, home };
        bed.run(Command::new("git").args(["init", "--quiet", "--initial-branch=main"]).arg(&bed.root));
        bed.import(&base());
        bed.run(&mut bed.git(&["reset", "--hard", "--quiet"]));
        let plan = bed.home.path().join("plan.toml");
        std::fs::write(&plan, self::plan(tasks)).expect("a written file");
        bed.run(bed.orchestrate(&["start", "--task", "task-1-x"]).arg(&plan));
        bed.import(&(1..=tasks).map(branch).collect::<String>());
        bed.run(bed.git(&["reset", "--hard", "--quiet"]).current_dir(bed.root.join("worktrees/task-1-x")));
        bed.run(&mut bed.orchestrate(&["reindex"]));
        bed.run(&mut bed.git(&["gc", "--quiet"]));
        bed.run(&mut bed.git(&["commit-graph", "write", "--reachable"]));
        bed
    }

    fn status(&self) -> Command {
        self.orchestrate(&["status", "--format", "json"])
    }

    fn for_each_ref(&self) -> Command {
        self.git(&["for-each-ref", "--format=%(refname:short) %(ahead-behind:main)", "refs/heads/work/"])
    }

    /// How many commits each branch has of its own, as status says.
    fn ours(&self) -> BTreeMap<String, u64> {
        let said: serde_json::Value = serde_json::from_slice(&self.run(&mut self.status())).expect("JSON");
        let count = |task: &serde_json::Value| {
            let commits = task["commits"].as_array().map_or(0, Vec::len);
            (task["branch"].as_str().unwrap_or_default().to_owned(), commits as u64)
        };
        said["tasks"].as_array().expect("tasks").iter().map(count).collect()
    }

    /// The same as git says.
    fn gits(&self) -> BTreeMap<String, u64> {
        let said = String::from_utf8(self.run(&mut self.for_each_ref())).expect("UTF-8");
        let pair = |line: &str| {
            let mut words = line.split(' ').map(str::to_owned);
            Some((words.next()?, words.next()?.parse().ok()?))
        };
        said.lines().filter_map(pair).collect()
    }

    fn git(&self, args: &[&str]) -> Command {
        self.program(Path::new("git"), args)
    }

    fn orchestrate(&self, args: &[&str]) -> Command {
        self.program(Path::new(env!("CARGO_BIN_EXE_git-orchestrate")), args)
    }

    fn program(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.root).stdin(Stdio::null());
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ada Lovelace");
            command.env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command
    }

    fn run(&self, command: &mut Command) -> Vec<u8> {
        let output = command.output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?} fails: {said}");
        output.stdout
    }

    fn import(&self, stream: &str) {
        let mut import = self.git(&["fast-import", "--quiet"]);
        let mut import = import.stdin(Stdio::piped()).spawn().expect("git runs");
        let mut pipe = import.stdin.take().expect("a pipe");
        pipe.write_all(stream.as_bytes()).expect("git reads it all");
        drop(pipe);
        assert!(import.wait().expect("git ends").success(), "git fast-import fails");
    }
}

fn plan(tasks: usize) -> String {
    let task = |n| format!("\n[[task]]\nname = \"task-{n}-x\"\nscope = [\"t{n}/\"]\n");
    "run = \"bench\"\nbase = \"main\"\n".to_owned() + &(1..=tasks).map(task).collect::<String>()
}

/// A hundred commits on `main`.
fn base() -> String {
    (0..100).map(|n| commit("main", 1_700_000_000 + n * 60, "Base\n", "base.txt", n as usize)).collect()
}

/// The commits of one task.
fn branch(task: usize) -> String {
    let name = format!("work/task-{task}-x");
    let mut stream = format!("reset refs/heads/{name}\nfrom refs/heads/main^0\n\n");
    for n in 0..COMMITS {
        let time = 1_700_010_000 + (n * 600 + task) as u64;
        let message =
            format!("[CHECKPOINT] Step {n} of {task}\n\nFiles changed:\n- t{task}/f{}.txt\n", n % 5);
        stream += &commit(&name, time, &message, &format!("t{task}/f{}.txt", n % 5), n);
    }
    stream
}

/// One commit of one file, as `git fast-import` reads it.
fn commit(branch: &str, time: u64, message: &str, path: &str, content: usize) -> String {
    let content = format!("{path} {content}\n");
    format!(
        "commit refs/heads/{branch}\ncommitter Ada <ada@example.org> {time} +0000\ndata {}\n{message}\
         M 100644 inline {path}\ndata {}\n{content}\n",
        message.len(),
        content.len()
    )
}
