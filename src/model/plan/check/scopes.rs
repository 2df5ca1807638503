//! Scopes: none empty, none twice, and no path in two of them (S1-09).

use std::collections::{HashMap, HashSet};

use bstr::{BString, ByteSlice};

use crate::model::overlap::{Claim, Meeting, meetings};
use crate::model::plan::Plan;
use crate::model::plan::finding::{Overlap, Part, PlanFinding, Scope};
use crate::model::scope::ScopeEntry;

pub(super) fn check(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    for (at, task) in plan.tasks.iter().enumerate() {
        if task.scope.is_empty() {
            let task = Some(task.name.to_string());
            findings.push(PlanFinding::error(Part::Task(at), Scope::Empty { task }));
        }
        repeated(at, &task.scope, findings);
    }
    overlaps(plan, findings);
    files_and_directories(plan, findings);
}

fn repeated(at: usize, scope: &[ScopeEntry], findings: &mut Vec<PlanFinding>) {
    let mut seen = HashSet::new();
    for (index, entry) in scope.iter().enumerate() {
        if !seen.insert(entry.pattern.as_str()) {
            let problem = Scope::Repeated(entry.pattern.to_string());
            findings.push(PlanFinding::warning(Part::Scope(at, index), problem));
        }
    }
}

fn overlaps(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let claims: Vec<Claim<'_>> = entries(plan)
        .map(|((task, entry), claimed)| Claim { task, entry, pattern: &claimed.pattern })
        .collect();
    let meetings = meetings(&claims);
    findings.extend(meetings.found.iter().map(|meeting| overlap(plan, meeting)));
    if meetings.more {
        let problem = Scope::MoreOverlaps { shown: meetings.found.len() };
        findings.push(PlanFinding::error(Part::Plan, problem));
    }
    if meetings.undecided > 0 {
        // What cannot be decided is reported, never taken for fine.
        findings.push(PlanFinding::error(Part::Plan, Scope::Undecided { pairs: meetings.undecided }));
    }
}

fn overlap(plan: &Plan, meeting: &Meeting) -> PlanFinding {
    let ends = [meeting.first, meeting.second];
    let entry = |(task, entry): (usize, usize)| &plan.tasks[task].scope[entry];
    let shared = ends.iter().all(|end| entry(*end).shared);
    let about = Part::Scope(meeting.second.0, meeting.second.1);
    let problem = Scope::Overlap(Box::new(Overlap {
        tasks: ends.map(|(task, _)| plan.tasks[task].name.clone()),
        patterns: ends.map(|end| entry(end).pattern.to_string()),
        witness: meeting.witness.to_str_lossy().into_owned(),
        shared,
    }));
    if shared { PlanFinding::warning(about, problem) } else { PlanFinding::error(about, problem) }
}

/// `lib` in one scope and `lib/` in another share no path, but cannot both come true.
fn files_and_directories(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let mut files: HashMap<BString, (usize, usize)> = HashMap::new();
    for (place, entry) in entries(plan) {
        if let Some(file) = entry.pattern.literal() {
            files.insert(file.to_owned(), place);
        }
    }
    for ((task, _), entry) in entries(plan) {
        let Some(path) = entry.pattern.literal().or_else(|| entry.pattern.subtree()) else { continue };
        for slash in path.find_iter(b"/") {
            let Some((file_task, file_entry)) = files.get(path[..slash].as_bstr()) else { continue };
            let problem = Scope::FileAndDirectory {
                file_task: plan.tasks[*file_task].name.clone(),
                file: plan.tasks[*file_task].scope[*file_entry].pattern.to_string(),
                directory_task: plan.tasks[task].name.clone(),
                directory: entry.pattern.to_string(),
            };
            findings.push(PlanFinding::warning(Part::Scope(*file_task, *file_entry), problem));
        }
    }
}

/// Every entry of every scope, with the places of its task and of itself.
fn entries(plan: &Plan) -> impl Iterator<Item = ((usize, usize), &ScopeEntry)> {
    plan.tasks.iter().enumerate().flat_map(|(task, written)| {
        written.scope.iter().enumerate().map(move |(index, entry)| ((task, index), entry))
    })
}
