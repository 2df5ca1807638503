//! Records that many workers write at once: none may be lost, and none may wait long.
//!
//! git's own `git notes add` moves its ref without a look at what others did meanwhile, and keeps few of
//! them; what it keeps is said beside ours.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::bed::{Bed, Stream, said};
use crate::measure::Measure;
use crate::table::Section;
use crate::{Options, hooks};

const WRITERS: usize = 20;
/// How many records each of them writes.
const EACH: usize = 50;

/// The most milliseconds that a record may take.
const BUDGET: f64 = 5.0;

/// Where git's own notes go.
const ONE_REF: &str = "refs/notes/by-git";

/// Lets as many `post-commit` hooks record as many commits at once, and then git.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    if options.measure == Measure::Instructions {
        return;
    }
    let bed = build();
    let commits: Vec<Vec<String>> = (1..=WRITERS).map(|task| commits(&bed, task)).collect();
    let all = WRITERS * EACH;
    let ours = at_once(|writer, n| {
        // As git has just committed there.
        let branch = bed.root.join(".git/refs/heads").join(branch(writer + 1));
        std::fs::write(branch, format!("{}\n", commits[writer][n])).expect("a written ref");
        let task = task(writer + 1);
        let program = bed.root.join(".git/orchestrate/hooks/post-commit");
        let mut hook = bed.command(program, &bed.root.join("worktrees").join(&task), &[]);
        hook.env("GIT_DIR", bed.root.join(".git/worktrees").join(task));
        hook
    });
    let kept: usize =
        (1..=WRITERS).map(|n| count(&bed, &format!("refs/notes/orchestrate/bench/{}", task(n)))).sum();
    let theirs = at_once(|writer, n| {
        bed.git_command(&[
            "notes",
            "--ref",
            ONE_REF,
            "add",
            "--force",
            "--message",
            "done",
            &commits[writer][n],
        ])
    });
    let verdict = if ours <= BUDGET { "kept" } else { "MISSED" };
    let note = format!(
        "`post-commit` of {WRITERS} workers: {kept} records of {all}, one in {ours:.1} ms, budget {BUDGET} {verdict}. \
         `git notes add` of as many on one ref: {} of {all}, one in {theirs:.1} ms.",
        count(&bed, ONE_REF)
    );
    let rows = if kept == all { Ok(Vec::new()) } else { Err(format!("{kept} of {all} records are there")) };
    tell(Section { title: format!("Records: {all} by {WRITERS} at once"), rows, notes: vec![note] });
}

/// Milliseconds for each of the processes that all writers start, one after the other each.
fn at_once(command: impl Fn(usize, usize) -> Command + Sync) -> f64 {
    let start = Instant::now();
    let write = |writer| {
        for n in 0..EACH {
            let mut process = command(writer, n);
            // git fails where it finds a lock, which is an answer, too: that one is not kept.
            let _ = process.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program starts");
        }
    };
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write(writer));
        }
    });
    #[expect(clippy::cast_precision_loss)]
    let count = (WRITERS * EACH) as f64;
    start.elapsed().as_secs_f64() * 1e3 / count
}

fn build() -> Bed {
    let bed = Bed::build(&Stream::files(200));
    let tasks: Vec<String> = (1..=WRITERS).map(task).collect();
    let plan: String = tasks
        .iter()
        .enumerate()
        .map(|(n, task)| format!("[[task]]\nname = \"{task}\"\nscope = [\"t{}/\"]\n", n + 1))
        .collect();
    bed.start(
        &format!("run = \"bench\"\nbase = \"main\"\n\n{plan}"),
        &tasks.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let mut stream = Stream::default();
    for task in 1..=WRITERS {
        for n in 0..EACH {
            let from = (n == 0).then_some("refs/heads/main^0");
            stream.commit(&branch(task), from, 1_700_000_000 + n as u64, hooks::MESSAGE);
            stream.put(&format!("t{task}/file"), &format!("{n}\n"));
        }
    }
    bed.import(&stream);
    bed
}

fn task(number: usize) -> String {
    format!("task-{number}-x")
}

fn branch(number: usize) -> String {
    format!("work/{}", task(number))
}

fn commits(bed: &Bed, number: usize) -> Vec<String> {
    bed.git(&["rev-list", "--reverse", &format!("main..{}", branch(number))])
        .lines()
        .map(str::to_owned)
        .collect()
}

fn count(bed: &Bed, notes: &str) -> usize {
    said(&mut bed.git_command(&["notes", "--ref", notes, "list"])).lines().count()
}
