//! An integration for a terminal: its steps, its conflicts line by line, and what to do next.

use bstr::{BString, ByteSlice};

use crate::model::change::Kind;
use crate::model::integration::author::Dispute;
use crate::model::integration::checklist::{Checklist, TO_VERIFY};
use crate::model::integration::clash::Clash;
use crate::model::integration::conflict::Side;
use crate::model::integration::progress::{Reason, Stopped};
use crate::model::name::TaskName;
use crate::model::shell;
use crate::ops::integrate::{
    Aborted, Kept, Landed, Origin, Outcome, Refusal, Report, Step, StepResult, Stray, Undone,
};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::integration as words;
use crate::render::words::{count, short};

/// The most lines of one side of a conflict that are shown.
const LINES: usize = 12;

/// The answer.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refused(refusal),
        Outcome::Report(report) => self::report(report),
        Outcome::Aborted(aborted) => self::aborted(aborted),
        Outcome::Undone(undone) => self::undone(undone),
        Outcome::Landed(landed) => self::landed(landed),
    }
}

/// A refusal, with its remedies.
pub fn refused(refusal: &Refusal) -> String {
    let refused = words::refusal::refusal(refusal);
    let hints = refused.hints.iter().map(|hint| format!("hint: {hint}"));
    refused.lines.iter().cloned().chain(hints).map(|line| line + "\n").collect()
}

fn report(report: &Report) -> String {
    let mut text = heading(report);
    for (number, step) in (1..).zip(&report.steps) {
        text += &self::step(number, step);
    }
    if let Some(method) = report.method {
        text += &format!("\nOrder: {}\n", words::method(method));
    }
    for one in &report.left_out {
        text += &format!("\nLeft out: {}", words::left_out(one).join("\n"));
        text.push('\n');
    }
    for retried in &report.retried {
        text += &format!("\nnote: {}\n", words::retried(retried));
    }
    for warning in &report.warnings {
        text += &format!("\nwarning: {}\n", words::warning(warning));
    }
    text += &end(report);
    text
}

fn heading(report: &Report) -> String {
    let how = if report.dry_run { "Would integrate" } else { "Integrating" };
    let from = match &report.origin {
        Origin::Base(base) => format!("from {} ({})", terminal(base), short(report.start)),
        Origin::Itself => format!("which was at {}", short(report.start)),
    };
    format!("{how} {} into {}, {from}\n\n", report.run, terminal(&report.branch))
}

fn step(number: usize, step: &Step) -> String {
    let mut text = format!("{number}. {}: {}\n", step.task.short(), terminal(&step.title));
    text += &format!("   {}\n   {}\n", words::reason(&step.why), words::result(&step.result));
    text += &details(&step.result);
    text
}

fn details(result: &StepResult) -> String {
    match result {
        StepResult::Conflict(clashes) | StepResult::Resolved { clashes, .. } => {
            clashes.iter().map(clash).collect()
        }
        StepResult::OutsideScope(paths) => {
            paths.iter().map(|stray| format!("     {}\n", words::stray(stray))).collect()
        }
        StepResult::Tentative(inner) => details(inner),
        _ => String::new(),
    }
}

fn clash(clash: &Clash) -> String {
    let (ours, theirs) = words::sides(clash);
    let mut text = format!("     {}  ({ours} and {theirs})\n", words::conflict(clash));
    text += &words::deeds(clash).map(|deeds| format!("       {}\n", deeds.to_text())).unwrap_or_default();
    for dispute in &clash.hunks {
        text += &self::hunk(clash, dispute);
    }
    if let Some(proposal) = &clash.proposal {
        text += &format!("       {}\n", words::proposal(proposal));
        for (lines, dispute) in proposal.kept.iter().zip(&clash.hunks) {
            let (ours, theirs, _) = words::dispute(clash, dispute);
            text += &self::lines(lines, &" ".repeat(width(&ours, &theirs)));
        }
    }
    text
}

/// How wide the longer name is.
fn width(one: &str, other: &str) -> usize {
    one.chars().count().max(other.chars().count())
}

fn hunk(clash: &Clash, dispute: &Dispute) -> String {
    let (ours, theirs, place) = words::dispute(clash, dispute);
    let width = width(&ours, &theirs);
    let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
    let ours = lines(&dispute.hunk.ours, &format!("{ours:width$}"));
    let theirs = lines(&dispute.hunk.theirs, &format!("{theirs:width$}"));
    format!("       at line {}{place}\n{ours}{theirs}", dispute.hunk.line)
}

fn lines(lines: &[BString], who: &str) -> String {
    let show = |line: &BString| {
        format!("         {who} | {}\n", terminal(line.trim_end_with(|c| c == '\n' || c == '\r')))
    };
    let mut text: String = lines.iter().take(LINES).map(show).collect();
    match lines.len() {
        0 => text += &format!("         {who} | (nothing)\n"),
        number if number > LINES => {
            text += &format!("         {who} | … and {}\n", count(number - LINES, "line"))
        }
        _ => {}
    }
    text
}

