//! Whether a merge brings what it may, and nothing else (S1-47, S1-48, design.md section 6).
//!
//! A merge brings paths from outside the task's scope; that is what it is for. So a path counts
//! against the scope only where the result is nobody's: different from every parent. Outside the
//! scope the result must be what the merge makes of it: the merged side, or, where that side did
//! not touch the path, the own one. `-s ours` and hand-edited ("evil") results are found that way.

use bstr::ByteSlice;

pub use crate::model::judge::side::{Completeness, Remerge, Side, SideOf, SidePath, Theirs};

use crate::model::change::PathChange;
use crate::model::finding::merge::{MergeViolation, Right};
use crate::model::finding::path::{PathRule, PathViolation};
use crate::model::finding::{Finding, Violation};
use crate::model::judge::{Case, paths};
use crate::model::plan::DependencyMode;

/// What is wrong with a merge.
pub fn judge(case: &Case<'_>, merged: &[SidePath], sides: &[Side]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sides.iter().filter_map(|side| judge_side(case, side)).collect();
    // Another clone's commits of the own branch are own work, wherever they come from.
    let all_own = sides.iter().any(|side| side.of == SideOf::Own);
    for path in merged {
        let own = all_own || case.known.own.contains(&path.path);
        if path.is_faithful() && !own && !case.known.lines.contains_key(&path.path) {
            continue;
        }
        findings.extend(judge_path(case, path, own));
    }
    for (path, other) in &case.known.met {
        let rule = PathRule::Collision { other: other.clone() };
        let owner = paths::owner_of(case.plan, case.task, other.as_bstr());
        let (path, task) = (path.clone(), case.task.name.clone());
        findings.push(Finding::error(PathViolation { path, task, owner, rule }));
    }
    findings
}

fn judge_path(case: &Case<'_>, path: &SidePath, own: bool) -> Vec<Finding> {
    if own || paths::entry_for(case.task, path.path.as_bstr()).is_ok() {
        let is_asked = |change: &PathChange| case.known.lines.contains_key(&change.path);
        let change = path.judged_change(own).or_else(|| path.overridden().filter(is_asked));
        return change.map_or_else(Vec::new, |change| paths::judge_one(case, &change));
    }
    let right = match (path.theirs.as_slice(), path.automatic) {
        ([_], Remerge::Conflict) => Right::Side,
        ([_], _) => Right::Merge,
        _ => Right::Unclear,
    };
    vec![Finding::error(Violation::Merge(MergeViolation::Altered {
        path: path.path.clone(),
        task: case.task.name.clone(),
        right,
    }))]
}

