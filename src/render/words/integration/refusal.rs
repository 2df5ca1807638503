//! Why an integration did nothing, and what to do about it.

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::integration::in_the_way::InTheWay;
use crate::model::integration::progress::Stopped;
use crate::model::integration::roster::LeftOut;
use crate::model::name::TaskName;
use crate::ops::integrate::{BranchTrouble, Breach, Outdated, Refusal, Since, Unanswered, Withdrawn};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::integration::{bench, left_out};
use crate::render::words::{count, ended, short};

/// More paths are counted, not named.
const MOST_PATHS: usize = 10;

/// A refusal: what is wrong, one line for each thing, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// One line each; the first says what was refused.
    pub lines: Vec<String>,
    /// One remedy a line; may be empty.
    pub hints: Vec<String>,
}

impl Refused {
    pub(super) fn new(line: impl Into<String>, hints: &[&str]) -> Refused {
        Refused { lines: vec![line.into()], hints: hints.iter().map(|hint| (*hint).to_owned()).collect() }
    }

    pub(super) fn with(mut self, lines: impl IntoIterator<Item = String>) -> Refused {
        self.lines.extend(lines.into_iter().map(|line| format!("  {line}")));
        self
    }
}

/// A refusal in words.
pub fn refusal(refusal: &Refusal) -> Refused {
    match refusal {
        Refusal::NotReady(missing) => not_ready(missing),
        Refusal::NothingToMerge(missing) => {
            Refused::new("no task can take part", &[]).with(missing.iter().flat_map(left_out))
        }
        Refusal::NotIntegrated(tasks) => not_integrated(tasks),
        Refusal::Unanswered { branch, is_usual, commits, only_complete } => {
            unanswered((branch, *is_usual), commits, only(*only_complete))
        }
        Refusal::Busy(run, holder) => {
            let who = holder.map_or_else(String::new, |holder| format!(" ({holder})"));
            let line = format!("another process is integrating or cleaning up {run} right now{who}");
            Refused::new(line, &["wait for it; its lock goes when it ends"])
        }
        Refusal::InProgress(stopped) => in_progress(stopped.as_ref()),
        Refusal::Outdated { task, why } => outdated(task, why),
        Refusal::NotInProgress => {
            Refused::new("no integration is in progress", &["begin: git orchestrate integrate"])
        }
        Refusal::Branch { branch, trouble } => of_branch(&terminal(branch), trouble),
        Refusal::Bench { path, trouble } => bench::of_bench(path, trouble),
        Refusal::NoBaseBranch(there) => {
            let line = format!("the base of the run, {}, is no branch that is here", terminal(&there.base));
            Refused::new(line, &[&terminal(there.remedy())])
        }
        Refusal::Broken { commit_id, command, code } => broken(*commit_id, command, *code),
        Refusal::BaseMoved { base, branch, commits, first, tested, only_complete } => {
            let again = format!("{}{}", integrate_with(tested), only(*only_complete));
            base_moved((base, branch), *commits, first.as_ref(), &again)
        }
        Refusal::Unproven { branch, commands, only_complete } => {
            let line = format!("evidence is missing for what {} holds", terminal(branch));
            let hint = format!("run it there: git orchestrate integrate{}", only(*only_complete));
            Refused::new(line, &[&hint]).with(commands.iter().map(terminal))
        }
        Refusal::Violating { branch, tasks } => {
            let line = format!("what {} holds breaks the rules as the plan has them now", terminal(branch));
            let first = tasks.first().map_or("", |one| one.task.short());
            let undo = format!("take the step back: git orchestrate integrate --undo {first}");
            let hints = [undo.as_str(), "or have the plan allow it: git orchestrate start"];
            Refused::new(line, &hints).with(tasks.iter().flat_map(left_out))
        }
        Refusal::Withdrawn { branch, is_usual, only_complete, tasks, first } => {
            withdrawn((branch, *is_usual, *only_complete), tasks, first.as_deref())
        }
        Refusal::Untested { branch, is_usual, since, commands } => {
            untested((branch, *is_usual), *since, commands)
        }
    }
}

/// The command line that runs these commands on what it merges.
pub fn integrate_with(commands: &[String]) -> String {
    let exec = commands.iter().map(|command| format!(" --exec {}", shell_word(command)));
    format!("git orchestrate integrate{}", exec.collect::<String>())
}

fn untested((branch, is_usual): (&str, bool), since: Since, commands: &[String]) -> Refused {
    let (added, there) = ("with what was added to it", "test it there");
    let (what, how, reuse) = match since {
        Since::Undo => ("since the last --undo", "merge and test all again", ""),
        Since::Hand { is_taken_over: true } => (added, there, ""),
        Since::Hand { is_taken_over: false } => (added, there, " --reuse"),
    };
    let line = format!("what {} holds {what} was not tested with", terminal(branch));
    let into = if is_usual { String::new() } else { format!(" --into {}", shell_word(branch)) };
    let again = format!("{how}: {} --only-complete{reuse}{into}", integrate_with(commands));
    Refused::new(line, &[&again]).with(commands.iter().map(terminal))
}

