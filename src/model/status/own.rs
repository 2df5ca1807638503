//! A run as one of its workers sees it: whom I wait for, who waits for me, what to do next.

use bstr::{BString, ByteSlice};

use crate::model::brief::remaining;
use crate::model::contact::Contact;
use crate::model::name::TaskName;
use crate::model::plan::{DependencyMode, Plan};
use crate::model::scope;
use crate::model::status::action::{Action, Merge};
use crate::model::status::flag::Flag;
use crate::model::status::issue::Kind;
use crate::model::status::state::State;
use crate::model::status::{RunStatus, TaskStatus};

/// The status of a run from one task's side.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnStatus {
    /// The task's own status.
    pub task: TaskStatus,
    /// The moment, in seconds since the epoch.
    pub now: i64,
    /// Uncommitted paths in the task's scope.
    pub in_scope: Vec<BString>,
    /// Uncommitted paths outside of it.
    pub outside: Vec<BString>,
    /// Unfinished tasks that wait for this one, and for what, in the words of their need.
    pub waiting: Vec<(TaskName, String)>,
    /// What others have changed as well, conflicts first.
    pub contacts: Vec<Contact>,
    /// What could not be read.
    pub unknown: Vec<String>,
    /// What to do next.
    pub next: Next,
}

/// What a worker is to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// Finish or take back what git has stopped in the middle of.
    Finish {
        /// What it is called: `merge`.
        operation: &'static str,
        /// The command that finishes it.
        finish: &'static str,
        /// The one that takes it back.
        abort: &'static str,
        /// Paths with conflicts, which are resolved first.
        unmerged: Vec<BString>,
    },
    /// Take these paths out of the worktree, or ask their owner: they cannot be committed.
    Restore(Vec<BString>),
    /// Mend what breaks the rules in the branch's history.
    Mend(usize),
    /// Merge what is complete by now.
    Merge(TaskName, Merge),
    /// Read the brief and begin.
    Begin,
    /// Commit what is done.
    Checkpoint,
    /// Go on with this item of the plan.
    GoOn(String),
    /// Declare the task complete: the plan's list is done.
    Complete,
    /// Take the COMPLETE back, if there is more to do: nothing may follow it.
    Reopen,
    /// Wait for this task, if it is known who it is.
    Wait(Option<TaskName>),
    /// Nothing: the task is finished.
    Nothing,
}

impl OwnStatus {
    /// The side of `name`; `None` if the run has no such task.
    pub fn new(plan: &Plan, status: &RunStatus, name: &TaskName) -> Option<OwnStatus> {
        let task = status.task(name)?.clone();
        let scope = &plan.task(name)?.scope;
        let dirty = task.flags.iter().find_map(|flag| match flag {
            Flag::Dirty(paths) => Some(paths.clone()),
            _ => None,
        });
        let is_in_scope = |path: &BString| scope::lookup(scope, path.as_bstr()).is_some();
        let (in_scope, outside): (Vec<_>, Vec<_>) =
            dirty.unwrap_or_default().into_iter().partition(is_in_scope);
        let next = next(plan, status, &task, (&in_scope, &outside));
        Some(OwnStatus {
            waiting: waiting(plan, status, name),
            now: status.now,
            task,
            in_scope,
            outside,
            contacts: Vec::new(),
            unknown: Vec::new(),
            next,
        })
    }
}

/// Who waits, by the plan or by a NEEDS of its own.
fn waiting(plan: &Plan, status: &RunStatus, name: &TaskName) -> Vec<(TaskName, String)> {
    let mut waiting = Vec::new();
    for other in status.tasks.iter().filter(|other| other.name != *name && !other.state.is_done()) {
        let declared = other.open_needs.iter().filter(|need| need.task == *name);
        let declared: Vec<String> = declared.map(|need| need.item.to_string()).collect();
        let planned = plan.task(&other.name).into_iter().flat_map(|task| &task.needs);
        let planned = planned.filter(|need| need.task == *name).map(|need| need.text.clone());
        let wants = if declared.is_empty() { planned.collect() } else { declared };
        waiting.extend(wants.into_iter().map(|want| (other.name.clone(), want)));
    }
    waiting
}

