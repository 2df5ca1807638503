//! The commits of a run: read in one walk, then asked who made what and who has what.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::former_tasks::FormerTask;
use crate::git::kept::Kept;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::deeds::{Deeds, Trunk};
use crate::git::survey::overtaken::{self, Overtaken};
use crate::git::survey::reach::{Reach, flat};
use crate::git::survey::reading::{changes, commits, first_parents, recorders};
use crate::git::survey::replaced;
use crate::git::survey::tips::Tips;
use crate::git::walk::Known;
use crate::git::worktrees::LinkedWorktree;
use crate::model::attribution::{self, Evidence};
use crate::model::branch;
use crate::model::change::PathChange;
use crate::model::facts::{Commit, Held, Misplaced, RemoteBranch, Replaced};
use crate::model::few::Few;
use crate::model::ids::{IdMap, IdSet};
use crate::model::integration::answers::Answers;
use crate::model::message;
use crate::model::name::TaskName;
use crate::model::plan::{Plan, Task};
use crate::model::scope;

/// Why a history ends too early in a shallow clone.
const SHALLOW: &str = "it ends before the run's base, as this clone is shallow (git fetch --unshallow)";

/// What the walk found, for every task by its place in the plan.
pub struct History {
    commits: IdMap<Box<Known>>,
    reach: Reach,
    /// Commits on each task's first-parent chain that are its own, merges included, oldest first.
    chains: Vec<Vec<ObjectId>>,
    /// The same without merges.
    own: Vec<Vec<ObjectId>>,
    /// For each task the others of which its branch has any own commit.
    held: Vec<Vec<usize>>,
    names: Vec<TaskName>,
    deeds: Deeds,
    /// For each task what its branch stands on and another task has replaced.
    replaced: Vec<Vec<Replaced>>,
    /// What looks like another task's, copied or replaced since.
    alike: Vec<Vec<Replaced>>,
    /// The tips whose first-parent chain does not lead to the base here, and why.
    cut_off: IdMap<String>,
}

/// What was read before the history, and says whose a commit is.
pub struct Scene<'a> {
    /// Where the branches are.
    pub tips: &'a Tips,
    /// The commits that each task has a record of, in the plan's order.
    pub records: &'a [Vec<ObjectId>],
    /// What the orchestrator's journal says of the integration branch, which anybody can move to
    /// anything.
    pub answers: &'a Answers,
    /// The tasks that the plan had once.
    pub former: &'a [FormerTask],
    /// The repository that people work in.
    pub real: &'a Repository,
    /// The worktree of each task that has one, there.
    pub worktrees: &'a HashMap<TaskName, LinkedWorktree>,
}

