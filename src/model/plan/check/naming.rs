//! Names that are each legal, but not together or not everywhere.

use std::collections::HashMap;

use crate::model::layout;
use crate::model::name::TaskName;
use crate::model::plan::Plan;
use crate::model::plan::finding::{Naming, Part, PlanFinding};
use crate::model::portable::{is_deceptive, is_reserved};

/// Names that git or git-orchestrate itself uses where a task's name would stand.
const OWN: [&str; 5] = ["head", "fetch_head", "orig_head", "merge_head", "orchestrator"];

pub(super) fn check(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    alike(plan, findings);
    reserved(plan, findings);
    branches(plan, findings);
    worktrees(plan, findings);
    provided_twice(plan, findings);
    titles(plan, findings);
}

/// A title is the subject of a merge, and what is said of messages holds for it.
fn titles(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let of_tasks = plan.tasks.iter().enumerate().map(|(at, task)| (Part::Task(at), &task.title));
    for (about, title) in std::iter::once((Part::Plan, &plan.title)).chain(of_tasks) {
        if let Some(character) = title.chars().find(|c| is_deceptive(*c)) {
            findings.push(PlanFinding::error(about, Naming::Title(character)));
        }
    }
}

/// Names that are the same, or would be for some eye or file system.
fn alike(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let mut by_skeleton: HashMap<String, &TaskName> = HashMap::new();
    let mut by_short: HashMap<String, &TaskName> = HashMap::new();
    for (at, task) in plan.tasks.iter().enumerate() {
        let name = &task.name;
        let mut add = |problem| findings.push(PlanFinding::error(Part::Task(at), problem));
        if let Some(first) = by_skeleton.insert(skeleton(name.as_str()), name) {
            add(match first {
                first if first == name => Naming::Duplicate(name.clone()),
                first if first.as_str().eq_ignore_ascii_case(name.as_str()) => {
                    Naming::Case(first.clone(), name.clone())
                }
                first => Naming::LookAlike(first.clone(), name.clone()),
            });
            continue;
        }
        if let Some(first) = by_short.insert(name.short().to_ascii_lowercase(), name) {
            let (short, first, second) = (name.short().to_owned(), first.clone(), name.clone());
            add(Naming::Shorthand { short, first, second });
        }
    }
}

/// What names that look alike have in common. Names are ASCII, so only `0`, `O`, `o` and `1`, `l`,
/// `I` do, and letters of different case.
fn skeleton(name: &str) -> String {
    let alike = |c: char| match c {
        'O' | 'o' => '0',
        'l' | 'I' => '1',
        c => c.to_ascii_lowercase(),
    };
    name.chars().map(alike).collect()
}

fn reserved(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    if is_reserved(plan.run.as_str()) {
        findings.push(PlanFinding::error(Part::Plan, Naming::Reserved(plan.run.to_string())));
    }
    for (at, task) in plan.tasks.iter().enumerate() {
        let name = task.name.as_str();
        if is_reserved(name) || OWN.contains(&name.to_ascii_lowercase().as_str()) {
            findings.push(PlanFinding::error(Part::Task(at), Naming::Reserved(name.to_owned())));
        }
    }
}

/// A ref cannot be a directory of refs: `conversation` and `conversation/core` exclude each other
/// (S3-07), and so do two of the same name. The base counts where it is a branch's name.
fn branches(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let integration = plan.layout.integration(&plan.run);
    let mut names =
        vec![(Part::Base, plan.base.clone()), (Part::Template(layout::Part::Integration), integration)];
    for (at, task) in plan.tasks.iter().enumerate() {
        names.push((Part::Task(at), plan.layout.branch(&plan.run, task)));
    }
    for (about, first, second) in collisions(&names) {
        findings.push(PlanFinding::error(about, Naming::Branches(first, second)));
    }
}

fn worktrees(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    let path = |(at, task)| (Part::Task(at), plan.layout.worktree(&plan.run, task));
    let paths: Vec<(Part, String)> = plan.tasks.iter().enumerate().map(path).collect();
    for (about, first, second) in collisions(&paths) {
        findings.push(PlanFinding::error(about, Naming::Worktrees(first, second)));
    }
}

/// The pairs of paths of which one is or lies below the other; names the part that comes later.
fn collisions(paths: &[(Part, String)]) -> Vec<(Part, String, String)> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::new();
    for (at, (_, path)) in paths.iter().enumerate() {
        if let Some(first) = seen.insert(path, at) {
            found.push((first, at));
        }
    }
    for (at, (_, path)) in paths.iter().enumerate() {
        let above = path.match_indices('/').filter_map(|(slash, _)| seen.get(&path[..slash]));
        found.extend(above.map(|other| (*other.min(&at), *other.max(&at))));
    }
    let name =
        |(first, second): (usize, usize)| (paths[second].0, paths[first].1.clone(), paths[second].1.clone());
    found.into_iter().map(name).collect()
}

fn provided_twice(plan: &Plan, findings: &mut Vec<PlanFinding>) {
    for (at, task) in plan.tasks.iter().enumerate() {
        for (index, item) in task.provides.iter().enumerate() {
            if task.provides[..index].contains(item) {
                let problem = Naming::ProvidedTwice(item.clone());
                findings.push(PlanFinding::warning(Part::Provides(at, index), problem));
            }
        }
    }
}
