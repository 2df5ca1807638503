//! How an action reads: a line, and where something is to be sent or typed, the text of it (S1-70).

use crate::model::name::TaskName;
use crate::model::status::action::{Action, Merge};
use crate::model::status::flag::Flag;
use crate::model::status::{RunStatus, TaskStatus};
use crate::render::escape;
use crate::render::words::label;
use crate::render::words::phrase::Phrase;

/// An action in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// What to do.
    pub line: Phrase,
    /// Lines to send or to type; may be empty.
    pub block: Vec<String>,
}

/// The words of an action.
pub fn wording(action: &Action, status: &RunStatus) -> Wording {
    let worker = |task: &TaskName| match status.task(task) {
        Some(status) => format!("Worker {}", status.number),
        None => task.short().to_owned(),
    };
    let line = |line: Phrase| Wording { line, block: Vec::new() };
    let with = |line: Phrase, block: Vec<String>| Wording { line, block };
    match action {
        Action::Resume { task, provider, merge } => with(
            Phrase::new(format!("Send resume prompt to {}:", worker(task))),
            resume_prompt(provider, merge),
        ),
        Action::Kickoff(tasks) => {
            let workers: Vec<String> = tasks.iter().map(worker).collect();
            let prompts = if tasks.len() == 1 { "prompt" } else { "prompts" };
            with(
                Phrase::new(format!("Send kickoff {prompts} to {}:", workers.join(", "))),
                tasks.iter().map(|task| format!("git orchestrate brief {}", task.short())).collect(),
            )
        }
        Action::WaitToUnblock { provider, task, topic } => {
            line(wait(provider).words(", then unblock ").data(task.short()).words(" with ").data(topic))
        }
        Action::WaitToMerge { provider, task, item } => line(
            wait(provider)
                .words(", then let ")
                .data(task.short())
                .words(" merge ")
                .code(format!("{}/{item}", provider.short())),
        ),
        Action::Answer { task, topic } => {
            line(Phrase::new(format!("Answer {} about ", worker(task))).data(topic))
        }
        Action::BreakCircle(circle) => with(
            Phrase::new("Break the circle: let one worker stub what it needs, or merge partial work:"),
            circle
                .first()
                .zip(circle.get(1))
                .map(|(_, next)| format!("git worker merge {}", next.short()))
                .into_iter()
                .collect(),
        ),
        Action::Continue(task) => with(
            Phrase::new(format!("Ask {} for a checkpoint, or hand its task on:", worker(task))),
            vec![format!("git orchestrate brief {} --as continue", task.short())],
        ),
        Action::Review(task) => with(
            Phrase::new(format!("Have {} mend its history; see", worker(task))).words(":"),
            vec!["git orchestrate verify".into()],
        ),
        Action::Tidy(task) => with(
            Phrase::new(format!("Commit or discard what {} left behind:", worker(task))),
            in_worktree(status.task(task), "status"),
        ),
        Action::Catch(task, flag) => with(
            Phrase::new(format!("Bring the branch of {} up to date:", worker(task))),
            in_worktree(status.task(task), &catch(status.task(task), flag)),
        ),
        Action::Restore(tasks) => {
            let names: Vec<&str> = tasks.iter().map(TaskName::short).collect();
            with(
                Phrase::new("Restore what is missing for ").data(names.join(", ")).words(":"),
                vec!["git orchestrate start".into()],
            )
        }
        Action::Switch(task) => with(
            Phrase::new(format!("Put the worktree of {} back on its branch:", worker(task))),
            in_worktree(status.task(task), &format!("switch {}", branch(status.task(task)))),
        ),
        Action::Integrate => {
            with(Phrase::new("Merge the finished work:"), vec!["git orchestrate integrate".into()])
        }
        Action::Land => line(
            Phrase::new("Review ")
                .code(&status.integration_branch)
                .words(" and merge it into the base branch"),
        ),
        Action::CleanUp => {
            with(Phrase::new("Remove what is merged:"), vec!["git orchestrate cleanup".into()])
        }
    }
}

fn wait(provider: &TaskName) -> Phrase {
    Phrase::new("Wait for ").data(provider.short()).words(" to complete")
}

/// The prompt that tells a worker to go on, ready to send (S1-70).
pub fn resume_prompt(provider: &TaskName, merge: &Merge) -> Vec<String> {
    let mut lines = vec![format!("{} is complete. Merge and continue:", label(provider))];
    match merge {
        Merge::Fetched { remote, branch } => {
            lines.push(format!("git fetch {} {}", escape::shell_word(remote), escape::shell_word(branch)));
            lines.push(format!("git merge {}", escape::shell_word(format!("{remote}/{branch}"))));
        }
        Merge::Local => lines.push(format!("git worker merge {}", provider.short())),
    }
    lines
}

fn branch(task: Option<&TaskStatus>) -> String {
    task.map(|task| escape::shell_word(&task.branch)).unwrap_or_default()
}

fn catch(task: Option<&TaskStatus>, flag: &Flag) -> String {
    let (remote, how) = match flag {
        Flag::RemoteAhead { remote, .. } => (remote.as_str(), "--ff-only "),
        Flag::Diverged { remote, .. } => (remote.as_str(), ""),
        _ => ("", ""),
    };
    let name = task.map(|task| task.branch.as_str()).unwrap_or_default();
    format!("merge {how}{}", escape::shell_word(format!("{remote}/{name}")))
}

/// A git command in the task's worktree, or where the reader is if it has none.
fn in_worktree(task: Option<&TaskStatus>, command: &str) -> Vec<String> {
    let directory = task.and_then(|task| task.worktree.as_ref());
    vec![match directory {
        Some(path) => format!("git -C {} {command}", escape::shell_word(path.as_os_str().as_encoded_bytes())),
        None => format!("git {command}"),
    }]
}
