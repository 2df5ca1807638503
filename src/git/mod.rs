//! The repository: the only room that knows gix, and the few calls that need the git program.
//!
//! gix reads and writes objects, refs, notes and configuration; the git program does what touches
//! the files of a worktree or the network. Nothing in here judges, and nothing prints.

pub mod repository;

pub mod config;
pub mod head;
pub mod lock;
pub mod objects;
pub mod overrides;
pub mod program;
pub mod refs;

pub use repository::Repository;
