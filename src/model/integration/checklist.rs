//! The final checklist of an integration (S1-85): what the repository proves, and what it cannot.

/// The three boxes that are computed. The other three are [`TO_VERIFY`] and never ticked here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// Every task of the plan is an ancestor of the integration branch.
    pub all_merged: bool,
    /// No merge waits for a person.
    pub conflicts_resolved: bool,
    /// The integration branch exists.
    pub branch_created: bool,
    /// Its short name.
    pub branch: String,
}

/// What only a person can tick.
pub const TO_VERIFY: [&str; 3] = ["Tests pass", "Code review completed", "Integration tested end-to-end"];

impl Checklist {
    /// The computed boxes with their words, in order.
    pub fn computed(&self) -> [(bool, &'static str); 3] {
        [
            (self.all_merged, "All worker branches merged"),
            (self.conflicts_resolved, "All conflicts resolved"),
            (self.branch_created, "Integration branch created"),
        ]
    }
}
