//! What is there of a run, and what is proved about it.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use anyhow::Result;
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::hooks;
use crate::git::plan_ref::RecordedPlan;
use crate::git::refs::Target;
use crate::git::survey::Depth;
use crate::git::worktrees::LinkedWorktree;
use crate::model::branch;
use crate::model::change::PathChange;
use crate::model::cleanup::{Evidence, Keep, Missing, WorktreeEvidence};
use crate::model::facts::{Facts, TaskFacts};
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::ops::cleanup::former::Extended;
use crate::ops::cleanup::proof::{Branch, Prover, Standing};

/// What is known before anything goes.
pub struct Scene<'a> {
    /// The repository.
    pub repo: &'a Repository,
    /// The run's plan.
    pub recorded: &'a RecordedPlan,
    /// One survey.
    pub facts: Facts,
    /// In the plan's order.
    pub tasks: Vec<Site>,
    /// Short name of the integration branch.
    pub integration: String,
    /// Finds out what is merged.
    pub prover: Prover<'a>,
}

/// A task's worktree and branch.
pub struct Site {
    /// What the survey says.
    pub task: TaskFacts,
    /// The worktree that `start` made for it. One that a person added for the same branch is not ours
    /// to remove.
    pub worktree: Option<LinkedWorktree>,
    /// What decides.
    pub evidence: Evidence,
}

/// Looks at everything. The plan may have former tasks, too; the worktrees that were made for a task are
/// taken out of `others`.
pub fn gather<'a>(
    repo: &'a Repository,
    (recorded, former): &'a Extended,
    others: &mut Vec<LinkedWorktree>,
) -> Result<Scene<'a>> {
    let facts = repo.survey(recorded, Depth::History)?;
    let mut worktrees = workers(repo, &recorded.plan, others);
    let prover = Prover::new(repo, facts.base_tip.unwrap_or(facts.base_commit_id));
    let base = recorded.base_ref.as_deref().unwrap_or(&recorded.plan.base);
    let integration = recorded.plan.layout.integration(&recorded.plan.run);
    let targets = [(facts.base_tip, branch::short(base)), (facts.integrated_tip, integration.as_str())];
    let known = Known { repo, recorded, former, prover: &prover, targets };
    let mut tasks = Vec::new();
    for task in &facts.tasks {
        let worktree = worktrees.remove(&task.name);
        let evidence = known.evidence(task, worktree.as_ref())?;
        tasks.push(Site { task: task.clone(), worktree, evidence });
    }
    Ok(Scene { repo, recorded, facts, tasks, integration, prover })
}

impl Scene<'_> {
    /// Short name of the base branch, for people.
    pub fn base(&self) -> String {
        let name = self.recorded.base_ref.as_deref().unwrap_or(&self.recorded.plan.base);
        branch::short(name).to_owned()
    }
}

/// The worktrees that were made for the run's tasks: each stands where the layout puts it, or its
/// own configuration names the run, a task and itself. Only those that stand elsewhere are opened.
fn workers(
    repo: &Repository,
    plan: &Plan,
    others: &mut Vec<LinkedWorktree>,
) -> HashMap<TaskName, LinkedWorktree> {
    let top = repo.main_workdir();
    let place = |task: &Task| top.as_ref().map(|top| top.join(plan.layout.worktree(&plan.run, task)));
    let planned: HashMap<PathBuf, &TaskName> =
        plan.tasks.iter().filter_map(|task| Some((place(task)?, &task.name))).collect();
    let mut found = HashMap::new();
    let planned = |one: &LinkedWorktree| planned.get(&one.path).map(|task| (*task).clone());
    take(others, &mut found, planned);
    take(others, &mut found, |one| configured_task(plan, one));
    found
}

/// Takes each worktree that is a task's, the first of each.
fn take(
    others: &mut Vec<LinkedWorktree>,
    found: &mut HashMap<TaskName, LinkedWorktree>,
    task: impl Fn(&LinkedWorktree) -> Option<TaskName>,
) {
    for worktree in std::mem::take(others) {
        match task(&worktree) {
            Some(task) if !found.contains_key(&task) => _ = found.insert(task, worktree),
            _ => others.push(worktree),
        }
    }
}

fn configured_task(plan: &Plan, worktree: &LinkedWorktree) -> Option<TaskName> {
    let name = hooks::own_task(worktree, &plan.run)?;
    plan.tasks.iter().map(|task| &task.name).find(|task| task.as_str() == name).cloned()
}

