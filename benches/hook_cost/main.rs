//! What our hooks cost, in proportion to what git itself costs on the same repository in the same
//! run.
//!
//! ```text
//! cargo bench --bench hook_cost [-- --files 2000] [-- --rounds 5] [-- --instructions]
//! ```
//!
//! Every answer is compared with git's before it is timed; a wrong one is `FAIL` and has no time.
//! Calls take turns, and whole processes are timed. The verdict is on the ratio of the medians; the
//! ratio of the fastest calls stands beside it, because on a busy machine a median says more about the
//! machine. With `--instructions` valgrind counts what each call and all that it starts executes, once:
//! the same on every machine and on a busy one, but blind to what starting a process costs the system.
//! The budgets are those of repositories of 90,000 and of 200 files.

#![expect(clippy::print_stdout, reason = "a benchmark's report is its standard output")]

mod bed;
mod cost;

use std::process::{Command, ExitCode, Stdio};

use bed::{Bed, Size};
use cost::{Costs, Measure};

/// The hooks of one `git commit`.
const HOOKS: [&str; 4] = ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"];

const MESSAGE: &str = "[CHECKPOINT] One step\n";

/// What is measured, and against what.
struct Row {
    what: String,
    ours: Costs,
    theirs: Costs,
    /// The highest ratio that is allowed.
    budget: Option<f64>,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let option = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let files = option("--files", 90_000);
    let measure = match arguments.iter().any(|argument| argument == "--instructions") {
        true => Measure::Instructions,
        false => Measure::Time { rounds: option("--rounds", 15) },
    };
    print_environment();
    println!("{:76} {:>9} {:>9} {:>6} {:>8}  budget", "", "ours", "git", "ratio", "fastest");
    let mut is_right = true;
    for tasks in [2, 500, 2_000] {
        is_right &= report(&mut Bed::build(Size { files: 200, tasks }), &[0], measure);
    }
    for files in [200, files] {
        is_right &= report(&mut Bed::build(Size { files, tasks: 2 }), &[50, 500], measure);
    }
    if is_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures one repository with each of these numbers of own commits; whether all answers were right.
fn report(bed: &mut Bed, own: &[usize], measure: Measure) -> bool {
    own.iter().all(|&own| {
        bed.advance(own);
        let Size { files, tasks } = bed.size;
        println!("{files} files, {tasks} tasks, after {own} own commits");
        match answers(bed) {
            Err(wrong) => println!("FAIL {wrong}"),
            Ok(()) => rows(bed, measure).iter().for_each(|row| print_row(row, measure)),
        }
        answers(bed).is_ok()
    })
}

/// Whether our hooks say and do what they should: that they do nothing would be fast, too.
fn answers(bed: &Bed) -> Result<(), String> {
    bed.stage(0);
    let seen = bed.git(&["diff", "--cached", "--name-only"]).lines().count();
    let allowed = succeeds(bed.hook("pre-commit", MESSAGE));
    let refused = !bed.with_a_file_outside(|| succeeds(bed.hook("pre-commit", MESSAGE)));
    let wrong_message = succeeds(bed.hook("commit-msg", "No status\n"));
    let committed = succeeds(bed.commit(None));
    let (allowed, recorded) = (allowed && committed, bed.is_recorded());
    match seen == bed::CHANGES && refused && allowed && !wrong_message && recorded {
        true => Ok(()),
        false => Err(format!(
            "git sees {seen} changes; refused {refused}, allowed {allowed}, \
             wrong message {wrong_message}, recorded {recorded}"
        )),
    }
}

fn rows(bed: &Bed, measure: Measure) -> Vec<Row> {
    let mut rows = Vec::new();
    let is_large = bed.size.files > 200;
    let diff = || bed.command(&["diff", "--cached", "--name-only"]);
    for event in HOOKS {
        let prepare = |round| match event {
            "post-commit" => {
                bed.stage(round);
                succeeds(bed.commit(Some("none")));
                bed.forget();
            }
            _ => bed.stage(round),
        };
        let [ours, theirs] = measure.take_turns([&|| bed.hook(event, MESSAGE), &diff], prepare);
        let budget = (event == "pre-commit" && is_large).then_some(0.35);
        rows.push(Row { what: format!("{event} : git diff --cached --name-only"), ours, theirs, budget });
    }
    let commits: [&dyn Fn() -> Command; 3] =
        [&|| bed.commit(None), &|| bed.commit(Some("none")), &|| bed.commit(Some("shell"))];
    let [ours, bare, shell] = measure.take_turns(commits, |round| bed.stage(round));
    let budget = Some(if is_large { 1.18 } else { 2.5 });
    let what = "commit with all our hooks : bare commit".to_owned();
    rows.push(Row { what, ours, theirs: bare.clone(), budget });
    let what = "commit with three empty shell hooks : bare commit".to_owned();
    rows.push(Row { what, ours: shell, theirs: bare, budget: None });
    rows
}

fn print_environment() {
    let git = Command::new("git").arg("version").output().expect("git is installed").stdout;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}, {cores} cores, {}", String::from_utf8_lossy(&git).trim(), std::env::consts::ARCH);
}

fn print_row(row: &Row, measure: Measure) {
    let (ours, theirs) = (row.ours.median(), row.theirs.median());
    let (ratio, least) = (ours / theirs, row.ours.least() / row.theirs.least());
    let verdict =
        row.budget.map(|budget| format!("{budget} {}", if ratio <= budget { "kept" } else { "EXCEEDED" }));
    let unit = measure.unit();
    let verdict = verdict.unwrap_or_default();
    println!(
        "  {:74} {ours:6.1} {unit:2} {theirs:6.1} {unit:2} {ratio:6.2} {least:8.2}  {verdict}",
        row.what
    );
}

/// Whether the process ends well.
fn succeeds(mut command: Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts").success()
}
