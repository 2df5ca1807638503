//! What keeps the work in the private worktree from being taken over, and what to do about it.

use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use gix_hash::ObjectId;

use crate::ops::integrate::{BenchTrouble, Marked};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::integration::refusal::{Refused, listed};
use crate::render::words::{count, short};

/// Why what lies in the private worktree cannot be taken over.
pub fn of_bench(path: &Path, trouble: &BenchTrouble) -> Refused {
    let place = shell_word(path.display().to_string());
    let git = format!("git -C {place}");
    let amend = |is_committed: bool| match is_committed {
        true => format!(" && {git} commit --amend --no-edit"),
        false => String::new(),
    };
    let (line, hints, lines): (String, Vec<String>, Vec<String>) = match trouble {
        BenchTrouble::Unfinished { unmerged, marked, unstaged, is_committed, submodules } => {
            let lists = [(unmerged, "unmerged"), (unstaged, "changed, not staged")];
            let paths = lists.into_iter().flat_map(|(list, what)| {
                list.iter().map(move |path| format!("{}: {what}", terminal(path.as_bstr())))
            });
            let markers = marked.iter().map(|Marked { path, line }| {
                format!("{}:{line}: conflict marker left", terminal(path.as_bstr()))
            });
            let mut hints = vec![format!("resolve them, then: {git} add <path>{}", amend(*is_committed))];
            let take = |(path, id): &(BString, ObjectId)| {
                format!("of a submodule take a commit: {}", take_submodule(&place, path.as_bstr(), *id))
            };
            hints.extend(submodules.iter().map(take));
            ("the merge is not finished".to_owned(), hints, paths.chain(markers).collect())
        }
        BenchTrouble::Foreign { paths, onto, is_committed } => {
            let amend = amend(*is_committed);
            let hints = vec![
                format!("take the change back: {git} checkout {} -- <path>{amend}", short(*onto)),
                format!("take a new file away: {git} rm --cached <path>{amend}"),
                "then make it in a task, or on the integration branch once the merge is done".to_owned(),
            ];
            let line = format!("{} changed that neither side touched", counted(paths.len()));
            (line, hints, paths.iter().map(|path| terminal(path.as_bstr())).collect())
        }
        BenchTrouble::Untracked { paths, is_committed } => {
            let hints = vec![
                format!("add what belongs to the result: {git} add <path>{}", amend(*is_committed)),
                format!("take the rest away: {git} clean -ff -d"),
            ];
            let are = counted(paths.len());
            let line = format!("{are} in no tree, so the commands would run on more than the result");
            (line, hints, listed(paths).collect())
        }
        BenchTrouble::NotCommitted(paths) => {
            let line = format!("{} staged, and not in the commit that is there", counted(paths.len()));
            let hint = format!("commit it: {git} commit --amend --no-edit");
            (line, vec![hint], listed(paths).collect())
        }
        BenchTrouble::NoMerge { head, missing } => {
            let line = format!("HEAD in {place} is {}, which does not hold both sides", short(*head));
            let hints = vec![
                format!("merge what it has not: {git} merge {}", short(*missing)),
                "or take everything back: git orchestrate integrate --abort".to_owned(),
            ];
            (line, hints, Vec::new())
        }
    };
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    Refused::new(line, &hints).with(lines)
}

/// The command that settles a submodule: git cannot add one of which it has no worktree there.
pub fn take_submodule(place: &str, path: &BStr, id: ObjectId) -> String {
    let mut entry = BString::from(format!("160000,{id},"));
    entry.extend_from_slice(path);
    format!("git -C {place} update-index --cacheinfo {}", shell_word(entry))
}

fn counted(paths: usize) -> String {
    format!("{} {}", count(paths, "path"), if paths == 1 { "is" } else { "are" })
}