impl History {
    /// Reads it. What is cut off, as in a shallow clone, is reported as unknown.
    pub fn read(
        repo: &Repository,
        recorded: &RecordedPlan,
        scene: &Scene<'_>,
        kept: &mut Kept,
        unknown: &mut Vec<String>,
    ) -> Result<History> {
        let names: Vec<TaskName> = recorded.plan.tasks.iter().map(|task| task.name.clone()).collect();
        let tips: Vec<ObjectId> = flat(scene.tips, None).into_iter().flatten().collect();
        let (mut commits, mut cut_off) = commits(repo, recorded.base_commit_id, &tips, kept)?;
        recorders(&mut commits, scene.records);
        let integration = scene.tips.integration.map(|tip| first_parents(&commits, tip)).unwrap_or_default();
        let integrated = integration.iter().rposition(|id| scene.answers.knows(*id));
        let integrated = &integration[..integrated.map_or(0, |newest| newest + 1)];
        let reach = Reach::new(&commits, flat(scene.tips, integrated.last().copied()), names.len());
        for (place, name) in names.iter().enumerate() {
            if let Some(why) = reach.effective(place).and_then(|tip| cut_off.get(&tip)) {
                let why = if repo.is_shallow() { SHALLOW } else { why };
                unknown.push(format!("the history of {name}: {why}"));
            }
        }
        let line = |tip: ObjectId| {
            if cut_off.contains_key(&tip) { Vec::new() } else { first_parents(&commits, tip) }
        };
        let mut lines: Vec<Option<Vec<ObjectId>>> =
            (0..names.len()).map(|place| reach.effective(place).map(line)).collect();
        let mut trunks: Vec<Trunk> = bases(scene.tips, &commits).collect();
        let gained = trunks.iter().flat_map(|base| &base.chain).chain(integrated);
        let base_chain: IdSet = gained.copied().collect();
        let name = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
        trunks.push(Trunk { name, chain: integration });
        let deeds = Deeds::read(recorded, scene, &trunks, &lines);
        let mut shared = shared(&lines);
        let overtaken = Overtaken {
            lines: &lines,
            shared: &shared,
            base_chain: &base_chain,
            commits: &commits,
            maker: &|tasks, id| overtaken::maker(repo, recorded, scene, (tasks, &commits[&id])),
        };
        let overtaken = overtaken.read();
        let may_be_own = |id: &ObjectId| {
            declares(&commits, *id) || !commits[id].recorded_by().is_empty() || deeds.own.contains_key(id)
        };
        let judged = |id: &&ObjectId| !base_chain.contains(*id) || may_be_own(id);
        let of_tasks = lines.iter().flatten().flatten().filter(judged).chain(overtaken.iter().flatten());
        let mut asked = Vec::with_capacity(commits.len());
        asked.extend(of_tasks.copied());
        let broken = changes(repo, &mut commits, asked, kept);
        for (place, line) in lines.iter_mut().enumerate() {
            let all = line.iter().flatten().chain(&overtaken[place]);
            let Some(error) = all.filter_map(|id| broken.get(id)).next() else { continue };
            unknown.push(format!("the history of {}: {error}", names[place]));
            cut_off.extend(reach.effective(place).map(|tip| (tip, error.clone())));
            *line = Some(Vec::new());
        }
        if !broken.is_empty() {
            shared = self::shared(&lines);
        }
        let fits = |task: usize, id: ObjectId| fits(&recorded.plan.tasks[task], &commits[&id]);
        let search = replaced::Search {
            repo,
            recorded,
            scene,
            lines: &lines,
            base_chain: &base_chain,
            commits: &commits,
        };
        let replaced::Found { replaced: replaced_by, alike } = search.read();
        let chains = attribution::own_chains(&Evidence {
            chains: &lines,
            shared: &shared,
            base_chain: &base_chain,
            recorded: &|id| commits[&id].recorded_by(),
            replaced: &replaced_by,
            made: &deeds.own,
            landed: &|id| reach.trunk_has(id),
            declares: &|id| declares(&commits, id),
            changes: &|id| {
                let change = commits.get(&id).and_then(|known| known.change.as_ref());
                change.is_some_and(|change| !change.is_empty())
            },
            fits: &fits,
            needs: &|task, other| needs(&recorded.plan, task, other),
        });
        let chains: Vec<Vec<ObjectId>> =
            overtaken.into_iter().zip(chains).map(|(first, rest)| [first, rest].concat()).collect();
        let is_own = |id: &ObjectId| commits[id].parent_ids.len() == 1;
        let own: Vec<Vec<ObjectId>> =
            chains.iter().map(|chain| chain.iter().copied().filter(is_own).collect()).collect();
        let held = reach.held(&own);
        let stretches = |of: &IdMap<usize>| -> Vec<Vec<Replaced>> {
            lines.iter().map(|line| search.stretches(line.iter().flatten(), of)).collect()
        };
        let (replaced, alike) = (stretches(&replaced_by), stretches(&alike));
        Ok(History { commits, reach, chains, own, held, names, deeds, replaced, alike, cut_off })
    }

    /// The remote branch of a task, compared with the local one.
    pub fn remote(&self, place: usize, remote: &str) -> Option<RemoteBranch> {
        let tip = self.reach.remote(place)?;
        let (ahead, behind) = self.reach.ahead_behind(place);
        Some(RemoteBranch { remote: remote.to_owned(), tip, ahead, behind })
    }

    /// How many own commits of each other task the branch of this one has.
    pub fn holds(&self, place: usize) -> Vec<Held> {
        let Some(tip) = self.reach.effective[place] else { return Vec::new() };
        let reaches = |id: &&ObjectId| self.reach.ancestry.reaches(tip, **id);
        let held = |&other: &usize| Held {
            task: self.names[other].clone(),
            commits: self.own[other].iter().take_while(reaches).count(),
        };
        self.held[place].iter().map(held).collect()
    }

    /// The tasks whose whole branch this one has; `holds` is what [`History::holds`] says of it.
    pub fn contains(&self, place: usize, holds: &[Held]) -> Vec<TaskName> {
        let has_tip = |held: &&Held| {
            let other = self.names.iter().position(|name| *name == held.task);
            let other_tip = other.and_then(|other| self.reach.effective(other));
            let tip = self.reach.effective[place];
            tip.zip(other_tip).is_some_and(|(tip, other_tip)| self.reach.ancestry.reaches(tip, other_tip))
        };
        holds.iter().filter(has_tip).map(|held| held.task.clone()).collect()
    }

    /// What a task's branch stands on and another task has replaced.
    pub fn replaced(&mut self, place: usize) -> Vec<Replaced> {
        std::mem::take(&mut self.replaced[place])
    }

    /// What of a task's branch looks like another task's, copied or replaced since.
    pub fn alike(&mut self, place: usize) -> Vec<Replaced> {
        std::mem::take(&mut self.alike[place])
    }

