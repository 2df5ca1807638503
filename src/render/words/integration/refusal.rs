//! Why an integration did nothing, and what to do about it.

use std::path::Path;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::integration::in_the_way::InTheWay;
use crate::model::integration::progress::Stopped;
use crate::model::integration::roster::LeftOut;
use crate::model::name::TaskName;
use crate::ops::integrate::{
    BranchTrouble, Breach, Landing, Outdated, Refusal, Since, Unanswered, Withdrawn,
};
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
        Refusal::NotIntegrated { landing, tasks, commands } => not_integrated(landing, tasks, commands),
        Refusal::Unanswered { landing, commits } => unanswered(landing, commits),
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
        Refusal::BaseMoved { landing, base, commits, first, tested } => {
            base_moved(landing, base, *commits, first.as_ref(), tested)
        }
        Refusal::Unproven { landing, commands } => {
            let line = format!("evidence is missing for what {} holds", terminal(&landing.branch));
            let hint = format!("run it there: git orchestrate integrate{}", repeated(landing));
            Refused::new(line, &[&hint]).with(commands.iter().map(terminal))
        }
        Refusal::Violating { landing, tasks } => {
            let branch = terminal(&landing.branch);
            let line = format!("what {branch} holds breaks the rules as the plan has them now");
            let first = tasks.first().map_or("", |one| one.task.short());
            let into = into(landing);
            let undo = format!("take the step back: git orchestrate integrate --undo {first}{into}");
            let hints = [undo.as_str(), "or have the plan allow it: git orchestrate start"];
            Refused::new(line, &hints).with(tasks.iter().flat_map(left_out))
        }
        Refusal::Withdrawn { landing, tasks, first } => withdrawn(landing, tasks, first.as_deref()),
        Refusal::Untested { landing, since, commands } => untested(landing, *since, commands),
    }
}

/// The command line that runs these commands on what it merges.
pub fn integrate_with(commands: &[String]) -> String {
    let exec = commands.iter().map(|command| format!(" --exec {}", shell_word(command)));
    format!("git orchestrate integrate{}", exec.collect::<String>())
}

fn untested(landing: &Landing, since: Since, commands: &[String]) -> Refused {
    let (added, there) = ("with what was added to it", "test it there");
    let (what, how, reuse) = match since {
        Since::Undo => ("since the last --undo", "merge and test all again", ""),
        Since::Hand { is_taken_over: true } => (added, there, ""),
        Since::Hand { is_taken_over: false } => (added, there, " --reuse"),
    };
    let line = format!("what {} holds {what} was not tested with", terminal(&landing.branch));
    let again = format!("{how}: {} --only-complete{reuse}{}", integrate_with(commands), into(landing));
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

fn not_integrated(landing: &Landing, tasks: &[TaskName], commands: &[String]) -> Refused {
    let are = if tasks.len() == 1 { "is" } else { "are" };
    let names = tasks.iter().map(TaskName::short).collect::<Vec<_>>().join(", ");
    let merge = format!("merge them first: {}{}", integrate_with(commands), into(landing));
    let line = format!("{names} {are} not in the integration branch");
    Refused::new(line, &[&merge, "or land without them: --only-complete"])
}

/// The options that name the branch and leave out what is not complete, for who asked for that.
fn repeated(landing: &Landing) -> String {
    let only = if landing.only_complete { " --only-complete" } else { "" };
    format!("{}{only}", into(landing))
}

fn unanswered(landing: &Landing, commits: &[Unanswered]) -> Refused {
    let line = format!(
        "{} holds {} that no integration made and nobody took over",
        terminal(&landing.branch),
        count(commits.len(), "commit")
    );
    let again = repeated(landing);
    let newest = commits.first().map(|one| short(one.commit_id)).unwrap_or_default();
    let hints = [
        format!("look at it: git show {newest}"),
        format!(
            "take the branch over as it is: git orchestrate integrate --reuse{again}, then --land{again} again"
        ),
        format!("or {}{again}", anew(landing)),
    ];
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    let subject = |one: &Unanswered| format!("{} {}", short(one.commit_id), terminal(one.subject.as_bstr()));
    Refused::new(line, &hints).with(commits.iter().map(subject))
}

/// The option for a branch that is not the usual one.
fn into(landing: &Landing) -> String {
    match landing.is_usual {
        true => String::new(),
        false => format!(" --into {}", shell_word(&landing.branch)),
    }
}

fn anew(landing: &Landing) -> String {
    let branch = shell_word(&landing.branch);
    format!("make it anew: git branch -m {branch} {branch}-aside, then git orchestrate integrate")
}

fn withdrawn(landing: &Landing, tasks: &[Withdrawn], first: Option<&str>) -> Refused {
    let (into, again) = (into(landing), repeated(landing));
    let line = format!("what {} holds was taken back by its worker", terminal(&landing.branch));
    let told = tasks.iter().map(|one| {
        let again = if one.is_complete_again { "; it is complete again with other work" } else { "" };
        format!("{}: its COMPLETE {}{again}", one.task, short(one.complete_commit_id))
    });
    let merge = match tasks.iter().all(|one| one.is_complete_again) {
        true => format!("merge what is complete now: git orchestrate integrate{again}"),
        false => format!("wait until it is complete again, then: git orchestrate integrate{again}"),
    };
    let without = match first {
        Some(step) => format!(
            "or take it off the branch: git orchestrate integrate --undo {step}{into}, then git orchestrate integrate{into} --only-complete"
        ),
        None => format!("or {}{into} --only-complete", anew(landing)),
    };
    let hints = [
        merge,
        without,
        format!(
            "or answer for it as it is: git orchestrate integrate --reuse{into} --only-complete, then --land{again} again"
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
    landing: &Landing,
    base: &str,
    commits: usize,
    first: Option<&TaskName>,
    tested: &[String],
) -> Refused {
    let branch = &landing.branch;
    let again = format!("{}{}", integrate_with(tested), repeated(landing));
    let line = format!(
        "{} has {} that {} was not tested with",
        terminal(base),
        count(commits, "new commit"),
        terminal(branch)
    );
    let hints = match first {
        Some(task) => [
            format!(
                "take the steps back: git orchestrate integrate --undo {}{}",
                task.short(),
                into(landing)
            ),
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
        let landing = Landing { branch: "b c".into(), is_usual: false, only_complete: true };
        let refused = Refusal::NotIntegrated { landing, tasks, commands: vec!["make x".into()] };
        check(&refused, &["task-1, task-2 are not in the integration branch"], 2);
        let merge = "merge them first: git orchestrate integrate --exec 'make x' --into 'b c'";
        assert_eq!(refusal(&refused).hints[0], merge);
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
