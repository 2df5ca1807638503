//! What an integration or a clean-up says, worded once for text and Markdown.
//!
//! Everything that came from the repository is escaped for a terminal here already; Markdown escapes
//! what it must on top of that.

pub mod bench;
pub mod refusal;

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;

use crate::model::cleanup::Also;
use crate::model::integration::author::{Author, Dispute, Written};
use crate::model::integration::clash::Clash;
use crate::model::integration::order::{Edge, Reason};
use crate::model::integration::resolution::{How, Resolution};
use crate::model::integration::roster::{LeftOut, Obstacle};
use crate::model::integration::sequence::Method;
use crate::model::name::TaskName;
use crate::ops::integrate::{Breach, Kept, Retried, StepResult, Stray, Warning};
use crate::render::escape::{shell_word, terminal};
use crate::render::words;
use crate::render::words::conflicts::lines;
use crate::render::words::phrase::Phrase;
use crate::render::words::{count, ended, short};

/// How a step came out, on one line: `Success - clean merge` or the conflict (S1-83a).
pub fn result(result: &StepResult) -> String {
    match result {
        StepResult::UpToDate => "Already up to date".into(),
        StepResult::Clean(id) => format!("Success - clean merge{}", made(id.as_ref())),
        StepResult::Resolved { commit_id, clashes } => {
            format!("Success - {}{}", settled(clashes), made(commit_id.as_ref()))
        }
        StepResult::Concluded(id) => format!("Success - resolved by hand{}", made(Some(id))),
        StepResult::Conflict(clashes) => count(clashes.len(), "conflict"),
        StepResult::OutsideScope(strays) => {
            let names = strays.iter().filter(|stray| stray.meets.is_some()).count();
            let outside = || {
                format!("change {} outside the scope of what it brings", count(strays.len() - names, "path"))
            };
            let collide = || format!("make {} collide", count(names, "name"));
            match names {
                0 => format!("the merge would {}", outside()),
                all if all == strays.len() => format!("the merge would {}", collide()),
                _ => format!("the merge would {} and {}", outside(), collide()),
            }
        }
        StepResult::ExecFailed { command, code } => {
            format!("`{}` failed with {}", terminal(command), ended(*code))
        }
        StepResult::Waiting => "not tried yet".into(),
        StepResult::Tentative(inner) => {
            format!("{}, unless the resolution above changes that", self::result(inner))
        }
    }
}

/// Why a step is at its place (S5-54): `No dependencies`, `Depends on utils`.
pub fn reason(reason: &Reason) -> String {
    let mut words = match reason.builds_on.as_slice() {
        [] => "No dependencies".to_owned(),
        some => format!("Depends on {}", listed(some)),
    };
    if reason.is_setup {
        words += "; set-up goes first";
    }
    if !reason.collides_with.is_empty() {
        words += &format!("; collides with {}", listed(&reason.collides_with));
    }
    if reason.is_moved {
        words += "; here for the fewest conflicts";
    }
    words
}

