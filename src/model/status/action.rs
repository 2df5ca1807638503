//! What to do next, for whoever coordinates the run (S1-70).
//!
//! Every action follows from an issue or a state and is ready to be carried out: it names the
//! worker to write to and the command to type. What can be done now comes first, waiting last.

use std::collections::HashSet;
use std::mem::discriminant;

use crate::model::facts::{Facts, TaskFacts};
use crate::model::name::{ItemName, TaskName};
use crate::model::plan::DependencyMode;
use crate::model::status::TaskStatus;
use crate::model::status::flag::Flag;
use crate::model::status::issue::{Issue, Kind};
use crate::model::status::state::{State, Supply};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Tell a worker that what it needs is there, and how to get it.
    Resume {
        /// Whom to tell.
        task: TaskName,
        /// Whose work it needs.
        provider: TaskName,
        /// How to get it.
        merge: Merge,
    },
    /// Give these workers their kickoff prompts.
    Kickoff(Vec<TaskName>),
    /// Wait for a task; then a blocked one can be helped.
    WaitToUnblock {
        /// Whom to wait for.
        provider: TaskName,
        /// Who is blocked.
        task: TaskName,
        /// What it needs to know.
        topic: String,
    },
    /// Wait for a task; then another can merge what it needs.
    WaitToMerge {
        /// Whom to wait for.
        provider: TaskName,
        /// Who waits.
        task: TaskName,
        /// For what.
        item: ItemName,
    },
    /// Answer a worker's question; nobody in the plan can.
    Answer {
        /// Who asks.
        task: TaskName,
        /// What about.
        topic: String,
    },
    /// Break a circle of waiting: stub, merge partial work, or cut the tasks differently.
    BreakCircle(Vec<TaskName>),
    /// Ask for a checkpoint, or let another worker go on with the task.
    Continue(TaskName),
    /// Look at what breaks the rules and have it undone.
    Review(TaskName),
    /// Commit or discard what a complete task left in its worktree.
    Tidy(TaskName),
    /// Bring branch and remote branch together; says which flag made it necessary.
    Catch(TaskName, Flag),
    /// Run `git orchestrate start` again: it restores branches, worktrees and hooks.
    Restore(Vec<TaskName>),
    /// Put the task's branch back into its worktree.
    Switch(TaskName),
    /// An integration waits for a person at this task's step: let it go on.
    Conclude(TaskName),
    /// An integration did not end, and no task is known to wait for a person: let it go on.
    GoOn,
    /// An integration left the task out, because this command fails on its step: have it mended, and tried
    /// again.
    Mend {
        /// Which.
        task: TaskName,
        /// What fails.
        command: String,
        /// All that an integration runs.
        commands: Vec<String>,
    },
    /// Everything is complete: merge it, and run these commands as before.
    Integrate(Vec<String>),
    /// Everything is integrated: land the integration branch on the base.
    Land,
    /// Everything is in the base: remove worktrees and branches.
    CleanUp,
}

/// How a worker gets another's finished work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// From the remote, where all of it is published.
    Fetched {
        /// Such as `origin`.
        remote: String,
        /// Short name of the branch.
        branch: String,
    },
    /// With `git worker merge`.
    Local,
    /// The same, with what is uncommitted put aside meanwhile: it cannot be committed before.
    Aside,
}

/// All actions of a run, in the order in which to take them.
pub fn actions(facts: &Facts, tasks: &[TaskStatus], issues: &[Issue]) -> Vec<Action> {
    let mut actions: Vec<Action> = unfinished(facts).into_iter().collect();
    let (mut seen, mut restore) = (HashSet::new(), None);
    for issue in issues {
        let Some(action) = from_issue(facts, issue) else { continue };
        // Equal actions are about the same task.
        let is_first = seen.insert((discriminant(&action), &issue.task));
        let known = restore.and_then(|at: usize| actions.get_mut(at));
        if let (Action::Restore(more), Some(Action::Restore(known))) = (&action, known) {
            known.extend(more.iter().filter(|_| is_first).cloned());
        } else if is_first || !actions.contains(&action) {
            restore = restore.or(matches!(action, Action::Restore(_)).then_some(actions.len()));
            actions.push(action);
        }
    }
    actions.extend(kickoff(tasks));
    actions.extend(tasks.iter().filter_map(wait));
    actions.extend(finish(facts, tasks));
    actions.sort_by_key(|action| matches!(action, Action::WaitToUnblock { .. } | Action::WaitToMerge { .. }));
    actions
}

