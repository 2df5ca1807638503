//! Whether a merge brings what it may, and nothing else (S1-47, S1-48, design.md section 6).
//!
//! A merge brings paths from outside the task's scope; that is what it is for. So a path counts
//! against the scope only where the result is nobody's: different from every parent. Outside the
//! scope the result must be what the merge makes of it: the merged side, or, where that side did
//! not touch the path, the own one. `-s ours` and hand-edited ("evil") results are found that way.

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::change::{Entry, PathChange};
use crate::model::finding::merge::{MergeViolation, Right};
use crate::model::finding::{Finding, Violation};
use crate::model::judge::{Case, paths};
use crate::model::name::TaskName;
use crate::model::plan::DependencyMode;

/// A second or later parent of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The merged commit.
    pub commit_id: ObjectId,
    /// To whom it belongs.
    pub of: SideOf,
}

/// To whom a merged commit belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SideOf {
    /// The run's base, at any time.
    Base,
    /// What an integration made.
    Integration,
    /// The task's own branch, as another clone has it: all that it brings is judged together.
    Own,
    /// The same, and each commit that it brings is right by itself, merges of others' work included.
    OwnJudged,
    /// Another task.
    Task {
        /// Which one.
        name: TaskName,
        /// The merged commit includes its newest COMPLETE.
        completeness: Completeness,
    },
    /// A task, before its branch was rewritten.
    Rewritten(TaskName),
    /// Noted as a task's replaced work, which it cannot be.
    Claimed {
        /// Which one.
        task: TaskName,
        /// Which of the commits that it brings.
        commit_id: ObjectId,
        /// What that changes and the task may not, if it is about a path.
        path: Option<BString>,
    },
    /// Nobody in the run.
    Foreign,
}

/// Whether a merged task was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Its newest COMPLETE is part of what was merged.
    Complete,
    /// It is not.
    Unfinished,
}

/// A path of a merge on which the result and the parents are not all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SidePath {
    /// Relative to the top of the repository.
    pub path: BString,
    /// In the merge.
    pub result: Option<Entry>,
    /// In the first parent.
    pub ours: Option<Entry>,
    /// In each merged side and where that side forked.
    pub theirs: Vec<Theirs>,
    /// What git's own merge makes of the path.
    pub automatic: Remerge,
    /// What the own side has from others, where that was looked up: a worker's own change of the
    /// path may be put back by the merge.
    pub inherited: Option<Option<Entry>>,
}

/// What git's own merge makes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remerge {
    /// It was not asked.
    Unknown,
    /// It has no answer.
    Conflict,
    /// This, without a conflict.
    Clean(Option<Entry>),
}

/// One merged side of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theirs {
    /// In the merged side.
    pub entry: Option<Entry>,
    /// Where the two sides forked.
    pub base: Option<Entry>,
    /// They forked at several commits, which do not agree on the path: the entries tell nothing.
    pub disputed: bool,
}

impl SideOf {
    /// What is wrong with having a commit of this owner, whatever the plan says.
    pub fn finding(&self, commit_id: ObjectId) -> Option<Finding> {
        match self {
            SideOf::Base | SideOf::Integration | SideOf::Own | SideOf::OwnJudged | SideOf::Task { .. } => {
                None
            }
            SideOf::Foreign => Some(Finding::error(MergeViolation::Foreign { commit_id })),
            SideOf::Rewritten(task) => {
                Some(Finding::warning(MergeViolation::Rewritten { task: task.clone(), commit_id }))
            }
            SideOf::Claimed { task, commit_id, path } => Some(Finding::error(MergeViolation::Claimed {
                task: task.clone(),
                commit_id: *commit_id,
                path: path.clone(),
            })),
        }
    }
}

impl SidePath {
    /// Whether the result is what the merge must make of it, as far as the entries alone show.
    pub fn is_plain(&self) -> bool {
        self.is_plain_for(self.ours)
    }

    /// The same as if the own side had `ours`.
    fn is_plain_for(&self, ours: Option<Entry>) -> bool {
        if self.theirs.iter().any(|side| side.disputed) {
            return self.result == ours && self.theirs.iter().all(|side| side.entry == ours);
        }
        let mut brought = self.brought_to(ours).peekable();
        if brought.peek().is_none() {
            return self.result == ours;
        }
        brought.all(|side| side.base == ours && side.entry == self.result)
    }

    /// The merged sides that changed the path and have it otherwise than `ours`.
    fn brought_to(&self, ours: Option<Entry>) -> impl Iterator<Item = &Theirs> {
        self.theirs.iter().filter(move |side| side.entry != side.base && side.entry != ours)
    }

    /// Whether the result is what the merge must make of it, git's own merge included. Where git has
    /// no answer, one side must be taken as it is.
    pub fn is_faithful(&self) -> bool {
        let is_merged = match self.automatic {
            Remerge::Clean(entry) => entry == self.result,
            Remerge::Conflict => self.theirs.iter().any(|side| side.entry == self.result),
            Remerge::Unknown => self.brought_to(self.ours).any(|side| side.entry == self.result),
        };
        self.is_plain() || is_merged || self.inherited.is_some_and(|ours| self.is_plain_for(ours))
    }

    /// Whether the result differs from every parent.
    pub fn is_new(&self) -> bool {
        self.result != self.ours && self.theirs.iter().all(|side| side.entry != self.result)
    }

    /// What the merge changes against the side that it was taken from: the merged one if there is
    /// only one, else the own one.
    fn change(&self) -> PathChange {
        let old = match self.theirs.as_slice() {
            [only] => only.entry,
            _ => self.ours,
        };
        PathChange { path: self.path.clone(), old, new: self.result }
    }

    /// The change that is judged by the rules for paths: what the merge itself decided, or, where
    /// the merged side is own work too, all that it brings. `None` if there is none.
    pub fn judged_change(&self, own: bool) -> Option<PathChange> {
        if own {
            let brought = PathChange { path: self.path.clone(), old: self.ours, new: self.result };
            return (self.result != self.ours).then_some(brought);
        }
        (self.is_new() || self.drops()).then(|| self.change())
    }

    /// What a merge did that took a merged side as it is where the own side had changed the path too;
    /// `None` if it did not.
    pub fn overridden(&self) -> Option<PathChange> {
        let mut brought = self.brought_to(self.ours).filter(|side| side.base != self.ours);
        brought.find(|side| side.entry == self.result)?;
        Some(PathChange { path: self.path.clone(), old: self.ours, new: self.result })
    }

    /// Whether what the one merged side brought is not in the result, as if it had not been merged.
    fn drops(&self) -> bool {
        self.theirs.len() == 1 && self.result == self.ours && self.brought_to(self.ours).next().is_some()
    }
}

/// What is wrong with a merge.
pub fn judge(case: &Case<'_>, merged: &[SidePath], sides: &[Side]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = sides.iter().filter_map(|side| judge_side(case, side)).collect();
    // Another clone's commits of the own branch are own work, wherever they come from.
    let own = sides.iter().any(|side| side.of == SideOf::Own);
    for path in merged {
        if path.is_faithful() && !own && !case.known.lines.contains_key(&path.path) {
            continue;
        }
        findings.extend(judge_path(case, path, own));
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
