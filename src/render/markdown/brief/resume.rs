//! The prompts for going on: after waiting, or in place of a worker that stopped (S1-74).

use crate::model::brief::{Brief, Kind, Progress};
use crate::model::message::Prefix;
use crate::model::name::TaskName;
use crate::model::status::action::Merge;
use crate::model::status::log::LogEntry;
use crate::render::escape;
use crate::render::markdown::brief::inline;
use crate::render::markdown::brief::sections::{PROTOCOL, bullets, dependencies, numbered, scope, worktree};
use crate::render::markdown::fence;
use crate::render::words::action;

/// The most uncommitted paths that are listed.
const MAX_PATHS: usize = 20;

/// The whole prompt; [`Kind::Continue`] is for another worker, everything else for the same one.
pub fn resume(brief: &Brief, kind: Kind) -> String {
    let title = if kind == Kind::Continue { "Continue Work" } else { "Resume Work" };
    let mut sections = vec![format!("# {title}: {}\n", brief.task), assignment(brief, kind), worktree(brief)];
    let progress = brief.progress.as_ref();
    sections.push(completed(progress));
    sections.push(remaining(brief, progress));
    sections.extend(progress.and_then(uncommitted));
    sections.extend(progress.into_iter().flat_map(|progress| progress.ready.iter().map(ready)));
    sections.extend([scope(brief), PROTOCOL.to_owned(), dependencies(brief), start(progress)]);
    sections.join("\n")
}

fn assignment(brief: &Brief, kind: Kind) -> String {
    let before = match kind {
        Kind::Continue => "The worker before you stopped; its commits are yours to build on. ",
        _ => "",
    };
    format!(
        "## Assignment\nYou are Worker {} in a parallel workflow. {before}Work ONLY within your assigned scope.\n",
        brief.number
    )
}

/// What history shows as done; a need or a block is no work.
fn completed(progress: Option<&Progress>) -> String {
    let log = progress.map_or(&[][..], |progress| &progress.completed);
    let is_work =
        |entry: &&LogEntry| !matches!(entry.prefix, Some(Prefix::Needs { .. } | Prefix::Blocked { .. }));
    let line = |entry: &LogEntry| {
        let prefix = entry.prefix.as_ref().map(Prefix::to_string);
        let prefix = prefix.map(|prefix| escape::code_span(prefix) + " ").unwrap_or_default();
        format!("{prefix}{}", inline(&entry.text)).trim_end().to_owned()
    };
    let lines = bullets(log.iter().filter(is_work).map(line));
    format!("## Completed\n{}", if lines.is_empty() { "Nothing is committed yet.\n" } else { &lines })
}

fn remaining(brief: &Brief, progress: Option<&Progress>) -> String {
    let open = progress.map_or(&brief.checkpoints, |progress| &progress.remaining);
    let lines = if open.is_empty() {
        "Nothing of the plan's list; check it and commit `[COMPLETE]`.\n".to_owned()
    } else {
        numbered(open.iter().map(|one| inline(one)))
    };
    format!("## Remaining\n{lines}")
}

fn uncommitted(progress: &Progress) -> Option<String> {
    let paths = &progress.dirty;
    let mut lines: Vec<String> = paths.iter().take(MAX_PATHS).map(escape::code_span).collect();
    if paths.len() > MAX_PATHS {
        lines.push(format!("and {} more", paths.len() - MAX_PATHS));
    }
    let intro = "These are in the worktree; look at them before you build on them:";
    (!paths.is_empty()).then(|| format!("## Uncommitted\n{intro}\n{}", bullets(lines)))
}

fn ready((provider, merge): &(TaskName, Merge)) -> String {
    let mut lines = action::resume_prompt(provider, merge).into_iter();
    let said = lines.next().unwrap_or_default();
    let commands: String = lines.map(|line| line + "\n").collect();
    let fence = fence(&commands);
    format!("## Ready to Merge\n{said}\n{fence}bash\n{commands}{fence}\n")
}

fn start(progress: Option<&Progress>) -> String {
    let first = progress.and_then(|progress| progress.remaining.first());
    let last = match first {
        Some(first) => format!("Go on with: {}", inline(first)),
        None => "Check that everything is done".to_owned(),
    };
    let lines = [
        "Verify you're on the correct branch: `git branch`",
        "See what is there: `git status`, `git log --oneline --first-parent -10`",
        &last,
    ];
    format!("## Start\n{}", numbered(lines.map(str::to_owned)))
}
