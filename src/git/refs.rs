//! Refs: reading them, and moving them by compare-and-swap.
//!
//! No ref is ever written without the value that it is expected to have; somebody who was faster is
//! reported and not overwritten. Locks that others hold for a moment (git's `<ref>.lock`, and
//! `packed-refs.lock`, which gix takes for every update once that file exists) are waited for, with
//! a random pause, as long as the ref still has the expected value. A lock that a killed process left
//! is named, and on the refs that only our programs write it is removed.
//!
//! gix checks neither that the new object exists nor that a name fits between the existing ones, so
//! both are checked here.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use gix::date::parse::TimeBuf;
use gix::refs::FullName;
use gix::refs::file::transaction::prepare::{MustNotExist, ReferenceOutOfDate};
use gix::refs::transaction::{Change, LogChange, PreviousValue, RefEdit, RefLog};
use gix_hash::ObjectId;

use super::Repository;
use crate::model::hint;
use crate::model::ref_text;

/// How long a move is retried while others hold the locks.
pub(in crate::git) const PATIENCE: Duration = Duration::from_secs(20);

/// How old the lock of a ref of ours is when its process must have been killed.
const OWN_LOCK: Duration = Duration::from_secs(5);

/// git follows symbolic refs this far and then gives up on them.
const SYMBOLIC_DEPTH: usize = 5;

/// What a ref holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An object, usually a commit.
    Object(ObjectId),
    /// The full name of another ref.
    Symbolic(String),
}

/// What became of a compare-and-swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "somebody else may have moved the ref first"]
pub enum Moved {
    /// The ref has its new value, or is gone if that was asked.
    Done,
    /// Somebody else moved it first; nothing was changed.
    Lost {
        /// What it holds now; `None` if it does not exist.
        actual: Option<ObjectId>,
    },
}

impl Repository {
    /// What the ref of this full name holds; `None` if there is no such ref.
    pub fn ref_target(&self, name: &str) -> Result<Option<Target>> {
        let found = self.gix.refs.try_find(full_name(name)?.as_ref());
        let found = found.map_err(|error| self.unreadable_ref(error.into(), name))?;
        Ok(found.map(|reference| target(reference.target)))
    }

    /// The object that the ref leads to, through symbolic refs only; `None` if there is no such ref.
    pub fn ref_object(&self, name: &str) -> Result<Option<ObjectId>> {
        let mut name = name.to_owned();
        for _ in 0..=SYMBOLIC_DEPTH {
            match self.ref_target(&name)? {
                Some(Target::Symbolic(next)) => name = next,
                Some(Target::Object(id)) => return Ok(Some(id)),
                None => return Ok(None),
            }
        }
        bail!("the ref {name} is one of a circle, or of too long a chain")
    }