/// What is known before any task is looked at.
struct Known<'a> {
    repo: &'a Repository,
    recorded: &'a RecordedPlan,
    /// Tasks that the plan had once.
    former: &'a [TaskName],
    prover: &'a Prover<'a>,
    /// Where work may be merged, with short names; the base first, whose word counts most. The integration
    /// branch only as far as an integration has made it.
    targets: [(Option<ObjectId>, &'a str); 2],
}

impl Known<'_> {
    fn evidence(&self, task: &TaskFacts, worktree: Option<&LinkedWorktree>) -> Result<Evidence> {
        let repo = self.repo;
        let full = branch::full(&task.branch);
        let elsewhere =
            repo.checked_out_at(&full)?.filter(|path| worktree.is_none_or(|one| one.path != *path));
        let dirty = match worktree.filter(|one| one.present) {
            Some(one) => uncommitted(repo, self.recorded, one)?,
            None => Vec::new(),
        };
        let own = match worktree {
            Some(one) => Some(WorktreeEvidence {
                present: one.present,
                head_is_safe: one.branch.as_deref() == Some(&full)
                    || one.head.map_or(Ok(true), |head| self.is_merged(head))?,
                is_here: repo.workdir() == Some(&one.path),
                locked: locked(one),
                within: repo.inner_repositories(one, &dirty)?,
                uncommitted: dirty,
                aside: repo
                    .put_aside(&one.git_dir)?
                    .first()
                    .map(|aside| Keep::Aside { operation: aside.operation, top: one.path.clone() }),
            }),
            None => None,
        };
        Ok(Evidence {
            // Nobody begins with a task that is dropped.
            has_begun: self.former.contains(&task.name)
                || task.has_own_commits()
                || (task.tip.is_none() && task.is_integrated()),
            lacks: task.tip.map_or(Ok(None), |tip| self.lacks(task, tip))?,
            is_symbolic: matches!(repo.ref_target(&full)?, Some(Target::Symbolic(_))),
            worktree: own,
            elsewhere,
        })
    }

    fn is_merged(&self, id: ObjectId) -> Result<bool> {
        for tip in self.targets.iter().filter_map(|(tip, _)| *tip) {
            if self.repo.is_ancestor(id, tip)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is missing until the task's work is proved to be merged.
    fn lacks(&self, task: &TaskFacts, tip: ObjectId) -> Result<Option<Keep>> {
        let own: Vec<ObjectId> = task.own_commits().map(|commit| commit.id).collect();
        let changes = net_changes(task);
        let mut fewest: Option<Vec<ObjectId>> = None;
        for (target, name) in self.targets {
            let Some(target) = target else { continue };
            match self.prover.prove(Branch { tip, own: &own, changes: &changes }, target)? {
                Standing::Merged(_) => return Ok(None),
                Standing::TakenBack => return Ok(Some(Keep::TakenBack(name.to_owned()))),
                Standing::Missing(commits) if fewest.as_ref().is_none_or(|few| commits.len() < few.len()) => {
                    fewest = Some(commits);
                }
                Standing::Missing(_) => {}
            }
        }
        let missing = missing(self.repo, fewest.as_deref().unwrap_or(&own))?;
        let is_former = self.former.contains(&task.name);
        Ok(Some(if is_former { Keep::Dropped(missing) } else { Keep::Unmerged(missing) }))
    }
}

/// The commits as a person tells them apart.
pub fn missing(repo: &Repository, commits: &[ObjectId]) -> Result<Vec<Missing>> {
    let missing = |&commit_id: &ObjectId| {
        let message = repo.commit(commit_id)?.message;
        Ok(Missing { commit_id, subject: message.lines().next().unwrap_or_default().into() })
    };
    commits.iter().map(missing).collect()
}

/// What the own commits of a task change altogether.
fn net_changes(task: &TaskFacts) -> Vec<PathChange> {
    let mut net: BTreeMap<&BString, PathChange> = BTreeMap::new();
    for change in task.own_commits().flat_map(|commit| &commit.change) {
        net.entry(&change.path).and_modify(|known| known.new = change.new).or_insert_with(|| change.clone());
    }
    net.into_values().filter(|change| change.old != change.new).collect()
}

/// Why it stays if a person locked it.
fn locked(worktree: &LinkedWorktree) -> Option<Keep> {
    let reason = worktree.foreign_lock()?.to_owned();
    Some(Keep::Locked { reason, top: worktree.path.clone() })
}

/// What a worker left, without the untracked files that `start` itself copied there.
fn uncommitted(
    repo: &Repository,
    recorded: &RecordedPlan,
    worktree: &LinkedWorktree,
) -> Result<Vec<BString>> {
    let copied = &recorded.plan.setup.copy;
    let mut paths = repo.dirty_or_hidden_paths(&worktree.path)?;
    let Some(head) = worktree.head else { return Ok(paths) };
    let tree_id = repo.commit(head)?.tree_id;
    let mut work = Vec::new();
    for path in paths.drain(..) {
        let is_copy = copied.iter().any(|one| path == one.as_str());
        if !is_copy || repo.tree_entry(tree_id, path.as_bstr())?.is_some() {
            work.push(path);
        }
    }
    Ok(work)
}
