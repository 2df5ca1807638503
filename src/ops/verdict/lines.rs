//! The lines of files under `access = "append"`: what became of them, and whose they were.
//!
//! Lines may only be added, but a worker may change again what it added itself. So what a step does is
//! also held against what the branch has from others, whose lines must all be left.

use anyhow::Result;
use bstr::ByteSlice;

use super::ground::Ground;
use super::history::History;
use crate::model::change::{Entry, PathChange};
use crate::model::judge::access::{self, LineChange, Others};
use crate::model::judge::merge::SidePath;
use crate::model::plan::Task;

/// The lines of a branch's files, seen from one commit on it.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    pub ground: &'a Ground<'a>,
    pub task: &'a Task,
    pub history: &'a History<'a>,
    /// What is judged is all that the branch makes of a path, not a step.
    pub is_net: bool,
}

impl Lines<'_> {
    /// How the lines changed in this step, or, where that breaks the rule, since the branch
    /// inherited the file.
    pub fn changed(&self, one: &PathChange, lines: Option<&str>) -> Result<LineChange> {
        let step = self.between(one.old, one.new)?;
        if !self.is_net && access::judge(lines, &step).is_empty() {
            return Ok(step);
        }
        let inherited = self.history.inherited(self.ground, self.task, one.path.as_bstr())?;
        let net = self.between(inherited, one.new)?;
        if !access::judge(lines, &net).is_empty() {
            return Ok(step);
        }
        Ok(match self.missing(one)? {
            0 => net,
            removed => LineChange::Text { added: Vec::new(), removed },
        })
    }

    /// How many lines that others have brought, with any merge, a change takes away.
    pub fn missing(&self, one: &PathChange) -> Result<usize> {
        let brought = self.history.brought(self.ground, self.task, one.path.as_bstr())?;
        let mut others = Others::begin(&self.text(brought.start)?);
        for [base, theirs] in brought.sides.into_iter().rev() {
            others.merge(&self.text(base)?, &self.text(theirs)?);
        }
        let (old, new) = (self.text(one.old)?, self.text(one.new)?);
        Ok(others.missing((!self.is_net).then_some(&old), &new))
    }

    /// Of a path of a merge the lines of others that went with the own side: a worker may only drop what
    /// it added itself. `None` if no merged side was taken there as it is.
    pub fn lost(&self, path: &SidePath) -> Result<Option<LineChange>> {
        let Some(side) = path.theirs.iter().find(|side| side.entry == path.result) else { return Ok(None) };
        let inherited = self.history.inherited(self.ground, self.task, path.path.as_bstr())?;
        let [inherited, base, result] = [inherited, side.base, path.result].map(|entry| self.text(entry));
        let removed = access::lost(&inherited?, &base?, &result?);
        Ok(Some(LineChange::Text { added: Vec::new(), removed }))
    }

    /// Whether a path of a merge has on the own side all lines from before the fork, so that none of them
    /// can be missing from the merge by right.
    pub fn are_kept(&self, path: &SidePath) -> Result<bool> {
        let [only] = path.theirs.as_slice() else { return Ok(false) };
        Ok(matches!(self.between(only.base, path.ours)?, LineChange::Text { removed: 0, .. }))
    }

    /// How the lines differ between two entries.
    pub fn between(&self, old: Option<Entry>, new: Option<Entry>) -> Result<LineChange> {
        let Some(new) = new else {
            return Ok(match old {
                None => LineChange::Text { added: Vec::new(), removed: 0 },
                Some(_) => LineChange::NotText,
            });
        };
        if !new.kind.is_file() || old.is_some_and(|old| old.kind != new.kind) {
            return Ok(LineChange::NotText);
        }
        Ok(LineChange::between(&self.text(old)?, &self.text(Some(new))?))
    }

    fn text(&self, entry: Option<Entry>) -> Result<Vec<u8>> {
        match entry.filter(|entry| entry.kind.is_file()) {
            Some(entry) => self.ground.repo.blob(entry.id),
            None => Ok(Vec::new()),
        }
    }
}
