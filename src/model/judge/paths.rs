//! Whether a task may change the paths that it changes (design.md section 4, S1-56 to S1-60).
//!
//! Every path counts on its own, old side and new side, with renames off, so a rename out of the
//! scope is a removal in it and an addition outside of it.

use std::convert::Infallible;

use bstr::{BStr, ByteSlice};

use crate::model::change::{Kind, PathChange};
use crate::model::finding::path::{Leads, Owner, PathRule, PathViolation};
use crate::model::finding::{Finding, Severity, Violation};
use crate::model::judge::{Case, Known, access, links};
use crate::model::plan::{Plan, Task};
use crate::model::portable;
use crate::model::scope::{self, Access, ScopeEntry};

/// Files that steer git, hooks or CI for everybody, so that only a scope that names one of them
/// literally allows it. At the root only, except where noted at [`is_protected`].
const PROTECTED_FILES: [&str; 19] = [
    ".gitattributes",
    ".gitmodules",
    ".gitignore",
    ".gitlab-ci.yml",
    ".travis.yml",
    "azure-pipelines.yml",
    "Jenkinsfile",
    "CODEOWNERS",
    "orchestrate.toml",
    ".pre-commit-config.yaml",
    ".pre-commit-config.yml",
    "prek.toml",
    "lefthook.yml",
    "lefthook.yaml",
    ".lefthook.yml",
    ".lefthook.yaml",
    "lefthook.toml",
    ".simple-git-hooks.json",
    ".overcommit.yml",
];

/// Directories of the same kind.
const PROTECTED_DIRECTORIES: [&str; 6] =
    [".github/workflows/", ".github/actions/", ".husky/", ".githooks/", ".lefthook/", ".circleci/"];

/// What is wrong with a change, path by path.
pub fn judge(case: &Case<'_>, change: &[PathChange]) -> Vec<Finding> {
    change.iter().flat_map(|one| judge_one(case, one)).collect()
}

/// What is wrong with one path of a change.
pub fn judge_one(case: &Case<'_>, change: &PathChange) -> Vec<Finding> {
    let path = change.path.as_bstr();
    if is_restored(case.known, change) {
        return Vec::new();
    }
    let mut broken = match entry_for(case.task, path) {
        Ok(entry) => rules_of_entry(case, entry, change),
        Err(rule) => vec![rule],
    };
    broken.extend(rules_of_name(case.known, change));
    let violation = |rule| {
        let owner = owner_of(case.plan, case.task, path);
        let is_doubtful = rule == PathRule::NotNew && case.known.noted_own.contains(path);
        let severity = if is_doubtful { Severity::Warning } else { Severity::Error };
        let (path, task) = (path.to_owned(), case.task.name.clone());
        Finding::new(severity, Violation::Path(PathViolation { path, task, owner, rule }))
    };
    broken.into_iter().map(violation).collect()
}

/// The entry of a scope that allows a path at all, or the rule that it breaks.
pub fn entry_for<'a>(task: &'a Task, path: &BStr) -> Result<&'a ScopeEntry, PathRule> {
    match scope::lookup(&task.scope, path) {
        None => Err(PathRule::Outside),
        Some(entry) if is_protected(path) && entry.pattern.literal() != Some(path) => {
            Err(PathRule::Protected)
        }
        Some(entry) => Ok(entry),
    }
}

/// Another task whose scope holds a path; the first in the plan's order.
pub fn owner_of(plan: &Plan, task: &Task, path: &BStr) -> Option<Owner> {
    let others = plan.tasks.iter().filter(|other| other.name != task.name);
    let owner = others.into_iter().find(|other| entry_for(other, path).is_ok())?;
    let item = match owner.provides.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    Some(Owner { task: owner.name.clone(), item })
}

/// Whether a change of a path in scope may be a violation that only what the branch inherited there
/// can excuse: entries that lead elsewhere and new names with a flaw.
pub fn needs_excuse(change: &PathChange) -> bool {
    let kinds = [change.old, change.new].map(|side| side.map(|side| side.kind));
    let leads_elsewhere =
        kinds.contains(&Some(Kind::Submodule)) || kinds[1].is_some_and(|kind| kind == Kind::Symlink);
    let is_new_name = change.old.is_none() && change.new.is_some();
    leads_elsewhere || is_new_name && !portable::flaws(change.path.as_bstr()).is_empty()
}

