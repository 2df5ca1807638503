//! The git room against git's own answers, on repositories that git has made.

mod cache;
mod chain;
mod config;
pub mod diff;
mod environment;
mod index;
mod notes;
mod objects;
mod refs;
mod repository;
mod walk;
mod worktrees;

use orchestrate::git::Repository;

use crate::sandbox::Sandbox;

/// The repository at `directory` below the sandbox's root, with an identity of its own: the room
/// runs in this process, whose environment is the developer's.
pub fn open(sandbox: &Sandbox, directory: &str) -> Repository {
    sandbox.git_in(directory, &["config", "user.name", "Ada Lovelace"]).ok();
    sandbox.git_in(directory, &["config", "user.email", "ada@example.org"]).ok();
    Repository::open(&sandbox.root.join(directory)).expect("git made this repository")
}

/// The one line that `git <args>` answers.
#[track_caller]
pub fn line(sandbox: &Sandbox, args: &[&str]) -> String {
    sandbox.git(args).ok().out.trim_end().to_owned()
}

/// The object id that `git rev-parse <revision>` answers.
#[track_caller]
pub fn id(sandbox: &Sandbox, revision: &str) -> gix_hash::ObjectId {
    let hex = line(sandbox, &["rev-parse", "--verify", revision]);
    gix_hash::ObjectId::from_hex(hex.as_bytes()).expect("git prints ids")
}

/// Panics unless git finds everything in order, strictly.
#[track_caller]
pub fn fsck(sandbox: &Sandbox) {
    let said = sandbox.git(&["fsck", "--strict", "--no-dangling", "--no-progress"]).ok();
    assert_eq!(said.out + &said.err, "", "what we write passes git fsck --strict");
}
