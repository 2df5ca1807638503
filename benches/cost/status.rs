//! `status` of many tasks, against git's own way to count what each branch is ahead and behind, and
//! against what people do instead.

use std::collections::BTreeMap;
use std::process::Command;

use crate::Options;
use crate::bed::{Bed, Stream, path};
use crate::measure::{self, Make};
use crate::start;
use crate::table::{Row, Section};

const TASKS: usize = 500;

/// How many commits each branch has, each with a record.
const COMMITS: usize = 20;

/// How many commits the base of most runs has here, and how many that of a run in a large repository.
const SHORT: usize = 100;
const MANY: usize = 1_000;

/// How many commits a long history has, and what a run on it has.
const LONG: usize = 100_000;
const LONG_TASKS: usize = 200;
const LONG_COMMITS: usize = 10;

/// The most megabytes that it may have in memory.
const MEMORY: f64 = 100.0;

const LOG_LOOP: &str = "git for-each-ref --format='%(refname)' refs/heads/work/ | \
    while read -r branch; do git log --oneline -5 \"$branch\"; done";

/// Measures a run whose tasks have all been worked on, in a small repository and in a large one.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    tell(many_tasks(options, "", &build(TASKS, COMMITS)));
    // Where worktrees are looked into, that is what takes the time; it has rows of its own below.
    let large = build_on(&base(Stream::files(options.files), MANY), TASKS, COMMITS);
    large.git(&["worktree", "remove", "-ff", "worktrees/task-1-x"]);
    tell(many_tasks(options, &format!(", on {} files and {MANY} commits", options.files), &large));
    drop(large);
    tell(long_history(options));
    many_worktrees(options, tell);
}

fn many_tasks(options: &Options, size: &str, bed: &Bed) -> Section {
    let title = format!("Status: {TASKS} tasks with {COMMITS} commits and records each{size}");
    let is_right = ours(bed) == gits(bed) && ours(bed).len() == TASKS;
    let rows = is_right
        .then(|| rows(bed, options))
        .ok_or("status does not see the commits that git sees".to_owned());
    let note = measure::memory(&status(bed)).map(|most| {
        let verdict = if most <= MEMORY { "kept" } else { "MISSED" };
        format!("Memory: {most:.0} MB, budget {MEMORY} {verdict}.")
    });
    Section { title, rows, notes: note.into_iter().collect() }
}

/// Measures a run on a history that is much longer than what the run has made.
fn long_history(options: &Options) -> Section {
    let bed = build_on(&base(Stream::default(), LONG), LONG_TASKS, LONG_COMMITS);
    let title = format!("Status: {LONG} commits, and {LONG_TASKS} tasks with {LONG_COMMITS} each");
    let is_right = ours(&bed) == gits(&bed) && ours(&bed).len() == LONG_TASKS;
    let row = || {
        let costs = options.measure.take_turns(&[&|| status(&bed), &|| for_each_ref(&bed)], |_| {});
        Row {
            what: "status".to_owned(),
            against: "git for-each-ref with ahead-behind".to_owned(),
            ours: costs[0].clone(),
            theirs: costs[1].clone(),
            budget: None,
        }
    };
    let rows =
        is_right.then(|| vec![row()]).ok_or("status does not see the commits that git sees".to_owned());
    Section { title, rows, notes: Vec::new() }
}

/// Measures a run whose worktrees are large and have something new each.
fn many_worktrees(options: &Options, tell: &mut dyn FnMut(Section)) {
    // Each task has a directory of its own.
    let worktrees = options.worktrees;
    let files = options.files.max(300 * worktrees);
    let bed = Bed::build(&Stream::files(files));
    bed.start(&start::plan(false, worktrees), &[]);
    let paths = |task: usize| [path(300 * (task - 1)), format!("d{}/new.txt", task - 1)];
    for (task, path) in (1..=worktrees).flat_map(|task| paths(task).map(|path| (task, path))) {
        bed.write(&format!("repo/worktrees/task-{task}-x/{path}"), "new\n");
    }
    let title = format!("Status: {worktrees} worktrees, {files} files");
    let rows = is_dirty(&bed, worktrees, paths)
        .then(|| vec![worktrees_row(&bed, options)])
        .ok_or("status does not see the changes that were made".to_owned());
    // Told before all of this is deleted, which takes longer.
    tell(Section { title, rows, notes: Vec::new() });
}

fn worktrees_row(bed: &Bed, options: &Options) -> Row {
    let look = |task| format!("git -C worktrees/task-{task}-x status --porcelain || exit 2\n");
    let script = bed.write("loop", &(1..=options.worktrees).map(look).collect::<String>());
    let git = || {
        let mut git = bed.command("sh", &bed.root, &[]);
        git.arg(&script);
        git
    };
    let costs = options.measure.take_turns(&[&|| status(bed), &git], |_| {});
    Row {
        what: "status".to_owned(),
        against: "git status in each worktree".to_owned(),
        ours: costs[0].clone(),
        theirs: costs[1].clone(),
        budget: Some(0.2),
    }
}

