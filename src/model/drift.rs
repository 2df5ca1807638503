//! Where the scopes that a plan declares and what its tasks have really changed drift apart.
//!
//! Nothing in here is a violation: those are for the judge. It is what a lead wants to know to cut the
//! next plan better, or to amend this one, with a scope that could be pasted into it.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;

use bstr::{BStr, BString, ByteSlice};
use foldhash::HashMap;
use gix_hash::ObjectId;

use crate::model::facts::{Facts, TaskFacts};
use crate::model::name::TaskName;
use crate::model::pattern::Pattern;
use crate::model::plan::{Plan, Task};
use crate::model::scope::{self, ScopeEntry};
use crate::model::status::TaskStatus;

/// All of a run's drift.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drift {
    /// What several tasks have changed, though not all of them declared it as shared.
    pub shared: Vec<Shared>,
    /// The tasks that drifted, in the plan's order.
    pub tasks: Vec<TaskDrift>,
}

/// A path that several tasks have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The path.
    pub path: BString,
    /// At least two, in the plan's order.
    pub tasks: Vec<TaskName>,
}

/// How one task's work and its scope differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDrift {
    /// The task.
    pub task: TaskName,
    /// Patterns of its scope that nothing was changed in, once it is complete.
    pub untouched: Vec<String>,
    /// What it changed outside of its scope.
    pub outside: Vec<Outside>,
    /// A scope that fits what it did, if there is a better one.
    pub proposal: Option<Vec<ScopeEntry>>,
}

/// A path outside of the scope of the task that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// The path.
    pub path: BString,
    /// What makes it a near miss; `None` for one far away.
    pub near: Option<Near>,
    /// The task that declared it.
    pub owner: Option<TaskName>,
}

/// How a path just misses a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near {
    /// It lies beside what this pattern names.
    Beside(String),
    /// It was made from this path, which is in scope.
    RenamedFrom(BString),
}

impl Drift {
    /// Compares the plan's scopes with the tasks' own commits and what is not committed yet.
    pub fn new(facts: &Facts, statuses: &[TaskStatus]) -> Drift {
        let mut drift = Drift::default();
        let mut first: HashMap<BString, &Task> = HashMap::default();
        let mut touching: BTreeMap<BString, Vec<&Task>> = BTreeMap::new();
        for own in &facts.tasks {
            let Some(task) = facts.plan.task(&own.name) else { continue };
            let work = Work::of(own);
            let status = own.name.find_in(statuses, |status| &status.name);
            let is_done = status.is_some_and(|status| status.state.is_done());
            drift.tasks.extend(of_task(&facts.plan, task, &work, is_done));
            for path in work.paths {
                match first.entry(path) {
                    Entry::Vacant(free) => drop(free.insert(task)),
                    Entry::Occupied(first) => {
                        touching.entry(first.key().clone()).or_insert_with(|| vec![first.get()]).push(task);
                    }
                }
            }
        }
        for (path, tasks) in touching {
            if !tasks.iter().all(|task| declares_shared(task, path.as_bstr())) {
                let tasks = tasks.into_iter().map(|task| task.name.clone()).collect();
                drift.shared.push(Shared { path, tasks });
            }
        }
        drift
    }

    /// Work and plan agree.
    pub fn is_empty(&self) -> bool {
        self.shared.is_empty() && self.tasks.is_empty()
    }
}

/// What a task has changed, all in all.
struct Work {
    /// Sorted; what was taken back is not in it.
    paths: Vec<BString>,
    /// For a path that a commit made from another one unchanged: that other one.
    renamed: HashMap<BString, BString>,
}

impl Work {
    fn of(task: &TaskFacts) -> Work {
        let mut net = BTreeMap::new();
        let mut renamed = HashMap::default();
        for commit in task.own_commits() {
            let removed = commit.change.iter().filter(|change| change.new.is_none());
            let removed: HashMap<ObjectId, &BString> =
                removed.filter_map(|change| Some((change.old?.id, &change.path))).collect();
            for change in &commit.change {
                net.entry(&change.path).or_insert((change.old, change.new)).1 = change.new;
                let source = change.new.filter(|_| change.old.is_none()).and_then(|new| removed.get(&new.id));
                if let Some(source) = source {
                    renamed.insert(change.path.clone(), (*source).clone());
                }
            }
        }
        net.retain(|_, (old, new)| old != new);
        let mut paths: Vec<BString> = net.into_keys().cloned().collect();
        let worktree = task.worktree.as_ref();
        paths.extend(worktree.and_then(|worktree| worktree.dirty.clone()).unwrap_or_default());
        paths.sort();
        paths.dedup();
        Work { paths, renamed }
    }
}

