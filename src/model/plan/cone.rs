//! What a sparse worktree holds: the directories of its task's scope and of what the task needs.
//!
//! A cone in git's sense: each directory with all below it, and the files that lie directly in the
//! directories above it; so a path that turns out to be a file brings its directory's files alone.

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use super::{Plan, Task};
use crate::model::pattern::{Atom, Pattern};
use crate::model::scope::ScopeEntry;

/// How much of the files a worktree holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// All.
    All,
    /// What is below these directories, and the files directly in those above them.
    Below(BTreeSet<BString>),
    /// What matches patterns of a person's.
    Matching,
}

/// What a sparse worktree is to have besides what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wider {
    /// These directories.
    Directories(Vec<BString>),
    /// All that there is.
    Everything,
}

/// The directories, relative to the top and without a `/` at the end; `None` where the worktree
/// holds all: the plan does not ask for less, or a pattern could match anywhere.
pub fn of(plan: &Plan, task: &Task) -> Option<Vec<BString>> {
    plan.setup.sparse.then(|| wanted(plan, task)).flatten()
}

/// The directories of the scope and of what is needed; `None` where a pattern could match anywhere.
fn wanted(plan: &Plan, task: &Task) -> Option<Vec<BString>> {
    let needed = task.needs.iter().filter_map(|need| plan.task(&need.task));
    let entries = std::iter::once(task).chain(needed).flat_map(|task| &task.scope);
    let mut stems = BTreeSet::new();
    for entry in entries {
        stems.extend(self::stems(&entry.pattern)?);
    }
    let is_below_another =
        |stem: &BString| stem.find_iter("/").any(|slash| stems.contains(stem[..slash].as_bstr()));
    Some(stems.iter().filter(|stem| !is_below_another(stem)).cloned().collect())
}

/// What a task's worktree lacks of what the task works on. A person's own choice of patterns stays.
pub fn lacking(plan: &Plan, task: &Task, held: &Held) -> Option<Wider> {
    let Held::Below(there) = held else { return None };
    let Some(wanted) = wanted(plan, task) else { return Some(Wider::Everything) };
    let has = |one: &BString| {
        there.contains(one) || one.find_iter("/").any(|slash| there.contains(one[..slash].as_bstr()))
    };
    let lacking: Vec<BString> = wanted.into_iter().filter(|one| !has(one)).collect();
    (!lacking.is_empty()).then_some(Wider::Directories(lacking))
}

/// What a task's new worktree will lack, which git makes as sparse as the main one where the plan does
/// not say what it is to hold. Nobody chose the main one's patterns for this task.
pub fn lacking_in_new(plan: &Plan, task: &Task, main: &Held) -> Option<Wider> {
    match main {
        _ if of(plan, task).is_some() => None,
        Held::Matching => Some(Wider::Everything),
        held => lacking(plan, task, held),
    }
}

/// Paths below which, or at which, all lies that a scope can match; `None` where that could be anywhere.
pub fn roots(scope: &[ScopeEntry]) -> Option<BTreeSet<BString>> {
    scope.iter().flat_map(|entry| entry.pattern.readings()).map(|atoms| stem(&atoms)).collect()
}

/// The longest paths below which all lies that the pattern matches, one for each of its readings;
/// what can only be a file at the top is in every cone.
fn stems(pattern: &Pattern) -> Option<Vec<BString>> {
    let reaches_down = |atom: &Atom| matches!(atom, Atom::Byte(b'/') | Atom::Directories | Atom::Rest);
    let readings = pattern.readings();
    let may_be_below = |atoms: &&Vec<Atom>| pattern.is_literal() || atoms.iter().any(reaches_down);
    readings.iter().filter(may_be_below).map(|atoms| stem(atoms)).collect()
}

fn stem(atoms: &[Atom]) -> Option<BString> {
    let spelt_out: Vec<u8> = atoms.iter().map_while(Atom::literal).collect();
    if spelt_out.len() == atoms.len() {
        return Some(spelt_out.into());
    }
    spelt_out.rfind_byte(b'/').map(|slash| spelt_out[..slash].into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::plan::toml;

    #[track_caller]
    fn check(scope: &str, expect: Option<&[&str]>) {
        let text = format!(
            "run = 'r'\n[setup]\nsparse = true\n[[task]]\nname = 'task-1-a'\nscope = {scope}\nneeds = ['task-2/x']\n\
             [[task]]\nname = 'task-2-b'\nscope = ['needed/']\nprovides = ['x']\n\
             [[task]]\nname = 'task-3-c'\nscope = ['other/']\n"
        );
        let plan = toml::read("plan.toml", &text).expect("a plan");
        let found = of(&plan, &plan.tasks[0]);
        let expect = expect.map(|directories| directories.iter().map(|&one| one.into()).collect());
        assert_eq!(found, expect, "{scope}");
        let dense = toml::read("plan.toml", &text.replace("true", "false")).expect("a plan");
        assert_eq!(of(&dense, &dense.tasks[0]), None, "{scope}");
    }

    #[test]
    fn scope_and_what_is_needed() {
        check("['a/b/']", Some(&["a/b", "needed"]));
        check("['a/', 'a/b/', 'needed/deep/']", Some(&["a", "needed"]));
        check("['a.txt', 'a/b.txt']", Some(&["a.txt", "a/b.txt", "needed"]));
    }

    #[test]
    fn wildcards_reach_as_far_as_what_is_spelt_out() {
        check("['src/*.rs', 'lib/x*/y']", Some(&["lib", "needed", "src"]));
        check("['app/[id]/page.tsx']", Some(&["app", "needed"]));
        check("['a/**']", Some(&["a", "needed"]));
        check("['**/x']", None);
        check("['*.md', 'b/x']", Some(&["b/x", "needed"]));
    }

    #[test]
    fn roots_hold_all_that_a_scope_can_match() {
        let check = |scope: &[&str], expect: Option<&[&str]>| {
            let entry = |text: &&str| ScopeEntry::of(Pattern::parse(text).expect("a pattern"));
            let found = roots(&scope.iter().map(entry).collect::<Vec<_>>());
            assert_eq!(found, expect.map(|paths| paths.iter().map(|&one| one.into()).collect()), "{scope:?}");
        };
        check(&["a/b/", "c.txt"], Some(&["a/b", "c.txt"]));
        // What looks like a glob may be a name as well.
        check(&["d/*.py", "e/**/f"], Some(&["d", "d/*.py", "e", "e/**/f"]));
        check(&["a/", "*.txt"], None);
        check(&["a/", "**/f"], None);
        check(&[], Some(&[]));
    }
}
