//! `git orchestrate server`: real pushes to a real bare repository that judges them.

mod attacks;
mod called;
mod cases;
mod forged;
mod installed;
mod landings;
mod plans;
mod rewritten;
mod served;
mod writers;
