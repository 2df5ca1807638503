//! What became of merging a needed task, for people.

use crate::ops::merge::{Aside, End, Ground, Outcome, Unsettled};
use crate::render::escape::{shell_word, terminal};
use crate::render::words::short;

/// The merge commit.
pub fn done(outcome: &Outcome) -> String {
    let End::Merged { id, .. } = &outcome.end else { return String::new() };
    format!("merged {} ({}) in {}\n", outcome.task, source(outcome), short(*id))
}

/// What a person should know, and how to go on.
pub fn notes(outcome: &Outcome) -> Vec<String> {
    let task = &outcome.task;
    let mut lines = Vec::new();
    if let Some(remote) = &outcome.diverged {
        lines.push(format!(
            "warning: {} and its branch on {} have {} and {} commits of their own; the local one is merged",
            source(outcome),
            terminal(&remote.remote),
            remote.ahead,
            remote.behind
        ));
    }
    lines.extend(match &outcome.end {
        End::Own { remote, branch } => {
            let pull = remote.as_ref().map(|remote| {
                let (remote, branch) = (shell_word(remote), shell_word(branch));
                format!("  what another clone has of it: git pull --no-rebase --no-edit {remote} {branch}")
            });
            let nothing = format!("{task} is this very task, so there is nothing to merge");
            [nothing].into_iter().chain(pull).collect()
        }
        End::NotNeeded => vec![
            format!("{task} is not needed by this task, so it is not merged"),
            format!("  if it is: git worker needs {}/<item>, then merge again", task.short()),
        ],
        End::NoBranch => vec![format!("{task} has no branch, neither here nor on a remote")],
        End::Conflicts(paths, aside) => {
            let mut lines = vec![format!("merging {task} stopped with conflicts:")];
            lines.extend(paths.iter().map(|path| format!("  {}", terminal(path))));
            lines.push("resolve them, git add the files, then: git commit --no-edit".into());
            lines.push("or take it back: git merge --abort".into());
            if *aside == Aside::Changes {
                lines.push("what was put aside comes back with either".into());
            }
            lines
        }
        End::Stopped => vec![
            "the merge was not committed".into(),
            "set it right, then: git commit --no-edit; or take it back: git merge --abort".into(),
        ],
        End::Refused(Ground::Clean) => vec!["nothing was merged".into()],
        End::Refused(Ground::Uncommitted) => vec![
            "nothing was merged".into(),
            "commit what is done first: git worker checkpoint".into(),
            format!("or have git put it aside meanwhile: git worker merge --autostash {}", task.short()),
        ],
        End::Refused(Ground::Uncommittable) => vec![
            "nothing was merged".into(),
            format!("have git put it aside meanwhile: git worker merge --autostash {}", task.short()),
        ],
        End::Refused(Ground::Untracked) => vec![
            "nothing was merged".into(),
            "commit the new files first, or move them out of the way: git worker checkpoint".into(),
        ],
        End::UpToDate => vec![format!("everything of {task} is in this branch already")],
        End::Merged { unsettled, .. } => unsettled.iter().flat_map(left).collect(),
    });
    lines
}

/// Changes that were put aside and cannot simply be taken back.
fn left(unsettled: &Unsettled) -> Vec<String> {
    let mut lines = vec!["warning: your changes conflict with what was merged:".to_owned()];
    lines.extend(unsettled.paths.iter().map(|path| format!("  {}", terminal(path))));
    lines.push("resolve them and git add the files".into());
    let stash = short(unsettled.stash);
    lines.push(format!(
        "as they were: git stash show -p {stash}; all worktrees share the stash, so pop nothing"
    ));
    lines
}

fn source(outcome: &Outcome) -> String {
    let name = outcome.from.strip_prefix("refs/heads/").or(outcome.from.strip_prefix("refs/remotes/"));
    terminal(name.unwrap_or(&outcome.from))
}
