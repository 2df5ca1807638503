//! `start` of a run, against `git worktree add` in a loop.

use crate::Options;
use crate::bed::{Bed, Stream, said};
use crate::table::{Row, Section};

/// Measures whole and sparse worktrees.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    for (kind, sparse, budget) in [("whole", false, 0.5), ("sparse", true, 0.05)] {
        let bed = Bed::build(&Stream::files(options.files));
        bed.write("plan.toml", &plan(sparse, options.worktrees));
        let title = format!("Start: {} {kind} worktrees, {} files", options.worktrees, options.files);
        let rows = check(&bed, sparse, options.worktrees).map(|()| vec![row(&bed, options, budget)]);
        tell(Section { title, rows, notes: Vec::new() });
    }
}

fn row(bed: &Bed, options: &Options, budget: f64) -> Row {
    let ours = || bed.ours_command(&["start", "../plan.toml"]);
    let script = bed.write("loop", &worktrees(options.worktrees));
    let git = || {
        let mut git = bed.command("sh", &bed.root, &[]);
        git.arg(&script);
        git
    };
    let costs = options.measure.take_turns(&[&ours, &git], |_| clear(bed));
    Row {
        what: "start".to_owned(),
        against: "git worktree add in a loop".to_owned(),
        ours: costs[0].clone(),
        theirs: costs[1].clone(),
        budget: Some(budget),
    }
}

fn worktrees(count: usize) -> String {
    let add = |task| format!("git worktree add --quiet -b other/{task} ../others/{task} main || exit 2\n");
    (1..=count).map(add).collect()
}

/// git finds every worktree clean, and the files of its task there.
fn check(bed: &Bed, sparse: bool, worktrees: usize) -> Result<(), String> {
    said(&mut bed.ours_command(&["start", "../plan.toml"]));
    let files: usize = bed.git(&["ls-files"]).lines().count();
    for task in 1..=worktrees {
        let tree = format!("worktrees/task-{task}-x");
        let changes = bed.git(&["-C", &tree, "status", "--porcelain"]);
        let here =
            bed.git(&["-C", &tree, "ls-files", "-t"]).lines().filter(|line| line.starts_with('H')).count();
        let wanted = if sparse { files.saturating_sub(300 * (task - 1)).min(300) } else { files };
        if !changes.is_empty() || here != wanted {
            return Err(format!("{tree} has {here} files and not {wanted}, or changes: {changes}"));
        }
    }
    Ok(())
}

/// As before any worktree was made.
fn clear(bed: &Bed) {
    for place in [bed.root.join("worktrees"), bed.root.join(".git/worktrees"), bed.beside("others")] {
        if place.exists() {
            std::fs::remove_dir_all(place).expect("it can be deleted");
        }
    }
    let refs = bed.git(&[
        "for-each-ref",
        "--format=delete %(refname)",
        "refs/heads/work",
        "refs/heads/other",
        "refs/orchestrate",
    ]);
    let input = bed.write("refs", &refs);
    let mut delete = bed.git_command(&["update-ref", "--stdin"]);
    said(delete.stdin(std::fs::File::open(input).expect("the refs")));
}

/// A plan in which each task has a directory of its own.
pub fn plan(sparse: bool, tasks: usize) -> String {
    let task = |n| format!("[[task]]\nname = \"task-{n}-x\"\nscope = [\"d{}/\"]\n", n - 1);
    format!(
        "run = \"bench\"\nbase = \"main\"\n[setup]\nsparse = {sparse}\n{}",
        (1..=tasks).map(task).collect::<String>()
    )
}
