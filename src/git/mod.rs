//! The repository: the only room that knows gix, and the few calls that need the git program.
//!
//! gix reads and writes objects, refs, notes and configuration; the git program does what touches
//! the files of a worktree or the network. Nothing in here judges, and nothing prints.

pub mod repository;

pub mod chain;
pub mod config;
pub mod config_edit;
pub mod copied_checkout;
mod delta_bases;
pub mod diff;
pub mod head;
mod held_objects;
mod identity;
pub mod index;
pub mod index_before;
mod index_file;
mod index_stat;
mod kept;
pub mod line_counts;
pub mod lock;
pub mod lock_files;
pub mod lock_holders;
pub mod notes;
pub mod objects;
pub mod overrides;
mod painting;
pub mod program;
pub mod reflog;
pub mod refs;
mod vanished;
pub mod walk;
pub mod worktrees;

pub mod advance;
mod attributes;
pub mod authority;
pub mod automatic;
pub mod backup;
pub mod belongings;
pub mod blame;
pub mod broken_refs;
pub mod cache;
pub mod clean_room;
pub mod foresight;
pub mod former_tasks;
pub mod forwarding;
pub mod hooks;
pub mod inner;
pub mod journal;
pub mod late_room;
pub mod likeness;
pub mod meetings;
pub mod merges;
pub mod patches;
pub mod pending;
pub mod places;
mod plain_text;
pub mod plan_ref;
pub mod progress;
pub mod quarantine;
pub mod registration;
pub mod remote;
pub mod removal;
mod safe_directory;
pub mod scratch;
mod shape;
mod sharing;
pub mod snapshot;
pub mod soundness;
pub mod sparse;
pub mod survey;
pub mod tracked;
pub mod uncommitted;
pub mod view;
pub mod workbench;

pub use repository::Repository;
