//! The commits of a run: read in one walk, then asked who made what and who has what.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::kept::Kept;
use crate::git::objects::CommitObject;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::deeds::{Deeds, Trunk};
use crate::git::survey::overtaken::{self, Overtaken};
use crate::git::survey::replaced;
use crate::git::survey::tips::Tips;
use crate::git::worktrees::LinkedWorktree;
use crate::model::ancestry::Ancestry;
use crate::model::attribution::{self, Evidence};
use crate::model::branch;
use crate::model::change::PathChange;
use crate::model::facts::{Commit, Held, Misplaced, RemoteBranch, Replaced};
use crate::model::integration::answers::Answers;
use crate::model::message;
use crate::model::name::TaskName;
use crate::model::plan::Plan;
use crate::model::scope;

/// What the walk found, for every task by its place in the plan.
pub struct History {
    commits: HashMap<ObjectId, CommitObject>,
    changes: HashMap<ObjectId, Vec<PathChange>>,
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
    /// The tips whose first-parent chain does not lead to the base here, and why.
    cut_off: HashMap<ObjectId, String>,
}

/// What was read before the history, and says whose a commit is.
pub struct Scene<'a> {
    /// Where the branches are.
    pub tips: &'a Tips,
    /// The commits that each task has a record of, in the plan's order.
    pub records: &'a [HashSet<ObjectId>],
    /// What the orchestrator's journal says of the integration branch, which anybody can move to
    /// anything.
    pub answers: &'a Answers,
    /// The repository that people work in.
    pub real: &'a Repository,
    /// The worktree of each task that has one, there.
    pub worktrees: &'a HashMap<TaskName, LinkedWorktree>,
}

