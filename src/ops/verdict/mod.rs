//! The findings on a commit that is being made, on one that was made, and on a whole branch.
//!
//! Every layer asks here: hooks, `check`, `verify`, `status`, `integrate`. This gathers what the
//! [judge](crate::model::judge) must know besides the change, from the repository, and only for the
//! paths and rules at hand; a rule that nothing touches costs nothing. Whoever asks decides what to
//! do with the findings.

mod branch;
mod claimed;
mod clean;
mod commit;
mod copied;
mod foreign;
mod forks;
mod former;
mod gather;
mod ground;
mod history;
mod inheritance;
mod intention;
mod line;
mod lines;
mod links;
mod merged;
mod names;
mod namesakes;
mod own_side;
mod owner;
mod past;
mod place;
mod returned;
mod rewound;
mod staged;
mod undone;

pub use crate::model::judge::identity::Place;
pub use branch::{of_all, of_all_kept, of_branch, of_branches, own_chain};
pub use commit::{of_commits, of_lone_commit};
pub use intention::{PutBack, of_intention, of_path, put_back};
pub use names::collisions_of_merge;
pub use place::{of_place, place};
pub use staged::{Attempt, HeadBecomes, of_message, of_staged};
