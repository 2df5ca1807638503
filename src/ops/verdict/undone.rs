//! What a later commit on the branch has put right, and what one could.

use anyhow::Result;
use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use super::gather::Gathering;
use super::ground::Ground;
use super::history::History;
use super::inheritance::Inheritance;
use crate::model::change::{Entry, PathChange};
use crate::model::finding::cure::Source;
use crate::model::finding::{Finding, Severity, Violation};
use crate::model::judge::{Case, Step, paths};
use crate::model::plan::{BodyRule, Task};

/// Turns an error about a path into a warning if the branch, as it is now, has nothing wrong there.
pub(super) fn soften_what_was_undone(
    ground: &Ground<'_>,
    task: &Task,
    history: &History<'_>,
    tip: ObjectId,
    findings: &mut [Finding],
) -> Result<()> {
    if !findings.iter().any(|finding| finding.is_error() && finding.path().is_some()) {
        return Ok(());
    }
    let tip_tree_id = ground.repo.commit(tip)?.tree_id;
    let branch = Branch { ground, task, history, tip_tree_id };
    for finding in findings.iter_mut().filter(|finding| finding.is_error()) {
        let Some(path) = finding.path() else { continue };
        let inherited = history.inherited(ground, task, path)?;
        let entry = ground.repo.tree_entry(tip_tree_id, path)?;
        if !ground.repo.holds_twice(tip_tree_id, path)? && branch.is_right(finding, path, inherited, entry)? {
            finding.severity = Severity::Warning;
        }
    }
    Ok(())
}

/// Notes with each error what a commit on top takes to put it right.
pub(super) fn find_cures(
    ground: &Ground<'_>,
    task: &Task,
    history: &History<'_>,
    tip: ObjectId,
    findings: &mut [Finding],
) -> Result<()> {
    if !findings.iter().any(|finding| finding.is_error() && finding.path().is_some()) {
        return Ok(());
    }
    let is_after_complete = history.complete(ground, task)?.is_some();
    let branch = Branch { ground, task, history, tip_tree_id: ground.repo.commit(tip)?.tree_id };
    for finding in findings.iter_mut().filter(|finding| finding.is_error()) {
        finding.is_after_complete = is_after_complete;
        finding.needs_body = ground.plan.protocol.body == BodyRule::Require;
        if matches!(finding.violation, Violation::Path(_)) {
            finding.source = branch.source(finding)?;
        }
    }
    Ok(())
}

/// A task's branch as it is now.
struct Branch<'a> {
    ground: &'a Ground<'a>,
    task: &'a Task,
    history: &'a History<'a>,
    tip_tree_id: ObjectId,
}

impl Branch<'_> {
    /// Where the path of a finding can be had so that nothing is wrong there any more. What keeps more of
    /// the task's own work comes first.
    fn source(&self, finding: &Finding) -> Result<Option<Source>> {
        let Branch { ground, task, history, .. } = *self;
        let (Some(id), Some(path)) = (finding.commit_id, finding.path()) else { return Ok(None) };
        let inheritance = history.inheritance(ground, task, path)?;
        let inherited = inheritance.entry;
        let before = match ground.repo.commit(id)?.parent_ids[..] {
            [parent] => {
                let entry = ground.repo.tree_entry(ground.repo.commit(parent)?.tree_id, path)?;
                Some(Inheritance { entry, source: Some(Source::Before(id)) })
            }
            [ours, theirs] if paths::entry_for(task, path).is_ok() => {
                let merged = ground.repo.automatic_merge(ours, &[theirs])?.entry(path)?;
                let source = Some(Source::Merge { ours, theirs });
                merged.map(|entry| Inheritance { entry, source })
            }
            _ => None,
        };
        for Inheritance { entry, source } in before.into_iter().chain([inheritance]) {
            if source.is_some() && self.is_right(finding, path, inherited, entry)? {
                return Ok(source);
            }
        }
        Ok(None)
    }

    /// Whether nothing is wrong with a path any more if the branch ends with this there.
    fn is_right(
        &self,
        finding: &Finding,
        path: &BStr,
        inherited: Option<Entry>,
        entry: Option<Entry>,
    ) -> Result<bool> {
        let net = PathChange { path: path.to_owned(), old: inherited, new: entry };
        if is_as_merged(self.ground, finding, &net)? {
            return Ok(false);
        }
        match net.old == net.new {
            true => Ok(!self.net().loses_lines(&net)?),
            false => self.is_allowed(net),
        }
    }

    fn net(&self) -> Gathering<'_> {
        let mut gathering = Gathering::new(self.ground, self.task, self.history, self.tip_tree_id);
        gathering.result(self.tip_tree_id);
        gathering.net();
        gathering
    }

    /// Whether a change of one path, made in one commit, would have nothing wrong with it.
    fn is_allowed(&self, change: PathChange) -> Result<bool> {
        let mut gathering = self.net();
        gathering.change(std::slice::from_ref(&change))?;
        let known = gathering.known();
        let (plan, task, step) = (self.ground.plan, self.task, Step::Own(&[]));
        let case = Case { plan, task, step, place: None, message: None, known: &known };
        Ok(paths::judge_one(&case, &change).is_empty())
    }
}

/// Whether the blamed commit is a merge, and the path is as it left it: what a merge brings passes for
/// what others have made, which must not excuse the merge itself.
fn is_as_merged(ground: &Ground<'_>, finding: &Finding, net: &PathChange) -> Result<bool> {
    let Some(id) = finding.commit_id else { return Ok(false) };
    let commit = ground.repo.commit(id)?;
    let is_merge = commit.parent_ids.len() > 1;
    Ok(is_merge && ground.repo.tree_entry(commit.tree_id, net.path.as_bstr())? == net.new)
}
