//! Which commands of plans a person has accepted on this machine.
//!
//! A plan arrives by file, mail or fetch, and its commands run as the person who starts it. So each
//! runs only after it was shown and accepted, word for word; another command, or the same one with
//! one more blank, has to be accepted again. Accepting is local: it never travels with the run.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use fs_err as fs;

use crate::git::repository::Repository;
use crate::model::plan::Plan;
use crate::ops::replace::replace;

/// The commands of a plan that would run on this machine and were not accepted yet, in its order.
pub fn outstanding(repo: &Repository, plan: &Plan) -> Result<Vec<String>> {
    let accepted = read(repo)?;
    let generated = plan.integrate.generated.iter().map(|one| &one.run);
    let commands = plan.setup.run.iter().chain(&plan.protocol.evidence).chain(generated);
    Ok(commands.filter(|command| !accepted.contains(*command)).cloned().collect())
}

/// Remembers that a person accepted these commands.
pub fn accept(repo: &Repository, commands: &[String]) -> Result<()> {
    if commands.is_empty() {
        return Ok(());
    }
    let mut accepted = read(repo)?;
    accepted.extend(commands.iter().cloned());
    let mut text = serde_json::to_string_pretty(&accepted).context("strings are JSON")?;
    text.push('\n');
    replace(&path(repo), text.as_bytes())
}

/// Unreadable means nothing was accepted: asking once more harms nobody.
fn read(repo: &Repository) -> Result<BTreeSet<String>> {
    match fs::read(path(repo)) {
        Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error.into()),
    }
}

fn path(repo: &Repository) -> PathBuf {
    repo.common_dir().join("orchestrate/accepted.json")
}