fn from_issue(facts: &Facts, issue: &Issue) -> Option<Action> {
    let task = issue.task.clone();
    let resume = |provider: &TaskName| Action::Resume {
        task: issue.task.clone(),
        provider: provider.clone(),
        merge: merge(facts, (&issue.task, provider)),
    };
    Some(match &issue.kind {
        Kind::DependencyResolved { provider, .. } => resume(provider),
        Kind::Blocked { provider: Some(provider), supply: Supply::ReadyToMerge, .. } => resume(provider),
        Kind::Blocked { provider: Some(provider), topic, .. } => {
            Action::WaitToUnblock { provider: provider.clone(), task, topic: topic.clone() }
        }
        Kind::Blocked { provider: None, topic, .. } => Action::Answer { task, topic: topic.clone() },
        Kind::Deadlock { circle } => Action::BreakCircle(circle.clone()),
        Kind::Failed(_) | Kind::TimedOut | Kind::Stalled(_) => Action::Continue(task),
        Kind::Dropped(_) => return None,
        Kind::Violations(_) => Action::Review(task),
        Kind::Uncommitted(_) => Action::Tidy(task),
        Kind::Conflicts(_) => return None,
        Kind::Repository(flag) => match flag {
            Flag::NoBranch | Flag::NoWorktree | Flag::HooksOff(_) => Action::Restore(vec![task]),
            Flag::Elsewhere(_) => Action::Switch(task),
            Flag::RemoteAhead { .. } | Flag::Diverged { .. } => Action::Catch(task, flag.clone()),
            Flag::NoEvidence | Flag::Symbolic(_) => Action::Review(task),
            Flag::Stalled(_)
            | Flag::Dirty(_)
            | Flag::Behind { .. }
            | Flag::Violations(_)
            | Flag::Conflicts(_) => return None,
        },
    })
}

/// How a task gets the work of its provider. The remote will do only if it has everything: an
/// unpublished COMPLETE could not be fetched.
fn merge(facts: &Facts, (task, provider): (&TaskName, &TaskName)) -> Merge {
    let is_strict = facts.plan.dependencies == DependencyMode::Strict;
    let Some(provider) = facts.task(provider) else { return Merge::Local };
    match &provider.remote {
        _ if is_strict && facts.task(task).is_some_and(is_dirty) => Merge::Aside,
        Some(remote) if Some(remote.tip) == provider.effective_tip() => {
            Merge::Fetched { remote: remote.remote.clone(), branch: provider.branch.clone() }
        }
        _ => Merge::Local,
    }
}

fn is_dirty(task: &TaskFacts) -> bool {
    let paths = task.worktree.as_ref().and_then(|worktree| worktree.dirty.as_ref());
    paths.is_some_and(|paths| !paths.is_empty())
}

fn kickoff(tasks: &[TaskStatus]) -> Option<Action> {
    let has_branch = |task: &&TaskStatus| task.tip_commit_id.is_some();
    let pending = tasks.iter().filter(|task| task.state == State::Pending).filter(has_branch);
    let names: Vec<TaskName> = pending.map(|task| task.name.clone()).collect();
    (!names.is_empty()).then_some(Action::Kickoff(names))
}

fn wait(task: &TaskStatus) -> Option<Action> {
    match &task.state {
        State::Waiting(need) if need.supply == Supply::Outstanding => Some(Action::WaitToMerge {
            provider: need.task.clone(),
            task: task.name.clone(),
            item: need.item.clone(),
        }),
        _ => None,
    }
}

/// What ends an integration that has begun.
fn unfinished(facts: &Facts) -> Option<Action> {
    match &facts.stopped_at {
        Some(task) => Some(Action::Conclude(task.clone())),
        None => facts.is_integrating.then_some(Action::GoOn),
    }
}