    /// The commit that the ref leads to, through symbolic refs and tags; `None` if there is no such
    /// ref, or it names a branch without commits.
    pub fn ref_commit(&self, name: &str) -> Result<Option<ObjectId>> {
        let full_name = full_name(name)?;
        let found = self.gix.try_find_reference(full_name.as_ref());
        let Some(mut reference) = found.map_err(|error| self.unreadable_ref(error.into(), name))? else {
            return Ok(None);
        };
        for _ in 0..SYMBOLIC_DEPTH {
            let Some(next) = reference.follow() else { break };
            match next {
                Ok(next) => reference = next,
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error).with_context(|| format!("cannot follow the ref {name}")),
            }
        }
        let commit = reference.peel_to_commit();
        Ok(Some(commit.with_context(|| format!("the ref {name} leads to no commit"))?.id))
    }

    /// All refs whose full names begin with `prefix` (such as `refs/heads/work/`), sorted by name.
    pub fn refs_under(&self, prefix: &str) -> Result<Vec<(String, Target)>> {
        let refs: Result<Vec<_>> = self.list_refs(prefix)?.into_iter().collect();
        let mut refs = refs.map_err(|error| self.unlisted(error, prefix))?;
        refs.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(refs)
    }

    /// The refs below `prefix`, each as it could be read.
    ///
    /// gix reads the packed refs first and walks the loose ones then, so one that git packs in between
    /// would be in neither, or vanish while it is read: then it is all done again.
    pub(in crate::git) fn list_refs(&self, prefix: &str) -> Result<Vec<Result<(String, Target)>>> {
        let doing = || format!("cannot list the refs below {prefix}");
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let packed = self.packed_refs_stamp();
            let platform = self.gix.references().with_context(doing)?;
            let mut refs = Vec::new();
            let mut has_vanished = false;
            for reference in platform.prefixed(prefix).with_context(doing)? {
                let reference = reference.map_err(anyhow::Error::from);
                has_vanished |= reference.as_ref().is_err_and(is_gone);
                let reference = reference.map(gix::Reference::detach);
                refs.push(reference.map(|one| (ref_text::text(one.name.as_bstr()), target(one.target))));
            }
            let is_same = packed == self.packed_refs_stamp();
            let is_late = Instant::now() > deadline;
            if is_same && (!has_vanished || is_late) {
                return Ok(refs);
            }
            if is_late {
                return Err(hint::error(doing(), "git packs them again and again; try once it is done"));
            }
            pause(attempt);
        }
        unreachable!("the loop ends by returning")
    }

    fn unlisted(&self, error: anyhow::Error, prefix: &str) -> anyhow::Error {
        let doing = format!("cannot list the refs below {prefix}");
        match self.broken_refs(prefix).first() {
            Some(broken) => hint::error(format!("{doing}: {broken}"), broken.remedy()),
            None => error.context(doing),
        }
    }

    fn unreadable_ref(&self, error: anyhow::Error, name: &str) -> anyhow::Error {
        let doing = format!("cannot read the ref {name}");
        match self.broken_ref(name) {
            Some(broken) => hint::error(format!("{doing}: {broken}"), broken.remedy()),
            None => error.context(doing),
        }
    }

    /// When the packed refs were written, and how long they are; `None` if there are none.
    fn packed_refs_stamp(&self) -> Option<(SystemTime, u64)> {
        let data = self.common_dir().join("packed-refs").metadata().ok()?;
        Some((data.modified().ok()?, data.len()))
    }

    /// Moves the ref from `expected` (`None`: it must not exist) to `new`, with `why` in its reflog.
    ///
    /// An error if `new` is missing here, or no commit where a branch needs one, or if the name
    /// cannot stand beside the existing ones.
    pub fn move_ref(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        new: ObjectId,
        why: &str,
    ) -> Result<Moved> {
        self.check_target(name, new)?;
        if expected.is_none() {
            self.check_room(name)?;
        }
        let log = LogChange { mode: RefLog::AndReference, force_create_reflog: true, message: why.into() };
        let change = Change::Update {
            log,
            expected: expected.map_or(PreviousValue::MustNotExist, matches_object),
            new: gix::refs::Target::Object(new),
        };
        self.swap(name, expected, change)
    }

    /// Deletes the ref, and its reflog, if it still holds `expected`.
    pub fn delete_ref(&self, name: &str, expected: ObjectId) -> Result<Moved> {
        let change = Change::Delete { expected: matches_object(expected), log: RefLog::AndReference };
        self.swap(name, Some(expected), change)
    }

    /// The commit that a revision such as `main~2` or an abbreviated id names.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId> {
        let spec = format!("{revision}^{{commit}}");
        let found = if revision.is_empty() { None } else { self.gix.rev_parse_single(spec.as_str()).ok() };
        let hint = match self.is_shallow() {
            true => {
                "give a branch, a tag or a commit that git log shows; this clone is shallow, so there may be \
                 more: git fetch --unshallow"
            }
            false => "give a branch, a tag or a commit that git log shows",
        };
        found
            .map(|id| id.detach())
            .ok_or_else(|| hint::error(format!("{revision:?} names no commit here"), hint))
    }

    /// Applies one change, again and again while it is only locks that stand in its way.
    fn swap(&self, name: &str, expected: Option<ObjectId>, change: Change) -> Result<Moved> {
        let edit = RefEdit { name: full_name(name)?, deref: false, change };
        let _turn = if is_own(name) { Some(self.lock("refs")?) } else { None };
        let deadline = Instant::now() + PATIENCE;
        for attempt in 0.. {
            let committer = self.reflog_identity();
            let mut time = TimeBuf::default();
            let committer = committer.to_ref(&mut time);
            let error = match self.gix.edit_references_as([edit.clone()], Some(committer)) {
                Ok(edits) => return Ok(done(&edits, expected)),
                Err(error) => error,
            };
            let lost = error.downcast_any_ref::<ReferenceOutOfDate>().is_some()
                || error.downcast_any_ref::<MustNotExist>().is_some();
            let actual = self.direct(name)?;
            if lost || actual != expected {
                return Ok(Moved::Lost { actual });
            }
            self.break_own_lock(name);
            if let Some(stale) = self.stale_lock(name) {
                return Err(stale);
            }
            // git removes directories that its packing has emptied, also one that was just made for a lock.
            let can_retry = error.can_retry_lenient();
            let error = anyhow::Error::from(error);
            if !(can_retry || is_gone(&error)) || Instant::now() > deadline {
                return Err(error).with_context(|| format!("cannot move the ref {name}"));
            }
            pause(attempt);
        }
        unreachable!("the loop ends by returning")
    }

    /// Removes the lock file of a ref of ours whose process was killed. Our processes take turns at
    /// these refs and it is our turn, so none of them has it; a fetch never has it for so long.
    fn break_own_lock(&self, name: &str) {
        let lock = self.common_dir().join(format!("{name}.lock"));
        if is_own(name) && age(&lock).is_some_and(|age| age > OWN_LOCK) {
            let _ = fs_err::remove_file(lock);
        }
    }

    /// A lock file that is older than anybody would wait for: most likely its process was killed.
    fn stale_lock(&self, name: &str) -> Option<anyhow::Error> {
        let locks = [format!("{name}.lock"), "packed-refs.lock".to_owned()];
        let locks = locks.into_iter().map(|lock| self.common_dir().join(lock));
        let aged = locks.filter_map(|lock| age(&lock).filter(|age| *age > PATIENCE).map(|age| (lock, age)));
        let (lock, age) = aged.max_by_key(|(_, age)| *age)?;
        Some(hint::error(
            format!("cannot move the ref {name}: it has been locked for {} seconds", age.as_secs()),
            format!("if no git is at work here any more, remove {}", lock.display()),
        ))
    }

    /// The object that a ref holds; a symbolic ref is an error, for moving it would move another.
    fn direct(&self, name: &str) -> Result<Option<ObjectId>> {
        match self.ref_target(name)? {
            None => Ok(None),
            Some(Target::Object(id)) => Ok(Some(id)),
            Some(Target::Symbolic(target)) => Err(hint::error(
                format!("{name} is a symbolic ref to {target}, not a ref of its own"),
                format!("remove it with git symbolic-ref --delete {name}"),
            )),
        }
    }

    fn check_target(&self, name: &str, new: ObjectId) -> Result<()> {
        let header = self.gix.try_find_header(new).with_context(|| format!("cannot read {new}"))?;
        let Some(header) = header else { bail!("{name} cannot be moved to {new}: there is no such object") };
        if name.starts_with("refs/heads/") && header.kind() != gix::object::Kind::Commit {
            bail!("{name} cannot be moved to {new}: it is a {}, no commit", header.kind());
        }
        Ok(())
    }

    /// `a` and `a/b` cannot both be refs, be they loose or packed.
    fn check_room(&self, name: &str) -> Result<()> {
        let parents =
            name.match_indices('/').map(|(at, _)| &name[..at]).filter(|parent| parent.contains('/'));
        let mut clash = None;
        for parent in parents.filter(|parent| *parent != "refs/heads") {
            if self.ref_target(parent)?.is_some() {
                clash = Some(parent.to_owned());
            }
        }
        if clash.is_none() {
            clash = self.refs_under(&format!("{name}/"))?.into_iter().next().map(|(below, _)| below);
        }
        let Some(clash) = clash else { return Ok(()) };
        Err(hint::error(
            format!("{name} cannot be made: {clash} exists, and git cannot keep both"),
            "delete or rename the one that is there",
        ))
    }
}