fn outdated(task: &TaskName, why: &Outdated) -> Refused {
    let lines = match why {
        Outdated::Dropped => vec![format!("{task} is not in the plan any more")],
        Outdated::Rewritten => vec![format!("{task} does not hold any more what was to be merged")],
        Outdated::LeftOut(one) => left_out(one),
    };
    let hints = [
        "go on without it: git orchestrate integrate --skip",
        "or take all back: git orchestrate integrate --abort",
    ];
    Refused::new(format!("the step of {} stopped, and its work changed since", task.short()), &hints)
        .with(lines)
}

fn not_ready(missing: &[LeftOut]) -> Refused {
    let are = if missing.len() == 1 { "is" } else { "are" };
    let line = format!("{} {are} not ready", count(missing.len(), "task"));
    let hint = "leave them out, and what builds on them: --only-complete";
    Refused::new(line, &[hint]).with(missing.iter().flat_map(left_out))
}

fn not_integrated(tasks: &[TaskName]) -> Refused {
    let are = if tasks.len() == 1 { "is" } else { "are" };
    let names = tasks.iter().map(TaskName::short).collect::<Vec<_>>().join(", ");
    Refused::new(
        format!("{names} {are} not in the integration branch"),
        &["merge them first: git orchestrate integrate", "or land without them: --only-complete"],
    )
}

/// The option to leave out what is not complete, for who asked for that.
fn only(only_complete: bool) -> &'static str {
    if only_complete { " --only-complete" } else { "" }
}

fn unanswered((branch, is_usual): (&str, bool), commits: &[Unanswered], only: &str) -> Refused {
    let line = format!(
        "{} holds {} that no integration made and nobody took over",
        terminal(branch),
        count(commits.len(), "commit")
    );
    let into = into(branch, is_usual);
    let newest = commits.first().map(|one| short(one.commit_id)).unwrap_or_default();
    let hints = [
        format!("look at it: git show {newest}"),
        format!(
            "take the branch over as it is: git orchestrate integrate --reuse{into}{only}, then --land{only} again"
        ),
        format!("or {}{only}", anew(branch, &into)),
    ];
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    let subject = |one: &Unanswered| format!("{} {}", short(one.commit_id), terminal(one.subject.as_bstr()));
    Refused::new(line, &hints).with(commits.iter().map(subject))
}

/// The option for a branch that is not the usual one.
fn into(branch: &str, is_usual: bool) -> String {
    if is_usual { String::new() } else { format!(" --into {}", shell_word(branch)) }
}

fn anew(branch: &str, into: &str) -> String {
    let branch = shell_word(branch);
    format!("make it anew: git branch -m {branch} {branch}-aside, then git orchestrate integrate{into}")
}

fn withdrawn(
    (branch, is_usual, only_complete): (&str, bool, bool),
    tasks: &[Withdrawn],
    first: Option<&str>,
) -> Refused {
    let into = into(branch, is_usual);
    let only = only(only_complete);
    let line = format!("what {} holds was taken back by its worker", terminal(branch));
    let told = tasks.iter().map(|one| {
        let again = if one.is_complete_again { "; it is complete again with other work" } else { "" };
        format!("{}: its COMPLETE {}{again}", one.task, short(one.complete_commit_id))
    });
    let again = match tasks.iter().all(|one| one.is_complete_again) {
        true => format!("merge what is complete now: git orchestrate integrate{into}{only}"),
        false => format!("wait until it is complete again, then: git orchestrate integrate{into}{only}"),
    };
    let without = match first {
        Some(step) => format!(
            "or take it off the branch: git orchestrate integrate --undo {step}{into}, then git orchestrate integrate{into} --only-complete"
        ),
        None => format!("or {} --only-complete", anew(branch, &into)),
    };
    let hints = [
        again,
        without,
        format!(
            "or answer for it as it is: git orchestrate integrate --reuse{into} --only-complete, then --land{into}{only} again"
        ),
    ];
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    Refused::new(line, &hints).with(told)
}

fn in_progress(stopped: Option<&Stopped>) -> Refused {
    let line = match stopped {
        Some(stopped) => format!("an integration is in progress; it stopped at {}", stopped.task),
        None => "an integration is in progress".into(),
    };
    let hints =
        ["go on: git orchestrate integrate --continue", "take it back: git orchestrate integrate --abort"];
    Refused::new(line, &hints)
}

