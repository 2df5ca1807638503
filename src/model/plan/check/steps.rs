//! Paths that a step names in backticks, but the task may not change (S1-12).

use bstr::ByteSlice;

use crate::model::pattern::Pattern;
use crate::model::plan::finding::{Part, PlanFinding, Scope};
use crate::model::plan::{Plan, Task};
use crate::model::scope;

/// Endings by which a word without a slash is taken for a file.
const ENDINGS: &str = "c cc cfg clj conf cpp cs css csv cu dart env erl ex exs fs go gradle graphql h hpp hs \
    html ini ipynb java jl js json jsx kt less lock lua md mjs ml mod nix php pl proto ps1 py r rb rs rst sass \
    scala scss sh sol sql svelte swift tf toml ts tsx txt vue xml yaml yml zig";

/// The most findings for which the owner of the path is looked up, among all tasks.
const MAX_OWNERS: usize = 50;

/// What comes before the slash of a media type.
const MEDIA: [&str; 8] = ["application", "audio", "font", "image", "message", "multipart", "text", "video"];

pub(super) fn check(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    for (at, task) in plan.tasks.iter().enumerate() {
        for (index, step) in task.steps.iter().enumerate() {
            for path in paths(step).filter(|path| !may_touch(task, path)) {
                let others =
                    plan.tasks.iter().filter(|other| other.name != task.name && findings.len() < MAX_OWNERS);
                let owner = others.filter(|other| owns(other, path)).map(|other| other.name.clone()).next();
                let problem = Scope::StepOutside { path: path.to_owned(), owner };
                findings.push(PlanFinding::warning(Part::Step(at, index), problem));
            }
        }
    }
}

/// The words in backticks that are paths of files or directories.
fn paths(step: &str) -> impl Iterator<Item = &str> {
    step.split('`').skip(1).step_by(2).filter(|word| is_path(word))
}

fn is_path(word: &str) -> bool {
    let literal = Pattern::parse(word).is_ok_and(|p| p.is_literal() || p.subtree().is_some());
    let odd = |c: char| c.is_whitespace() || "()<>=;,\"'$@:|&".contains(c);
    if !literal || word.contains(odd) {
        return false;
    }
    let (before, name) = word.rsplit_once('/').unwrap_or(("", word));
    if MEDIA.contains(&before) {
        return false;
    }
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending);
    let known = ending.is_some_and(|ending| ENDINGS.split_whitespace().any(|known| known == ending));
    known || (name.is_empty() && !before.is_empty())
}

/// A directory above what is in scope may be named too: whoever creates `api/v1/` creates `api/`.
fn may_touch(task: &Task, path: &str) -> bool {
    let inside = if path.ends_with('/') { format!("{path}x") } else { path.to_owned() };
    let above = |entry: &scope::ScopeEntry| path.ends_with('/') && entry.pattern.as_str().starts_with(path);
    scope::lookup(&task.scope, inside.as_bytes().as_bstr()).is_some() || task.scope.iter().any(above)
}

fn owns(task: &Task, path: &str) -> bool {
    scope::lookup(&task.scope, path.as_bytes().as_bstr()).is_some() || may_touch(task, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_are_taken_for_paths() {
        let check =
            |step: &str, expect: &[&str]| assert_eq!(paths(step).collect::<Vec<_>>(), expect, "{step}");
        check("Create `api/analytics/__init__.py` with `git branch`", &["api/analytics/__init__.py"]);
        check("Implement GET `/api/analytics/summary`", &[]);
        check("Edit `config.py`, `Makefile` and `utils/`", &["config.py", "utils/"]);
        check("Return `application/json` from `User.name` and `a/b`", &[]);
        check("Call `f(x).py` or `{a,b}.py` or `../x.py` or `src/*.py`", &[]);
        check("An open ` tick and `a.py", &[]);
    }
}
