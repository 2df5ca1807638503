//! What we talk about: names, plans, changes, messages, judgements, states.
//!
//! Everything here is pure. Nothing reads a file, a clock, the environment or a repository; what a
//! computation needs from outside it gets as a value, and time as a parameter.

pub mod age;
pub mod agent;
pub mod ancestry;
pub mod attribution;
pub mod branch;
pub mod brief;
pub mod change;
pub mod cleanup;
pub mod contact;
pub mod draft;
pub mod drift;
pub mod evidence;
pub mod facts;
pub mod few;
pub mod finding;
pub mod footprint;
pub mod guard;
pub mod health;
pub mod hint;
pub mod holder;
pub mod hook_input;
pub mod ids;
pub mod inner;
pub mod integration;
pub mod journal;
pub mod judge;
pub mod layout;
pub mod lock_reason;
pub mod matrix;
pub mod meeting;
pub mod message;
pub mod name;
pub mod origin;
pub mod overlap;
pub mod pattern;
pub mod plan;
pub mod port;
pub mod portable;
pub mod push;
pub mod record;
pub mod ref_role;
pub mod ref_text;
pub mod report;
pub mod schedule;
pub mod scope;
pub mod selection;
pub mod shell;
pub mod site;
pub mod status;