fn of_task(plan: &Plan, task: &Task, work: &Work, is_done: bool) -> Option<TaskDrift> {
    let in_scope = |path: &&BString| scope::lookup(&task.scope, path.as_bstr()).is_some();
    let (inside, strays): (Vec<&BString>, Vec<&BString>) = work.paths.iter().partition(in_scope);
    let outside: Vec<Outside> = strays.into_iter().map(|path| outside(plan, task, work, path)).collect();
    let is_untouched = |entry: &&ScopeEntry| touched(&task.scope, entry, &inside).is_empty();
    // Who has changed nothing at all has nothing to compare.
    let is_over = is_done && !work.paths.is_empty();
    let untouched: Vec<String> = match is_over {
        true => {
            task.scope.iter().filter(is_untouched).map(|entry| entry.pattern.as_str().to_owned()).collect()
        }
        false => Vec::new(),
    };
    let proposal = propose(task, &inside, &outside, is_over);
    let is_drift = !untouched.is_empty() || !outside.is_empty() || proposal.is_some();
    is_drift.then(|| TaskDrift { task: task.name.clone(), untouched, outside, proposal })
}

/// The paths for which this entry is the one that decides.
fn touched<'p>(scope: &[ScopeEntry], entry: &ScopeEntry, paths: &[&'p BString]) -> Vec<&'p BString> {
    let decides = |path: &&&BString| {
        scope::lookup(scope, path.as_bstr()).is_some_and(|found| std::ptr::eq(found, entry))
    };
    paths.iter().filter(decides).copied().collect()
}

fn outside(plan: &Plan, task: &Task, work: &Work, path: &BString) -> Outside {
    let source = work.renamed.get(path);
    let declared = source.filter(|source| scope::lookup(&task.scope, source.as_bstr()).is_some());
    let near = match declared {
        Some(source) => Some(Near::RenamedFrom(source.clone())),
        None => {
            let entry = task.scope.iter().find(|entry| is_beside(&entry.pattern, path));
            entry.map(|entry| Near::Beside(entry.pattern.as_str().to_owned()))
        }
    };
    let owns =
        |other: &&Task| other.name != task.name && scope::lookup(&other.scope, path.as_bstr()).is_some();
    let owner = plan.tasks.iter().find(owns).map(|other| other.name.clone());
    Outside { path: path.clone(), near, owner }
}

/// Whether a path lies in the directory of what the pattern names, or begins with its name. Beside a
/// file at the top lies everything, so there only the name counts.
fn is_beside(pattern: &Pattern, path: &BString) -> bool {
    let text = pattern.as_str().as_bytes();
    let literal = &text[..text.find_byteset(b"*?[\\").unwrap_or(text.len())];
    let named = literal.strip_suffix(b"/").unwrap_or(literal);
    if named.is_empty() {
        return false;
    }
    let directory = |path: &[u8]| path.rfind_byte(b'/').map(|slash| path[..slash].to_vec());
    let same_directory = directory(named).is_some() && directory(named) == directory(path);
    path.starts_with(named) || same_directory
}

fn declares_shared(task: &Task, path: &BStr) -> bool {
    scope::lookup(&task.scope, path).is_some_and(|entry| entry.shared)
}

/// The scope without what was not needed and with what was nearly in it; `None` if that is the same.
fn propose(task: &Task, inside: &[&BString], outside: &[Outside], is_over: bool) -> Option<Vec<ScopeEntry>> {
    let narrowed = |entry: &ScopeEntry| match touched(&task.scope, entry, inside).as_slice() {
        [] => None,
        paths => Some(narrower(entry, paths)),
    };
    let mut proposed: Vec<ScopeEntry> = match is_over {
        true => task.scope.iter().filter_map(narrowed).collect(),
        false => task.scope.clone(),
    };
    for miss in outside.iter().filter(|miss| miss.near.is_some() && miss.owner.is_none()) {
        let pattern = miss.path.to_str().ok().and_then(|text| Pattern::parse(text).ok());
        let exact = pattern.filter(|pattern| pattern.literal() == Some(miss.path.as_bstr()));
        proposed.extend(exact.map(ScopeEntry::of));
    }
    (!proposed.is_empty() && proposed != task.scope).then_some(proposed)
}