/// Which tips reach which commit.
struct Reach {
    ancestry: Ancestry,
    /// Local tips, then remote tips, each in the plan's order, then the integration branch, what the
    /// journal knows of it, and the base.
    tips: Vec<Option<ObjectId>>,
    /// For each task the place of the tip that counts.
    effective: Vec<Option<usize>>,
    tasks: usize,
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
        let tips = flat(scene.tips, None).into_iter().flatten().collect();
        let (commits, mut cut_off) = commits(repo, recorded.base_commit_id, &tips, kept)?;
        let integration = scene.tips.integration.map(|tip| first_parents(&commits, tip)).unwrap_or_default();
        let integrated = integration.iter().rposition(|id| scene.answers.knows(*id));
        let integrated = &integration[..integrated.map_or(0, |newest| newest + 1)];
        let reach = Reach::new(&commits, flat(scene.tips, integrated.last().copied()), names.len());
        for (place, name) in names.iter().enumerate() {
            if let Some(why) = reach.effective(place).and_then(|tip| cut_off.get(&tip)) {
                unknown.push(match repo.is_shallow() {
                    true => format!(
                        "the history of {name}: it ends before the run's base, as this clone is shallow (git fetch --unshallow)"
                    ),
                    false => format!("the history of {name}: {why}"),
                });
            }
        }
        let line = |tip: ObjectId| {
            if cut_off.contains_key(&tip) { Vec::new() } else { first_parents(&commits, tip) }
        };
        let mut lines: Vec<Option<Vec<ObjectId>>> =
            (0..names.len()).map(|place| reach.effective(place).map(line)).collect();
        let mut trunks: Vec<Trunk> = bases(scene.tips, &commits).collect();
        let gained = trunks.iter().flat_map(|base| &base.chain).chain(integrated);
        let base_chain: HashSet<ObjectId> = gained.copied().collect();
        let name = branch::full(&recorded.plan.layout.integration(&recorded.plan.run));
        trunks.push(Trunk { name, chain: integration });
        let declares = |id: ObjectId| {
            commits.get(&id).is_some_and(|one| message::status(one.message.as_ref()).is_some())
        };
        let recorded_by = recorders(scene.records);
        let deeds = Deeds::read(recorded, scene, &trunks, &lines);
        let may_be_own =
            |id: &ObjectId| declares(*id) || recorded_by.contains_key(id) || deeds.own.contains_key(id);
        let judged = |id: &&ObjectId| !base_chain.contains(*id) || may_be_own(id);
        let overtaken = Overtaken {
            lines: &lines,
            base_chain: &base_chain,
            commits: &commits,
            maker: &|tasks, id| overtaken::maker(repo, recorded, scene, (tasks, &commits[&id])),
        };
        let overtaken = overtaken.read();
        let of_tasks = lines.iter().flatten().flatten().filter(judged).chain(overtaken.iter().flatten());
        let (changes, broken) = changes(repo, &commits, of_tasks, kept);
        for (place, line) in lines.iter_mut().enumerate() {
            let all = line.iter().flatten().chain(&overtaken[place]);
            let Some(error) = all.filter_map(|id| broken.get(id)).next() else { continue };
            unknown.push(format!("the history of {}: {error}", names[place]));
            cut_off.extend(reach.effective(place).map(|tip| (tip, error.clone())));
            *line = Some(Vec::new());
        }
        let fits = |task, id: ObjectId| fits(&recorded.plan, task, &commits[&id], changes.get(&id));
        let replaced =
            replaced::Search { repo, recorded, scene, lines: &lines, commits: &commits, fits: &fits };
        let replaced_by = replaced.read(&recorded_by, &base_chain);
        let chains = attribution::own_chains(&Evidence {
            chains: &lines,
            base_chain: &base_chain,
            recorded: &recorded_by,
            replaced: &replaced_by,
            made: &deeds.own,
            landed: &|id| reach.trunk_has(id),
            declares: &declares,
            fits: &fits,
            needs: &|task, other| needs(&recorded.plan, task, other),
        });
        let chains: Vec<Vec<ObjectId>> =
            overtaken.into_iter().zip(chains).map(|(first, rest)| [first, rest].concat()).collect();
        let is_own = |id: &ObjectId| commits[id].parent_ids.len() == 1;
        let own: Vec<Vec<ObjectId>> =
            chains.iter().map(|chain| chain.iter().copied().filter(is_own).collect()).collect();
        let held = reach.held(&own);
        let replaced =
            lines.iter().map(|line| replaced.stretches(line.iter().flatten(), &replaced_by)).collect();
        Ok(History { commits, changes, reach, chains, own, held, names, deeds, replaced, cut_off })
    }

    /// The remote branch of a task, compared with the local one.
    pub fn remote(&self, place: usize, remote: &str) -> Option<RemoteBranch> {
        let tip = self.reach.tips[self.reach.tasks + place]?;
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
        self.reach.is_in(place, [2 * self.reach.tasks])
    }

    /// The newest state of the integration branch that the journal knows.
    pub fn integrated(&self) -> Option<ObjectId> {
        self.reach.tips[2 * self.reach.tasks + 1]
    }

    /// Whether the base branch, here or on the remote, has all of a task's branch.
    pub fn is_in_base(&self, place: usize) -> bool {
        self.reach.is_in(place, 2 * self.reach.tasks + 2..self.reach.tips.len())
    }

    /// Takes out the commits that are a task's own, merges included, oldest first.
    pub fn take_commits(&mut self, place: usize) -> Vec<Commit> {
        let chain = std::mem::take(&mut self.chains[place]);
        chain.into_iter().filter_map(|id| self.take_commit(id)).collect()
    }

    fn take_commit(&mut self, id: ObjectId) -> Option<Commit> {
        let commit = self.commits.remove(&id)?;
        Some(commit.into_own(self.changes.remove(&id).unwrap_or_default()))
    }
}

impl Reach {
    fn new(commits: &HashMap<ObjectId, CommitObject>, tips: Vec<Option<ObjectId>>, tasks: usize) -> Reach {
        let commits: Vec<(ObjectId, &[ObjectId])> =
            commits.values().map(|commit| (commit.id, commit.parent_ids.as_slice())).collect();
        let nothing =
            ObjectId::null(tips.iter().flatten().next().map_or(gix_hash::Kind::Sha1, |id| id.kind()));
        let ids: Vec<ObjectId> = tips.iter().map(|tip| tip.unwrap_or(nothing)).collect();
        let ancestry = Ancestry::new(&commits, &ids);
        let mut reach = Reach { ancestry, tips, effective: Vec::new(), tasks };
        reach.effective = (0..tasks).map(|place| reach.effective_index(place)).collect();
        reach
    }

