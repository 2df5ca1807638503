//! The state of a task: what its own commits declare, held against what the others have done.
//!
//! This is the table of design.md section 7 as two steps. First each task is read for itself: the
//! newest prefix, the needs that are open, the verdict of the journal. Then a need is looked up in
//! the task that it waits for. Nothing here believes a subject about a merge: whether work has
//! arrived is ancestry, which the [facts](crate::model::facts) hold.

use gix_hash::ObjectId;

use crate::model::evidence;
use crate::model::facts::TaskFacts;
use crate::model::journal::{Entry, Event};
use crate::model::message::Prefix;
use crate::model::name::{ItemName, TaskName};
use crate::model::plan::Plan;
use crate::model::status::log::{self, LogEntry};

/// Where a task is. The order is that of the table in the manual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has no own commit.
    Pending,
    /// It goes on.
    Working,
    /// It declared a need that is not met; it may go on with other things meanwhile (S1-62).
    Waiting(OpenNeed),
    /// It cannot go on at all (S1-63).
    Blocked {
        /// As the subject has it.
        reason: String,
    },
    /// It declared itself complete and nothing took that back.
    Complete,
    /// Its work is in the integration branch or in the base branch.
    Integrated,
    /// It gave up; a later COMPLETE clears this.
    Failed,
    /// It ran out of time; a later COMPLETE clears this (S5-51).
    TimedOut,
    /// Its history is cut off, so nothing can be said of it.
    Unknown,
}

/// A need that a task declared and that is not met yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenNeed {
    /// Who provides it.
    pub task: TaskName,
    /// The other task as the subject names it, such as `task-2`.
    pub written: String,
    /// What is needed.
    pub item: ItemName,
    /// The commit that declared it.
    pub commit_id: ObjectId,
    /// Whether it could be met now.
    pub supply: Supply,
}

/// Whether a need could be met now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Supply {
    /// The other task is not complete.
    Outstanding,
    /// The other task is complete; merging it meets the need.
    ReadyToMerge,
}

/// What a task's own commits and journal say, before its needs are looked up in other tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// The COMPLETE that is in effect.
    pub complete_commit_id: Option<ObjectId>,
    /// A COMPLETE that would be in effect if its evidence were there.
    pub unproven_commit_id: Option<ObjectId>,
    /// The BLOCKED that is in effect: its commit and its reason.
    pub blocked: Option<(ObjectId, String)>,
    /// The NEEDS that no COMPLETE has ended, each item once, newest last.
    pub needs: Vec<OpenNeed>,
    /// The state that the journal's newest verdict puts the task in, if it stands.
    pub verdict: Option<State>,
}

/// Reads one task for itself.
pub fn declared(plan: &Plan, task: &TaskFacts, log: &[LogEntry]) -> Declared {
    let taken_back = taken_back(task, log);
    let mut declared = Declared::default();
    for entry in log {
        match &entry.prefix {
            Some(Prefix::Complete) if !taken_back.contains(&entry.commit_id) => {
                declared = Declared { complete_commit_id: Some(entry.commit_id), ..Declared::default() };
            }
            // A COMPLETE that was taken back was progress all the same.
            Some(Prefix::Checkpoint | Prefix::Complete) => {
                declared.complete_commit_id = None;
                declared.blocked = None;
            }
            Some(Prefix::Blocked { reason }) => {
                declared.complete_commit_id = None;
                declared.blocked = Some((entry.commit_id, reason.clone()));
            }
            Some(Prefix::Needs { task: written, item }) => {
                declared.complete_commit_id = None;
                add_need(plan, &mut declared, (written, item, entry.commit_id));
            }
            None => {}
        }
    }
    if let Some(complete) = declared.complete_commit_id.filter(|id| !is_proven(plan, task, *id)) {
        declared.unproven_commit_id = Some(complete);
        declared.complete_commit_id = None;
    }
    declared.verdict = verdict(task, log, declared.complete_commit_id);
    declared
}

