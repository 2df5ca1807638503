//! What it costs to know which of fifty branches collide, in proportion to asking git about all pairs.
//!
//! ```text
//! cargo bench --bench conflicts_cost [-- --files 2000] [-- --rounds 5]
//! ```
//!
//! First every one of the 1,225 answers is compared with that of `git merge-tree`; one that differs is
//! `FAIL`, and there is no time. Then calls of ours and of git take turns, and whole processes are
//! timed: with nothing known, with everything known, and after one branch has moved. The budgets are
//! those of a repository of 90,000 files and of a small one.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

mod bed;

use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use bed::{Bed, TASKS};

/// Ours, with the answer as JSON.
const OURS: [&str; 4] = ["conflicts", "--committed", "--format", "json"];

/// git, for pairs on standard input.
const ALL: [&str; 5] = ["merge-tree", "--write-tree", "--stdin", "--no-messages", "--name-only"];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let (files, rounds) = (option("--files", 90_000), option("--rounds", 7));
    let git = Command::new("git").arg("version").output().expect("git is installed").stdout;
    println!("{}, {}", String::from_utf8_lossy(&git).trim(), std::env::consts::ARCH);
    println!("{:58} {:>10} {:>10} {:>7}  budget", "all pairs of 50 branches", "ours", "git", "git/us");
    let mut is_right = true;
    for (files, budget) in [(files, 30.0), (files.min(200), 15.0)] {
        let bed = Bed::build(files);
        match compare(&bed) {
            Ok(counts) => println!("ok   {files} files: 1225 pairs as git says, {counts}"),
            Err(why) => {
                println!("FAIL {files} files: {why}");
                is_right = false;
                continue;
            }
        }
        measure(&bed, files, rounds, budget);
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..TASKS).flat_map(|one| (one + 1..TASKS).map(move |other| (one, other)))
}

fn git_for_all(bed: &Bed) -> Command {
    let input: String =
        pairs().map(|(one, other)| format!("{} {}\n", bed::name(one), bed::name(other))).collect();
    let mut git = bed.scratch_git(&ALL);
    git.stdin(std::fs::File::open(bed.write("pairs", &input)).expect("the pairs"));
    git
}

/// Compares each answer, with nothing known and with everything known; says what they are.
fn compare(bed: &Bed) -> Result<String, String> {
    let truth = truth(&bed.read(git_for_all(bed)));
    if truth.len() != pairs().count() {
        return Err(format!("git answers for {} pairs", truth.len()));
    }
    bed.forget();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for run in ["first", "second"] {
        let said = bed.read(bed.ours(&OURS));
        let said: serde_json::Value = serde_json::from_str(&said).map_err(|error| error.to_string())?;
        let list = said["pairs"].as_array().ok_or("no pairs")?;
        let result = |pair: &serde_json::Value| {
            let name = |key: &str| pair[key].as_str().unwrap_or_default().to_owned();
            ((name("one"), name("other")), name("result"))
        };
        let ours: BTreeMap<_, _> = list.iter().map(result).collect();
        for ((one, other), is_clean) in pairs().zip(&truth) {
            let key = (format!("task-{}", one + 1), format!("task-{}", other + 1));
            let found = ours.get(&key).ok_or(format!("no answer for {key:?}"))?;
            if (found == "conflict") == *is_clean || found == "unknown" {
                return Err(format!("{key:?} is {found} at the {run} run, git says clean: {is_clean}"));
            }
            *counts.entry(found.clone()).or_default() += 1;
        }
    }
    let counts: Vec<String> =
        counts.iter().map(|(result, count)| format!("{} {result}", count / 2)).collect();
    Ok(counts.join(", "))
}

/// For each pair whether it is clean, from what `git merge-tree -z --stdin` says.
fn truth(said: &str) -> Vec<bool> {
    let mut fields = said.split('\0');
    let mut clean = Vec::new();
    while let Some(first) = fields.next().filter(|field| !field.is_empty()) {
        clean.push(first == "1");
        while fields.next().is_some_and(|field| !field.is_empty()) {}
    }
    clean
}

fn measure(bed: &Bed, files: usize, rounds: usize, budget: f64) {
    let (mut first, mut second, mut moved, mut git) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds.max(1) {
        bed.forget();
        git.push(time(git_for_all(bed)));
        first.push(time(bed.ours(&OURS)));
        second.push(time(bed.ours(&OURS)));
        bed.move_one(round);
        moved.push(time(bed.ours(&OURS)));
    }
    let start = Instant::now();
    for (one, other) in pairs() {
        time(bed.scratch_git(&["merge-tree", "--write-tree", &bed::name(one), &bed::name(other)]));
    }
    let each = median(&mut [start.elapsed()]);
    let git = median(&mut git);
    for (what, mut ours) in [("nothing known", first), ("one branch moved", moved), ("all known", second)] {
        let ours = median(&mut ours);
        let verdict = if git / ours >= budget { "kept" } else { "MISSED" };
        let what = format!("{what}, against one --stdin, {files} files");
        println!("{what:58} {ours:7.1} ms {git:7.1} ms {:7.1}  {budget} {verdict}", git / ours);
        let what = "      the same against one process per pair";
        println!("{what:58} {ours:7.1} ms {each:7.1} ms {:7.1}", each / ours);
    }
}

fn time(mut command: Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    assert!(matches!(status.code(), Some(0 | 1)), "{command:?} fails");
    start.elapsed()
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
