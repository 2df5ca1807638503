//! The verbs: each reads facts, asks the model, changes the repository and returns a value.
//!
//! One file per verb: `Options` in, `run(repo, &Options) -> Result<Outcome>`. An outcome holds no
//! text, and a refusal is an outcome, not an error. Verbs never call each other; what several of
//! them need is a noun of its own, listed first.

pub mod claim;
pub mod commit;
pub mod consent;
pub mod desk;
pub mod destination;
pub mod field;
pub mod merging;
pub mod overview;
pub mod plan_command;
pub mod plan_file;
pub mod proposal;
pub mod publication;
pub mod publish;
pub mod records;
pub mod replace;
pub mod report;
pub mod run;
pub mod setup;
pub mod shell;
pub mod site;
pub mod soundness;
pub mod standing;
pub mod traces;
pub mod turn;
pub mod verdict;

pub mod announce;
pub mod belongings;
pub mod blocked;
pub mod brief;
pub mod check;
pub mod checkpoint;
pub mod cleanup;
pub mod complete;
pub mod conflicts;
pub mod demo;
pub mod doctor;
pub mod fail;
pub mod integrate;
pub mod merge;
pub mod needs;
pub mod own_status;
pub mod plan;
pub mod push;
pub mod reindex;
pub mod reopen;
pub mod server;
pub mod start;
pub mod status;
pub mod verify;