    fn ahead_behind(&self, place: usize) -> (usize, usize) {
        let remote = self.tasks + place;
        match (self.tips[place], self.tips[remote]) {
            (local, tip) if local == tip => (0, 0),
            _ => (self.ancestry.ahead(place, remote), self.ancestry.ahead(remote, place)),
        }
    }

    /// The tip that counts: the rule of `TaskFacts::effective_tip` (S1-71).
    fn effective_index(&self, place: usize) -> Option<usize> {
        let remote = self.tasks + place;
        match (self.tips[place], self.tips[remote]) {
            (None, None) => None,
            (None, Some(_)) => Some(remote),
            (Some(_), Some(_)) if self.ahead_behind(place).0 == 0 => Some(remote),
            (Some(_), _) => Some(place),
        }
    }

    /// For each task the others whose oldest own commit its branch has.
    fn held(&self, own: &[Vec<ObjectId>]) -> Vec<Vec<usize>> {
        let mut held = vec![Vec::new(); self.tasks];
        for (other, own) in own.iter().enumerate() {
            let tips = own.first().map(|oldest| self.ancestry.tips_above(*oldest)).unwrap_or_default();
            for tip in tips.into_iter().filter(|tip| *tip < 2 * self.tasks) {
                let place = tip % self.tasks;
                if place != other && self.effective[place] == Some(tip) {
                    held[place].push(other);
                }
            }
        }
        held
    }

    fn effective(&self, place: usize) -> Option<ObjectId> {
        self.effective[place].and_then(|index| self.tips[index])
    }

    /// Whether the base has a commit, or the integration branch as far as it is known.
    fn trunk_has(&self, id: ObjectId) -> bool {
        (2 * self.tasks + 1..self.tips.len())
            .any(|tip| self.tips[tip].is_some() && self.ancestry.reaches(tip, id))
    }

    fn is_in(&self, place: usize, holders: impl IntoIterator<Item = usize>) -> bool {
        let Some(tip) = self.effective(place) else { return false };
        holders.into_iter().any(|holder| self.ancestry.reaches(holder, tip))
    }
}

/// The base, here and on the remotes that say where it is.
fn bases(tips: &Tips, commits: &HashMap<ObjectId, CommitObject>) -> impl Iterator<Item = Trunk> {
    tips.bases.iter().map(|(name, tip)| Trunk { name: name.clone(), chain: first_parents(commits, *tip) })
}

/// Whether a branch has, where a commit changed something, again what was there before it.
fn is_undone(repo: &Repository, commit_id: ObjectId, branch: &str) -> Result<bool> {
    let commit = repo.commit(commit_id)?;
    let Some(tip) = repo.ref_commit(branch)? else { return Ok(true) };
    let tip_tree_id = repo.commit(tip)?.tree_id;
    let parent_tree_id = repo.tree_of(commit.parent_ids.first().copied())?;
    for one in repo.diff_trees(parent_tree_id, commit.tree_id)? {
        if repo.tree_entry(tip_tree_id, one.path.as_ref())? != one.old {
            return Ok(false);
        }
    }
    Ok(true)
}

fn flat(tips: &Tips, integrated: Option<ObjectId>) -> Vec<Option<ObjectId>> {
    let local = tips.tasks.iter().map(|branch| branch.tip.or(branch.kept));
    let remote = tips.tasks.iter().map(|branch| branch.remote_tip);
    let bases = tips.bases.iter().map(|(_, tip)| Some(*tip));
    local.chain(remote).chain([tips.integration, integrated]).chain(bases).collect()
}