/// Whether every command that the plan asks for has passed for the tree that was declared complete.
fn is_proven(plan: &Plan, task: &TaskFacts, complete_commit_id: ObjectId) -> bool {
    let commit = task.own_commits().find(|commit| commit.id == complete_commit_id);
    commit.is_some_and(|commit| {
        evidence::outstanding(&plan.protocol.evidence, &task.journal, commit.tree_id).is_empty()
    })
}

/// A need of a task that the plan does not know is the judge's to report; nobody can wait for it.
fn add_need(
    plan: &Plan,
    declared: &mut Declared,
    (written, item, commit_id): (&String, &ItemName, ObjectId),
) {
    let Ok(provider) = plan.find_task(written) else { return };
    declared.needs.retain(|need| (&need.task, &need.item) != (&provider.name, item));
    declared.needs.push(OpenNeed {
        task: provider.name.clone(),
        written: written.clone(),
        item: item.clone(),
        commit_id,
        supply: Supply::Outstanding,
    });
}

/// The COMPLETEs that no longer hold: reverted, or reopened in the journal (S1-51, S1-52).
pub fn taken_back(task: &TaskFacts, log: &[LogEntry]) -> Vec<ObjectId> {
    let mut taken_back = log::reverted(&task.commits);
    taken_back.extend(task.reopened());
    let is_reopening = |entry: &&Entry| entry.event == Event::Reopened && entry.commit_id.is_none();
    for entry in task.journal.iter().filter(is_reopening) {
        let is_complete = |one: &&LogEntry| one.prefix == Some(Prefix::Complete) && one.time <= entry.time;
        taken_back.extend(log.iter().rev().find(is_complete).map(|one| one.commit_id));
    }
    taken_back
}

/// The newest verdict, unless the COMPLETE in effect is later (S5-51).
fn verdict(task: &TaskFacts, log: &[LogEntry], complete_commit_id: Option<ObjectId>) -> Option<State> {
    let (entry, state) = task.journal.iter().rev().find_map(|entry| match entry.event {
        Event::Failed => Some((entry, State::Failed)),
        Event::TimedOut => Some((entry, State::TimedOut)),
        _ => None,
    })?;
    let place = |id: ObjectId| log.iter().position(|one| one.commit_id == id);
    let complete = complete_commit_id.and_then(place);
    let cleared = match (complete, entry.commit_id.and_then(place)) {
        (None, _) => false,
        (Some(complete), Some(judged)) => complete > judged,
        (Some(complete), None) => log[complete].time >= entry.time,
    };
    (!cleared).then_some(state)
}

/// The needs of `task` that are not met, with what could be done about each; `all` has what every
/// task of the plan declared, with its facts.
pub fn open_needs(task: &TaskFacts, declared: &Declared, all: &[(&TaskFacts, Declared)]) -> Vec<OpenNeed> {
    let mut open = Vec::new();
    for need in &declared.needs {
        let Some((provider, theirs)) = all.iter().find(|(one, _)| one.name == need.task) else { continue };
        let supply = match theirs.complete_commit_id {
            None => Supply::Outstanding,
            Some(complete) if task.holds_commit(provider, complete) => continue,
            Some(_) => Supply::ReadyToMerge,
        };
        open.push(OpenNeed { supply, ..need.clone() });
    }
    open
}

/// The state that all of this adds up to.
pub fn state(
    task: &TaskFacts,
    declared: &Declared,
    open: &[OpenNeed],
    all: &[(&TaskFacts, Declared)],
) -> State {
    if task.is_cut_off {
        return State::Unknown;
    }
    let is_complete = declared.complete_commit_id.is_some();
    if task.is_integrated() && (is_complete || !is_carried(task, all)) {
        return State::Integrated;
    }
    if let Some(verdict) = &declared.verdict {
        return verdict.clone();
    }
    if !task.has_own_commits() {
        return State::Pending;
    }
    if is_complete {
        return State::Complete;
    }
    if let Some((_, reason)) = &declared.blocked {
        return State::Blocked { reason: reason.clone() };
    }
    let outstanding = |need: &&OpenNeed| need.supply == Supply::Outstanding;
    match open.iter().rev().find(outstanding).or(open.last()) {
        Some(need) => State::Waiting(need.clone()),
        None => State::Working,
    }
}

