//! Whose work does not merge with whose, as far as it is done: what a status says of it.

use bstr::BString;

use crate::model::matrix::{Pair, Side, Whose};
use crate::model::meeting::Meeting;
use crate::model::status::RunStatus;
use crate::model::status::flag::Flag;
use crate::model::status::issue::{Issue, Kind};

/// Whose work a task's does not merge with, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rival {
    /// Whose.
    pub of: Whose,
    /// The paths that a person has to decide about; never empty.
    pub paths: Vec<BString>,
}

impl RunStatus {
    /// Adds what is known of how pairs of `sides` merge: a flag to each task that conflicts with
    /// something, and one issue for each task with all that come after it.
    pub fn add_meetings(&mut self, sides: &[Side], pairs: &[Pair]) {
        for pair in pairs {
            if let Meeting::Unknown(why) = &pair.meeting {
                let (one, other) = (sides[pair.one].of.short(), sides[pair.other].of.short());
                self.unknown.push(format!("whether {one} and {other} conflict: {why}"));
            }
        }
        for task in &mut self.tasks {
            let is_own = |place: usize| matches!(&sides[place].of, Whose::Task(name) if *name == task.name);
            let (mut rivals, mut later) = (Vec::new(), Vec::new());
            for pair in pairs.iter().filter(|pair| pair.meeting.is_conflict()) {
                if is_own(pair.one) {
                    later.push(rival(&sides[pair.other], &pair.meeting));
                } else if is_own(pair.other) {
                    rivals.push(rival(&sides[pair.one], &pair.meeting));
                }
            }
            if !later.is_empty() {
                self.issues.push(Issue { task: task.name.clone(), kind: Kind::Conflicts(later.clone()) });
            }
            rivals.extend(later);
            if !rivals.is_empty() {
                task.flags.push(Flag::Conflicts(rivals));
            }
        }
    }
}

fn rival(side: &Side, meeting: &Meeting) -> Rival {
    let paths = meeting.collisions().iter().flat_map(|one| &one.conflict.paths);
    let mut paths: Vec<BString> = paths.cloned().collect();
    paths.sort();
    paths.dedup();
    Rival { of: side.of.clone(), paths }
}
