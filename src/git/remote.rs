//! The remote that runs travel by.

use gix_hash::ObjectId;

use super::Repository;

/// What the full names of all branches of remotes begin with.
const BRANCHES: &str = "refs/remotes/";

impl Repository {
    /// The remote that plans, journals and branches are pushed to and fetched from: what the
    /// configuration names for pushes, else `origin`, else the only one; `None` if there is none.
    pub fn run_remote(&self) -> Option<String> {
        let config = self.gix.config_snapshot();
        // A section may only set an option of a remote that this repository does not have.
        let has_url = |name: &String| config.string(format!("remote.{name}.url").as_str()).is_some();
        let names = self.gix.remote_names();
        let known: Vec<String> = names.iter().map(ToString::to_string).filter(has_url).collect();
        let named = self.config("remote.pushDefault");
        let only = if let [only] = &known[..] { Some(only.clone()) } else { None };
        [named, Some("origin".to_owned()), only].into_iter().flatten().find(|name| known.contains(name))
    }

    /// Where a remote's branch was last fetched, if `base`, as a plan has it, is one, such as
    /// `origin/main`.
    pub fn remote_base(&self, base: &str) -> Option<ObjectId> {
        self.ref_commit(&format!("{BRANCHES}{}", short(base))).ok().flatten()
    }
}

/// The name of a remote's branch with its remote, such as `origin/main`.
pub fn short(name: &str) -> &str {
    name.strip_prefix(BRANCHES).unwrap_or(name)
}
