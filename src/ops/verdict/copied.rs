//! Whether a merged commit is a copy of another task's, with all that this one has.
//!
//! A rebase with its merges of a branch that had merged the other task's makes such copies. A copy has the
//! author, the date and the subject of its original; these are easily taken over, so it must also come to
//! exactly what git makes of the original and the base, and each commit must be one of that task's kind.
//! Where the branch has the original, nobody needs a copy: to merge one would be to put an old state back.

use std::collections::BTreeSet;

use anyhow::Result;
use gix_hash::ObjectId;

use super::ground::Ground;
use super::own_side::OwnSide;
use crate::git::plan_ref::notes_ref;
use crate::model::plan::Task;

/// What a copy was made from.
pub(super) struct Original {
    pub commit_id: ObjectId,
    /// It is on the task's branch still.
    pub is_present: bool,
}

/// The commit of `other`, on its branch or in its notes, of which the one merged into `ours` is a copy.
pub(super) fn original(
    ground: &Ground<'_>,
    other: &Task,
    [ours, copy]: [ObjectId; 2],
) -> Result<Option<Original>> {
    let origin = ground.repo.commit(copy)?.origin();
    let line = match ground.judged_tip(other)? {
        Some(tip) => ground.chain(other, tip, usize::MAX)?,
        None => Vec::new(),
    };
    let present: BTreeSet<ObjectId> = line.iter().copied().collect();
    let noted: BTreeSet<ObjectId> =
        ground.repo.notes(&notes_ref(&ground.plan.run, &other.name))?.into_keys().collect();
    for commit_id in line.into_iter().chain(noted.difference(&present).copied()) {
        let is_present = present.contains(&commit_id);
        if !ground.repo.contains(commit_id)
            || ground.repo.commit(commit_id)?.origin() != origin
            || !is_present && ground.record(&other.name, commit_id)?.is_none()
        {
            continue;
        }
        if !ground.repo.is_ancestor(commit_id, ours)?
            && is_put_onto_base(ground, commit_id, copy)?
            && OwnSide::new(ground, other, ours, copy).is_right_line()?
        {
            return Ok(Some(Original { commit_id, is_present }));
        }
    }
    Ok(None)
}

/// Whether a commit comes to what git makes of another one and of what the base has in it.
fn is_put_onto_base(ground: &Ground<'_>, original: ObjectId, copy: ObjectId) -> Result<bool> {
    let tree_id = ground.repo.commit(copy)?.tree_id;
    for tip in ground.base_tips()? {
        for base in ground.repo.merge_bases(copy, tip)? {
            if ground.repo.automatic_merge(original, &[base])?.clean_tree_id() == Some(tree_id) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
