//! How an issue reads: a title, what is known, what to do (S1-68).

use crate::model::finding::Finding;
use crate::model::name::TaskName;
use crate::model::status::collision::Rival;
use crate::model::status::flag::Flag;
use crate::model::status::issue::{Issue, Kind};
use crate::model::status::state::Supply;
use crate::render::words::phrase::{self, Phrase};
use crate::render::words::{count, short};

/// The most findings of one task that are listed.
const MAX_FINDINGS: usize = 10;

/// The most paths of one pair that are listed.
const MAX_PATHS: usize = 3;

/// An issue in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What kind of issue it is.
    pub title: &'static str,
    /// What is known, the task first; the last point is what to do.
    pub points: Vec<Phrase>,
}

/// The words of an issue.
pub fn wording(issue: &Issue) -> Wording {
    let task = issue.task.short();
    let (title, points) = match &issue.kind {
        Kind::DependencyResolved { provider, item } => {
            let needed = match item {
                Some(item) => data(task).words(" needed ").code(format!("{}/{item}", provider.short())),
                None => data(task).words(" needs ").data(provider.short()).words(" by the plan"),
            };
            let is_complete = data(provider.short()).words(" is now ").status("[COMPLETE]");
            let action = Phrase::new("Action: Notify ").data(task).words(" to merge ").data(provider.short());
            ("Cross-dependency resolved", vec![needed, is_complete, action.words(" and continue")])
        }
        Kind::Blocked { reason, topic, provider, supply } => {
            ("Worker blocked", blocked(task, (reason, topic), provider.as_ref(), *supply))
        }
        Kind::Deadlock { circle } => ("Workers wait for each other", deadlock(circle)),
        Kind::Failed(said) => ("Worker gave up", failed(task, said)),
        Kind::TimedOut => (
            "Worker timed out",
            vec![
                data(task).words(" passed its time limit"),
                Phrase::new("Action: Continue it with another worker; a late ")
                    .status("[COMPLETE]")
                    .words(" still counts"),
            ],
        ),
        Kind::Stalled(age) => (
            "Worker stalled",
            vec![
                data(task).words(format!(" has not committed for {age}")),
                Phrase::new("Action: Ask ").data(task).words(" for a checkpoint"),
            ],
        ),
        Kind::Violations(findings) => ("Rules broken", violations(task, findings)),
        Kind::Uncommitted(paths) => (
            "Uncommitted changes after completion",
            vec![
                data(task).words(" is ").status("[COMPLETE]").words(format!(
                    ", but {} of its worktree {} not committed",
                    count(*paths, "path"),
                    if *paths == 1 { "is" } else { "are" }
                )),
                Phrase::new("Action: Commit or discard them"),
            ],
        ),
        Kind::Conflicts(rivals) => ("Predicted conflict", conflicts(task, rivals)),
        Kind::Repository(flag) => repository(task, flag),
        Kind::Dropped(finding) => (
            "Task no longer in the plan",
            vec![Phrase::default().data(finding), Phrase::new("Action: ").data(finding.hint())],
        ),
    };
    Wording { title, points }
}

fn data(text: &str) -> Phrase {
    Phrase::default().data(text)
}

fn blocked(
    task: &str,
    (reason, topic): (&str, &str),
    provider: Option<&TaskName>,
    supply: Supply,
) -> Vec<Phrase> {
    let mut points = vec![data(task).words(" is ").status(format!("[BLOCKED:{reason}]"))];
    let Some(provider) = provider.map(TaskName::short) else {
        points.push(Phrase::new("Action: Answer ").data(task).words(" about ").data(topic));
        return points;
    };
    points.push(Phrase::new("Needs ").data(topic).words(" from ").data(provider));
    points.push(match supply {
        Supply::Outstanding => Phrase::new("Action: Once ")
            .data(provider)
            .words(" completes, share ")
            .data(topic)
            .words(" with ")
            .data(task),
        Supply::ReadyToMerge => data(provider).words(" is now ").status("[COMPLETE]"),
    });
    if supply == Supply::ReadyToMerge {
        points.push(
            Phrase::new("Action: Notify ")
                .data(task)
                .words(" to merge ")
                .data(provider)
                .words(" and continue"),
        );
    }
    points
}