/// Nobody but our programs writes these, and `git fetch`.
fn is_own(name: &str) -> bool {
    name.starts_with("refs/orchestrate/") || name.starts_with("refs/notes/orchestrate/")
}

/// Whether a file was not there any more when it was to be read.
fn is_gone(error: &anyhow::Error) -> bool {
    let is_missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(is_missing))
}

/// How long ago a file was written; `None` if there is none.
fn age(path: &Path) -> Option<Duration> {
    path.metadata().and_then(|data| data.modified()).ok()?.elapsed().ok()
}

/// A random pause that grows with the attempts, from half a millisecond to about 16.
pub(in crate::git) fn pause(attempt: u64) {
    let random = RandomState::new().hash_one(attempt) % 1000;
    std::thread::sleep(Duration::from_micros(500 + random * attempt.min(16)));
}

/// gix takes "must not exist" as kept when the ref holds the new value already; here that is lost.
fn done(edits: &[RefEdit], expected: Option<ObjectId>) -> Moved {
    let found = edits.first().and_then(|edit| match &edit.change {
        Change::Update { expected: PreviousValue::MustExistAndMatch(found), .. } => {
            found.try_id().map(ToOwned::to_owned)
        }
        _ => None,
    });
    match (expected, found) {
        (None, Some(actual)) => Moved::Lost { actual: Some(actual) },
        _ => Moved::Done,
    }
}

fn matches_object(id: ObjectId) -> PreviousValue {
    PreviousValue::MustExistAndMatch(gix::refs::Target::Object(id))
}

/// The value of a ref as this room's callers see it.
pub(in crate::git) fn target(target: gix::refs::Target) -> Target {
    match target {
        gix::refs::Target::Object(id) => Target::Object(id),
        gix::refs::Target::Symbolic(name) => Target::Symbolic(ref_text::text(name.as_bstr())),
    }
}

fn full_name(name: &str) -> Result<FullName> {
    FullName::try_from(ref_text::name(name)).with_context(|| format!("{name:?} is no name for a ref"))
}