/// A path that is again what the branch inherited: undoing a violation is none.
fn is_restored(known: &Known, change: &PathChange) -> bool {
    known.inherited.get(&change.path).is_some_and(|inherited| *inherited == change.new)
}

/// The rules that an entry of the scope sets, and those that hold in any scope.
fn rules_of_entry(case: &Case<'_>, entry: &ScopeEntry, change: &PathChange) -> Vec<PathRule> {
    let mut broken = Vec::new();
    match &entry.access {
        Access::Edit => {}
        Access::Create if case.known.in_base.contains(&change.path) => broken.push(PathRule::NotNew),
        Access::Create => {}
        Access::Append { lines } => {
            if let Some(lines_changed) = case.known.lines.get(&change.path) {
                broken.extend(access::judge(lines.as_deref(), lines_changed));
            }
        }
    }
    let kinds = [change.old, change.new].map(|side| side.map(|side| side.kind));
    let allows = |entry: &ScopeEntry| entry.submodule && entry.pattern.matches(change.path.as_bstr());
    if kinds.contains(&Some(Kind::Submodule)) && !case.task.scope.iter().any(allows) {
        broken.push(PathRule::Submodule);
    }
    broken.extend(rule_of_link(case, change));
    broken
}

fn rule_of_link(case: &Case<'_>, change: &PathChange) -> Option<PathRule> {
    let target = case.known.links.get(&change.path)?;
    let target_at = |path: &BStr| Ok::<_, Infallible>(case.known.links.get(path).cloned());
    let Ok(led) = links::follow(change.path.as_bstr(), target.as_bstr(), target_at);
    let leads = match led {
        Err(leads) => leads,
        Ok(inside) if reaches(case.task, inside.as_bstr()) => return None,
        Ok(_) => Leads::OutsideScope,
    };
    Some(PathRule::Link { target: target.clone(), leads })
}

/// Whether a path, or everything below it, is within the scope.
fn reaches(task: &Task, path: &BStr) -> bool {
    entry_for(task, path).is_ok() || task.scope.iter().any(|entry| entry.pattern.covers(path))
}

/// What is wrong with a name, if it is a new one: one that comes back was inherited.
fn rules_of_name(known: &Known, change: &PathChange) -> Vec<PathRule> {
    let is_inherited = known.inherited.get(&change.path).is_some_and(Option::is_some);
    if change.old.is_some() || change.new.is_none() || is_inherited {
        return Vec::new();
    }
    let flaws = portable::flaws(change.path.as_bstr());
    let mut broken: Vec<PathRule> = flaws.into_iter().map(PathRule::Unportable).collect();
    let other = known.collisions.get(&change.path).cloned();
    broken.extend(other.map(|other| PathRule::Collision { other }));
    broken
}