fn and_holds(breaches: &[Breach]) -> String {
    match breaches {
        [] => String::new(),
        _ => format!("; it has what breaks the rules: {}", super::breaches(breaches)),
    }
}

fn of_branch(branch: &str, trouble: &BranchTrouble) -> Refused {
    match trouble {
        BranchTrouble::Exists { tip, breaches } => Refused::new(
            format!(
                "{branch} exists and is not as an integration left it (at {}){}",
                short(*tip),
                and_holds(breaches)
            ),
            &["merge into it nevertheless: --reuse", "or into another branch: --into <branch>"],
        ),
        BranchTrouble::Symbolic => Refused::new(
            format!("{branch} is a symbolic ref"),
            &["merge into another branch: --into <branch>"],
        ),
        BranchTrouble::CheckedOut(path) => Refused::new(
            format!("{branch} is checked out in {}", terminal(path.display().to_string())),
            &["switch to another branch there"],
        ),
        BranchTrouble::Unclean { worktree, things } => unclean(branch, worktree, things),
        BranchTrouble::Moved => Refused::new(
            format!("{branch} was moved by somebody else meanwhile"),
            &["look at it, then: git orchestrate integrate --continue, or --abort"],
        ),
        BranchTrouble::Missing => {
            Refused::new(format!("there is no branch {branch}"), &["make it: git orchestrate integrate"])
        }
    }
}

fn unclean(branch: &str, worktree: &Path, things: &InTheWay) -> Refused {
    let place = worktree.display().to_string();
    let line = format!("{branch} is checked out in {}, and not all is committed there", terminal(&place));
    let hint = format!(
        "commit what is there, or put it aside: git -C {} stash --include-untracked",
        shell_word(&place)
    );
    let away = "move away what git ignores or was told not to look at: it would be overwritten";
    let hints = [(&things.seen, hint.as_str()), (&things.unseen, away)];
    let hints: Vec<&str> =
        hints.iter().filter(|(paths, _)| !paths.is_empty()).map(|(_, hint)| *hint).collect();
    Refused::new(line, &hints).with(listed(&[&things.seen[..], &things.unseen].concat()).collect::<Vec<_>>())
}

pub(super) fn listed(paths: &[BString]) -> impl Iterator<Item = String> {
    let more = paths.len().saturating_sub(MOST_PATHS);
    let shown = paths.iter().take(MOST_PATHS).map(|path| terminal(path.as_bstr()));
    shown.chain((more > 0).then(|| format!("and {more} more")))
}

fn broken(commit_id: ObjectId, command: &str, code: Option<i32>) -> Refused {
    let command = terminal(command);
    let line = format!("`{command}` fails on {} as it is, with {}", short(commit_id), ended(code));
    let why = "that is what everything is merged into, so no task is to blame".to_owned();
    Refused::new(line, &["make it pass there, or run another command, then: git orchestrate integrate"])
        .with([why])
}

fn base_moved(
    (base, branch): (&str, &str),
    commits: usize,
    first: Option<&TaskName>,
    again: &str,
) -> Refused {
    let line = format!(
        "{} has {} that {} was not tested with",
        terminal(base),
        count(commits, "new commit"),
        terminal(branch)
    );
    let hints = match first {
        Some(task) => [
            format!("take the steps back: git orchestrate integrate --undo {}", task.short()),
            format!("make and test them again from {}: {again}", terminal(base)),
        ],
        None => [
            format!("merge it: git merge {} on {}", shell_word(base), terminal(branch)),
            format!("take the result over: {again} --reuse"),
        ],
    };
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    Refused::new(line, &hints)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::ops::integrate::{BenchTrouble, Marked};

    fn check(given: &Refusal, lines: &[&str], hints: usize) {
        let told = refusal(given);
        assert_eq!(told.lines, lines);
        assert_eq!(told.hints.len(), hints, "{told:?}");
    }

    #[test]
    fn a_refusal_says_what_and_what_to_do() {
        check(&Refusal::NotInProgress, &["no integration is in progress"], 1);
        let name = |text: &str| TaskName::new(text).expect("a name");
        let tasks = vec![name("task-1-a"), name("task-2-b")];
        check(&Refusal::NotIntegrated(tasks), &["task-1, task-2 are not in the integration branch"], 2);
        let trouble = BenchTrouble::Unfinished {
            unmerged: vec!["a\u{1b}".into()],
            marked: vec![Marked { path: "c\n".into(), line: 7 }],
            unstaged: vec!["b".into()],
            is_committed: false,
            submodules: Vec::new(),
        };
        let lines = [
            "the merge is not finished",
            "  a\\x1b: unmerged",
            "  b: changed, not staged",
            "  c\\n:7: conflict marker left",
        ];
        check(&Refusal::Bench { path: PathBuf::from("/x"), trouble }, &lines, 1);
    }
}
