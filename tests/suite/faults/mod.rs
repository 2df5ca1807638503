//! Faults: our programs killed at any change that they make, and every such change failing.
//!
//! `fixtures/faults/strike.c` counts the system calls by which a command and all its descendants
//! change the file system, and strikes at one of them. Each [`scene::Scene`] is a command in a
//! repository; the command is struck at one call, then the next command of a person must come to the
//! same end as if nothing had been, with nothing lost.
//!
//! The suite strikes three calls of each scene in each way, always the same. All of them take hours:
//! `FAULTS=all cargo test --test suite faults:: -- --nocapture`; with `FAULTS=50` it is fifty calls of
//! each scene and way. Each line of the output says how many calls there are, how many were struck and
//! how the command ended.
#![cfg(target_os = "linux")]

mod disk;
mod killed;
mod mount;
mod scene;
mod scenes;
mod stage;
mod strike;
