//! The sites as they are: one look at refs, worktrees and journals.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;
use gix_hash::ObjectId;

use crate::git::Repository;
use crate::git::head::Head;
use crate::git::hooks::{self, RUN_KEY, TASK_KEY};
use crate::git::plan_ref::{Base, notes_ref};
use crate::git::refs::Target;
use crate::git::worktrees::{INITIALIZING, LinkedWorktree};
use crate::model::branch;
use crate::model::journal::{Entry, Event};
use crate::model::plan::{Plan, Task, cone};
use crate::model::site::{BranchState, Existing, Site, WorktreeState};
use crate::ops::run::{cleaned_up_at, current_branch, is_active, is_started};

/// The repository, seen from its main worktree, at one moment.
pub struct Ground<'repo> {
    /// Opened at the main worktree.
    pub main: &'repo Repository,
    /// The main worktree's top.
    pub top: PathBuf,
    base: &'repo Base,
    heads: Vec<(String, Target)>,
    linked: Vec<LinkedWorktree>,
    journal: Vec<Entry>,
}

impl<'repo> Ground<'repo> {
    /// Looks at a repository whose run begins at `base` and has this journal.
    pub fn survey(main: &'repo Repository, base: &'repo Base, journal: Vec<Entry>) -> Result<Ground<'repo>> {
        let top = main.workdir().unwrap_or_else(|| main.common_dir()).to_owned();
        let heads = main.refs_under("refs/heads/")?;
        Ok(Ground { main, top, base, heads, linked: main.worktrees()?, journal })
    }

    /// The site of a task. Whether its worktree has changes is only looked at if it is to go.
    pub fn site(&self, plan: &Plan, task: &Task, existing: Existing) -> Result<Site> {
        let branch = plan.layout.branch(&plan.run, task);
        let path = resolved(&self.top.join(plan.layout.worktree(&plan.run, task)));
        let mut worktree_state = self.worktree_state(plan, task, &branch, &path)?;
        if let (WorktreeState::Present { path, dirty, within, .. }, Existing::Recreate) =
            (&mut worktree_state, existing)
        {
            let there = Repository::open(path)?;
            let changed = there.dirty_or_hidden_paths(path)?;
            *dirty = there.operation().is_some() || !changed.is_empty();
            if let Some(linked) = self.main.worktree_at(path)? {
                *within = self.main.inner_repositories(&linked, &changed)?;
            }
        }
        let mut branch_state = self.branch_state(&branch::full(&branch))?;
        if branch_state == BranchState::Missing && is_started(&self.journal, &task.name) {
            branch_state = self.begun_elsewhere(plan, task, &branch)?;
        }
        if branch_state == BranchState::Missing {
            branch_state = self.finished_at(plan, task)?.map_or(branch_state, BranchState::Lost);
        }
        Ok(Site {
            branch_state,
            worktree_state,
            started: is_started(&self.journal, &task.name),
            task: task.name.clone(),
            branch,
            path,
        })
    }

    /// Where the branch was when a clean-up took it because its work was merged: while the run goes on,
    /// and for good once the base has it.
    fn finished_at(&self, plan: &Plan, task: &Task) -> Result<Option<ObjectId>> {
        let cleaned_up_at = cleaned_up_at(&self.journal, &task.name).filter(|tip| self.main.contains(*tip));
        let Some(tip) = cleaned_up_at else { return Ok(None) };
        let is_active = is_active(&self.journal);
        let is_step =
            |entry: &Entry| entry.event == Event::Integrated && entry.task.as_ref() == Some(&task.name);
        if is_active && self.journal.iter().any(is_step) {
            return Ok(Some(tip));
        }
        if self.main.is_ancestor(tip, self.base.commit_id)? {
            return Ok(None);
        }
        let integration = branch::full(&plan.layout.integration(&plan.run));
        let integration = Some(&integration).filter(|_| is_active);
        for trunk in [integration, self.base.ref_name.as_ref()].into_iter().flatten() {
            if let Some(trunk) = self.main.ref_commit(trunk)?
                && self.main.is_ancestor(tip, trunk)?
            {
                return Ok(Some(tip));
            }
        }
        Ok(None)
    }

    fn branch_state(&self, full_name: &str) -> Result<BranchState> {
        if let Some(target) = self.head(full_name) {
            return Ok(match target {
                Target::Symbolic(target) => BranchState::Symbolic(target.clone()),
                Target::Object(tip) if *tip == self.base.commit_id => BranchState::AtBase,
                Target::Object(tip) if self.main.is_ancestor(self.base.commit_id, *tip)? => {
                    BranchState::Ahead(*tip)
                }
                Target::Object(tip) => BranchState::OffBase(*tip),
            });
        }
        Ok(self
            .barring(full_name)
            .map_or(BranchState::Missing, |other| BranchState::Barred(other.to_owned())))
    }

    /// A branch that is not here although its task is started: another clone has pushed the work, or it
    /// is lost. What the remote has counts only where it has all that is recorded.
    fn begun_elsewhere(&self, plan: &Plan, task: &Task, branch: &str) -> Result<BranchState> {
        let recorded = self.main.newest_noted(&notes_ref(&plan.run, &task.name), self.base.commit_id)?;
        if let Some((from, tip)) = self.main.run_branch(branch)
            && tip != self.base.commit_id
            && self.main.is_ancestor(recorded.unwrap_or(self.base.commit_id), tip)?
        {
            return Ok(BranchState::Fetched { tip, from });
        }
        Ok(recorded.map_or(BranchState::Missing, BranchState::Lost))
    }

    /// Whether there is a branch of this full name.
    pub fn has_branch(&self, full_name: &str) -> bool {
        self.head(full_name).is_some()
    }

    /// Whether there is a branch of this full name that is not where every task begins.
    pub fn has_work(&self, full_name: &str) -> bool {
        self.head(full_name).is_some_and(|target| *target != Target::Object(self.base.commit_id))
    }

    fn head(&self, full_name: &str) -> Option<&Target> {
        let place = self.heads.binary_search_by(|(name, _)| name.as_str().cmp(full_name)).ok()?;
        Some(&self.heads[place].1)
    }

    /// The branch beside which git cannot have one of this full name, by its short name.
    pub fn barring(&self, full_name: &str) -> Option<&str> {
        let below =
            |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('/'));
        let mut names = self.heads.iter().map(|(name, _)| name.as_str());
        names.find(|name| below(name, full_name) || below(full_name, name)).map(branch::short)
    }

    fn worktree_state(&self, plan: &Plan, task: &Task, branch: &str, path: &Path) -> Result<WorktreeState> {
        if let Some(linked) = self.linked.iter().find(|linked| linked.path == path) {
            return self.registered(plan, task, branch, linked);
        }
        if let Some(linked) = self.linked.iter().find(|linked| is_on(linked.branch.as_deref(), branch)) {
            return match Repository::open(&linked.path) {
                Ok(there) if belongs(&there, plan, task) => self.registered(plan, task, branch, linked),
                _ => Ok(WorktreeState::Elsewhere(linked.path.clone())),
            };
        }
        if matches!(self.main.head()?, Head::Branch { name, .. } if is_on(Some(&name), branch)) {
            return Ok(WorktreeState::Elsewhere(self.top.clone()));
        }
        self.unregistered(path)
    }

    /// What is at a path where git knows of no worktree.
    fn unregistered(&self, path: &Path) -> Result<WorktreeState> {
        let admins = self.main.incomplete_records(path)?;
        Ok(match () {
            () if is_free(path) && admins.is_empty() => WorktreeState::Missing,
            () if is_free(path) || self.is_stub(path, &admins) => WorktreeState::Remains { admins },
            () => WorktreeState::Occupied,
        })
    }

    /// A directory with nothing in it but a `.git` file that git never finished, or that leads to
    /// what is left of a record of this repository.
    fn is_stub(&self, path: &Path, admins: &[PathBuf]) -> bool {
        let names: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
        let [only] = names.as_slice() else { return false };
        if only.file_name() != ".git" || !only.file_type().is_ok_and(|kind| kind.is_file()) {
            return false;
        }
        let Ok(text) = fs::read_to_string(only.path()) else { return false };
        let records = self.main.common_dir().join("worktrees");
        let leads_to = text.trim().strip_prefix("gitdir: ").map(|target| resolved(Path::new(target)));
        leads_to.map_or_else(
            || text.trim().is_empty(),
            |target| admins.contains(&target) || (!target.exists() && target.starts_with(resolved(&records))),
        )
    }

    fn registered(
        &self,
        plan: &Plan,
        task: &Task,
        branch: &str,
        linked: &LinkedWorktree,
    ) -> Result<WorktreeState> {
        let admin = || linked.git_dir.clone();
        if linked.lock.as_deref().map(str::trim) == Some(INITIALIZING) {
            return Ok(self.half_made(branch, linked));
        }
        if !linked.present {
            let gone = is_free(&linked.path);
            return Ok(if gone { WorktreeState::Gone { admin: admin() } } else { WorktreeState::Occupied });
        }
        let there = Repository::open(&linked.path)?;
        let found = current_branch(&there)?;
        let on_branch = found.as_deref() == Some(branch);
        let other = || found.clone().unwrap_or_else(|| "a detached HEAD".into());
        Ok(WorktreeState::Present {
            path: linked.path.clone(),
            other_branch: (!on_branch).then(other),
            dirty: false,
            within: Vec::new(),
            lacks: cone::lacking(plan, task, &there.held()?),
            equipped: linked.lock.is_some()
                && belongs(&there, plan, task)
                && hooks::is_up_to_date(self.main, linked, plan)?,
        })
    }

    fn half_made(&self, branch: &str, linked: &LinkedWorktree) -> WorktreeState {
        let admin = linked.git_dir.clone();
        if is_on(linked.branch.as_deref(), branch) {
            return WorktreeState::HalfMade { admin };
        }
        let admins = vec![admin];
        if is_free(&linked.path) || self.is_stub(&linked.path, &admins) {
            return WorktreeState::Remains { admins };
        }
        WorktreeState::Occupied
    }
}

/// `path` with the links in its existing part followed, as git records worktrees.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(path) {
        return path;
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => path.to_owned(),
    }
}

/// Nothing is at the path, or an empty directory.
fn is_free(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        Ok(metadata) if metadata.is_dir() => fs::read_dir(path).is_ok_and(|mut names| names.next().is_none()),
        Ok(_) => false,
    }
}

fn belongs(there: &Repository, plan: &Plan, task: &Task) -> bool {
    there.config(RUN_KEY).as_deref() == Some(plan.run.as_str())
        && there.config(TASK_KEY).as_deref() == Some(task.name.as_str())
}

fn is_on(full_name: Option<&str>, branch: &str) -> bool {
    full_name.is_some_and(|name| branch::short(name) == branch)
}
