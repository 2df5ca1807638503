//! The sites of a run's tasks in a repository: finding them as they are, and building them.
//!
//! What follows from what was found is decided in [`crate::model::site`]; here it is only read and
//! done. Everything is seen from the main worktree, wherever the call was made.

pub mod build;
pub mod claim;
pub mod find;
