//! `git orchestrate server`: real pushes to a real bare repository that judges them.

mod cases;
mod forged;
mod installed;
mod served;
