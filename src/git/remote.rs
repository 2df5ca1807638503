//! The remote that runs travel by, and what is believed of what was fetched.

use anyhow::Result;
use bstr::ByteSlice;
use gix::remote::Direction;
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

    /// What the run's remote had as a branch when that was last fetched, with its name there, such as
    /// `origin/work/task-2-models`.
    pub fn run_branch(&self, branch: &str) -> Option<(String, ObjectId)> {
        let name = format!("{}/{branch}", self.run_remote()?);
        let tip = self.ref_commit(&format!("{BRANCHES}{name}")).ok().flatten()?;
        Some((name, tip))
    }

    /// Where a remote's branch was last fetched, if `base`, as a plan has it, is one, such as
    /// `origin/main`.
    pub fn remote_base(&self, base: &str) -> Option<(String, ObjectId)> {
        let name = format!("{BRANCHES}{}", short(base));
        let tip = self.ref_commit(&name).ok().flatten()?;
        Some((name, tip))
    }

    /// The remote and the branch there that `base`, as a plan has it, stands for, such as `origin/main`.
    pub fn remote_branch(&self, base: &str) -> Option<(String, String)> {
        self.remote_base(base)?;
        let of = |remote: String| {
            let branch = short(base).strip_prefix(&remote)?.strip_prefix('/')?.to_owned();
            Some((remote, branch))
        };
        self.remotes().into_iter().find_map(of)
    }

    /// Full name of the remote's branch that a branch, given by its full name, follows: `@{upstream}`.
    pub fn upstream(&self, branch: &str) -> Option<String> {
        let name = gix::refs::FullName::try_from(branch).ok()?;
        let upstream = self.gix.branch_remote_tracking_ref_name(name.as_ref(), Direction::Fetch)?.ok()?;
        let upstream = upstream.as_bstr().to_str().ok()?;
        upstream.starts_with(BRANCHES).then(|| upstream.to_owned())
    }

    /// Where the base branch, given by its short name, is on the remotes that say so, with the full
    /// names of the refs that were fetched of it; `upstream` is what it followed when the run began.
    pub fn fetched_bases(&self, base: &str, upstream: Option<&str>) -> Result<Vec<(String, ObjectId)>> {
        let mut bases = Vec::new();
        for name in self.base_sources(base, upstream) {
            if let Some(tip) = self.ref_commit(&name)?
                && self.is_fetched_base(&name)?
            {
                bases.push((name, tip));
            }
        }
        Ok(bases)
    }

    /// Whether one of the [`base_sources`](Self::base_sources) was not put there by plumbing, which no
    /// fetch and no push is, nor by hand. A clean room has only those that its view believed.
    pub(in crate::git) fn is_fetched_base(&self, full_name: &str) -> Result<bool> {
        if self.believed.is_some() {
            return Ok(true);
        }
        let Some(Target::Object(tip)) = self.ref_target(full_name)? else { return Ok(false) };
        let moves = self.reflog(full_name);
        let arrival = moves.iter().rfind(|one| one.new == tip);
        Ok(moves.is_empty() || arrival.is_some_and(|one| !one.is_silent()))
    }

    /// Full names of what may have been fetched of the base: the branch of its name on the run's remote
    /// and on the one that it follows here, and the branch that it followed when the run began. Where the
    /// remotes of a clone have other names than where the run began, only its configuration tells. Who
    /// writes there could as well fetch into the base itself.
    pub(in crate::git) fn base_sources(&self, base: &str, upstream: Option<&str>) -> Vec<String> {
        if let Some(believed) = &self.believed {
            return believed.iter().cloned().collect();
        }
        let followed = self.config(&format!("branch.{base}.remote"));
        let followed = followed.filter(|name| self.remotes().contains(name));
        let remotes = self.run_remote().into_iter().chain(followed);
        let mut sources: Vec<String> = Vec::new();
        for name in remotes.map(|remote| format!("{BRANCHES}{remote}/{base}")).chain(upstream.map(Into::into))
        {
            if !sources.contains(&name) {
                sources.push(name);
            }
        }
        sources
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