    /// What was committed in a task's worktree to the base or the integration branch.
    pub fn misplaced(&self, repo: &Repository, place: usize) -> Result<Vec<Misplaced>> {
        let of_task = self.deeds.misplaced.iter().filter(|(_, (task, _))| *task == place);
        let misplaced = |(&commit_id, (_, trunk)): (&ObjectId, &(usize, String))| {
            let undone = is_undone(repo, commit_id, trunk)?;
            Ok(Misplaced { commit_id, branch: branch::short(trunk).to_owned(), undone })
        };
        let mut found = of_task.map(misplaced).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|one| one.commit_id);
        Ok(found)
    }

    /// Whether the branch of a task ends, here, before it reaches the base.
    pub fn is_cut_off(&self, place: usize) -> bool {
        self.reach.effective(place).is_some_and(|tip| self.cut_off.contains_key(&tip))
    }

    /// Whether the integration branch has all of a task's branch.
    pub fn is_in_integration(&self, place: usize) -> bool {
        self.reach.is_in_integration(place)
    }

    /// The newest state of the integration branch that the journal knows.
    pub fn integrated(&self) -> Option<ObjectId> {
        self.reach.integrated()
    }

    /// Whether the base branch, here or on the remote, has all of a task's branch.
    pub fn is_in_base(&self, place: usize) -> bool {
        self.reach.is_in_base(place)
    }

    /// Takes out the commits that are a task's own, merges included, oldest first.
    pub fn take_commits(&mut self, place: usize) -> Vec<Commit> {
        let chain = std::mem::take(&mut self.chains[place]);
        let mut commits = Vec::with_capacity(chain.len());
        commits.extend(chain.into_iter().filter_map(|id| self.take_commit(id)));
        commits
    }

    fn take_commit(&mut self, id: ObjectId) -> Option<Commit> {
        let Known { commit, change, .. } = *self.commits.remove(&id)?;
        Some(commit.into_own(change.unwrap_or_default()))
    }
}

/// The base, here and on the remotes that say where it is.
fn bases(tips: &Tips, commits: &IdMap<Box<Known>>) -> impl Iterator<Item = Trunk> {
    tips.bases.iter().map(|(name, tip)| Trunk { name: name.clone(), chain: first_parents(commits, *tip) })
}

/// Whether a branch has, where a commit changed something, again what was there before it.
fn is_undone(repo: &Repository, commit_id: ObjectId, branch: &str) -> Result<bool> {
    let commit = repo.commit(commit_id)?;
    let Some(tip) = repo.ref_commit(branch)? else { return Ok(true) };
    let tip_tree_id = repo.commit(tip)?.tree_id;
    for one in repo.change_of(&commit)? {
        if repo.tree_entry(tip_tree_id, one.path.as_ref())? != one.old {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The commits that are on more than one line, and the tasks that have each. Lines that meet go on
/// together from there, down to the same oldest commit.
fn shared(lines: &[Option<Vec<ObjectId>>]) -> IdMap<Few> {
    let mut ends: IdMap<usize> = IdMap::default();
    for oldest in lines.iter().flatten().filter_map(|line| line.first()) {
        *ends.entry(*oldest).or_default() += 1;
    }
    let meets = |line: &[ObjectId]| line.first().is_some_and(|oldest| ends[oldest] > 1);
    let all = lines.iter().map(|line| line.as_deref().unwrap_or_default()).enumerate();
    attribution::shared(all.filter(|(_, line)| meets(line)))
}

/// Whether a commit speaks the protocol.
fn declares(commits: &IdMap<Box<Known>>, id: ObjectId) -> bool {
    commits.get(&id).is_some_and(|one| message::status(one.message.as_ref()).is_some())
}

/// Whether all that a commit changes is in the task's scope; of a merge that cannot be said.
pub(super) fn fits(task: &Task, commit: &Known) -> bool {
    commit.parent_ids.len() != 1 || commit.change.as_ref().is_none_or(|change| keeps_to(task, change))
}

/// Whether all of a change is in the task's scope.
pub(super) fn keeps_to(task: &Task, change: &[PathChange]) -> bool {
    change.iter().all(|one| scope::lookup(&task.scope, one.path.as_ref()).is_some())
}

/// Whether a task needs another one, directly or not.
fn needs(plan: &Plan, task: usize, other: usize) -> bool {
    let wanted = &plan.tasks[other].name;
    let (mut seen, mut open) = (HashSet::new(), vec![&plan.tasks[task].name]);
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        let needs = plan.task(name).map(|task| task.needs.iter()).into_iter().flatten();
        open.extend(needs.map(|need| &need.task));
    }
    task != other && seen.contains(wanted)
}
