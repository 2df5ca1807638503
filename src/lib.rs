//! git-orchestrate: several workers build one feature at once, each on its own branch in its own
//! git worktree, and the rules between them hold.
//!
//! # Bird's-eye view
//!
//! ```text
//! repository ─ git::survey ─▶ Facts ┐
//! plan text  ─ model::plan ─▶ Plan ─┴─ model::{judge, status, schedule, …} ─▶ values ─ render ─▶ text | markdown | json
//! effects, the only way back:   ops ─▶ git::{refs, notes, merges, worktrees} ─▶ repository
//! ```
//!
//! Reads happen once, at the start of a verb; computation sees values only; effects come last and
//! are few. Time enters as a parameter.
//!
//! # The rooms, and who may name whom
//!
//! | room | holds | may name |
//! |---|---|---|
//! | [`model`] | what we talk about; pure: no I/O, no clock, no environment | nothing above |
//! | [`git`] | the only room that knows gix, and the few calls that need the git program | `model` |
//! | [`ops`] | one file per verb: read facts, ask the model, change the repository, return a value | `git`, `model` |
//! | [`render`] | values to strings: text, Markdown, JSON; pure | `ops` (outcomes only), `model` |
//! | [`cli`] | the edge: arguments in, streams and exit code out; the only room that prints | all |
//!
//! The programs in `src/bin` and the hook program in `hooks/` stand on `cli` and may name every room.
//! `model` uses the value crates `gix-hash` (object ids) and `gix-glob` (git's wildmatch), never gix.
//! `tests/suite/tidy.rs` holds this table.
//!
//! # Invariants
//!
//! - Every answer is computed from the repository; no file beside it is believed.
//! - A ref moves only by compare-and-swap on its expected old value.
//! - Text that came from a repository reaches no stream unescaped, and no shell but for a plan's
//!   commands, each after a person accepted exactly it.
//! - A finding is data; only `render` and `Display` word it.

pub mod cli;
pub mod git;
pub mod model;
pub mod ops;
pub mod render;
