//! Building a site: its steps in order, and all of them undone if one fails (S3-14).
//!
//! Each step leaves a state that the next start understands, so a process that is killed anywhere
//! in here loses nothing; a step that fails takes back what this call made, and only that. No
//! directory is ever removed with files in it that git did not write.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use bstr::BString;
use fs_err as fs;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::copied_checkout::Original;
use crate::git::hooks::{self, TaskIdentity, probe};
use crate::git::refs::Moved;
use crate::git::worktrees::{Force, INITIALIZING, LinkedWorktree};
use crate::model::branch;
use crate::model::cleanup::Also;
use crate::model::facts::HooksState;
use crate::model::lock_reason;
use crate::model::plan::cone::{self, Wider};
use crate::model::plan::{Plan, Task};
use crate::model::site::{Site, Step, WorktreeState};
use crate::ops::{belongings, setup};

/// One site to be built.
pub struct Builder<'a> {
    /// Opened at the main worktree.
    pub main: &'a Repository,
    /// The run's plan.
    pub plan: &'a Plan,
    /// The commit that new branches begin at.
    pub base: ObjectId,
    /// The task.
    pub task: &'a Task,
    /// Its site as it was found.
    pub site: &'a Site,
    /// What new checkouts of the same commit are copied from.
    pub pattern: &'a Pattern,
}

/// The checkout that others are copied from, once there is one; several builders share it.
#[derive(Debug, Default)]
pub struct Pattern(Mutex<Option<Arc<Original>>>);

impl Pattern {
    fn of(&self, commit_id: ObjectId) -> Option<Arc<Original>> {
        let original = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        original.filter(|original| original.is_of(commit_id))
    }

    fn becomes(&self, original: Option<Original>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = original.map(Arc::new);
    }
}

/// What became of a site.
#[derive(Debug, Default)]
pub struct Built {
    /// Where the old tip of a recreated branch is kept.
    pub backup: Option<String>,
    /// What only its worktree knew of, and where that is kept.
    pub also: Vec<Also>,
    /// What the set-up did.
    pub setup: Vec<setup::Done>,
    /// Why the hooks do not run there, although they are installed.
    pub disarmed: Option<String>,
    /// Why a step failed; what this call had made is undone then.
    pub failure: Option<anyhow::Error>,
    /// Why something of that could not be undone; the next start sees to it.
    pub leftover: Option<anyhow::Error>,
}

/// What takes a step back.
enum Undo {
    DeleteBranch(ObjectId),
    RestoreBranch(ObjectId),
    RemoveWorktree,
}