fn judge_side(case: &Case<'_>, side: &Side) -> Option<Finding> {
    let strict = case.plan.dependencies == DependencyMode::Strict;
    match &side.of {
        SideOf::Task { name, completeness } => {
            if strict && *completeness == Completeness::Unfinished {
                return Some(Finding::error(MergeViolation::Incomplete { task: name.clone() }));
            }
            let needed = case.task.needs.iter().any(|need| need.task == *name);
            let task = name.clone();
            (strict && !needed).then(|| Finding::error(MergeViolation::NotNeeded { task }))
        }
        of => of.finding(side.commit_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::Entry;
    use crate::model::judge::sample::{self, file};
    use crate::model::judge::{Known, Step};

    fn brought(entry: Option<Entry>, base: Option<Entry>) -> Theirs {
        Theirs { entry, base, disputed: false }
    }

    /// A path of a merge of two sides, each content a number, in the order fork, own side, merged
    /// side, result.
    fn check(path: &str, [base, ours, theirs, result]: [u8; 4], expect: &[&str]) {
        let merged = SidePath {
            path: path.into(),
            result: file(result),
            ours: file(ours),
            theirs: vec![brought(file(theirs), file(base))],
            automatic: Remerge::Unknown,
            inherited: None,
        };
        judged(merged, SideOf::Base, expect);
    }

    fn judged(merged: SidePath, of: SideOf, expect: &[&str]) {
        let plan = sample::plan();
        let (paths, sides) = ([merged], [Side { commit_id: sample::id(9), of }]);
        let known = Known::default();
        let step = Step::Merge { paths: &paths, sides: &sides };
        let case = sample::case(&plan, step, &known, None);
        let rules: Vec<&str> = judge(&case, &paths, &sides).iter().map(Finding::rule).collect();
        assert_eq!(rules, expect, "{paths:?}");
    }

    #[test]
    fn outside_the_scope_the_result_is_what_the_merge_makes_of_it() {
        check("models/m", [1, 1, 2, 2], &[]);
        check("models/m", [1, 2, 1, 2], &[]);
        check("models/m", [1, 2, 2, 2], &[]);
        check("models/m", [0, 0, 1, 1], &[]);
        check("models/m", [1, 1, 0, 0], &[]);
        check("models/m", [1, 1, 2, 1], &["merge/altered"]);
        check("models/m", [1, 1, 2, 3], &["merge/altered"]);
        check("models/m", [1, 1, 1, 3], &["merge/altered"]);
        check("models/m", [1, 2, 3, 2], &["merge/altered"]);
        check("models/m", [1, 2, 3, 3], &[]);
        check("models/m", [1, 2, 1, 1], &["merge/altered"]);
        check("models/m", [1, 2, 0, 1], &["merge/altered"]);
        check("models/m", [0, 2, 0, 0], &["merge/altered"]);
    }

    #[test]
    fn only_a_change_of_the_workers_own_is_put_back() {
        let check = |[base, ours, theirs, result]: [u8; 4], automatic, inherited, expect: &[&str]| {
            let merged = SidePath {
                path: "models/m".into(),
                result: file(result),
                ours: file(ours),
                theirs: vec![brought(file(theirs), file(base))],
                automatic,
                inherited: Some(file(inherited)),
            };
            judged(merged, SideOf::Base, expect);
        };
        let clean = |entry| Remerge::Clean(file(entry));
        check([1, 2, 1, 1], clean(2), 1, &[]);
        check([1, 2, 1, 1], clean(2), 2, &["merge/altered"]);
        check([1, 3, 1, 2], clean(3), 2, &[]);
        check([1, 3, 1, 1], clean(3), 2, &["merge/altered"]);
        check([1, 2, 3, 3], clean(4), 1, &[]);
        check([1, 2, 3, 3], clean(4), 2, &["merge/altered"]);
        check([1, 2, 3, 3], Remerge::Conflict, 2, &[]);
        check([0, 2, 0, 0], Remerge::Conflict, 2, &[]);
    }

    #[test]
    fn of_several_sides_none_is_dropped() {
        let check = |theirs: [u8; 2], result: u8, automatic: Option<u8>, expect: &[&str]| {
            let side = |entry| brought(file(entry), file(1));
            let merged = SidePath {
                path: "models/m".into(),
                result: file(result),
                ours: file(1),
                theirs: theirs.map(side).into(),
                automatic: automatic.map_or(Remerge::Unknown, |entry| Remerge::Clean(file(entry))),
                inherited: None,
            };
            judged(merged, SideOf::Base, expect);
        };
        check([2, 1], 2, None, &[]);
        check([1, 2], 2, None, &[]);
        check([2, 2], 2, None, &[]);
        check([2, 1], 1, None, &["merge/altered"]);
        check([2, 3], 4, Some(4), &[]);
        check([2, 3], 2, Some(4), &["merge/altered"]);
        check([2, 3], 2, None, &[]);
        check([2, 3], 4, None, &["merge/altered"]);
    }

    #[test]
    fn where_the_forks_differ_only_git_tells() {
        let check = |[base, ours, theirs, result]: [u8; 4], automatic, expect: &[&str]| {
            let merged = SidePath {
                path: "models/m".into(),
                result: file(result),
                ours: file(ours),
                theirs: vec![Theirs { disputed: true, ..brought(file(theirs), file(base)) }],
                automatic: Remerge::Clean(file(automatic)),
                inherited: None,
            };
            judged(merged, SideOf::Base, expect);
        };
        check([1, 2, 1, 1], 1, &[]);
        check([1, 2, 1, 2], 1, &["merge/altered"]);
        check([1, 2, 1, 2], 2, &[]);
        check([1, 2, 2, 2], 3, &[]);
    }

    #[test]
    fn inside_the_scope_the_worker_decides() {
        check("api/a", [1, 2, 3, 4], &[]);
        check("api/a", [1, 2, 3, 2], &[]);
        check("api/a:b", [0, 0, 0, 4], &["path/unportable"]);
    }

    #[test]
    fn gits_own_result_is_nobodys_doing() {
        let merged = |automatic| SidePath {
            path: "models/m".into(),
            result: file(4),
            ours: file(2),
            theirs: vec![brought(file(3), file(1))],
            automatic,
            inherited: None,
        };
        judged(merged(Remerge::Clean(file(4))), SideOf::Base, &[]);
        judged(merged(Remerge::Clean(file(5))), SideOf::Base, &["merge/altered"]);
        judged(merged(Remerge::Conflict), SideOf::Base, &["merge/altered"]);
    }

    #[test]
    fn another_clones_own_work_is_own_work() {
        let merged = |path: &str| SidePath {
            path: path.into(),
            result: file(2),
            ours: file(1),
            theirs: vec![brought(file(2), file(1))],
            automatic: Remerge::Unknown,
            inherited: None,
        };
        judged(merged("models/m"), SideOf::Own, &["scope/outside"]);
        judged(merged("api/a"), SideOf::Own, &[]);
        judged(merged("models/m"), SideOf::Foreign, &["merge/foreign"]);
    }

    #[test]
    fn a_strict_plan_merges_what_is_needed_and_complete() {
        let mut plan = sample::plan();
        plan.dependencies = DependencyMode::Strict;
        let rules = |name: &str, completeness| {
            let sides = [Side {
                commit_id: sample::id(9),
                of: SideOf::Task { name: sample::name(name), completeness },
            }];
            let known = Known::default();
            let case = sample::case(&plan, Step::Merge { paths: &[], sides: &sides }, &known, None);
            judge(&case, &[], &sides).iter().map(Finding::rule).collect::<Vec<_>>()
        };
        assert_eq!(rules("task-2-models", Completeness::Complete), Vec::<&str>::new());
        assert_eq!(rules("task-2-models", Completeness::Unfinished), ["merge/incomplete"]);
        assert_eq!(rules("task-3-other", Completeness::Complete), ["merge/not-needed"]);
    }
}
