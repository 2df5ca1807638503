//! The remote that runs travel by, and what is believed of what was fetched.

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use super::refs::Target;

/// What the full names of all branches of remotes begin with.
const BRANCHES: &str = "refs/remotes/";

impl Repository {
    /// The remote that plans, journals and branches are pushed to and fetched from: what the
    /// configuration names for pushes, else `origin`, else the only one; `None` if there is none.
    pub fn run_remote(&self) -> Option<String> {
        let known = self.remotes();
        let named = self.config("remote.pushDefault");
        let only = if let [only] = &known[..] { Some(only.clone()) } else { None };
        [named, Some("origin".to_owned()), only].into_iter().flatten().find(|name| known.contains(name))
    }

    /// Where a remote's branch was last fetched, if `base`, as a plan has it, is one, such as
    /// `origin/main`.
    pub fn remote_base(&self, base: &str) -> Option<(String, ObjectId)> {
        let name = format!("{BRANCHES}{}", short(base));
        let tip = self.ref_commit(&name).ok().flatten()?;
        Some((name, tip))
    }

    /// Where the base branch, given by its short name, is on the remotes that say so, with the full
    /// names of the refs that were fetched of it.
    pub fn fetched_bases(&self, base: &str) -> Result<Vec<(String, ObjectId)>> {
        let mut bases = Vec::new();
        for name in self.base_sources(base)? {
            if let Some(tip) = self.ref_commit(&name)?
                && self.is_fetched_base(base, &name)?
            {
                bases.push((name, tip));
            }
        }
        Ok(bases)
    }

    /// Whether a ref below `refs/remotes/` says where the base is: it is that of the run's remote, or
    /// of the remote that the base branch itself follows, and it was not put there by plumbing, which
    /// no fetch and no push is, nor by hand. A clean room believes what its view did not doubt.
    pub fn is_fetched_base(&self, base: &str, full_name: &str) -> Result<bool> {
        if let Some(doubted) = &self.doubted {
            return Ok(!doubted.contains(full_name));
        }
        if !self.base_sources(base)?.iter().any(|name| name == full_name) {
            return Ok(false);
        }
        let Some(Target::Object(tip)) = self.ref_target(full_name)? else { return Ok(true) };
        let moves = self.reflog(full_name);
        let arrival = moves.iter().rfind(|one| one.new == tip);
        Ok(moves.is_empty() || arrival.is_some_and(|one| !one.is_silent()))
    }

    /// Full names of what may have been fetched of the base.
    fn base_sources(&self, base: &str) -> Result<Vec<String>> {
        if self.doubted.is_some() {
            let suffix = format!("/{base}");
            let refs = self.refs_under(BRANCHES)?.into_iter().map(|(name, _)| name);
            return Ok(refs.filter(|name| name.ends_with(&suffix)).collect());
        }
        let followed = self.config(&format!("branch.{base}.remote"));
        let followed = followed.filter(|name| self.remotes().contains(name));
        let mut remotes: Vec<String> = self.run_remote().into_iter().chain(followed).collect();
        remotes.dedup();
        Ok(remotes.into_iter().map(|remote| format!("{BRANCHES}{remote}/{base}")).collect())
    }

    /// The remotes that have an address: a section may only set an option of one that is not here.
    fn remotes(&self) -> Vec<String> {
        let config = self.gix.config_snapshot();
        let has_url = |name: &String| config.string(format!("remote.{name}.url").as_str()).is_some();
        self.gix.remote_names().iter().map(ToString::to_string).filter(has_url).collect()
    }
}

/// The name of a remote's branch with its remote, such as `origin/main`.
pub fn short(name: &str) -> &str {
    name.strip_prefix(BRANCHES).unwrap_or(name)
}
