//! All integration tests, in one binary: real repositories, real worktrees, real hooks.

mod agents;
mod armed;
mod cases;
mod chained;
mod check;
mod cleanup;
mod completion;
mod crowd;
mod edge;
mod effort;
mod git_room;
mod hooks;
mod hooks_installed;
mod integrate;
mod manual;
mod merges;
mod one_judge;
mod plan;
mod sandbox;
mod start;
mod status;
mod stories;
mod tidy;
mod verify;
mod worker;