/// Whether unfinished work was integrated only because another task had merged it early.
fn is_carried(task: &TaskFacts, all: &[(&TaskFacts, Declared)]) -> bool {
    all.iter().any(|(other, _)| {
        other.name != task.name && other.contains.contains(&task.name) && other.is_integrated()
    })
}

#[cfg(test)]
mod tests {
    use crate::model::status::sample;

    const CHECKPOINT: &str = "[CHECKPOINT] part";
    const COMPLETE: &str = "[COMPLETE] all";
    const NEEDS: &str = "[NEEDS:task-2/AnalyticsEvent]";
    const BLOCKED: &str = "[BLOCKED:no schema] cannot";

    /// What happened on the branches of task 1 and task 2, and the state of task 1 in a few words.
    #[track_caller]
    fn check(own: &[&str], provider: &[&str], expect: &str) {
        use super::{State, Supply};
        let facts = sample::facts([own, provider, &[]]);
        let status = sample::status(&facts, 60);
        let said = match &status.tasks[0].state {
            State::Waiting(need) if need.supply == Supply::ReadyToMerge => format!("ready {}", need.item),
            State::Waiting(need) => format!("waiting {}", need.item),
            State::Blocked { reason } => format!("blocked {reason}"),
            other => format!("{other:?}").to_lowercase(),
        };
        assert_eq!(said, expect, "after {own:?} and {provider:?}");
    }

    #[test]
    fn the_newest_prefix_decides() {
        check(&[], &[], "pending");
        check(&["+2"], &[CHECKPOINT], "pending"); // another's work is none of its own (S1-65)
        check(&[CHECKPOINT], &[], "working");
        check(&["no prefix at all"], &[], "working");
        check(&[COMPLETE], &[], "complete");
        check(&[CHECKPOINT, COMPLETE, CHECKPOINT], &[], "working");
        check(&[CHECKPOINT, COMPLETE, "+2"], &[COMPLETE], "complete");
        check(&[COMPLETE, "no prefix at all"], &[], "complete");
    }

    #[test]
    fn a_need_lasts_until_it_is_merged() {
        check(&[NEEDS], &[], "waiting AnalyticsEvent");
        check(&[NEEDS, CHECKPOINT], &[CHECKPOINT], "waiting AnalyticsEvent"); // S1-62
        check(&[NEEDS, CHECKPOINT], &[CHECKPOINT, COMPLETE], "ready AnalyticsEvent");
        check(&[NEEDS, CHECKPOINT, "+2:1"], &[CHECKPOINT, COMPLETE], "ready AnalyticsEvent");
        check(&[NEEDS, CHECKPOINT, "+2"], &[CHECKPOINT, COMPLETE], "working");
        check(&[NEEDS, "+2"], &[CHECKPOINT, COMPLETE], "working");
        check(&[NEEDS, "+2"], &[CHECKPOINT], "waiting AnalyticsEvent");
        check(&[NEEDS, "+2:2"], &[CHECKPOINT, COMPLETE, "!reopened", COMPLETE], "ready AnalyticsEvent");
        check(&[NEEDS, COMPLETE], &[], "complete");
        check(&[NEEDS], &[COMPLETE, "revert 1"], "waiting AnalyticsEvent");
        check(&["[NEEDS:task-9/x]"], &[], "working"); // nobody can wait for what is not in the plan
        check(&[NEEDS, "[NEEDS:task-3/css]"], &[COMPLETE], "waiting css");
        check(&["[NEEDS:task-3/css]", NEEDS], &[COMPLETE], "waiting css"); // what cannot go on comes first
    }