/// What ends the run, once nothing is left to do for any task.
fn finish(facts: &Facts, tasks: &[TaskStatus]) -> Vec<Action> {
    let all = |test: &dyn Fn(&TaskStatus) -> bool| tasks.iter().all(test);
    let in_base = |task: &TaskStatus| {
        facts.task(&task.name).is_some_and(|facts| facts.in_base || facts.effective_tip().is_none())
    };
    let is_gone = |task: &TaskFacts| task.tip.is_none() && task.worktree.is_none();
    let is_cleaned_up = facts.integration_tip.is_none() && facts.tasks.iter().all(is_gone);
    if is_cleaned_up || facts.is_integrating || !all(&|task| task.state.is_done()) {
        return Vec::new();
    }
    if !all(&|task| task.state == State::Integrated) {
        let open = tasks.iter().filter(|task| task.state != State::Integrated);
        let failing: Vec<Action> = open.filter_map(|task| mend(facts, task)).collect();
        // To try those again merges the others as well.
        return if failing.is_empty() { vec![Action::Integrate(facts.commands.clone())] } else { failing };
    }
    vec![if all(&in_base) { Action::CleanUp } else { Action::Land }]
}

fn mend(facts: &Facts, task: &TaskStatus) -> Option<Action> {
    let failing = facts.task(&task.name)?.failing()?;
    let (task, command, mut commands) = (task.name.clone(), failing.command, facts.commands.clone());
    if !commands.contains(&command) {
        commands.push(command.clone());
    }
    Some(Action::Mend { task, command, commands })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::RemoteBranch;
    use crate::model::status::sample;

    const COMPLETE: &str = "[COMPLETE] all";
    const NEEDS: &str = "[NEEDS:task-2/AnalyticsEvent]";

    #[track_caller]
    fn check(happened: [&[&str]; 3], expect: &[Action]) {
        let status = sample::status(&sample::facts(happened), 10);
        assert_eq!(status.actions, expect, "what to do after {happened:?}");
    }

    fn name(number: usize) -> TaskName {
        sample::name(number)
    }

    #[test]
    fn what_can_be_done_now_comes_before_waiting() {
        let blocked = "[BLOCKED:api-format] cannot";
        check(
            [&[NEEDS], &[COMPLETE], &[blocked]],
            &[
                Action::Resume { task: name(1), provider: name(2), merge: Merge::Local },
                Action::WaitToUnblock { provider: name(1), task: name(3), topic: "api format".into() },
            ],
        );
        let item = ItemName::new("AnalyticsEvent").expect("a name");
        check(
            [&[NEEDS], &[], &["[CHECKPOINT] part"]],
            &[Action::Kickoff(vec![name(2)]), Action::WaitToMerge { provider: name(2), task: name(1), item }],
        );
    }

    #[test]
    fn a_run_ends_in_three_steps() {
        let done: &[&str] = &["+2", COMPLETE];
        check([done, &[COMPLETE], done], &[Action::Integrate(Vec::new())]);
        let merged: &[&str] = &["+2", COMPLETE, "@integration"];
        check([merged, &[COMPLETE, "@integration"], merged], &[Action::Land]);
        let mut facts = sample::facts([done, &[COMPLETE], done]);
        facts.is_integrating = true;
        assert_eq!(sample::status(&facts, 10).actions, [Action::GoOn]);
        facts.stopped_at = Some(facts.tasks[1].name.clone());
        let conclude = Action::Conclude(facts.tasks[1].name.clone());
        assert_eq!(sample::status(&facts, 10).actions, [conclude], "one at a time");
        let landed: &[&str] = &["+2", COMPLETE, "@integration", "@base"];
        check([landed, &[COMPLETE, "@base"], landed], &[Action::CleanUp]);
    }

    #[test]
    fn only_published_work_is_fetched() {
        let mut facts = sample::facts([&[NEEDS], &[COMPLETE], &[COMPLETE]]);
        let mut check = |behind_remote: usize, expect: Merge| {
            let tip = if behind_remote == 0 { facts.tasks[1].tip } else { Some(sample::id(3)) };
            let tip = tip.expect("a branch");
            facts.tasks[1].remote =
                Some(RemoteBranch { remote: "origin".into(), tip, ahead: behind_remote, behind: 0 });
            let actions = sample::status(&facts, 10).actions;
            assert_eq!(actions[0], Action::Resume { task: name(1), provider: name(2), merge: expect });
        };
        let branch = "work/task-2-models-migrations".to_owned();
        check(0, Merge::Fetched { remote: "origin".into(), branch });
        check(1, Merge::Local);
    }
}