/// Every commit that a tip has and the base has not, and the tips for which that is not known, with why.
fn commits(
    repo: &Repository,
    base: ObjectId,
    tips: &HashSet<ObjectId>,
    kept: &mut Kept,
) -> Result<(HashMap<ObjectId, CommitObject>, HashMap<ObjectId, String>)> {
    let mut sorted: Vec<ObjectId> = tips.iter().copied().collect();
    sorted.sort();
    let mut commits = HashMap::new();
    if let Ok(mut reading) = repo.read_between(&[base], &sorted, kept) {
        for id in reading.ids {
            let commit = reading.commits.remove(&id);
            commits.insert(id, commit.map_or_else(|| repo.commit(id), Ok)?);
        }
        return Ok((commits, HashMap::new()));
    }
    let mut cut_off = HashMap::new();
    for tip in sorted {
        if let Err(error) = walk_to(repo, base, tip, &mut commits) {
            cut_off.insert(tip, format!("{error:#}"));
        }
    }
    Ok((commits, cut_off))
}

/// As [`commits`], for one tip of a history that is cut off somewhere: the first-parent chain must
/// lead to the base, everything else is read as far as it is there.
fn walk_to(
    repo: &Repository,
    base: ObjectId,
    tip: ObjectId,
    commits: &mut HashMap<ObjectId, CommitObject>,
) -> Result<()> {
    let mut next = Some(tip).filter(|id| *id != base);
    let mut others = Vec::new();
    while let Some(id) = next {
        let commit = repo.commit(id)?;
        next = commit.parent_ids.first().copied().filter(|parent| *parent != base);
        others.extend(commit.parent_ids.iter().skip(1).copied());
        commits.insert(id, commit);
    }
    while let Some(id) = others.pop() {
        if id == base || commits.contains_key(&id) {
            continue;
        }
        if let Ok(commit) = repo.commit(id) {
            others.extend(commit.parent_ids.iter().copied());
            commits.insert(id, commit);
        }
    }
    Ok(())
}

/// The first-parent chain of a tip, as far as it is among the commits, oldest first.
fn first_parents(commits: &HashMap<ObjectId, CommitObject>, tip: ObjectId) -> Vec<ObjectId> {
    let mut chain = Vec::new();
    let mut next = commits.get(&tip);
    while let Some(commit) = next {
        chain.push(commit.id);
        next = commit.parent_ids.first().and_then(|parent| commits.get(parent));
    }
    chain.reverse();
    chain
}

/// What each of these commits changes against its first parent, and why that cannot be read of others.
fn changes<'a>(
    repo: &Repository,
    commits: &HashMap<ObjectId, CommitObject>,
    ids: impl Iterator<Item = &'a ObjectId>,
    kept: &mut Kept,
) -> (HashMap<ObjectId, Vec<PathChange>>, HashMap<ObjectId, String>) {
    let (mut changes, mut broken) = (HashMap::new(), HashMap::new());
    for id in ids {
        if changes.contains_key(id) {
            continue;
        }
        if let Some(change) = kept.take_changes(*id) {
            changes.insert(*id, change);
            continue;
        }
        let commit = &commits[id];
        let parent = commit.parent_ids.first().copied();
        let parent_tree_id = match parent.and_then(|parent| commits.get(&parent)) {
            Some(known) => Ok(known.tree_id),
            None => repo.tree_of(parent),
        };
        match parent_tree_id.and_then(|parent| repo.diff_trees(parent, commit.tree_id)) {
            Ok(change) => {
                kept.keep_commit(commit, &change);
                changes.insert(*id, change);
            }
            Err(error) => drop(broken.insert(*id, format!("{error:#}"))),
        }
    }
    (changes, broken)
}

fn recorders(records: &[HashSet<ObjectId>]) -> HashMap<ObjectId, Vec<usize>> {
    let mut recorders: HashMap<ObjectId, Vec<usize>> = HashMap::new();
    for (place, records) in records.iter().enumerate() {
        records.iter().for_each(|id| recorders.entry(*id).or_default().push(place));
    }
    recorders
}

/// Whether all that a commit changes is in the task's scope; of a merge that cannot be said.
pub(super) fn fits(
    plan: &Plan,
    task: usize,
    commit: &CommitObject,
    change: Option<&Vec<PathChange>>,
) -> bool {
    let in_scope = |one: &PathChange| scope::lookup(&plan.tasks[task].scope, one.path.as_ref()).is_some();
    commit.parent_ids.len() != 1 || change.is_none_or(|change| change.iter().all(in_scope))
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
