//! Which remote a run travels by: the one that git itself would push this branch to.

use anyhow::Result;
use bstr::ByteSlice;

use crate::git::Repository;

/// The remote of this repository, if it has one: what the configuration names for pushes, else
/// `origin`, else the only one.
pub fn choose(repo: &Repository) -> Result<Option<String>> {
    let known = repo.git().args(["remote"]).output()?;
    let known: Vec<&str> = known.lines().filter_map(|line| line.to_str().ok()).collect();
    let named = repo.config("remote.pushDefault");
    let wanted = [named.as_deref(), Some("origin")].into_iter().flatten();
    let only = if let [only] = known[..] { Some(only) } else { None };
    Ok(wanted.chain(only).find(|name| known.contains(name)).map(str::to_owned))
}
