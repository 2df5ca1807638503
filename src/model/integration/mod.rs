//! Merging finished work: who goes first, what stands in the way, and what is left to do.
//!
//! Everything in here is decided from values: which tasks take part, in which order, what a
//! conflict consists of and whether a machine may resolve it. Whether two trees conflict at all is
//! git's decision and comes in from outside.

pub mod answers;
pub mod author;
pub mod bisect;
pub mod checklist;
pub mod clash;
pub mod commands;
pub mod comment;
pub mod conflict;
pub mod destination;
pub mod hunk;
pub mod in_the_way;
pub mod marker;
pub mod message;
pub mod order;
pub mod progress;
pub mod recorded;
pub mod resolution;
pub mod roster;
pub mod sequence;
pub mod trivial;
mod wave;
