//! All integration tests, in one binary: real repositories, real worktrees, real hooks.

mod edge;
mod manual;
mod sandbox;
mod stories;
mod tidy;