/// Whether a path steers git, hooks or CI. Attributes count at any depth, because they change how
/// everything below them is merged; code owners wherever a forge looks for them. Case is ignored, as
/// some systems do when they look for such a file.
fn is_protected(path: &BStr) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_below = |directory: &str| {
        path.get(..directory.len()).is_some_and(|start| start.eq_ignore_ascii_case(directory.as_bytes()))
    };
    let owners = [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS"];
    name.eq_ignore_ascii_case(b".gitattributes")
        || PROTECTED_FILES.iter().chain(&owners).any(|name| path.eq_ignore_ascii_case(name.as_bytes()))
        || PROTECTED_DIRECTORIES.into_iter().any(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::Entry;
    use crate::model::judge::{Step, sample};

    fn check(change: PathChange, known: &Known, expect: &[&str]) {
        let plan = sample::plan();
        let step = [change];
        let case = sample::case(&plan, Step::Own(&step), known, None);
        let rules: Vec<&str> = judge(&case, &step).iter().map(Finding::rule).collect();
        assert_eq!(rules, expect, "{step:?}");
    }

    fn plain(path: &str, old: u8, new: u8, expect: &[&str]) {
        check(sample::change(path, old, new), &Known::default(), expect);
    }

    #[test]
    fn each_side_must_be_in_scope() {
        plain("api/x.py", 0, 1, &[]);
        plain("api/x.py", 1, 2, &[]);
        plain("api/x.py", 1, 0, &[]);
        for (old, new) in [(0, 1), (1, 2), (1, 0)] {
            plain("models/x.py", old, new, &["scope/outside"]);
            plain("api2/x.py", old, new, &["scope/outside"]);
            plain("API/x.py", old, new, &["scope/outside"]);
        }
    }

    #[test]
    fn the_owner_is_named() {
        let plan = sample::plan();
        let owner = |path: &str| owner_of(&plan, &plan.tasks[0], path.into());
        let models = owner("models/x.py").expect("an owner");
        assert_eq!(models.task.as_str(), "task-2-models");
        assert_eq!(models.item.map(|item| item.to_string()).as_deref(), Some("Model"));
        assert_eq!(owner("README"), None);
    }

    #[test]
    fn putting_back_is_no_violation() {
        let inherited = |number| Known {
            inherited: [("README".into(), sample::file(number))].into(),
            ..Known::default()
        };
        check(sample::change("README", 2, 1), &inherited(1), &[]);
        check(sample::change("README", 2, 0), &inherited(0), &[]);
        check(sample::change("README", 2, 3), &inherited(1), &["scope/outside"]);
        let known = |number| Known {
            inherited: [("api/a:b".into(), sample::file(number))].into(),
            ..Known::default()
        };
        check(sample::change("api/a:b", 0, 2), &known(1), &[]);
        check(sample::change("api/a:b", 0, 2), &known(0), &["path/unportable"]);
    }

    #[test]
    fn what_steers_git_needs_an_entry_of_its_own() {
        plain("api/.gitattributes", 0, 1, &["scope/protected"]);
        plain("api/.GitAttributes", 0, 1, &["scope/protected"]);
        plain(".gitignore", 1, 2, &[]);
        plain("api/.gitignore", 0, 1, &[]);
    }

    #[test]
    fn access_limits_what_may_be_done() {
        let base = Known { in_base: ["new/x.py".into()].into(), ..Known::default() };
        check(sample::change("new/x.py", 1, 2), &base, &["scope/create"]);
        plain("new/x.py", 1, 2, &[]);
        let lines = |old: &str, new: &str| Known {
            lines: [("imports.py".into(), access::LineChange::between(old.as_bytes(), new.as_bytes()))]
                .into(),
            ..Known::default()
        };
        let append =
            |known: Known, expect: &[&str]| check(sample::change("imports.py", 1, 2), &known, expect);
        append(lines("import a\n", "import a\nimport b\n"), &[]);
        append(lines("import a\n", "import b\nx\n"), &["scope/append", "scope/append"]);
    }

    #[test]
    fn kinds_that_lead_elsewhere_are_refused() {
        let entry = |kind| Some(Entry { kind, id: sample::id(1) });
        let new = |path: &str, kind| PathChange { path: path.into(), old: None, new: entry(kind) };
        check(new("api/sub", Kind::Submodule), &Known::default(), &["scope/submodule"]);
        check(new("vendor/sub", Kind::Submodule), &Known::default(), &[]);
        let links =
            |target: &str| Known { links: [("api/l".into(), target.into())].into(), ..Known::default() };
        check(new("api/l", Kind::Symlink), &links("x.py"), &[]);
        check(new("api/l", Kind::Symlink), &links("../api"), &[]);
        check(new("api/l", Kind::Symlink), &links("../models/x.py"), &["scope/symlink"]);
        check(new("api/l", Kind::Symlink), &links("/etc"), &["scope/symlink"]);
    }

    #[test]
    fn only_new_names_are_looked_at() {
        plain("api/a:b", 0, 1, &["path/unportable"]);
        plain("api/a:b", 1, 2, &[]);
        plain("api/a:b", 1, 0, &[]);
        let known = Known { collisions: [("api/X".into(), "api/x".into())].into(), ..Known::default() };
        check(sample::change("api/X", 0, 1), &known, &["path/collision"]);
    }
}
