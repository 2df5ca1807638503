//! What our hooks cost, in proportion to what git itself costs on the same repository in the same
//! run.
//!
//! ```text
//! cargo bench --bench hook_cost [-- --files 2000] [-- --rounds 5]
//! ```
//!
//! Every answer is compared with git's before it is timed; a wrong one is `FAIL` and has no time.
//! Calls of ours and of git take turns, and whole processes are timed. The verdict is on the ratio of
//! the medians; the ratio of the fastest calls stands beside it, because on a busy machine a median
//! says more about the machine. The budgets are those of repositories of 90,000 and of 200 files.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

mod bed;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use bed::Bed;

/// One comparison of the report.
struct Comparison {
    what: String,
    /// Times in order, the fastest first; none where there was only an answer to compare.
    ours: Vec<Duration>,
    git: Vec<Duration>,
    /// The highest ratio that is allowed at full size.
    budget: f64,
}

/// What a comparison came to, or why there is nothing to compare.
type Outcome = Result<Comparison, String>;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let (files, rounds) = (option("--files", 90_000), option("--rounds", 15));
    print_environment();
    let large = Bed::build(files);
    let small = Bed::build(files.min(200));
    let outcomes = [
        refusal(&large),
        pre_commit(&large, rounds, "pre-commit against git diff --cached --name-only", 0.35),
        commit(&large, rounds, 1.18),
        commit(&small, rounds, 2.5),
    ];
    println!("{:64} {:>9} {:>9} {:>6} {:>8}  budget", "", "ours", "git", "ratio", "fastest");
    for outcome in &outcomes {
        print_outcome(outcome);
    }
    if outcomes.iter().any(Result::is_err) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The hook refuses what is outside of the task's scope: that it does nothing would be fast, too.
fn refusal(bed: &Bed) -> Outcome {
    bed.stage_outside();
    let refused = !succeeds(bed.pre_commit());
    bed.unstage();
    bed.stage(0);
    let allowed = succeeds(bed.pre_commit());
    if !refused || !allowed {
        return Err(format!("pre-commit: refuses {refused}, allows {allowed} on {} files", bed.files));
    }
    let what = format!("pre-commit refuses and allows rightly, {} files", bed.files);
    Ok(Comparison { what, ours: Vec::new(), git: Vec::new(), budget: 0.0 })
}

/// The hook as a whole process, against git's own way of asking what is staged.
fn pre_commit(bed: &Bed, rounds: usize, what: &str, budget: f64) -> Outcome {
    bed.stage(1);
    if bed.git(&["diff", "--cached", "--name-only"]).lines().count() != bed::CHANGES {
        return Err("git diff --cached does not see what was staged".into());
    }
    bed.remember_trees();
    let (ours, git) =
        take_turns(rounds, |_| bed.pre_commit(), |_| bed.command(&["diff", "--cached", "--name-only"]));
    Ok(Comparison { what: format!("{what}, {} files", bed.files), ours, git, budget })
}

/// A commit with all hooks and its record, against the same commit with none.
fn commit(bed: &Bed, rounds: usize, budget: f64) -> Outcome {
    let before = bed.records();
    let (ours, git) = take_turns(
        rounds,
        |round| {
            bed.stage(2 * round + 2);
            bed.command(&["commit", "--quiet", "--message", "[CHECKPOINT] One step"])
        },
        |round| {
            bed.stage(2 * round + 3);
            let bare =
                ["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "--message", "[CHECKPOINT] One step"];
            bed.command(&bare)
        },
    );
    let made = bed.records() - before;
    if made < rounds {
        return Err(format!("{rounds} commits left {made} records"));
    }
    Ok(Comparison {
        what: format!("commit with all hooks against one with none, {} files", bed.files),
        ours,
        git,
        budget,
    })
}

/// The times of two sorts of processes that run in turns; each round prepares its own.
fn take_turns(
    rounds: usize,
    ours: impl Fn(usize) -> Command,
    git: impl Fn(usize) -> Command,
) -> (Vec<Duration>, Vec<Duration>) {
    let mut times = (Vec::new(), Vec::new());
    for round in 0..rounds.max(1) {
        times.0.push(time(ours(round)));
        times.1.push(time(git(round)));
    }
    times.0.sort();
    times.1.sort();
    times
}

fn time(mut command: Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    let time = start.elapsed();
    assert!(status.success(), "{command:?} fails");
    time
}

fn median(times: &[Duration]) -> f64 {
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn fastest(times: &[Duration]) -> f64 {
    times[0].as_secs_f64() * 1e3
}

fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts").success()
}

fn print_environment() {
    let git = Command::new("git").arg("version").output().expect("git is installed").stdout;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}, {cores} cores, {}", String::from_utf8_lossy(&git).trim(), std::env::consts::ARCH);
}

fn print_outcome(outcome: &Outcome) {
    match outcome {
        Err(why) => println!("FAIL {why}"),
        Ok(Comparison { what, ours, .. }) if ours.is_empty() => println!("ok   {what}"),
        Ok(Comparison { what, ours, git, budget }) => {
            let (least, ratio) = (fastest(ours) / fastest(git), median(ours) / median(git));
            let verdict = if ratio <= *budget { "kept" } else { "EXCEEDED" };
            let (ours, git) = (median(ours), median(git));
            println!("{what:64} {ours:6.1} ms {git:6.1} ms {ratio:6.2} {least:8.2}  {budget} {verdict}");
        }
    }
}
