//! What became of a worker's commit or push, for people.

use bstr::BString;

use crate::model::selection::Selection;
use crate::ops::commit::{Committed, Outcome};
use crate::ops::publish::{Lacks, Published};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::{count, short};

/// The commit, as `git commit` says it, and how many files it has.
pub fn done(done: &Committed) -> String {
    let head = format!("[{} {}] {}\n", terminal(&done.branch), short(done.id), terminal(&done.subject));
    match done.selection.taken.len() {
        0 => head,
        many => head + &format!(" {}\n", count(many, "file")),
    }
}

/// What was left out or refused, and why; one line each.
pub fn notes(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Done(done) => left_out(&done.selection),
        Outcome::Nothing(selection) => {
            let mut lines = left_out(selection);
            lines.push(if selection.outside.is_empty() {
                "nothing to commit: nothing has changed".into()
            } else {
                "nothing to commit: nothing in scope has changed".into()
            });
            lines
        }
        Outcome::Unchanged(words) => {
            let words: Vec<String> = words.iter().map(shell_word).collect();
            vec![
                format!("nothing to commit: nothing has changed in {}", words.join(" ")),
                "hint: words that stand alone name files; a message comes after -m".into(),
            ]
        }
        Outcome::Outside(violations) => {
            let mut lines = Vec::new();
            for violation in violations {
                lines.push(terminal(violation.to_string()));
                lines.push(format!("  {}", terminal(violation.hint())));
            }
            lines.push("nothing was committed".into());
            lines
        }
        Outcome::Unmerged(paths) => {
            let mut lines = vec!["these paths have conflicts that must be resolved first:".to_owned()];
            lines.extend(listed(paths));
            lines
        }
        Outcome::Refused => vec!["nothing was committed; what was staged is still staged".into()],
        Outcome::Overtaken(id) => {
            let id = short(*id);
            vec![
                format!("nothing was committed: the branch has moved to {id} meanwhile"),
                format!("hint: look at it: git show {id}; then call this again"),
            ]
        }
    }
}

/// What became of a push.
pub fn published(published: &Published) -> String {
    match published {
        Published::NoRemote => "note: there is no remote, so nothing was pushed\n".into(),
        Published::Pushed { remote, branch } => {
            format!("pushed {} to {}\n", terminal(branch), terminal(remote))
        }
        Published::Failed { remote, branch, lacks } => {
            let failed =
                format!("warning: the push to {} failed; the commits are safe here\n", terminal(remote));
            let (remote, branch) = (shell_word(remote), shell_word(branch));
            failed
                + &match lacks {
                    None => String::new(),
                    Some(Lacks::OfOthers) => format!(
                        "hint: it has commits of another clone: git pull --no-rebase --no-edit {remote} {branch}\n"
                    ),
                    Some(Lacks::Former(id)) => format!(
                        "hint: what it has was rewritten here: \
                         git push --force-with-lease={branch}:{} {remote} {branch}\n\
                         hint: then: git worker push\n",
                        id.to_hex_with_len(10)
                    ),
                }
        }
    }
}

fn left_out(selection: &Selection) -> Vec<String> {
    let mut lines = Vec::new();
    for violation in &selection.outside {
        lines.push(format!("left out: {}", terminal(violation.to_string())));
    }
    for path in &selection.in_part {
        lines.push(format!("left out: the part of {} that is not staged", terminal(path)));
    }
    if !selection.staged_apart.is_empty() {
        let paths: Vec<String> = selection.staged_apart.iter().map(terminal).collect();
        lines.push(format!("still staged, not committed: {}", paths.join(", ")));
    }
    lines
}

fn listed(paths: &[BString]) -> impl Iterator<Item = String> {
    paths.iter().map(|path| format!("  {}", terminal(path)))
}