    #[test]
    fn a_block_lasts_until_there_is_progress() {
        check(&[CHECKPOINT, BLOCKED], &[], "blocked no schema");
        check(&[BLOCKED, CHECKPOINT], &[], "working"); // S1-63
        check(&[BLOCKED, COMPLETE], &[], "complete");
        check(&[BLOCKED, NEEDS], &[], "blocked no schema");
        check(&[BLOCKED, "+2"], &[COMPLETE], "blocked no schema");
        check(&[NEEDS, BLOCKED, CHECKPOINT], &[], "waiting AnalyticsEvent");
    }

    #[test]
    fn a_complete_can_be_taken_back() {
        check(&[CHECKPOINT, COMPLETE, "revert 2"], &[], "working"); // S1-51
        check(&[CHECKPOINT, COMPLETE, "revert 2", "revert 3"], &[], "complete");
        check(&[CHECKPOINT, COMPLETE, "revert 1"], &[], "complete");
        check(&[CHECKPOINT, COMPLETE, "revert 2", COMPLETE], &[], "complete");
        check(&[COMPLETE, "Revert \"[COMPLETE] all\""], &[], "working"); // the body does not name it
        check(&[COMPLETE, "!reopened"], &[], "working"); // S1-52
        check(&[COMPLETE, "!reopened", CHECKPOINT, COMPLETE], &[], "complete");
        check(&[BLOCKED, COMPLETE, "!reopened"], &[], "working");
    }

    #[test]
    fn a_verdict_stands_until_a_later_complete() {
        check(&[CHECKPOINT, "!timed-out"], &[], "timedout");
        check(&[CHECKPOINT, "!timed-out", CHECKPOINT], &[], "timedout");
        check(&[CHECKPOINT, "!timed-out", COMPLETE], &[], "complete"); // S5-51
        check(&["!failed"], &[], "failed");
        check(&[COMPLETE, "!failed"], &[], "failed");
        check(&["!timed-out", "!failed"], &[], "failed");
    }

    #[test]
    fn a_complete_without_its_evidence_is_none() {
        let mut facts = sample::facts([&[CHECKPOINT, COMPLETE], &[], &[]]);
        facts.plan.protocol.evidence = vec!["cargo test".into()];
        assert_eq!(sample::status(&facts, 9).tasks[0].state, super::State::Working, "nothing has passed");
        let tree_id = facts.tasks[0].commits[1].tree_id;
        let passed = super::evidence::entry("w", tree_id, "cargo test", super::evidence::Verdict::Passed, "");
        facts.tasks[0].journal.push(passed);
        assert_eq!(
            sample::status(&facts, 9).tasks[0].state,
            super::State::Complete,
            "it passed for the tree"
        );
    }

    #[test]
    fn what_is_cut_off_is_unknown() {
        let mut facts = sample::facts([&[], &[], &[]]);
        facts.tasks[0].is_cut_off = true;
        let status = sample::status(&facts, 600);
        assert_eq!(status.tasks[0].state, super::State::Unknown, "no commits are known, which is not none");
        let said = format!("{:?}", status.actions);
        assert!(!said.contains("task-1"), "nobody is told to begin what may be done: {said}");
    }

    #[test]
    fn ancestry_says_what_is_integrated() {
        check(&[CHECKPOINT, COMPLETE, "@integration"], &[], "integrated");
        check(&[CHECKPOINT, COMPLETE, "@base"], &[], "integrated");
        check(&[CHECKPOINT, "@base"], &[], "integrated");
        check(&["@base"], &[], "pending"); // every branch starts in the base
        check(&[COMPLETE, "revert 1", "@integration"], &[], "integrated");
        check(&[CHECKPOINT, "@base"], &["+1", COMPLETE, "@base"], "working"); // only carried along
    }
}