/// The entry for the deepest directory that holds all of these paths, if it names one further up.
fn narrower(entry: &ScopeEntry, paths: &[&BString]) -> ScopeEntry {
    let (Some(_), [first, rest @ ..]) = (entry.pattern.subtree(), paths) else { return entry.clone() };
    let shared = |directory: &&[u8]| rest.iter().all(|path| path.starts_with(directory));
    let directories = first.rfind_iter("/").map(|slash| &first[..=slash]);
    let deepest = directories.into_iter().find(shared);
    let pattern = deepest.and_then(|text| Pattern::parse(text.to_str().ok()?).ok());
    let pattern = pattern.filter(|pattern| pattern.subtree().is_some());
    ScopeEntry { pattern: pattern.unwrap_or_else(|| entry.pattern.clone()), ..entry.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::{Entry, Kind, PathChange};
    use crate::model::status::sample;

    /// What task 1, whose scope is `scope`, is told after it made these changes: `+path` was added,
    /// `-path` removed, `path` changed; the same number means the same content.
    #[track_caller]
    fn check(scope: &[&str], changes: &[(&str, usize)], done: bool, expect: &[&str]) {
        let mut facts =
            sample::facts([&[if done { "[COMPLETE] all" } else { "[CHECKPOINT] part" }], &[], &[]]);
        let parse = |text: &&str| ScopeEntry::of(Pattern::parse(text).expect("a pattern"));
        facts.plan.tasks[0].scope = scope.iter().map(parse).collect();
        let change = |(path, content): &(&str, usize)| {
            let entry = |number| Some(Entry { kind: Kind::File, id: sample::id(number) });
            let is_added = path.starts_with('+');
            let is_removed = path.starts_with('-');
            PathChange {
                path: path.trim_start_matches(['+', '-']).into(),
                old: if is_added { None } else { entry(if is_removed { *content } else { 99 }) },
                new: if is_removed { None } else { entry(*content) },
            }
        };
        facts.tasks[0].commits[0].change = changes.iter().map(change).collect();
        let status = sample::status(&facts, 10);
        let drift = Drift::new(&facts, &status.tasks);
        let mut said = Vec::new();
        for task in &drift.tasks {
            said.extend(task.untouched.iter().map(|pattern| format!("untouched {pattern}")));
            for Outside { path, near, owner } in &task.outside {
                let owner = owner.as_ref().map(|name| format!(" of {}", name.short())).unwrap_or_default();
                said.push(match near {
                    Some(Near::Beside(pattern)) => format!("{path} beside {pattern}{owner}"),
                    Some(Near::RenamedFrom(source)) => format!("{path} from {source}{owner}"),
                    None => format!("{path} far{owner}"),
                });
            }
            let patterns = task.proposal.iter().flatten().map(|entry| entry.pattern.as_str());
            said.extend(patterns.map(|pattern| format!("propose {pattern}")));
        }
        assert_eq!(said, expect, "{changes:?} in {scope:?}");
    }
    #[test]
    fn work_that_keeps_to_its_scope_is_no_drift() {
        check(&["api/"], &[("+api/a", 1), ("api/b", 2)], true, &[]);
        check(&["api/", "docs/"], &[("api/b", 2)], false, &[]); // it is not finished
        check(&["api/", "docs/"], &[], true, &[]); // nobody knows what it would have needed
    }

    #[test]
    fn a_scope_that_was_not_needed_could_be_narrower() {
        check(&["api/", "docs/"], &[("api/b", 2)], true, &["untouched docs/", "propose api/"]);
        check(&["src/"], &[("src/api/a", 1), ("+src/api/v2/b", 2)], true, &["propose src/api/"]);
        check(&["src/", "src/main"], &[("src/main", 1)], true, &["untouched src/", "propose src/main"]);
    }

    #[test]
    fn a_near_miss_could_have_been_in_scope() {
        let wider = ["api/user_test beside api/user", "propose api/user", "propose api/user_test"];
        check(&["api/user"], &[("api/user", 1), ("+api/user_test", 2)], true, &wider);
        check(
            &["api/"],
            &[("api/a", 1), ("+api2/b", 2)],
            false,
            &["api2/b beside api/", "propose api/", "propose api2/b"],
        );
        check(&["setup"], &[("setup", 1), ("README", 2)], true, &["README far"]);
        check(&["lib/"], &[("lib/a", 1), ("models/user", 2)], true, &["models/user far of task-2"]);
        check(
            &["src/*.rs"],
            &[("src/a.rs", 1), ("src/a.md", 2)],
            true,
            &["src/a.md beside src/*.rs", "propose src/*.rs", "propose src/a.md"],
        );
    }

    #[test]
    fn a_declared_path_may_have_been_renamed() {
        let renamed = ["lib/b from api/a", "propose api/a", "propose lib/b"];
        check(&["api/a"], &[("-api/a", 1), ("+lib/b", 1)], true, &renamed);
        check(&["api/a"], &[("-api/a", 1), ("+lib/b", 2)], true, &["lib/b far"]);
    }
}
