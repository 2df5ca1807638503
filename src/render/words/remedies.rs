//! What to type about all that was found on branches, so that one remedy can follow the other.

use gix_hash::ObjectId;

use crate::model::finding::cure::{self, FIRST, THEN};
use crate::model::finding::merge::MergeViolation;
use crate::model::finding::{Finding, StateViolation, Violation};
use crate::render::escape;

/// Each once. A rebase wants nothing uncommitted, so rebases come before what is to be committed.
pub fn in_order(remedies: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for remedy in remedies {
        if !hints.contains(&remedy) {
            hints.push(remedy);
        }
    }
    hints.sort_by_key(|hint| match hint {
        _ if hint.starts_with(FIRST) => 0,
        _ if [cure::commit(), cure::checkpoint()].contains(hint) => 3,
        _ if hint.starts_with(THEN) => 4,
        _ if hint.contains("git rebase") => 1,
        _ => 2,
    });
    hints
}

/// Whether something is to be done about it: it refuses, or somebody has to decide.
pub fn asks(finding: &Finding) -> bool {
    let is_told = match &finding.violation {
        Violation::Merge(wrong) => wrong.is_for_a_person(),
        _ => false,
    };
    finding.is_error() || is_told
}

/// The remedies for what is found on one branch and `asks` for one.
pub fn of_branch(findings: &[Finding], asks: impl Fn(&Finding) -> bool) -> Vec<String> {
    let copied: Vec<ObjectId> = findings.iter().flat_map(copied).copied().collect();
    // What is wrong with them goes with them.
    let is_copied = |finding: &&Finding| match &finding.violation {
        Violation::Merge(_) => false,
        Violation::State(StateViolation::AfterComplete { complete_commit_id })
            if copied.contains(complete_commit_id) =>
        {
            true
        }
        _ => finding.commit_id.is_some_and(|id| copied.contains(&id)),
    };
    let mut left: Vec<&Finding> =
        findings.iter().filter(|one| asks(one)).filter(|one| !is_copied(one)).collect();
    left.sort_by_key(|finding| !is_reworded(finding));
    // All that is above the oldest is reworded with it.
    let oldest = left.iter().find(|finding| is_reworded(finding)).and_then(|finding| finding.commit_id);
    let is_above = |finding: &Finding| is_reworded(finding) && finding.commit_id != oldest;
    let asked = left.iter().filter(|finding| !is_above(finding));
    asked.flat_map(|finding| mended(finding, &left).unwrap_or_else(|| remedies(finding))).collect()
}

/// The commits that a finding says to be copies of another task's, or the base's of once, and that its
/// remedy takes out.
fn copied(finding: &Finding) -> &[ObjectId] {
    match &finding.violation {
        Violation::Merge(
            MergeViolation::Alike { commits, .. } | MergeViolation::BaseLeft { commits, .. },
        ) => commits,
        _ => &[],
    }
}

/// A message that is history is not written again, it is reworded.
fn is_reworded(finding: &Finding) -> bool {
    matches!(finding.violation, Violation::Message(_)) && finding.commit_id.is_some()
}

/// How a path is put right in a commit that is reworded anyway: hooks let no commit be reworded that
/// leaves the scope. `None` where no such commit is blamed.
fn mended(finding: &Finding, all: &[&Finding]) -> Option<Vec<String>> {
    let id = finding.commit_id?;
    let with_it = || all.iter().filter(|other| other.commit_id == Some(id));
    finding.restore().filter(|_| with_it().any(|other| is_reworded(other)))?;
    let mut restored: Vec<String> = with_it().filter_map(|other| other.restore()).collect();
    restored.dedup();
    let restored = escape::terminal(restored.join(" && "));
    let id = id.to_hex_with_len(10);
    let stop = format!(
        "{id} is to be edited there, not reworded: {restored} && git commit --amend --allow-empty && git rebase --continue"
    );
    let told = finding.violation.hint();
    Some(std::iter::once(stop).chain(told.lines().map(escape::terminal)).collect())
}

fn remedies(finding: &Finding) -> Vec<String> {
    if let Some(id) = finding.commit_id.filter(|_| is_reworded(finding)) {
        return vec![format!("to reword it: git rebase -r --interactive {}~", id.to_hex_with_len(10))];
    }
    finding.hint().lines().map(escape::terminal).filter(|line| !line.is_empty()).collect()
}
