//! What a clean room shows of a repository: some of its refs, moved as somebody proposes.
//!
//! A push is judged before it is taken, so the refs that it would leave behind exist nowhere yet.
//! A view holds the refs that are there with the proposed ones in their places, and says where the
//! objects of the push wait. It is a value: making one reads, and nothing is written.
//!
//! A ref that cannot be read is left out and named, so that one broken file does not hide the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;
use gix_hash::ObjectId;

use super::Repository;
use super::journal::FETCHED;
use super::refs::Target;
use crate::model::branch;
use crate::model::name::RunName;

/// The refs to show, and where their objects are.
#[derive(Debug, Clone, Default)]
pub struct View {
    refs: BTreeMap<String, Target>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Of the refs those that are believed to say where the base is on a remote.
    pub(in crate::git) believed: BTreeSet<String>,
    /// The remote that counts as the run's; its name and nothing else of its configuration.
    pub(in crate::git) remote: Option<String>,
    /// Object stores besides the repository's own.
    pub(in crate::git) objects: Vec<PathBuf>,
}

impl View {
    /// The data of all runs, and the branches of these short names, here and as last fetched.
    pub fn of(repo: &Repository, branches: &BTreeSet<String>) -> Result<View> {
        let mut view = View { remote: repo.run_remote(), ..View::default() };
        let wanted = |name: &str| match (name.strip_prefix(branch::PREFIX), name.strip_prefix(REMOTES)) {
            (Some(short), _) => branches.contains(short),
            (_, Some(rest)) => {
                let mut names = rest.match_indices('/').map(|(slash, _)| &rest[slash + 1..]);
                branches.contains(rest) || names.any(|name| branches.contains(name))
            }
            _ => true,
        };
        for prefix in ["refs/orchestrate/", FETCHED, "refs/notes/orchestrate/", branch::PREFIX, REMOTES] {
            let found = repo.readable_refs(prefix)?;
            view.refs.extend(found.refs.into_iter().filter(|(name, _)| wanted(name)));
            view.unreadable.extend(found.unreadable);
        }
        view.follow(repo);
        Ok(view)
    }

    /// Adds what symbolic refs stand for, so that their commits are judged as well.
    fn follow(&mut self, repo: &Repository) {
        let stands_for = |target: &Target| match target {
            Target::Symbolic(name) => Some(name.clone()),
            Target::Object(_) => None,
        };
        let mut open: Vec<String> = self.refs.values().filter_map(stands_for).collect();
        while let Some(name) = open.pop() {
            if self.refs.contains_key(&name) {
                continue;
            }
            if let Ok(Some(target)) = repo.ref_target(&name) {
                open.extend(stands_for(&target));
                self.refs.insert(name, target);
            }
        }
    }

    /// The same, with the objects that a push has brought and git keeps apart until it is accepted.
    pub fn with_quarantine(mut self, quarantine: Vec<PathBuf>) -> View {
        self.objects = quarantine;
        self
    }

    /// The same for a repository that is a remote itself: what is called another clone's there, anybody
    /// may have pushed.
    pub fn without_remotes(mut self) -> View {
        self.remote = None;
        self.refs.retain(|name, _| ![REMOTES, FETCHED].iter().any(|prefix| name.starts_with(prefix)));
        self
    }

    /// Shows the ref at `target`, or not at all.
    pub fn set(&mut self, name: &str, target: Option<ObjectId>) {
        match target {
            Some(id) => self.refs.insert(name.to_owned(), Target::Object(id)),
            None => self.refs.remove(name),
        };
    }

    /// The same, where only those remotes say where the base is that the repository believes.
    pub fn with_base(mut self, repo: &Repository, base: &str, upstream: Option<&str>) -> Result<View> {
        for name in repo.base_sources(base, upstream) {
            if self.refs.contains_key(&name) && repo.is_fetched_base(&name)? {
                self.believed.insert(name);
            }
        }
        Ok(self)
    }

    /// What the ref holds.
    pub fn get(&self, name: &str) -> Option<&Target> {
        self.refs.get(name)
    }

    /// All refs, by name.
    pub fn refs(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.refs.iter().map(|(name, target)| (name.as_str(), target))
    }
}

/// The refs that could be read, sorted by name, and what could not.
#[derive(Debug, Clone, Default)]
pub struct Readable {
    /// Full names and what they hold.
    pub refs: Vec<(String, Target)>,
    /// Why others are not among them.
    pub unreadable: Vec<Unreadable>,
}

/// A ref that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its full name, as far as it is known.
    pub name: Option<String>,
    /// Why, and what to do about it.
    pub why: String,
}

impl Unreadable {
    /// Whether it is one of another run's data.
    pub fn is_of_another_run(&self, run: &RunName) -> bool {
        let data = self.name.as_deref().and_then(|name| {
            name.strip_prefix("refs/orchestrate/").or_else(|| name.strip_prefix("refs/notes/orchestrate/"))
        });
        data.and_then(|data| data.split_once('/')).is_some_and(|(other, _)| other != run.as_str())
    }
}

/// What the full names of all refs begin with that stand for another repository's.
pub const REMOTES: &str = "refs/remotes/";

impl Repository {
    /// As [`Repository::refs_under`], but what cannot be read is named beside and hides nothing.
    pub fn readable_refs(&self, prefix: &str) -> Result<Readable> {
        let (mut refs, mut unreadable) = (Vec::new(), Vec::new());
        let mut errors = Vec::new();
        for reference in self.list_refs(prefix)? {
            match reference {
                Ok(reference) => refs.push(reference),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            let broken = self.broken_refs(prefix).into_iter();
            unreadable.extend(broken.map(|one| Unreadable {
                why: format!("the ref {}: {one} ({})", one.name, one.remedy()),
                name: Some(one.name),
            }));
        }
        if unreadable.is_empty() {
            let why = |error| format!("a ref below {prefix}: {error:#}");
            unreadable.extend(errors.into_iter().map(|error| Unreadable { name: None, why: why(error) }));
        }
        refs.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Readable { refs, unreadable })
    }
}
