//! `git orchestrate server`: real pushes to a real bare repository that judges them.

mod called;
mod cases;
mod forged;
mod installed;
mod landings;
mod plans;
mod rewritten;
mod served;
mod writers;
