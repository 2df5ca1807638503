//! What the orchestrator's own journal answers for, of what stands on a shared branch.
//!
//! A merge that a person concluded, or a branch that one took over, looks like any other; only the
//! journal tells. Whether its word is to be trusted is for whoever asks.

use std::collections::{HashMap, HashSet};

use gix_hash::ObjectId;

use crate::model::journal::{Entry, Event};
use crate::model::name::TaskName;

/// The word in the journal for a commit that a person made while a step waited.
pub const CONCLUDED: &str = "concluded";
/// The word in the journal for a branch that a person went on with as it was.
pub const TAKEN_OVER: &str = "taken-over";
/// The word in the journal for a branch that went back to before a step.
pub const UNDONE: &str = "undone";

/// What the orchestrator's own journal answers for. Other writers' journals do not count.
#[derive(Default)]
pub struct Answers {
    /// Steps, each for itself.
    pub steps: HashSet<ObjectId>,
    /// Branches as a person took them over, each for all below it.
    pub taken_over: HashSet<ObjectId>,
    /// Whose step led to a commit.
    pub tasks: HashMap<ObjectId, TaskName>,
    /// Where an integration ended, and where one was undone to.
    ends: HashSet<ObjectId>,
}

impl Answers {
    /// Takes them from the entries of that journal.
    pub fn of(journal: impl IntoIterator<Item = Entry>) -> Answers {
        let mut answers = Answers::default();
        for entry in journal {
            let Some(id) = entry.commit_id else { continue };
            if let (Event::Integrated, Some(task)) = (&entry.event, &entry.task) {
                answers.tasks.insert(id, task.clone());
            }
            match &entry.event {
                Event::Integrated if entry.task.is_none() => answers.ends.insert(id),
                Event::Integrated => answers.steps.insert(id),
                Event::Other(word) if word == CONCLUDED => answers.steps.insert(id),
                Event::Other(word) if word == TAKEN_OVER => answers.taken_over.insert(id),
                Event::Other(word) if word == UNDONE => answers.ends.insert(id),
                _ => continue,
            };
        }
        answers
    }

    /// Every state of an integration branch that the journal names, those that were undone as well.
    pub fn states(&self) -> impl Iterator<Item = ObjectId> {
        [&self.steps, &self.taken_over, &self.ends].into_iter().flatten().copied()
    }

    /// Whether an integration made this state, or an undo went back to it. What a person took over need not be
    /// one.
    pub fn made(&self, tip: ObjectId) -> bool {
        self.steps.contains(&tip) || self.ends.contains(&tip)
    }

    /// Whether an integration left its branch at this commit, or a person took it over there.
    pub fn knows(&self, tip: ObjectId) -> bool {
        [&self.steps, &self.taken_over, &self.ends].into_iter().any(|known| known.contains(&tip))
    }
}
