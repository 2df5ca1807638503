//! Which of fifty branches collide, against asking git about all pairs.

use std::collections::BTreeMap;
use std::process::Command;

use crate::Options;
use crate::bed::{Bed, Stream, path, said};
use crate::measure::Make;
use crate::table::{Row, Section};

/// How many tasks the run has, each with a branch.
const TASKS: usize = 50;

/// How many files each branch changes that nobody else does.
const OWN: usize = 15;

/// How many files are changed by several, and how many of them by each branch.
const HOT: usize = 40;
const PICKED: usize = 4;

/// How many lines such a file has; each branch changes one of five stretches of it.
const LINES: usize = 60;

/// Ours, with the answer as JSON.
const OURS: [&str; 4] = ["conflicts", "--committed", "--format", "json"];

/// git, for pairs on standard input.
const ALL: [&str; 5] = ["merge-tree", "--write-tree", "--stdin", "--no-messages", "--name-only"];

/// Measures a small and the large repository.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    for (files, budget) in [(options.files.min(200), 1.0 / 15.0), (options.files, 1.0 / 30.0)] {
        let bed = build(files);
        let rows = compare(&bed).map(|_| rows(&bed, options, budget));
        let notes = compare(&bed).map(|counts| format!("All 1,225 answers are git's: {counts}."));
        let title = format!("Conflicts: all pairs of {TASKS} branches, {files} files");
        tell(Section { title, rows, notes: notes.into_iter().collect() });
    }
}

/// A repository with `files` files, and commits on all branches of a run. Only the first task has a
/// worktree, as what is committed is measured.
fn build(files: usize) -> Bed {
    let mut base = Stream::files(files);
    for number in 0..HOT {
        let lines: String = (0..LINES).map(|line| format!("line {line} of {number}\n")).collect();
        base.put(&hot(number), &lines);
    }
    let bed = Bed::build(&base);
    let task = |task| format!("\n[[task]]\nname = \"task-{task}\"\nscope = [\"own{task}/\"]\n");
    let plan = format!("run = \"bench\"\nbase = \"main\"\n{}", (1..=TASKS).map(task).collect::<String>());
    bed.start(&plan, &["task-1"]);
    let mut work = Stream::default();
    (0..TASKS).for_each(|task| branch(&mut work, task, files));
    bed.import(&work);
    bed.git(&["gc", "--quiet"]);
    bed
}

