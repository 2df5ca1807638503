//! `pre-merge-commit`: refuses a merge of what is not the run's, or with a result that is nobody's.
//!
//! githooks(5): runs after a merge without conflicts, before its commit, without arguments; a
//! failure stops there, and `git merge --abort` or `git commit` go on. `MERGE_HEAD` is not there yet;
//! git names what it merges in variables called `GITHEAD_<commit>`. A fast-forward does not come here.

use anyhow::Result;
use gix_hash::ObjectId;
use orchestrate::cli::exit::Exit;
use orchestrate::cli::session::Session;

use crate::pre_commit;
use crate::worker::Worker;

/// Runs the hook.
pub fn run(worker: &Worker, session: &Session) -> Result<Exit> {
    pre_commit::check(worker, merged_commits(), session)
}

/// The commits that git is merging.
pub fn merged_commits() -> Vec<ObjectId> {
    let ids = std::env::vars_os().filter_map(|(name, _)| {
        let hex = name.to_str()?.strip_prefix("GITHEAD_")?.to_owned();
        ObjectId::from_hex(hex.as_bytes()).ok()
    });
    ids.collect()
}
