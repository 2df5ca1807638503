//! Where each task is worked on, and what lies there that no commit has.

use std::collections::{BTreeSet, HashMap};
use std::panic::resume_unwind;
use std::path::Path;

use anyhow::Result;
use bstr::BString;

use crate::git::Repository;
use crate::git::hooks;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::git::worktrees::LinkedWorktree;
use crate::model::branch;
use crate::model::facts::Worktree;
use crate::model::name::TaskName;
use crate::model::plan::{Plan, cone};

/// How many worktrees are looked into at the same time; more only makes a disk slower.
const AT_ONCE: usize = 4;

/// The largest index, in bytes, of a worktree that is looked at as a whole in passing: some 10,000 files.
const MOST: u64 = 1 << 20;

/// The most paths that git is asked about one by one, rather than about all.
const MOST_ROOTS: usize = 500;

/// What is not committed for each task, or why that is not known, sorted by name.
pub type Dirty = Vec<(TaskName, Result<Looked>)>;

/// What was seen in a worktree.
pub struct Looked {
    /// What is not committed.
    paths: Vec<BString>,
    /// Nothing but the task's scope was looked at.
    is_scope_only: bool,
}

/// What there is to say of the worktree of each task; `looked` is what is not committed there, if it was
/// looked for.
pub fn read(
    repo: &Repository,
    mut worktrees: HashMap<TaskName, LinkedWorktree>,
    looked: Option<Dirty>,
    unknown: &mut Vec<String>,
) -> HashMap<TaskName, Worktree> {
    let mut found = HashMap::new();
    let was_looked_for = looked.is_some();
    let mut dirty = HashMap::new();
    for (name, paths) in looked.into_iter().flatten() {
        match paths {
            Ok(looked) => drop(dirty.insert(name, looked)),
            Err(error) => unknown.push(format!("what is uncommitted for {name}: {error:#}")),
        }
    }
    for (name, linked) in worktrees.drain() {
        let short = |full: &String| branch::short(full).to_owned();
        let looked = dirty.remove(&name);
        let worktree = Worktree {
            present: linked.present,
            branch: linked.branch.as_ref().map(short),
            head: linked.head,
            is_scope_only: looked.as_ref().is_some_and(|looked| looked.is_scope_only),
            dirty: looked.map(|looked| looked.paths),
            hooks: (was_looked_for && linked.present).then(|| hooks::state(repo, &linked)),
            path: linked.path,
        };
        found.insert(name, worktree);
    }
    found
}

/// The worktree of each task that has one: the one on its branch, else the one whose configuration
/// names the task.
pub fn assigned(recorded: &RecordedPlan, linked: Vec<LinkedWorktree>) -> HashMap<TaskName, LinkedWorktree> {
    let plan = &recorded.plan;
    let branch = |task| branch::full(&plan.layout.branch(&plan.run, task));
    let by_branch: HashMap<String, &TaskName> =
        plan.tasks.iter().map(|task| (branch(task), &task.name)).collect();
    let (mut found, mut others) = (HashMap::new(), Vec::new());
    for worktree in linked {
        match worktree.branch.as_ref().and_then(|branch| by_branch.get(branch)) {
            Some(name) => drop(found.insert((*name).clone(), worktree)),
            None => others.push(worktree),
        }
    }
    for worktree in others {
        if let Some(name) = configured_task(recorded, &worktree) {
            found.entry(name).or_insert(worktree);
        }
    }
    found
}

/// The task that a worktree's own configuration names: it may have another branch checked out, or
/// none, as in the middle of a rebase.
fn configured_task(recorded: &RecordedPlan, worktree: &LinkedWorktree) -> Option<TaskName> {
    let name = hooks::own_task(worktree, &recorded.plan.run)?;
    recorded.plan.tasks.iter().map(|task| &task.name).find(|task| task.as_str() == name).cloned()
}

/// What is not committed in each worktree. git itself looks, as it knows filters, ignore rules and
/// file systems best; a few at the same time, since most of it is waiting. The one that asks is at `here`.
pub fn dirty(
    plan: &Plan,
    worktrees: &HashMap<TaskName, LinkedWorktree>,
    (depth, here): (Depth, Option<&Path>),
) -> Dirty {
    let mut open: Vec<(&TaskName, &LinkedWorktree)> =
        worktrees.iter().filter(|(_, one)| one.present).collect();
    open.sort_by_key(|(name, _)| *name);
    let queue = std::sync::Mutex::new(open.into_iter());
    let look = || {
        let mut said = Vec::new();
        loop {
            let next = queue.lock().expect("nobody panics while holding it").next();
            let Some((name, worktree)) = next else { return said };
            let scope = plan.task(name).map(|task| task.scope.as_slice());
            let is_here = || worktree.path.canonicalize().ok().as_deref() == here;
            let scope = scope.filter(|_| depth == Depth::Scopes && is_large(worktree) && !is_here());
            let roots = scope.and_then(cone::roots).filter(|roots| roots.len() <= MOST_ROOTS);
            said.push((name.clone(), look_into(&worktree.path, roots)));
        }
    };
    let mut said: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE.min(worktrees.len())).map(|_| scope.spawn(look)).collect();
        let told =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        told.flatten().collect()
    });
    said.sort_by(|(one, _), (other, _)| one.cmp(other));
    said
}

fn is_large(worktree: &LinkedWorktree) -> bool {
    worktree.git_dir.join("index").metadata().is_ok_and(|index| index.len() > MOST)
}

/// What is not committed in a worktree, or at and below these paths in it.
fn look_into(top: &Path, roots: Option<BTreeSet<BString>>) -> Result<Looked> {
    let is_scope_only = roots.is_some();
    let paths = match roots {
        Some(roots) if roots.is_empty() => Vec::new(),
        roots => Repository::open(top)?.dirty_below(top, &roots.unwrap_or_default())?,
    };
    Ok(Looked { paths, is_scope_only })
}
