//! The main worktree: beside it the others are made, and a start leaves it as it is.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Checkout;
use crate::git::Repository;
use crate::git::head::{Head, Operation};
use crate::model::{branch, hint, shell};
use crate::ops::desk;

/// The repository seen from its main worktree, if that is in a state to start from.
pub fn open(repo: &Repository) -> Result<Repository> {
    let Some(top) = repo.main_workdir() else {
        return Err(hint::error(
            "this repository is bare, and worktrees are made beside a main worktree",
            "start from a clone that has one: git clone <this repository> <directory>",
        ));
    };
    let link = top.join(".git");
    if !link.exists() {
        let why = format!("{} has no .git: only core.worktree leads there", top.display());
        let (git_dir, link) = (shell::path(repo.common_dir()), shell::path(&link));
        return Err(hint::error(why, format!("printf 'gitdir: %s\\n' {git_dir} > {link}")));
    }
    let main = Repository::open(&top)?;
    if main.common_dir().to_str().is_none() {
        return Err(hint::error(
            format!("{} is not UTF-8, so git's configuration cannot name the hooks in there", top.display()),
            "move the repository to a directory with another name",
        ));
    }
    if let Head::Branch { tip: None, .. } = main.head()? {
        return Err(hint::error("there is no commit yet that tasks could begin at", "make a first commit"));
    }
    match main.operation() {
        None | Some(Operation::Bisect) => Ok(main),
        Some(operation) => {
            let (name, remedy) = desk::describe(&operation);
            Err(hint::error(format!("{name} is in progress in the main worktree {}", top.display()), remedy))
        }
    }
}

/// What is checked out there.
pub fn checkout(main: &Repository, path: PathBuf) -> Result<Checkout> {
    let held = main.held()?;
    Ok(match main.head()? {
        Head::Branch { name, tip } => {
            let branch = Some(branch::short(&name).to_owned());
            Checkout { path, branch, tip: tip.context("the main worktree has a commit")?, held }
        }
        Head::Detached(tip) => Checkout { path, branch: None, tip, held },
    })
}
