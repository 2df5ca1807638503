//! What an integration or a clean-up says, worded once for text and Markdown.
//!
//! Everything that came from the repository is escaped for a terminal here already; Markdown escapes
//! what it must on top of that.

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::integration::clash::Clash;
use crate::model::integration::order::Edge;
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::name::TaskName;
use crate::ops::integrate::{Refusal, StepResult, Warning};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::count;

/// A refusal: what is wrong, one line for each thing, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// One line each; the first says what was refused.
    pub lines: Vec<String>,
    /// One remedy a line; may be empty.
    pub hints: Vec<String>,
}

/// How a step came out, on one line: `Success - clean merge` or the conflict (S1-83a).
pub fn result(result: &StepResult) -> String {
    match result {
        StepResult::UpToDate => "Already up to date".into(),
        StepResult::Clean(id) => format!("Success - clean merge{}", made(id.as_ref())),
        StepResult::Resolved { commit_id, clashes } => {
            format!(
                "Success - {} resolved{}",
                count(clashes.len(), "trivial conflict"),
                made(commit_id.as_ref())
            )
        }
        StepResult::Concluded(id) => format!("Success - resolved by hand{}", made(Some(id))),
        StepResult::Conflict(clashes) => count(clashes.len(), "conflict"),
        StepResult::OutsideScope(paths) => {
            format!("the merge would change {} outside every scope", count(paths.len(), "path"))
        }
        StepResult::ExecFailed { command, code } => {
            let code = code.map_or("a signal".into(), |code| format!("exit code {code}"));
            format!("`{}` failed with {code}", terminal(command))
        }
        StepResult::Waiting => "not tried yet".into(),
        StepResult::Tentative(inner) => {
            format!("{}, unless the resolution above changes that", self::result(inner))
        }
    }
}

/// The kind of a conflict and its paths, as git words it: `CONFLICT (content): models/__init__.py`.
pub fn conflict(clash: &Clash) -> String {
    format!("CONFLICT ({}): {}", terminal(clash.conflict.kind.to_string()), paths(&clash.conflict.paths))
}

/// Who has a part in a conflict: `task-2 and task-1`; the base where no task changed our side.
pub fn sides(clash: &Clash) -> (String, String) {
    let names = |tasks: &[TaskName]| tasks.iter().map(TaskName::short).collect::<Vec<_>>().join(", ");
    let ours = if clash.ours.is_empty() { "the base".into() } else { names(&clash.ours) };
    (ours, names(&clash.theirs))
}

/// Paths in a row.
pub fn paths(paths: &[BString]) -> String {
    paths.iter().map(|path| terminal(path.as_bstr())).collect::<Vec<_>>().join(", ")
}

/// What a person should know.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::Ignored(edge) => ignored(edge),
        Warning::BaseBehind { remote, commits } => {
            format!(
                "{} has {} that the base here has not; git pull brings them",
                terminal(remote),
                count(*commits, "commit")
            )
        }
        Warning::Unknown(what) => format!("cannot read {}", terminal(what)),
    }
}

/// What the order could not respect (S1-79).
fn ignored(edge: &Edge) -> String {
    format!(
        "{} goes before {}, although {}: other dependencies need it so",
        edge.after.short(),
        edge.before.short(),
        match edge.source {
            crate::model::integration::order::Source::Notes =>
                "its integration notes require it the other way round",
            crate::model::integration::order::Source::Discovered =>
                "a NEEDS commit asks for it the other way round",
            _ => "the plan has it the other way round",
        }
    )
}

/// A task that does not take part, with what is wrong in its history.
pub fn left_out(one: &LeftOut) -> Vec<String> {
    let mut lines = vec![format!("{} {}", one.task, terminal(one.obstacle.to_string()))];
    if let Obstacle::Violations(findings) = &one.obstacle {
        for finding in findings {
            let place = finding.commit_id.map(|id| format!("{}: ", short(id))).unwrap_or_default();
            lines.push(format!("  {place}{}", terminal(finding.to_string())));
        }
    }
    lines
}