/// Whether status names these changes of each worktree, as git does, and no others.
fn is_dirty(bed: &Bed, worktrees: usize, changes: impl Fn(usize) -> [String; 2]) -> bool {
    let said: serde_json::Value =
        serde_json::from_str(&bed.ours(&["status", "--format", "json"])).expect("JSON");
    (1..=worktrees).all(|task| {
        let flags = said["tasks"][task - 1]["flags"].as_array().expect("flags");
        let dirty = flags.iter().find(|flag| flag["kind"] == "dirty").map(|flag| flag["paths"].clone());
        let tree = format!("worktrees/task-{task}-x");
        let gits = bed.git(&["-C", &tree, "status", "--porcelain"]);
        dirty == Some(serde_json::json!(changes(task))) && gits.lines().count() == 2
    })
}

/// A repository with a run whose tasks have all been worked on, packed, with a commit-graph.
pub fn build(tasks: usize, commits: usize) -> Bed {
    build_on(&base(Stream::default(), SHORT), tasks, commits)
}

/// History on which a run may begin: so many commits of one line on what there is.
fn base(mut stream: Stream, commits: usize) -> Stream {
    for n in 0..commits as u64 {
        stream.commit("main", None, 1_690_000_000 + n, "Base\n");
        stream.put("base.txt", &format!("{n}\n"));
    }
    stream
}

/// The same on such a base.
fn build_on(base: &Stream, tasks: usize, commits: usize) -> Bed {
    let bed = Bed::build(base);
    bed.start(&plan(tasks), &["task-1-x"]);
    let mut work = Stream::default();
    (1..=tasks).for_each(|task| branch(&mut work, task, commits));
    bed.import(&work);
    bed.git(&["-C", "worktrees/task-1-x", "reset", "--hard", "--quiet"]);
    bed.ours(&["reindex"]);
    bed.git(&["gc", "--quiet"]);
    bed.git(&["commit-graph", "write", "--reachable"]);
    bed
}

/// The status as a program reads it.
pub fn status(bed: &Bed) -> Command {
    bed.ours_command(&["status", "--format", "json"])
}

/// git's count of what each branch is ahead and behind.
pub fn for_each_ref(bed: &Bed) -> Command {
    bed.git_command(&["for-each-ref", "--format=%(refname:short) %(ahead-behind:main)", "refs/heads/work/"])
}

fn rows(bed: &Bed, options: &Options) -> Vec<Row> {
    let ours = || status(bed);
    let first = || {
        bed.forget();
        status(bed)
    };
    let git = || for_each_ref(bed);
    let log_loop = || bed.command("sh", &bed.root, &["-c", LOG_LOOP]);
    let worktrunk = || bed.command("wt", &bed.root, &["list", "--branches"]);
    let mut makes: Vec<Make<'_>> = vec![&ours, &git, &log_loop, &first];
    if bed.command("wt", &bed.root, &["--version"]).output().is_ok_and(|output| output.status.success()) {
        makes.push(&worktrunk);
    }
    let costs = options.measure.take_turns(&makes, |_| {});
    let row = |(what, ours, against, theirs, budget): (&str, usize, &str, usize, Option<f64>)| {
        let theirs = costs.get(theirs)?.clone();
        let (what, against) = (what.to_owned(), against.to_owned());
        Some(Row { what, against, ours: costs[ours].clone(), theirs, budget })
    };
    let rows = [
        ("status", 0, "git for-each-ref with ahead-behind", 1, Some(1.0)),
        ("status, for the first time", 3, "git for-each-ref with ahead-behind", 1, None),
        ("status", 0, "git log of each branch", 2, Some(0.1)),
        ("status", 0, "wt list --branches", 4, Some(0.2)),
    ];
    rows.into_iter().filter_map(row).collect()
}

/// How many commits each branch has of its own, as status says.
fn ours(bed: &Bed) -> BTreeMap<String, usize> {
    let said: serde_json::Value =
        serde_json::from_str(&bed.ours(&["status", "--format", "json"])).expect("JSON");
    let count = |task: &serde_json::Value| {
        let commits = task["commits"].as_array().map_or(0, Vec::len);
        (task["branch"].as_str().unwrap_or_default().to_owned(), commits)
    };
    said["tasks"].as_array().expect("tasks").iter().map(count).collect()
}

/// The same as git says.
fn gits(bed: &Bed) -> BTreeMap<String, usize> {
    let said = crate::bed::said(&mut for_each_ref(bed));
    let pair = |line: &str| {
        let mut words = line.split(' ').map(str::to_owned);
        Some((words.next()?, words.next()?.parse().ok()?))
    };
    said.lines().filter_map(pair).collect()
}

fn plan(tasks: usize) -> String {
    let task = |n| format!("\n[[task]]\nname = \"task-{n}-x\"\nscope = [\"t{n}/\"]\n");
    "run = \"bench\"\nbase = \"main\"\n".to_owned() + &(1..=tasks).map(task).collect::<String>()
}

/// The commits of one task.
fn branch(stream: &mut Stream, task: usize, commits: usize) {
    let name = format!("work/task-{task}-x");
    stream.branch(&name, "refs/heads/main^0");
    for n in 0..commits {
        let path = format!("t{task}/f{}.txt", n % 5);
        let message = format!("[CHECKPOINT] Step {n} of {task}\n\nFiles changed:\n- {path}\n");
        stream.commit(&name, None, 1_700_010_000 + (n * 600 + task) as u64, &message);
        stream.put(&path, &format!("{path} {n}\n"));
    }
}