fn deadlock(circle: &[TaskName]) -> Vec<Phrase> {
    let mut points: Vec<Phrase> = circle
        .iter()
        .zip(circle.iter().cycle().skip(1))
        .map(|(one, next)| data(one.short()).words(" waits for ").data(next.short()))
        .collect();
    points.push(Phrase::new(
        "Action: Let one of them stub what it needs, let it merge partial work, or cut the tasks differently",
    ));
    points
}

fn failed(task: &str, said: &str) -> Vec<Phrase> {
    let first = said.lines().next().unwrap_or_default();
    let gave_up = data(task).words(" gave up");
    let gave_up = if first.is_empty() { gave_up } else { gave_up.words(": ").data(first) };
    vec![gave_up, Phrase::new("Action: Continue it with another worker")]
}

fn violations(task: &str, findings: &[Finding]) -> Vec<Phrase> {
    let mut points =
        vec![data(task).words(format!(" has {} in its history", count(findings.len(), "violation")))];
    for finding in findings.iter().take(MAX_FINDINGS) {
        let phrase = match finding.commit_id {
            Some(id) => Phrase::default().code(short(id)).words(" "),
            None => Phrase::default(),
        };
        points.push(phrase.data(finding));
    }
    if findings.len() > MAX_FINDINGS {
        points.push(Phrase::new(format!("and {} more", findings.len() - MAX_FINDINGS)));
    }
    points.push(
        Phrase::new("Action: Have ")
            .data(task)
            .words(" undo them; ")
            .code("git orchestrate verify")
            .words(" has the details"),
    );
    points
}

fn conflicts(task: &str, rivals: &[Rival]) -> Vec<Phrase> {
    let mut points = Vec::new();
    for Rival { of, paths } in rivals.iter().take(MAX_FINDINGS) {
        let both = data(task).words(" and ").data(of.short()).words(" do not merge: ");
        points.push(phrase::list(both, paths, MAX_PATHS));
    }
    if rivals.len() > MAX_FINDINGS {
        points.push(Phrase::new(format!("and {} more", rivals.len() - MAX_FINDINGS)));
    }
    let look = format!("git orchestrate conflicts {task}");
    points.push(Phrase::new("Action: Let them agree who changes it; ").code(look).words(" shows the lines"));
    points
}

fn repository(task: &str, flag: &Flag) -> (&'static str, Vec<Phrase>) {
    let start_again = || Phrase::new("Action: Run ").code("git orchestrate start").words(" again");
    let (title, said, action) = match flag {
        Flag::NoBranch => ("Branch missing", data(task).words(" has no branch"), start_again()),
        Flag::NoWorktree => ("Worktree missing", data(task).words(" has no worktree"), start_again()),
        Flag::HooksOff(why) => {
            ("Hooks do not run", data(task).words(" can commit unchecked: ").data(why), start_again())
        }
        Flag::Symbolic(target) => (
            "Branch is a symbolic ref",
            Phrase::new("the branch of ").data(task).words(" points to ").code(target),
            Phrase::new("Action: Make it a branch of its own"),
        ),
        Flag::Elsewhere(branch) => {
            let there = Phrase::new("the worktree of ").data(task);
            let there = match branch {
                Some(branch) => there.words(" is on ").code(branch),
                None => there.words(" has a detached HEAD"),
            };
            ("Wrong branch in a worktree", there, Phrase::new("Action: Switch it back"))
        }
        Flag::RemoteAhead { remote, commits } => (
            "Remote is ahead",
            data(remote)
                .words(format!(" has {} of ", count(*commits, "commit")))
                .data(task)
                .words(" that the local branch lacks"),
            Phrase::new("Action: Fast-forward the local branch"),
        ),
        Flag::Diverged { remote, ahead, behind } => (
            "Branch has diverged",
            data(task)
                .words(format!(" has {} here and {} on ", count(*ahead, "commit"), behind))
                .data(remote)
                .words(" that the other side lacks"),
            Phrase::new(
                "Action: Merge the remote branch into the local one, or replace it if it was rewritten here",
            ),
        ),
        Flag::NoEvidence => (
            "Evidence missing",
            data(task)
                .words(" says ")
                .status("[COMPLETE]")
                .words(", but the plan's checks have not passed for that tree"),
            Phrase::new("Action: Have ").data(task).words(" run ").code("git worker complete"),
        ),
        other => ("Note", data(task).words(": ").data(other), Phrase::new("Action: None")),
    };
    (title, vec![said, action])
}
