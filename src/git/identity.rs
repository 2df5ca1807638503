//! Who writes, and when: the names in commits and reflogs.

use anyhow::{Context, Result};
use gix::actor::Signature;

use super::Repository;
use crate::model::hint;

/// The two who sign a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) enum Role {
    Author,
    Committer,
}

impl Repository {
    /// The configured identity, and the time of this moment unless git's environment sets one.
    pub(in crate::git) fn identity(&self, role: Role) -> Result<Signature> {
        let (configured, variable) = match role {
            Role::Author => (self.gix.author(), "GIT_AUTHOR_DATE"),
            Role::Committer => (self.gix.committer(), "GIT_COMMITTER_DATE"),
        };
        let Some(configured) = configured else {
            return Err(hint::error(
                "git does not know who you are",
                "git config --global user.name <name>, and user.email <address>",
            ));
        };
        let mut signature = Signature::from(configured.with_context(|| format!("{variable} is no date"))?);
        if std::env::var_os(variable).is_none() {
            // gix keeps the time at which the repository was opened, which may be long ago.
            signature.time = gix::date::Time::now_local_or_utc();
        }
        Ok(signature)
    }

    /// The committer for a reflog, which needs a name even where nobody has configured one.
    pub(in crate::git) fn reflog_identity(&self) -> Signature {
        self.identity(Role::Committer).unwrap_or_else(|_| Signature {
            name: "git-orchestrate".into(),
            email: "git-orchestrate@localhost".into(),
            time: gix::date::Time::now_local_or_utc(),
        })
    }
}
