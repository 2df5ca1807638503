//! Faults: our programs killed at any change that they make, and every such change failing.
//!
//! `fixtures/faults/strike.c` counts the system calls by which a command and all its descendants
//! change the file system, and strikes at one of them. Each [`scene::Scene`] is a command in a
//! repository; the command is struck at one call, then the next command of a person must come to the
//! same end as if nothing had been, with nothing lost.
//!
//! The suite strikes three calls of each scene in each way, always the same. All of them take hours:
//! `FAULTS=all cargo test --test suite faults:: -- --nocapture`; with `FAULTS=50` it is fifty calls of
//! each scene and way, with `FAULTS=@61` the sixty-first. Each line of the output says how many calls there are, how many were struck and
//! how the command ended.
#![cfg(target_os = "linux")]

/// One test for each scene, struck in the ways given.
macro_rules! each_scene {
    ($ways:expr) => {
        each_scene! { $ways;
            scenes: start, start_sparse, recreate, integrate_and_continue, integrate_and_abort, integrate_with_conflict, continue_resolved, integrate_with_replay, continue_with_replay, abort, land, cleanup, cleanup_squashed, cleanup_by_force, hooks_of_commit, checkpoint, hooks_of_amend, hooks_of_merge, hooks_of_rebase;
            benches: abort_resolved, generated, generated_and_abort;
            publishing: push, refused_push, worker_push, server, server_removed;
            upkeep: complete, refused_commit, guarded_commit, worker_merge, repair, accept, reindexed, plan_written;
        }
    };
    ($ways:expr; $($file:ident: $($scene:ident),+;)+) => {
        $($(
            #[test]
            fn $scene() {
                super::$file::$scene().play(&$ways);
            }
        )+)+
    };
}

mod benches;
mod disk;
mod killed;
mod mount;
mod publishing;
mod scene;
mod scenes;
mod stage;
mod strike;
mod upkeep;