/// The most pressing thing first: what cannot be committed, what breaks the rules, what is free now.
fn next(
    plan: &Plan,
    status: &RunStatus,
    task: &TaskStatus,
    (in_scope, outside): (&[BString], &[BString]),
) -> Next {
    if !outside.is_empty() {
        return Next::Restore(outside.to_vec());
    }
    let violations = task.flags.iter().find_map(|flag| match flag {
        Flag::Violations(findings) => Some(findings.len()),
        _ => None,
    });
    if let Some(violations) = violations {
        return Next::Mend(violations);
    }
    let gave_up = matches!(task.state, State::Failed | State::TimedOut);
    if task.complete_commit_id.is_some() && (gave_up || !in_scope.is_empty()) {
        return Next::Reopen;
    }
    if let Some(provider) = barrier(plan, status, task) {
        return Next::Wait(Some(provider));
    }
    if in_scope.is_empty() {
        let merge = merge(status, task, |_| true);
        return merge.unwrap_or_else(|| by_state(plan, status, task));
    }
    // A strict plan lets nothing be committed before what is needed is merged.
    let is_strict = plan.dependencies == DependencyMode::Strict;
    let merge = merge(status, task, |provider| is_strict && is_left(status, (&task.name, provider)));
    merge.unwrap_or(Next::Checkpoint)
}

/// What the task can merge, of those providers that count.
fn merge(status: &RunStatus, task: &TaskStatus, counts: impl Fn(&TaskName) -> bool) -> Option<Next> {
    status.actions.iter().find_map(|action| match action {
        Action::Resume { task: to, provider, merge } if *to == task.name && counts(provider) => {
            Some(Next::Merge(provider.clone(), merge.clone()))
        }
        _ => None,
    })
}

/// Whether a provider is complete and not merged; who is blocked is told to resume even if it is.
fn is_left(status: &RunStatus, (task, provider): (&TaskName, &TaskName)) -> bool {
    status.issues.iter().any(|issue| {
        let is_of =
            |kind: &Kind| matches!(kind, Kind::DependencyResolved { provider: of, .. } if of == provider);
        issue.task == *task && is_of(&issue.kind)
    })
}

/// The unfinished task before which nothing can be committed, as dependencies are strict.
fn barrier(plan: &Plan, status: &RunStatus, task: &TaskStatus) -> Option<TaskName> {
    let is_strict = plan.dependencies == DependencyMode::Strict && !task.state.is_done();
    let needs = plan.task(&task.name).filter(|_| is_strict).into_iter().flat_map(|task| &task.needs);
    let mut unfinished = needs.filter(|need| status.task(&need.task).is_some_and(|one| !one.state.is_done()));
    unfinished.next().map(|need| need.task.clone())
}

