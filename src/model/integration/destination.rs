//! Where the finished work goes: the branch that the run was started from, as far as it is one.

use gix_hash::ObjectId;

use crate::model::shell;

/// Where an integration branch lands, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// What people call the base of the run.
    pub base: String,
    /// Short name of the integration branch.
    pub integration: String,
    /// What the base is.
    pub kind: Kind,
}

/// What the base of a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A branch that is here.
    Branch,
    /// A branch that is not here any more; it was at this commit when the run began.
    Gone(ObjectId),
    /// A branch of a remote.
    Remote {
        /// Such as `origin`.
        remote: String,
        /// Its short name there.
        branch: String,
    },
    /// A tag or a commit: no branch follows it.
    Fixed,
}

impl Destination {
    /// What to type.
    pub fn remedy(&self) -> String {
        let integration = shell::word(&self.integration);
        match &self.kind {
            Kind::Branch => "git orchestrate integrate --land".into(),
            Kind::Gone(id) => format!(
                "git branch {} {} && git orchestrate integrate --land",
                shell::word(&self.base),
                id.to_hex_with_len(10)
            ),
            Kind::Remote { remote, branch } => {
                format!("git push {} {integration}:{}", shell::word(remote), shell::word(branch))
            }
            Kind::Fixed => format!("git switch <branch> && git merge {integration}"),
        }
    }
}