fn rows(bed: &Bed, options: &Options, budget: f64) -> Vec<Row> {
    let first = || {
        bed.forget();
        bed.ours_command(&OURS)
    };
    let known = || bed.ours_command(&OURS);
    let moved = || {
        move_one(bed);
        bed.ours_command(&OURS)
    };
    let git = || git_for_all(bed);
    let each: String = pairs()
        .map(|(one, other)| format!("git merge-tree --write-tree {} {}\n", name(one), name(other)))
        .collect();
    let script = bed.write("each", &each);
    let each = || {
        let mut each = scratch(bed, bed.command("sh", &bed.root, &[]));
        each.arg(&script);
        each
    };
    let makes: [Make<'_>; 4] = [&git, &first, &known, &moved];
    let costs = options.measure.take_turns(&makes, |_| {});
    let single = crate::measure::Measure::Time { rounds: 1 }.take_turns(&[&first, &each], |_| {});
    let row = |what: &str, ours: usize| Row {
        what: what.to_owned(),
        against: "git merge-tree --stdin, once for all".to_owned(),
        ours: costs[ours].clone(),
        theirs: costs[0].clone(),
        budget: Some(budget),
    };
    let mut rows = vec![
        row("conflicts, nothing known", 1),
        row("conflicts, all known", 2),
        row("conflicts, one branch moved", 3),
    ];
    if options.measure != crate::measure::Measure::Instructions {
        rows.push(Row {
            what: "conflicts, nothing known".to_owned(),
            against: "git merge-tree for each pair, one round".to_owned(),
            ours: single[0].clone(),
            theirs: single[1].clone(),
            budget: None,
        });
    }
    rows
}

fn pairs() -> impl Iterator<Item = (usize, usize)> {
    (0..TASKS).flat_map(|one| (one + 1..TASKS).map(move |other| (one, other)))
}

fn git_for_all(bed: &Bed) -> Command {
    let input: String = pairs().map(|(one, other)| format!("{} {}\n", name(one), name(other))).collect();
    let mut git = scratch(bed, bed.git_command(&ALL));
    git.stdin(std::fs::File::open(bed.write("pairs", &input)).expect("the pairs"));
    git
}

/// git where new objects go elsewhere, as they would fill the repository.
fn scratch(bed: &Bed, mut git: Command) -> Command {
    let scratch = bed.beside("scratch");
    std::fs::create_dir_all(&scratch).expect("a directory");
    git.env("GIT_OBJECT_DIRECTORY", scratch);
    git.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", bed.root.join(".git/objects"));
    git
}

/// Compares each answer, with nothing known and with everything known; says what they are.
fn compare(bed: &Bed) -> Result<String, String> {
    let truth = truth(&said(&mut git_for_all(bed)));
    if truth.len() != pairs().count() {
        return Err(format!("git answers for {} pairs", truth.len()));
    }
    bed.forget();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for run in ["first", "second"] {
        let output = bed.ours_command(&OURS).output().expect("it runs");
        let said: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        let result = |pair: &serde_json::Value| {
            let name = |key: &str| pair[key].as_str().unwrap_or_default().to_owned();
            ((name("one"), name("other")), name("result"))
        };
        let ours: BTreeMap<_, _> = said["pairs"].as_array().ok_or("no pairs")?.iter().map(result).collect();
        for ((one, other), is_clean) in pairs().zip(&truth) {
            let key = (format!("task-{}", one + 1), format!("task-{}", other + 1));
            let found = ours.get(&key).ok_or(format!("no answer for {key:?}"))?;
            if (found == "conflict") == *is_clean || found == "unknown" {
                return Err(format!("{key:?} is {found} at the {run} run, git says clean: {is_clean}"));
            }
            *counts.entry(found.clone()).or_default() += 1;
        }
    }
    let counts = counts.iter().map(|(result, count)| format!("{} {result}", count / 2));
    Ok(counts.collect::<Vec<_>>().join(", "))
}

/// For each pair whether it is clean, from what `git merge-tree --stdin` says.
fn truth(said: &str) -> Vec<bool> {
    let mut fields = said.split('\0');
    let mut clean = Vec::new();
    while let Some(first) = fields.next().filter(|field| !field.is_empty()) {
        clean.push(first == "1");
        while fields.next().is_some_and(|field| !field.is_empty()) {}
    }
    clean
}

/// Commits once more on the first branch, to a file that others have changed, too.
fn move_one(bed: &Bed) {
    let tip = bed.git(&["rev-parse", &name(0)]);
    let mut step = Stream::default();
    step.commit(&name(0), Some(tip.trim()), 1_700_000_000, "Step\n");
    step.put(&hot(0), &format!("after {tip}"));
    bed.import(&step);
}

/// The short name of a task's branch.
fn name(task: usize) -> String {
    format!("work/task-{}", task + 1)
}

fn hot(number: usize) -> String {
    format!("hot/file{number}.txt")
}

/// One commit of a task: changed and new files of its own, and some that others change as well, each
/// in one of five stretches; so some collide, some merge and most have nothing in common.
fn branch(stream: &mut Stream, task: usize, files: usize) {
    stream.commit(&name(task), Some("refs/heads/main^0"), 1_700_000_000, "Work\n");
    for own in 0..OWN {
        let n = (task * OWN + own) * 7;
        if n < files {
            stream.put(&path(n), &format!("{n} by {task}\n"));
        }
        stream.put(&format!("own{}/new{own}.txt", task + 1), &format!("new {own}\n"));
    }
    for pick in 0..PICKED {
        let number = (task * 7 + pick * pick * 11 + pick) % HOT;
        let changed = (task * 3 + pick) % 5 * (LINES / 5) + 3;
        let line = |line: usize| match line == changed {
            true => format!("line {line} of {number} by {task}\n"),
            false => format!("line {line} of {number}\n"),
        };
        stream.put(&hot(number), &(0..LINES).map(line).collect::<String>());
    }
}
