//! Text for people at a terminal: aligned, short, coloured only where the caller says so.

pub mod check;
pub mod cleanup;
pub mod colour;
pub mod commit;
pub mod conflicts;
pub mod consent;
pub mod demo;
pub mod doctor;
pub mod github;
pub mod integrate;
pub mod matrix;
pub mod merge;
pub mod own_status;
pub mod plan;
pub mod push;
pub mod refusal;
pub mod reindex;
pub mod server;
pub mod start;
pub mod status;
pub mod table;
pub mod verify;
pub mod worker;