fn end(report: &Report) -> String {
    if report.dry_run {
        let stuck = report.steps.iter().filter(|step| step.result.is_stuck()).count();
        return match stuck {
            0 => "\nNothing was changed. All steps would be clean.\n".into(),
            _ => format!("\nNothing was changed. {} would need you.\n", count(stuck, "step")),
        };
    }
    if let (Some(stopped), Some(bench)) = (&report.stopped, &report.workbench) {
        let step = report.steps.iter().find(|step| step.task == stopped.task);
        return stop(stopped, step, &shell_word(bench.display().to_string()));
    }
    let mut text = String::new();
    if let Some(graph) = &report.graph {
        text += "\n";
        text += &graph.lines().map(|line| format!("{}\n", terminal(line.trim_end()))).collect::<String>();
    }
    if let Some(checklist) = &report.checklist {
        text += "\n";
        text += &self::checklist(checklist);
    }
    text
}

fn stop(stopped: &Stopped, step: Option<&Step>, bench: &str) -> String {
    let task = stopped.task.short();
    let ways = match step.map(|step| &step.result) {
        Some(StepResult::Conflict(clashes)) => submodules(clashes, bench),
        Some(StepResult::OutsideScope(strays)) => take_back(strays, bench),
        _ => String::new(),
    };
    let what = match stopped.reason {
        Reason::Exec { .. } => {
            format!("The result is in\n  {bench}\nCommit what it needs there, then one of\n")
        }
        Reason::Conflict(_) | Reason::OutsideScope(_) => format!(
            "The merge waits for you in\n  {bench}\n{ways}Resolve it there and `git add` what you changed, then one of\n"
        ),
    };
    format!(
        "\nStopped at {task}. {what}  \
         git orchestrate integrate --continue\n  \
         git orchestrate integrate --skip      without {task} and what builds on it\n  \
         git orchestrate integrate --abort     back to where it was\n"
    )
}

/// How to leave out what is in nobody's scope who takes part.
fn take_back(strays: &[Stray], bench: &str) -> String {
    let paths = strays.iter().filter(|stray| stray.meets.is_none());
    let paths: String = paths.map(|stray| format!(" {}", shell::pathspec(stray.path.as_bstr()))).collect();
    match paths.as_str() {
        "" => String::new(),
        paths => format!(
            "What is not wanted is taken back by\n  git -C {bench} restore -SW --source=HEAD --{paths}\n"
        ),
    }
}

/// How to settle the submodules that conflict: nobody can edit one, and git adds none that is not there.
fn submodules(clashes: &[Clash], bench: &str) -> String {
    let mut text = String::new();
    for clash in clashes {
        let (ours, theirs) = words::sides(clash);
        let submodules = clash.conflict.stages.iter().filter(|one| one.entry.kind == Kind::Submodule);
        for stage in submodules.filter(|one| one.side != Side::Base) {
            let whose = if stage.side == Side::Ours { &ours } else { &theirs };
            let take = words::bench::take_submodule(bench, stage.path.as_bstr(), stage.entry.id);
            text += &format!("  {take}   for that of {whose}\n");
        }
    }
    if text.is_empty() { text } else { format!("Of a submodule take one commit, such as\n{text}") }
}

/// The final checklist (S1-85).
pub fn checklist(checklist: &Checklist) -> String {
    let branch = format!(": {}", terminal(&checklist.branch));
    let mut text = String::new();
    for (done, what) in checklist.computed() {
        let more = if what.contains("branch created") { branch.as_str() } else { "" };
        text += &format!("[{}] {what}{more}\n", if done { "x" } else { " " });
    }
    for what in TO_VERIFY {
        text += &format!("[ ] {what} (user to verify)\n");
    }
    text
}

fn aborted(aborted: &Aborted) -> String {
    let branch = terminal(&aborted.branch);
    let mut text = match aborted.restored {
        Some(id) => format!("{branch} is back at {}\n", short(id)),
        None => format!("{branch} is gone again\n"),
    };
    if let Some(backup) = &aborted.backup {
        text += &format!("What was merged so far is kept as {}\n", terminal(backup));
    }
    text + &kept(aborted.kept.as_ref())
}

fn undone(undone: &Undone) -> String {
    let branch = terminal(&undone.branch);
    let tasks: Vec<&str> = undone.tasks.iter().map(TaskName::short).collect();
    let mut text = match tasks.as_slice() {
        [] => format!("{branch} is back at {}\n", short(undone.tip)),
        tasks => format!("{branch} is back at {}, without {}\n", short(undone.tip), tasks.join(", ")),
    };
    if undone.ended {
        text += "The integration that was in progress ended with it\n";
    }
    text += &format!("What it held is kept as {}\n", terminal(&undone.backup));
    text += &kept(undone.kept.as_ref());
    if !undone.untested.is_empty() {
        let again = words::refusal::integrate_with(&undone.untested);
        text += &format!(
            "note: what is left was not tested by itself; to merge and test all again: {again} --only-complete\n"
        );
    }
    text
}

fn kept(kept: Option<&Kept>) -> String {
    let lines = kept.map(words::kept).into_iter().flatten();
    lines.map(|line| format!("note: {line}\n")).collect()
}

fn landed(landed: &Landed) -> String {
    let (base, branch) = (terminal(&landed.base), terminal(&landed.branch));
    if landed.up_to_date {
        return format!("{base} has {branch} already, at {}\n", short(landed.tip));
    }
    format!(
        "{base} has {branch} now, at {}\n\nOnce you are sure:\n  git push   if others are to have it\n  git orchestrate cleanup\n",
        short(landed.tip)
    )
}
