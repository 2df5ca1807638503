//! The claim of an integration or a clean-up: they share branches, so only one runs at a time.

use std::path::Path;

use anyhow::Result;

use crate::git::Repository;
use crate::git::plan_ref::RecordedPlan;
use crate::model::holder::Holder;
use crate::ops::claim::{self, Claim};

/// The name of the kernel lock of a run.
pub fn lock_name(recorded: &RecordedPlan) -> String {
    format!("integrate-{}", recorded.plan.run)
}

/// The name of the mark of a call that is under way.
pub fn mark(recorded: &RecordedPlan) -> String {
    format!("integrating-{}", recorded.plan.run)
}

/// Clears up behind a call that was killed, and marks this one; or who is at work already. `others`
/// are further branches that it moves, by their full names.
pub fn claim(
    repo: &Repository,
    recorded: &RecordedPlan,
    others: &[String],
) -> Result<Result<Claim, Option<Holder>>> {
    let Some(lock) = repo.try_lock(&lock_name(recorded))? else {
        return Ok(Err(claim::holder(repo, &mark(recorded))));
    };
    let mut files = written(repo, recorded)?;
    files.extend_from_slice(others);
    Claim::take(repo, lock, &mark(recorded), &files).map(Ok)
}

/// Everything that such a call writes: all refs of the run, its branches, and the private worktree.
fn written(repo: &Repository, recorded: &RecordedPlan) -> Result<Vec<String>> {
    let plan = &recorded.plan;
    let branch = |name: String| format!("refs/heads/{name}");
    let mut files = vec!["config".to_owned(), "config.worktree".into(), "packed-refs".into()];
    files.extend(recorded.base_ref.clone());
    files.push(branch(plan.layout.integration(&plan.run)));
    files.extend(plan.tasks.iter().map(|task| branch(plan.layout.branch(&plan.run, task))));
    if let Some((_, progress)) = repo.read_progress(&plan.run)? {
        files.push(branch(progress.branch));
    }
    let worktrees = repo.worktrees()?;
    files.extend(worktrees.iter().map(|one| format!("worktrees/{}/config.worktree", one.name)));
    let bench = repo.workbench(&plan.run);
    let bench = worktrees.into_iter().find(|one| one.path == bench.path());
    files.extend(bench.iter().flat_map(|one| {
        ["HEAD", "ORIG_HEAD", "MERGE_HEAD", "index"].map(|file| format!("worktrees/{}/{file}", one.name))
    }));
    let forwarded = repo.forwarded_files()?;
    files.extend(forwarded.iter().map(|file| file.display().to_string()));
    files.extend(locked_below(repo.common_dir(), &format!("refs/orchestrate/{}", plan.run))?);
    Ok(files)
}

/// The files below `directory` beside which a lock lies.
fn locked_below(common: &Path, directory: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let path = common.join(directory);
    if !path.is_dir() {
        return Ok(files);
    }
    for entry in fs_err::read_dir(path)? {
        let entry = entry?;
        let name = format!("{directory}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            files.extend(locked_below(common, &name)?);
        } else {
            files.extend(name.strip_suffix(".lock").map(str::to_owned));
        }
    }
    Ok(files)
}
