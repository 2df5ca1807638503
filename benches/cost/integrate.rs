//! The forecast of a whole integration, against making its merges with git in a worktree.
//!
//! Each task changes files of its own, and one that it shares with the next task. The order is the
//! forecast's, and both must come to the same tree. git's worktree is there before, so only its merges
//! count.

use crate::Options;
use crate::bed::{Bed, Stream};
use crate::table::{Row, Section};

const TASKS: usize = 50;

/// Measures a repository of middle size and the large one.
pub fn run(options: &Options, tell: &mut dyn FnMut(Section)) {
    for files in [options.files.min(2_000), options.files] {
        let bed = build(files);
        let title = format!("Integration: forecast of {TASKS} tasks, {files} files");
        let rows = check(&bed).map(|()| vec![row(&bed, options)]);
        tell(Section { title, rows, notes: Vec::new() });
    }
}

fn build(files: usize) -> Bed {
    let mut base = Stream::files(files);
    (1..=TASKS + 1).for_each(|task| base.put(&format!("shared/{task}"), &lines(None, None)));
    let bed = Bed::build(&base);
    bed.start(&plan(), &["task-1-x"]);
    let mut work = Stream::default();
    for task in 1..=TASKS {
        let from = Some("refs/heads/main^0");
        work.commit(&format!("work/task-{task}-x"), from, 1_700_000_000, "[COMPLETE] All of it\n");
        (0..10).for_each(|number| work.put(&format!("own/{task}/{number}"), "new\n"));
        work.put(&format!("shared/{task}"), &lines(Some(task), None));
        work.put(&format!("shared/{}", task + 1), &lines(None, Some(task)));
    }
    bed.import(&work);
    bed.git(&["-C", "worktrees/task-1-x", "reset", "--quiet", "--hard"]);
    bed.git(&["worktree", "add", "--quiet", "--detach", "../merging", "main"]);
    bed.write("merges", &merges());
    bed
}

/// git's merges, one after the other.
fn merges() -> String {
    let merge = |task| format!("git merge --quiet --no-ff -m Merge work/task-{task}-x || exit 2\n");
    (1..=TASKS).map(merge).collect()
}

fn row(bed: &Bed, options: &Options) -> Row {
    let ours = || bed.ours_command(&["integrate", "--dry-run"]);
    let git = || {
        bed.git(&["-C", "../merging", "reset", "--quiet", "--hard", "main"]);
        bed.command("sh", &bed.beside("merging"), &["../merges"])
    };
    let costs = options.measure.take_turns(&[&ours, &git], |_| bed.forget());
    Row {
        what: "integrate --dry-run".to_owned(),
        against: "git merge of each in a worktree".to_owned(),
        ours: costs[0].clone(),
        theirs: costs[1].clone(),
        budget: Some(0.1),
    }
}

/// The forecast finds every step clean, and merging for real gives git's own tree.
fn check(bed: &Bed) -> Result<(), String> {
    let forecast = bed.ours(&["integrate", "--dry-run"]);
    let clean = forecast.matches("Success - clean merge").count();
    if clean != TASKS {
        return Err(format!("{clean} of {TASKS} steps are clean:\n{forecast}"));
    }
    crate::bed::said(&mut bed.command("sh", &bed.beside("merging"), &["../merges"]));
    bed.ours(&["integrate"]);
    let ours = bed.git(&["rev-parse", "integration/bench^{tree}"]);
    let git = bed.git(&["-C", "../merging", "rev-parse", "HEAD^{tree}"]);
    bed.ours(&["integrate", "--undo", "task-1"]);
    if ours == git { Ok(()) } else { Err(format!("git has the tree {git} and not {ours}")) }
}

/// A file whose first line and whose last line belong to different tasks.
fn lines(first: Option<usize>, last: Option<usize>) -> String {
    let line = |task: Option<usize>| task.map_or("nobody\n".to_owned(), |task| format!("task {task}\n"));
    line(first) + &"between\n".repeat(20) + &line(last)
}

fn plan() -> String {
    let shared = |number| format!("{{ path = \"shared/{number}\", shared = true }}");
    let task = |task: usize| {
        let scope = format!("[\"own/{task}/\", {}, {}]", shared(task), shared(task + 1));
        format!("[[task]]\nname = \"task-{task}-x\"\nscope = {scope}\n")
    };
    let tasks: String = (1..=TASKS).map(task).collect();
    format!("run = \"bench\"\nbase = \"main\"\n[protocol]\nbody = \"off\"\n{tasks}")
}