/// How sure it is that no other order has fewer conflicts.
pub fn method(method: Method) -> &'static str {
    match method {
        Method::Exact => "no order has fewer steps that conflict (exact)",
        Method::ExactInWaves => "no order of a wave has fewer steps that conflict (exact)",
        Method::Heuristic => "few steps conflict; another order might have fewer (heuristic)",
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[TaskName]) -> String {
    let names: Vec<&str> = names.iter().map(TaskName::short).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// The kind of a conflict and its paths, as git words it: `CONFLICT (content): models/__init__.py`.
pub fn conflict(clash: &Clash) -> String {
    format!("CONFLICT ({}): {}", terminal(clash.told.kind.to_string()), paths(&clash.told.paths))
}

/// What each side did, where the lines do not say it.
pub fn deeds(clash: &Clash) -> Option<Phrase> {
    let (ours, theirs) = sides(clash);
    words::sides::deeds(&clash.told, &ours, &theirs)
}

/// A path outside every scope and whose change it is, or a name that meets another; and what to do
/// about it.
pub fn stray(stray: &Stray) -> String {
    let path = terminal(stray.path.as_bstr());
    if let Some(other) = &stray.meets {
        let other = terminal(other.as_bstr());
        return format!(
            "{path}: the same name as {other} on some systems; have one of them renamed, --continue keeps both"
        );
    }
    let owned = match stray.owners.as_slice() {
        [] => path,
        owners => format!("{path}, in the scope of {}", listed(owners)),
    };
    match &stray.changed_by {
        Some((id, subject)) => format!(
            "{owned}: changed by {} ({}), which is no task's; --continue keeps it unless you take it back",
            short(*id),
            terminal(subject.as_bstr())
        ),
        None => format!("{owned}: by the merge alone; --continue keeps what is right"),
    }
}

/// Who has a part in a conflict: `task-2 and task-1`; the base where no task changed our side.
pub fn sides(clash: &Clash) -> (String, String) {
    let names = |tasks: &[TaskName]| tasks.iter().map(TaskName::short).collect::<Vec<_>>().join(", ");
    let ours = if clash.ours.is_empty() { "the base".into() } else { names(&clash.ours) };
    (ours, names(&clash.theirs))
}

/// The names of those who wrote the two sides of a hunk, and where each stands in its own version:
/// `lines 3-5 of task-1, 4 of task-2`. Where nobody knows, those who changed the file.
pub fn dispute(clash: &Clash, dispute: &Dispute) -> (String, String, Option<String>) {
    let (ours, theirs) = sides(clash);
    let Some([one, other]) = &dispute.sides else { return (ours, theirs, None) };
    let (ours, theirs) = (writers(one, ours), writers(other, theirs));
    let place = format!("lines {} of {ours}, {} of {theirs}", lines(&one.lines), lines(&other.lines));
    (ours, theirs, Some(place))
}

fn writers(written: &Written, unknown: String) -> String {
    let name = |author: &Author| match author {
        Author::Task(name) => name.short().to_owned(),
        Author::Merge(name) => format!("the merge of {}", name.short()),
        Author::Integration => "the integration branch".to_owned(),
        Author::Base => "the base".to_owned(),
    };
    match written.by.as_slice() {
        [] => unknown,
        by => by.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}

/// What settles a conflict: `trivial: both added the same, one copy would do`.
pub fn proposal(proposal: &Resolution) -> String {
    match &proposal.how {
        How::SameLines => "trivial: both added the same, one copy would do".into(),
        How::Recorded(id) => format!("you resolved the same conflict in {}, which is used again", short(*id)),
        How::Generated(command) => format!("generated: `{}` makes it anew", terminal(command)),
        How::NotGenerated(why) => format!("generated, but not made anew: {}", terminal(why)),
        How::Similar(id) => {
            format!("you resolved the same lines in {}; that is filled in for you to look at", short(*id))
        }
    }
}

/// How many conflicts of a step were settled, and how.
fn settled(clashes: &[Clash]) -> String {
    let is_trivial = |clash: &&Clash| {
        let how = clash.proposal.as_ref().map(|one| &one.how);
        matches!(how, Some(How::SameLines | How::Generated(_)))
    };
    let trivial = clashes.iter().filter(is_trivial).count();
    let kinds = [(trivial, "trivial conflict"), (clashes.len() - trivial, "conflict")];
    let told = kinds.into_iter().zip(["resolved", "resolved as before"]);
    let told = told.filter(|((number, _), _)| *number > 0);
    told.map(|((number, what), how)| format!("{} {how}", count(number, what))).collect::<Vec<_>>().join(", ")
}

/// Paths in a row.
pub fn paths(paths: &[BString]) -> String {
    paths.iter().map(|path| terminal(path.as_bstr())).collect::<Vec<_>>().join(", ")
}

/// What passed at the second try only.
pub fn retried(retried: &Retried) -> String {
    let command = terminal(&retried.command);
    let place = retried.task.as_ref().map(|task| format!(" after {}", task.short())).unwrap_or_default();
    format!("`{command}` failed once{place} and passed when it ran again")
}

/// Each by task, commit and rule.
fn breaches(breaches: &[Breach]) -> String {
    let each = breaches.iter();
    let each = each.map(|one| format!("{} of {} ({})", short(one.commit_id), one.task, one.rule));
    each.collect::<Vec<_>>().join(", ")
}

/// What a person should know.
pub fn warning(warning: &Warning) -> String {
    match warning {
        Warning::Ignored(edge) => ignored(edge),
        Warning::BaseBehind { remote, commits, tasks } => {
            let names: Vec<&str> = tasks.iter().map(TaskName::short).collect();
            let bring = if names.len() == 1 { "brings" } else { "bring" };
            let brought = match names.len() {
                0 => String::new(),
                _ => format!(", and {} {bring} some of them along", names.join(", ")),
            };
            let remote = terminal(remote);
            let commits = count(*commits, "commit");
            format!(
                "{remote} has {commits} that the base here has not{brought}; git pull there brings them all"
            )
        }
        Warning::Unknown(what) => format!("cannot read {}", terminal(what)),
        Warning::Kept(kept) => self::kept(kept).join("; "),
        Warning::Holds { branch, breaches } => {
            format!("{} has already what breaks the rules: {}", terminal(branch), self::breaches(breaches))
        }
    }
}

/// Where what a person made is kept, and how to use it again.
pub fn kept(kept: &Kept) -> [String; 2] {
    let backup = terminal(&kept.backup);
    let bench = shell_word(kept.bench.display().to_string());
    let also = |one: &Also| format!(", its {} as {}", terminal(&one.what), terminal(&one.backup));
    let also: String = kept.also.iter().map(also).collect();
    [
        format!("what you made in the private worktree is kept as {backup}{also}"),
        format!("once it stops there again: git -C {bench} checkout {backup} -- <path>"),
    ]
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
            crate::model::integration::order::Source::History => "each branch holds commits of the other",
            crate::model::integration::order::Source::Plan => "the plan has it the other way round",
        }
    )
}

/// A task that does not take part, with what is wrong in its history.
pub fn left_out(one: &LeftOut) -> Vec<String> {
    let mut lines = vec![format!("{} {}", one.task, terminal(one.obstacle.to_string()))];
    if let Obstacle::Failed { command, .. } = &one.obstacle {
        let again = refusal::integrate_with(std::slice::from_ref(command));
        lines.push(format!(
            "  it stays out until its branch moves, or --exec says what to test it with: {again}"
        ));
    }
    if let Obstacle::Violations(findings) = &one.obstacle {
        for finding in findings {
            let place = finding.commit_id.map(|id| format!("{}: ", short(id))).unwrap_or_default();
            lines.push(format!("  {place}{}", terminal(finding.to_string())));
        }
    }
    lines
}

fn made(id: Option<&ObjectId>) -> String {
    id.map(|id| format!(" ({})", short(*id))).unwrap_or_default()
}