impl Builder<'_> {
    /// Does the steps.
    pub fn build(&self, steps: &[Step]) -> Built {
        let mut built = Built::default();
        let mut undo = Vec::new();
        for step in steps {
            if let Err(error) = self.step(step, &mut built, &mut undo) {
                built.failure = Some(error);
                built.leftover = self.take_back(undo);
                return built;
            }
        }
        built
    }

    fn step(&self, step: &Step, built: &mut Built, undo: &mut Vec<Undo>) -> Result<()> {
        match step {
            Step::Clear { admins } => self.clear(admins),
            Step::Finish { admin } => self.finish(admin),
            Step::RemoveWorktree(path) => self.remove(path, built),
            Step::Backup(tip) => {
                built.backup = Some(self.main.keep_backup(&self.plan.run, self.task.name.as_str(), *tip)?);
                Ok(())
            }
            Step::DeleteBranch(tip) => {
                let moved = self.main.delete_ref(&self.ref_name(), *tip)?;
                undo.push(Undo::RestoreBranch(*tip));
                self.must_be_done(moved)
            }
            Step::CreateBranch => self.create_branch(self.base, undo),
            Step::TakeBranch(tip) => self.create_branch(*tip, undo),
            Step::AddWorktree => {
                undo.push(Undo::RemoveWorktree);
                self.add()
            }
            Step::Restore { admin } => self.main.restore_worktree(&self.site.path, admin),
            Step::Widen(Wider::Directories(lacking)) => self.widen(Some(lacking)),
            Step::Widen(Wider::Everything) => self.widen(None),
            Step::Equip => {
                built.disarmed = self.equip()?;
                Ok(())
            }
            Step::SetUp => {
                let has_commands = !self.plan.setup.run.is_empty();
                if has_commands {
                    // One of them may install the hooks of the project.
                    hooks::rest(self.main, &self.linked()?)?;
                }
                built.setup = setup::run(&self.plan.setup, self.task, self.top(), &self.site.path);
                if has_commands {
                    built.disarmed = self.equip()?;
                }
                Ok(())
            }
        }
    }

    fn create_branch(&self, tip: ObjectId, undo: &mut Vec<Undo>) -> Result<()> {
        let why = format!("orchestrate: start {}", self.plan.run);
        let moved = self.main.move_ref(&self.ref_name(), None, tip, &why)?;
        self.must_be_done(moved)?;
        undo.push(Undo::DeleteBranch(tip));
        Ok(())
    }

    fn add(&self) -> Result<()> {
        if let Some(parent) = self.site.path.parent() {
            fs::create_dir_all(parent)?;
        }
        let (path, branch) = (&self.site.path, self.ref_name());
        let tip = self.main.ref_commit(&branch)?.with_context(|| format!("there is no {branch}"))?;
        match self.pattern.of(tip) {
            _ if cone::of(self.plan, self.task).is_some() => self.add_sparse(&branch, tip),
            _ if self.lacking()?.is_some() => {
                self.main.add_worktree(path, &branch)?;
                self.widen_new()
            }
            Some(original) => self.main.copy_worktree(&original, path, &branch),
            None => {
                self.main.add_worktree(path, &branch)?;
                self.pattern.becomes(self.main.original(path, tip)?);
                Ok(())
            }
        }
        .with_context(|| format!("cannot make the worktree {}", path.display()))
    }

    /// Killed in between, it is finished as any other.
    fn add_sparse(&self, branch: &str, tip: ObjectId) -> Result<()> {
        self.main.add_bare_worktree(&self.site.path, branch)?;
        self.fill(&self.site.path)?;
        self.main.tell_checked_out(&self.site.path, tip)
    }

    /// Writes the files that the plan wants there.
    fn fill(&self, path: &Path) -> Result<()> {
        let cone = cone::of(self.plan, self.task);
        if cone.is_some() {
            hooks::separate_config(self.main)?;
        }
        self.main.fill_worktree(path, cone.as_deref())?;
        self.widen_new()
    }

    /// Brings the task's files where git has made the worktree as sparse as the main one.
    fn widen_new(&self) -> Result<()> {
        match self.lacking()? {
            None => Ok(()),
            Some(Wider::Directories(lacking)) => self.widen(Some(&lacking)),
            Some(Wider::Everything) => self.widen(None),
        }
    }

    fn lacking(&self) -> Result<Option<Wider>> {
        Ok(cone::lacking_in_new(self.plan, self.task, &self.main.held()?))
    }

    fn widen(&self, lacking: Option<&[BString]>) -> Result<()> {
        let widened = self.main.widen_worktree(self.place(), lacking);
        widened.with_context(|| format!("cannot check out more in {}", self.place().display()))
    }

    /// Nothing was checked out, so the directory holds at most the `.git` file that git wrote.
    fn clear(&self, admins: &[PathBuf]) -> Result<()> {
        let link = self.site.path.join(".git");
        if fs::symlink_metadata(&link).is_ok_and(|metadata| metadata.is_file()) {
            fs::remove_file(link)?;
        }
        if self.site.path.exists() {
            fs::remove_dir(&self.site.path)?;
        }
        admins.iter().try_for_each(|admin| self.main.delete_record(admin))
    }

    /// Nobody works there yet, so every lock is that of the git that was interrupted.
    fn finish(&self, admin: &Path) -> Result<()> {
        for directory in [admin.to_owned(), admin.join("info")].iter().filter(|one| one.is_dir()) {
            for entry in fs::read_dir(directory)? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "lock") {
                    fs::remove_file(path)?;
                }
            }
        }
        self.main.point_back(&self.site.path, admin)?;
        self.fill(&self.site.path)?;
        self.main.unlock_worktree(&self.site.path)
    }

    fn remove(&self, path: &Path, built: &mut Built) -> Result<()> {
        let found = self.main.worktree_at(path)?;
        let found = found.with_context(|| format!("git does not list the worktree {}", path.display()))?;
        let task = self.task.name.as_str();
        built.also = belongings::keep(self.main, &self.plan.run, task, &found.git_dir)?;
        // Of a worktree with submodules git takes none, even where nothing is in them.
        let force =
            if self.main.has_submodules(&found)? { Force::DiscardChanges } else { Force::KeepChanges };
        self.main.unlock_worktree(path)?;
        let removed = self.main.remove_worktree(path, force);
        if let (Err(_), Some(reason)) = (&removed, &found.lock) {
            self.main.lock_worktree(path, reason)?;
        }
        removed
    }

    /// Installs the hooks, which tells the worktree its task, proves that they run, and locks it, unless
    /// a person has.
    /// Returns why they do not run, if they do not: verification finds what they would have stopped.
    fn equip(&self) -> Result<Option<String>> {
        let (path, linked) = (self.place(), self.linked()?);
        let identity = TaskIdentity { run: self.plan.run.clone(), task: self.task.name.clone() };
        hooks::arm(self.main, &linked, &identity, &hooks::find_program()?)
            .with_context(|| format!("cannot install the hooks of {}", self.task.name))?;
        if linked.foreign_lock().is_none() {
            self.main.lock_worktree(path, &lock_reason::of(&self.task.name, &self.plan.run))?;
        }
        Ok(match probe::probe(self.main, &linked)? {
            HooksState::Effective => None,
            HooksState::Broken(why) => Some(why),
        })
    }

    fn linked(&self) -> Result<LinkedWorktree> {
        let path = self.place();
        let found = self.main.worktree_at(path)?;
        found.with_context(|| format!("git does not list the worktree {}", path.display()))
    }

    /// Undoes the steps of this call, newest first; why the first of them could not be undone.
    fn take_back(&self, undo: Vec<Undo>) -> Option<anyhow::Error> {
        let mut why = None;
        for undo in undo.into_iter().rev() {
            why = why.or(self.undo(undo).err());
        }
        why
    }

    fn undo(&self, undo: Undo) -> Result<()> {
        match undo {
            Undo::DeleteBranch(tip) => self.main.delete_ref(&self.ref_name(), tip).map(drop),
            Undo::RestoreBranch(tip) => {
                let why = "orchestrate: take back an unfinished start";
                self.main.move_ref(&self.ref_name(), None, tip, why).map(drop)
            }
            Undo::RemoveWorktree => {
                let linked = self.main.worktree_at(&self.site.path)?;
                match linked.map(|linked| linked.lock) {
                    None => return Ok(()),
                    Some(lock) if lock.as_deref() == Some(INITIALIZING) => {
                        return self.main.remove_unfinished(&self.site.path);
                    }
                    Some(_) => self.main.unlock_worktree(&self.site.path)?,
                }
                self.main.remove_worktree(&self.site.path, Force::DiscardChanges)
            }
        }
    }

    fn must_be_done(&self, moved: Moved) -> Result<()> {
        match moved {
            Moved::Done => Ok(()),
            Moved::Lost { .. } => {
                bail!("branch {} was moved by another process; nothing of it was changed", self.site.branch)
            }
        }
    }

    fn place(&self) -> &Path {
        match &self.site.worktree_state {
            WorktreeState::Present { path, .. } => path,
            _ => &self.site.path,
        }
    }

    fn ref_name(&self) -> String {
        branch::full(&self.site.branch)
    }

    fn top(&self) -> &Path {
        self.main.workdir().unwrap_or_else(|| self.main.common_dir())
    }
}
