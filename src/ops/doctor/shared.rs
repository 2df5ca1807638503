//! What all worktrees share: settings, locks, and what killed commands left.

use anyhow::Result;

use crate::git::Repository;
use crate::git::hooks;
use crate::git::hooks::baseline::Baseline;
use crate::git::lock_files::LockFile;
use crate::git::plan_ref::RecordedPlan;
use crate::git::survey::Depth;
use crate::model::age::Age;
use crate::model::branch;
use crate::model::facts::Dropped;
use crate::model::health::repository::Unfinished;
use crate::model::health::{Defect, RepositoryDefect};
use crate::model::shell;
use crate::ops::traces::{self, Trace};
use crate::ops::{claim, merging};

/// Our programs hold the lock of a ref between two system calls.
const OWN_LOCK: u64 = 60;

/// git holds the lock of an index while an editor is open.
const ANY_LOCK: u64 = 600;

/// What is wrong with it. A part that cannot be looked at is named in `unknown`.
pub fn defects(
    repo: &Repository,
    runs: &[RecordedPlan],
    now: i64,
    is_equipped: bool,
    unknown: &mut Vec<String>,
) -> Result<Vec<Defect>> {
    let mut defects = Vec::new();
    match Baseline::read(repo) {
        Some(baseline) => match Baseline::of(repo).and_then(|now| baseline.drift(&now, repo)) {
            Ok(drift) => defects.extend(drift),
            Err(error) => unknown.push(format!("the settings that name commands: {error:#}")),
        },
        None if is_equipped => defects.push(RepositoryDefect::NoBaseline),
        None => {}
    }
    defects.extend(locks(repo, now).into_iter().map(|lock| RepositoryDefect::StaleLock {
        age: Age::between(lock.made, now),
        path: lock.path,
        is_ours: lock.is_ours,
    }));
    let prefixes = ["refs/orchestrate/", "refs/notes/orchestrate/", branch::PREFIX];
    let broken = prefixes.iter().flat_map(|prefix| repo.broken_refs(prefix));
    defects.extend(broken.map(|one| RepositoryDefect::BrokenRef {
        remedy: one.remedy(),
        path: one.path,
        name: one.name,
    }));
    defects.extend(hooks::leftovers(repo)?.into_iter().map(|path| RepositoryDefect::Leftover { path }));
    defects.extend(unfinished(repo, runs)?);
    for recorded in runs {
        if repo.earlier_plans(recorded.commit_id)?.is_empty() {
            continue;
        }
        match repo.survey(recorded, Depth::History) {
            Ok(facts) => {
                defects.extend(facts.dropped.iter().map(dropped));
                defects.extend(left_worktrees(repo, recorded, &facts.dropped)?);
            }
            Err(error) => unknown.push(format!("the branches of run {}: {error:#}", recorded.plan.run)),
        }
    }
    for recorded in runs.iter().filter(|_| is_equipped) {
        match missing(repo, recorded) {
            Ok(missing) => defects.extend(missing.into_iter().map(|trace| wanted(recorded, trace))),
            Err(error) => unknown.push(format!("the settings of run {}: {error:#}", recorded.plan.run)),
        }
    }
    Ok(defects.into_iter().map(Defect::from).collect())
}

fn dropped(one: &Dropped) -> RepositoryDefect {
    let finding = one.finding();
    RepositoryDefect::DroppedTask { what: finding.to_string(), remedy: finding.hint() }
}

/// The worktrees of tasks that the plan has no more; not those of work that is named already.
fn left_worktrees(
    repo: &Repository,
    recorded: &RecordedPlan,
    named: &[Dropped],
) -> Result<Vec<RepositoryDefect>> {
    let mut found = Vec::new();
    for worktree in repo.worktrees()?.into_iter().filter(|one| one.present) {
        let Some(task) = hooks::own_task(&worktree, &recorded.plan.run) else { continue };
        let is_planned = recorded.plan.tasks.iter().any(|one| one.name.as_str() == task);
        let is_named = named.iter().any(|one| one.worktree.as_ref() == Some(&worktree.path));
        if is_planned || is_named {
            continue;
        }
        let path = shell::path(&worktree.path);
        found.push(RepositoryDefect::DroppedTask {
            what: format!("{task} is not in the plan any more, and its worktree is left: {path}"),
            remedy: format!("git worktree unlock {path}; git worktree remove {path}"),
        });
    }
    Ok(found)
}

/// The locks that nobody seems to hold.
pub fn locks(repo: &Repository, now: i64) -> Vec<LockFile> {
    let limit = |lock: &LockFile| if lock.is_ours { OWN_LOCK } else { ANY_LOCK };
    let is_stale = |lock: &LockFile| Age::between(lock.made, now).seconds >= limit(lock);
    repo.lock_files().into_iter().filter(is_stale).collect()
}

/// The lines and values that `start` leaves for a run and that are not there.
pub fn missing(repo: &Repository, recorded: &RecordedPlan) -> Result<Vec<Trace>> {
    // A bare repository has no files to hide, and start does not work there.
    let Some(top) = repo.main_workdir() else { return Ok(Vec::new()) };
    let main = Repository::open(&top)?;
    let wanted = traces::wanted(&main, &recorded.plan, recorded.base_commit_id)?;
    traces::missing(&main, wanted)
}

fn wanted(recorded: &RecordedPlan, trace: Trace) -> RepositoryDefect {
    let run = recorded.plan.run.to_string();
    match trace {
        Trace::Config { key, value } => RepositoryDefect::MissingSetting { run, key, value },
        Trace::Exclude(line) => RepositoryDefect::MissingExclude { run, line },
    }
}

/// The marks of commands that do not run any more.
fn unfinished(repo: &Repository, runs: &[RecordedPlan]) -> Result<Vec<RepositoryDefect>> {
    let mut found = Vec::new();
    if claim::is_abandoned(repo, "start", "starting")? {
        found.push(RepositoryDefect::Unfinished(Unfinished::Start));
    }
    for recorded in runs {
        let mark = merging::mark(recorded);
        if !claim::is_abandoned(repo, &merging::lock_name(recorded), &mark)? {
            continue;
        }
        found.push(match repo.read_progress(&recorded.plan.run)? {
            Some(_) => RepositoryDefect::Unfinished(Unfinished::Integrate(recorded.plan.run.to_string())),
            None => RepositoryDefect::Leftover { path: claim::path(repo, &mark) },
        });
    }
    Ok(found)
}