/// A refusal in words.
pub fn refusal(refusal: &Refusal) -> Refused {
    let one = |line: String, hints: &[&str]| Refused {
        lines: vec![line],
        hints: hints.iter().map(|hint| (*hint).to_owned()).collect(),
    };
    match refusal {
        Refusal::NotReady(left_out) => not_ready(left_out),
        Refusal::NothingToMerge(left_out) => Refused {
            lines: [vec!["no task can take part".to_owned()], indented(left_out)].concat(),
            hints: Vec::new(),
        },
        Refusal::Busy(run) => one(
            format!("another process is integrating {run} right now"),
            &["wait for it; the lock goes with it"],
        ),
        Refusal::InProgress(stopped) => one(
            match stopped {
                Some(stopped) => format!("an integration is in progress; it stopped at {}", stopped.task),
                None => "an integration is in progress".into(),
            },
            &[
                "go on: git orchestrate integrate --continue",
                "take it back: git orchestrate integrate --abort",
            ],
        ),
        Refusal::NotInProgress => {
            one("no integration is in progress".into(), &["begin: git orchestrate integrate"])
        }
        Refusal::BranchExists { branch, tip } => one(
            format!("{} exists and is not as an integration left it (at {})", terminal(branch), short(*tip)),
            &["merge into it nevertheless: --reuse", "or into another branch: --into <branch>"],
        ),
        Refusal::Symbolic(branch) => one(
            format!("{} is a symbolic ref", terminal(branch)),
            &["merge into another branch: --into <branch>"],
        ),
        Refusal::CheckedOut { branch, path } => one(
            format!("{} is checked out in {}", terminal(branch), terminal(path.display().to_string())),
            &["commit what is there, or switch to another branch"],
        ),
        Refusal::Moved { branch } => one(
            format!("{} was moved by somebody else meanwhile", terminal(branch)),
            &["look at it, then: git orchestrate integrate --continue, or --abort"],
        ),
        Refusal::Unfinished { path, unmerged, marked, unstaged } => {
            let mut lines = vec!["the merge is not finished".to_owned()];
            let lists = [
                (unmerged, "unmerged"),
                (marked, "conflict markers left"),
                (unstaged, "changed, not staged"),
            ];
            for (list, what) in lists {
                lines.extend(list.iter().map(|path| format!("  {}: {what}", terminal(path.as_bstr()))));
            }
            let path = shell_word(path.display().to_string());
            Refused { lines, hints: vec![format!("resolve them, then: git -C {path} add <path>")] }
        }
        Refusal::NoMerge { path, head } => one(
            format!(
                "HEAD in {} is {}, which does not hold both sides",
                terminal(path.display().to_string()),
                short(*head)
            ),
            &["merge there, or begin the step again: --abort"],
        ),
        Refusal::NothingToLand(branch) => {
            one(format!("there is no branch {}", terminal(branch)), &["make it: git orchestrate integrate"])
        }
        Refusal::NotIntegrated(tasks) => one(
            format!("{} not in the integration branch", are(tasks)),
            &["merge them first: git orchestrate integrate", "or land without them: --only-complete"],
        ),
        Refusal::NoBaseBranch => {
            one("the run was started from a commit, not from a branch that is here".into(), &[])
        }
        Refusal::LandingConflict(clashes) => Refused {
            lines: std::iter::once("the base branch and the integration branch conflict".to_owned())
                .chain(clashes.iter().map(|clash| format!("  {}", conflict(clash))))
                .collect(),
            hints: vec!["merge the base branch into the integration branch, and resolve it there".into()],
        },
    }
}

fn not_ready(left_out: &[LeftOut]) -> Refused {
    let number = left_out.len();
    let lines = [vec![format!("{} not ready", are_count(number))], indented(left_out)].concat();
    Refused { lines, hints: vec!["leave them out, and what builds on them: --only-complete".into()] }
}

fn indented(all: &[LeftOut]) -> Vec<String> {
    all.iter().flat_map(left_out).map(|line| format!("  {line}")).collect()
}

fn are_count(number: usize) -> String {
    format!("{} {}", count(number, "task"), if number == 1 { "is" } else { "are" })
}

fn are(tasks: &[TaskName]) -> String {
    let names = tasks.iter().map(TaskName::short).collect::<Vec<_>>().join(", ");
    format!("{names} {}", if tasks.len() == 1 { "is" } else { "are" })
}

fn made(id: Option<&ObjectId>) -> String {
    id.map(|id| format!(" ({})", short(*id))).unwrap_or_default()
}

/// The first seven digits of an id.
pub fn short(id: ObjectId) -> String {
    id.to_hex_with_len(7).to_string()
}
