//! Gathers what the judge must know besides a change.

use std::collections::HashSet;

use anyhow::Result;
use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use super::former;
use super::ground::Ground;
use super::history::History;
use super::lines::Lines;
use super::links;
use super::names::{self, Trees};
use super::namesakes::Namesakes;
use super::returned::{self, Proof};
use crate::git::Repository;
use crate::git::uncommitted::Uncommitted;
use crate::model::change::{Kind, PathChange};
use crate::model::evidence;
use crate::model::finding::state::Lacks;
use crate::model::judge::Known;
use crate::model::judge::merge::{Side, SideOf, SidePath};
use crate::model::judge::paths;
use crate::model::judge::state::Unmet;
use crate::model::message::{self, Body, Prefix};
use crate::model::plan::{DependencyMode, Task};
use crate::model::scope::Access;

/// The facts for one case, as they are found.
pub(super) struct Gathering<'a> {
    pub ground: &'a Ground<'a>,
    pub task: &'a Task,
    pub history: &'a History<'a>,
    /// What the change is against.
    old_tree_id: ObjectId,
    /// What the commit holds; `None` while it is only in the index.
    result_tree_id: Option<ObjectId>,
    /// The paths that a merge must leave with every line of the merged side.
    kept_whole: HashSet<BString>,
    /// What is judged is all that the branch makes of a path, not a step.
    is_net: bool,
    known: Known,
}