fn by_state(plan: &Plan, status: &RunStatus, task: &TaskStatus) -> Next {
    match task.state {
        State::Complete | State::Integrated => Next::Nothing,
        State::Unknown => Next::Wait(None),
        State::Pending => Next::Begin,
        State::Blocked { .. } => Next::Wait(status.actions.iter().find_map(|action| match action {
            Action::WaitToUnblock { provider, task: blocked, .. } if *blocked == task.name => {
                Some(provider.clone())
            }
            _ => None,
        })),
        State::Working | State::Waiting(_) | State::Failed | State::TimedOut => {
            let expected = plan.task(&task.name).map_or(&[][..], |planned| &planned.checkpoints);
            match remaining(expected, &task.log, false).into_iter().next() {
                Some(item) => Next::GoOn(item),
                None => Next::Complete,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::Worktree;
    use crate::model::status::sample;

    /// What task 1 is to do next, after that happened and with these paths uncommitted.
    #[track_caller]
    fn check(happened: [&[&str]; 3], dirty: &[&str], expect: Next) {
        check_under(DependencyMode::Advisory, happened, dirty, expect);
    }

    #[track_caller]
    fn check_under(mode: DependencyMode, happened: [&[&str]; 3], dirty: &[&str], expect: Next) {
        let mut facts = sample::facts(happened);
        facts.plan.dependencies = mode;
        facts.tasks[0].worktree = Some(Worktree {
            path: "/w".into(),
            present: true,
            branch: Some(facts.tasks[0].branch.clone()),
            head: facts.tasks[0].tip,
            is_scope_only: false,
            dirty: Some(dirty.iter().map(|path| BString::from(*path)).collect()),
            hooks: None,
        });
        let status = sample::status(&facts, 10);
        let own = OwnStatus::new(&facts.plan, &status, &sample::name(1)).expect("a task of the plan");
        assert_eq!(own.next, expect, "what comes next after {happened:?} with {dirty:?}");
    }

    #[test]
    fn the_most_pressing_thing_comes_first() {
        let (one, two) = ("[CHECKPOINT] One", "[CHECKPOINT] Two");
        let needs = "[NEEDS:task-2/AnalyticsEvent]";
        check([&[], &[], &[]], &[], Next::Begin);
        check([&[], &[], &[]], &["api/x"], Next::Checkpoint);
        check([&[], &[], &[]], &["api/x", "config"], Next::Restore(vec!["config".into()]));
        check([&[one], &[], &[]], &[], Next::GoOn("Two".into()));
        check([&[one, two], &[], &[]], &[], Next::Complete);
        check([&[needs], &[], &[]], &[], Next::GoOn("One".into())); // NEEDS does not stop work (S1-38)
        check([&[needs], &["[COMPLETE] all"], &[]], &[], Next::Merge(sample::name(2), Merge::Local));
        check([&["[BLOCKED:x] y"], &[], &[]], &[], Next::Wait(Some(sample::name(2))));
        check([&["[COMPLETE] all"], &[], &[]], &[], Next::Nothing);
        check([&["[COMPLETE] all"], &[], &[]], &["api/x"], Next::Reopen);
        check([&["[COMPLETE] all", "!failed"], &[], &[]], &[], Next::Reopen);
        check([&["[COMPLETE] all", "!failed", "!reopened"], &[], &[]], &["api/x"], Next::Checkpoint);
        check([&[one, two, "!failed"], &[], &[]], &[], Next::Complete);
    }

    #[test]
    fn who_may_not_commit_waits_or_merges_first() {
        let check = |happened: [&[&str]; 3], dirty: &[&str], expect: Next| {
            check_under(DependencyMode::Strict, happened, dirty, expect);
        };
        let (part, complete, own) = ("[CHECKPOINT] Some", "[COMPLETE] all", "[CHECKPOINT] One");
        let merge = |how| Next::Merge(sample::name(2), how);
        for dirty in [&[][..], &["api/x"]] {
            check([&[], &[part], &[]], dirty, Next::Wait(Some(sample::name(2))));
        }
        check([&[], &[complete], &[]], &[], merge(Merge::Local));
        check([&[], &[complete], &[]], &["api/x"], merge(Merge::Aside));
        check([&[own], &[complete], &[]], &["api/x"], merge(Merge::Aside));
        check([&["!failed"], &[complete], &[]], &["api/x"], merge(Merge::Aside));
        check([&["[BLOCKED:x] y"], &[complete], &[]], &["api/x"], merge(Merge::Aside));
        check([&["+2:1"], &[part, complete], &[]], &["api/x"], merge(Merge::Aside));
        check([&[], &[complete], &[]], &["api/x", "config"], Next::Restore(vec!["config".into()]));
        for merged in [&["+2"][..], &["+2", "[BLOCKED:x] y"], &["+2", "!failed"]] {
            check([merged, &[complete], &[]], &["api/x"], Next::Checkpoint);
        }
        let reopened = [complete, "!reopened", part, complete];
        check([&["+2:1"], &reopened, &[]], &["api/x"], Next::Checkpoint);
    }

    #[test]
    fn who_waits_is_told_in_the_words_of_the_need() {
        let check = |happened: [&[&str]; 3], expect: &[(usize, &str)]| {
            let facts = sample::facts(happened);
            let status = sample::status(&facts, 10);
            let own = OwnStatus::new(&facts.plan, &status, &sample::name(2)).expect("a task of the plan");
            let expect: Vec<_> =
                expect.iter().map(|(task, want)| (sample::name(*task), (*want).to_owned())).collect();
            assert_eq!(own.waiting, expect, "who waits for task 2 after {happened:?}");
        };
        check([&[], &[], &[]], &[(1, "Analytics model")]);
        check([&["[NEEDS:task-2/Event]"], &[], &["[NEEDS:2/css]"]], &[(1, "Event"), (3, "css")]);
        check([&["[COMPLETE] all"], &[], &[]], &[]);
    }
}