impl<'a> Gathering<'a> {
    pub fn new(
        ground: &'a Ground<'a>,
        task: &'a Task,
        history: &'a History<'a>,
        old_tree_id: ObjectId,
    ) -> Gathering<'a> {
        let known = Known::default();
        Gathering {
            ground,
            task,
            history,
            old_tree_id,
            result_tree_id: None,
            kept_whole: HashSet::new(),
            is_net: false,
            known,
        }
    }

    /// The commit exists, with this tree.
    pub fn result(&mut self, tree_id: ObjectId) {
        self.result_tree_id = Some(tree_id);
    }

    /// The change is what became of a path since the branch inherited it.
    pub fn net(&mut self) {
        self.is_net = true;
    }

    /// Whether the commit exists.
    pub fn is_made(&self) -> bool {
        self.result_tree_id.is_some()
    }

    pub fn known(self) -> Known {
        self.known
    }

    /// The encoding that git declares the message to be in, if any.
    pub fn encoding(&mut self, encoding: Option<BString>) {
        self.known.encoding = encoding;
    }

    /// The paths at which what is merged is the task's own work.
    pub fn own_paths(&mut self, paths: HashSet<BString>) {
        self.known.own = paths;
    }

    /// What the path rules need to know of a change.
    pub fn change(&mut self, change: &[PathChange]) -> Result<()> {
        for one in change {
            self.path(one)?;
            if one.old != one.new && one.new.is_some_and(|new| new.kind == Kind::Symlink) {
                let links = links::from(self.trees(), change, one.path.as_bstr())?;
                self.known.links.extend(links);
            }
        }
        self.collisions(change)
    }

    /// What the path rules need to know of a change whose content is not there yet.
    pub fn name(&mut self, change: &PathChange) -> Result<()> {
        if paths::entry_for(self.task, change.path.as_bstr())
            .is_ok_and(|entry| entry.access == Access::Create)
        {
            self.look_in_base(change.path.as_bstr())?;
        }
        self.collisions(std::slice::from_ref(change))
    }

    /// What the path rules need to know of a merge: of the paths that are nobody's, and of all that
    /// another clone of the own branch brings.
    pub fn merge(&mut self, merged: &[SidePath], sides: &[Side]) -> Result<()> {
        let all_own = sides.iter().any(|side| side.of == SideOf::Own);
        let mut change = Vec::new();
        for path in merged {
            let own = all_own || self.known.own.contains(&path.path);
            if !own {
                self.brought(path)?;
            }
            change.extend(path.judged_change(own));
        }
        self.change(&change)?;
        if all_own { Ok(()) } else { self.namesakes(merged, sides) }
    }

    /// What the path rules need to know of a path of a merge at which others' work may be brought.
    fn brought(&mut self, path: &SidePath) -> Result<()> {
        let is_append = self.is_append(path.path.as_bstr());
        if is_append
            && path.overridden().is_some()
            && let Some(lost) = self.lines().lost(path)?
        {
            self.known.lines.insert(path.path.clone(), lost);
        }
        if path.judged_change(false).is_some() {
            if is_append && self.lines().are_kept(path)? {
                self.kept_whole.insert(path.path.clone());
            }
            self.brought_file(path)?;
        }
        Ok(())
    }

    /// The files of the task's own whose names a merge makes collide with what it brings.
    fn namesakes(&mut self, merged: &[SidePath], sides: &[Side]) -> Result<()> {
        let Gathering { ground, task, history, .. } = *self;
        let namesakes = Namesakes { ground, task, history, trees: self.trees(), merged, sides };
        self.known.met = namesakes.find(&self.known.collisions)?;
        Ok(())
    }

    /// Of a path under `access = "create"` that a merge decides and that one of its sides has brought:
    /// whether it is somebody else's.
    fn brought_file(&mut self, path: &SidePath) -> Result<()> {
        let entry = paths::entry_for(self.task, path.path.as_bstr());
        if !entry.is_ok_and(|entry| entry.access == Access::Create) {
            return Ok(());
        }
        let brought = path.theirs.iter().filter(|side| side.base.is_none() && side.entry != path.ours);
        for theirs in brought.filter_map(|side| side.entry) {
            match returned::proof(self.ground, self.task, path.path.as_bstr(), theirs)? {
                Proof::Merged => continue,
                Proof::Noted => _ = self.known.noted_own.insert(path.path.clone()),
                Proof::None => {}
            }
            self.known.in_base.insert(path.path.clone());
            self.known.inherited.insert(path.path.clone(), Some(theirs));
        }
        Ok(())
    }

    /// What the rules of time need to know before an own commit on `parent`.
    pub fn state(
        &mut self,
        parent: Option<ObjectId>,
        text: Option<&BStr>,
        change: &[PathChange],
    ) -> Result<()> {
        self.known.complete = self.history.complete(self.ground, self.task)?;
        let status = text.and_then(message::status);
        if matches!(status, Some(Prefix::Needs { .. })) {
            // Any task may be meant.
            self.ground.whole_plan()?;
        }
        let complete = status == Some(Prefix::Complete);
        // Once a commit is made, a need that was only advised is of interest where work ended.
        let made = self.is_made();
        if self.ground.plan.dependencies == DependencyMode::Strict || complete || !made {
            self.known.unmet = self.unmet(parent.as_slice())?;
        }
        if self.ground.plan.dependencies == DependencyMode::Advisory && !complete {
            let mut news = Vec::new();
            for unmet in std::mem::take(&mut self.known.unmet) {
                if !self.history.was_told(self.ground, self.task, &unmet)? {
                    news.push(unmet);
                }
            }
            self.known.unmet = news;
        }
        if !complete {
            return Ok(());
        }
        if text.is_some_and(|text| Body::parse(text).files_changed().is_some()) {
            let mut cumulative = self.history.own_paths(self.ground, self.task)?;
            cumulative.extend(change.iter().map(|one| one.path.clone()));
            self.known.cumulative = Some(cumulative.into_iter().collect());
        }
        let commands = &self.ground.plan.protocol.evidence;
        if !commands.is_empty() {
            let tree_id = match self.result_tree_id {
                Some(tree_id) => tree_id,
                None => self.ground.repo.pending_tree()?,
            };
            self.known.no_evidence = evidence::outstanding(commands, self.ground.journal()?, tree_id);
        }
        Ok(())
    }

    /// What the rules of time need to know before a merge of commits into the first of them in which a
    /// worker has put work of its own.
    pub fn state_of_merge(
        &mut self,
        parents: &[ObjectId],
        has_own_work: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let complete = self.history.complete(self.ground, self.task)?;
        let unmet = match self.ground.plan.dependencies {
            DependencyMode::Strict => self.unmet(parents)?,
            DependencyMode::Advisory | DependencyMode::None => Vec::new(),
        };
        if (complete.is_some() || !unmet.is_empty()) && has_own_work()? {
            self.known.complete = complete;
            self.known.unmet = unmet;
        }
        Ok(())
    }

    /// What a commit made here and now would leave out: changes to files that git knows, and new
    /// files of the scope. What lies untracked elsewhere could not be committed anyway.
    pub fn worktree(&mut self, repo: &Repository) -> Result<()> {
        let copied = &self.ground.plan.setup.copy;
        let counts = |one: &Uncommitted| {
            let is_ours = || paths::entry_for(self.task, one.path.as_bstr()).is_ok();
            !one.untracked || is_ours() && !copied.iter().any(|copy| one.path == copy.as_bytes())
        };
        let left_out = repo.left_out()?.into_iter().filter(counts);
        self.known.dirty = Some(left_out.map(|one| one.path).collect());
        Ok(())
    }

    fn path(&mut self, one: &PathChange) -> Result<()> {
        let path = one.path.as_bstr();
        let Ok(entry) = paths::entry_for(self.task, path) else { return self.inherit(path) };
        if paths::needs_excuse(one) {
            self.inherit(path)?;
        }
        match &entry.access {
            Access::Edit => {}
            Access::Create => self.look_for_others(one)?,
            Access::Append { lines } => {
                let change = match self.kept_whole.contains(&one.path) {
                    true => self.lines().between(one.old, one.new)?,
                    false => self.lines().changed(one, lines.as_deref())?,
                };
                self.known.lines.insert(one.path.clone(), change);
            }
        }
        Ok(())
    }

    /// What the branch has at a path from others.
    fn inherit(&mut self, path: &BStr) -> Result<()> {
        if !self.known.inherited.contains_key(path) {
            let inherited = self.history.inherited(self.ground, self.task, path)?;
            self.known.inherited.insert(path.to_owned(), inherited);
        }
        Ok(())
    }

    /// Whether a path under `access = "create"` is somebody else's: the run's base has it, or a base
    /// that moved or a merge brought it, and no commit of the task made it first.
    fn look_for_others(&mut self, one: &PathChange) -> Result<()> {
        let path = one.path.as_bstr();
        self.look_in_base(path)?;
        let is_in_base = self.known.in_base.contains(path);
        let is_own = || self.history.has_created(self.ground, self.task, path);
        if !is_in_base && (one.old.is_none() || is_own()?) {
            return Ok(());
        }
        self.inherit(path)?;
        let Some(Some(inherited)) = self.known.inherited.get(path).copied() else { return Ok(()) };
        let proof = match is_in_base {
            true => Proof::None,
            false => returned::proof(self.ground, self.task, path, inherited)?,
        };
        if proof != Proof::Merged {
            self.known.in_base.insert(path.to_owned());
        }
        if proof == Proof::Noted {
            self.known.noted_own.insert(path.to_owned());
        }
        Ok(())
    }

    fn look_in_base(&mut self, path: &BStr) -> Result<()> {
        let base = self.ground.repo.commit(self.ground.base_commit_id)?.tree_id;
        if self.ground.repo.tree_entry(base, path)?.is_some() {
            self.known.in_base.insert(path.to_owned());
        }
        Ok(())
    }

    /// Whether a change takes lines of others from a path under `access = "append"`.
    pub fn loses_lines(&self, one: &PathChange) -> Result<bool> {
        Ok(self.is_append(one.path.as_bstr()) && self.lines().missing(one)? > 0)
    }

    fn is_append(&self, path: &BStr) -> bool {
        let entry = paths::entry_for(self.task, path);
        entry.is_ok_and(|entry| matches!(entry.access, Access::Append { .. }))
    }

    fn lines(&self) -> Lines<'a> {
        let Gathering { ground, task, history, is_net, .. } = *self;
        Lines { ground, task, history, is_net }
    }

    /// Needs whose task is not complete, or not merged into what the commit builds on.
    fn unmet(&self, parents: &[ObjectId]) -> Result<Vec<Unmet>> {
        let mut unmet: Vec<Unmet> = Vec::new();
        if self.ground.plan.dependencies == DependencyMode::None {
            return Ok(unmet);
        }
        let any = |has: &dyn Fn(ObjectId) -> Result<bool>| -> Result<bool> {
            Ok(parents.iter().map(|parent| has(*parent)).collect::<Result<Vec<_>>>()?.contains(&true))
        };
        for need in &self.task.needs {
            let Some(provider) = self.ground.plan.task(&need.task) else { continue };
            let complete = self.ground.complete(provider)?;
            let lacks = if complete.is_some() { Lacks::Merge } else { Lacks::Completion };
            let is_merged = match complete {
                Some(complete) => any(&|parent| self.ground.repo.is_ancestor(complete, parent))?,
                None => false,
            };
            // That it is open again is told to whoever is about to commit, and held against nobody who has.
            let may_be_former = self.ground.plan.dependencies == DependencyMode::Strict
                && (lacks == Lacks::Merge || self.is_made());
            let is_former = |parent| former::is_built_on(self.ground, (self.task, provider), parent);
            if is_merged || may_be_former && any(&is_former)? {
                continue;
            }
            unmet.push(Unmet { task: need.task.clone(), item: need.item.clone(), lacks });
        }
        Ok(unmet)
    }

    fn collisions(&mut self, change: &[PathChange]) -> Result<()> {
        self.known.collisions = names::collisions(self.trees(), change)?;
        let collided: Vec<BString> = self.known.collisions.keys().cloned().collect();
        collided.iter().try_for_each(|path| self.inherit(path.as_bstr()))
    }

    fn trees(&self) -> Trees<'a> {
        let Gathering { old_tree_id, result_tree_id, .. } = *self;
        Trees { repo: self.ground.repo, old_tree_id, result_tree_id }
    }
}
