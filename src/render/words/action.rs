//! How an action reads: a line, and where something is to be sent or typed, the text of it (S1-70).

use crate::model::name::TaskName;
use crate::model::status::action::{Action, Merge};
use crate::model::status::flag::Flag;
use crate::model::status::{RunStatus, TaskStatus};
use crate::render::escape;
use crate::render::words::integration::refusal::integrate_with;
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
    Wording { line: line(action, status), block: block(action, status) }
}

/// What to do.
fn line(action: &Action, status: &RunStatus) -> Phrase {
    let worker = |task: &TaskName| match status.task(task) {
        Some(status) => format!("Worker {}", status.number),
        None => task.short().to_owned(),
    };
    match action {
        Action::Resume { task, .. } => Phrase::new(format!("Send resume prompt to {}:", worker(task))),
        Action::Kickoff(tasks) => {
            let workers: Vec<String> = tasks.iter().map(worker).collect();
            let prompts = if tasks.len() == 1 { "prompt" } else { "prompts" };
            Phrase::new(format!("Send kickoff {prompts} to {}:", workers.join(", ")))
        }
        Action::WaitToUnblock { provider, task, topic } => {
            wait(provider).words(", then unblock ").data(task.short()).words(" with ").data(topic)
        }
        Action::WaitToMerge { provider, task, item } => wait(provider)
            .words(", then let ")
            .data(task.short())
            .words(" merge ")
            .code(format!("{}/{item}", provider.short())),
        Action::Answer { task, topic } => Phrase::new(format!("Answer {} about ", worker(task))).data(topic),
        Action::BreakCircle(_) => {
            Phrase::new("Break the circle: let one worker stub what it needs, or merge partial work:")
        }
        Action::Continue(task) => {
            Phrase::new(format!("Ask {} for a checkpoint, or hand its task on:", worker(task)))
        }
        Action::Review(task) => Phrase::new(format!("Have {} mend its history; see:", worker(task))),
        Action::Tidy(task) => Phrase::new(format!("Commit or discard what {} left behind:", worker(task))),
        Action::Catch(task, _) => Phrase::new(format!("Bring the branch of {} up to date:", worker(task))),
        Action::Restore(tasks) => {
            let names: Vec<&str> = tasks.iter().map(TaskName::short).collect();
            Phrase::new("Restore what is missing for ").data(names.join(", ")).words(":")
        }
        Action::Switch(task) => {
            Phrase::new(format!("Put the worktree of {} back on its branch:", worker(task)))
        }
        Action::Conclude(task) => {
            Phrase::new("Finish the integration, which waits at ").data(task.short()).words(":")
        }
        Action::GoOn => {
            Phrase::new("Let the integration that has begun go on, unless somebody is at it right now:")
        }
        Action::Mend { task, command, .. } => {
            let mend = Phrase::new(format!("Have {} mend what fails ", worker(task)));
            mend.code(command).words(", then try it again:")
        }
        Action::Integrate(_) => Phrase::new("Merge the finished work:"),
        Action::Land => Phrase::new("Review ")
            .code(&status.integration_branch)
            .words(" and merge it into the base branch"),
        Action::CleanUp => Phrase::new("Remove what is merged:"),
    }
}

/// What to send or to type for it.
fn block(action: &Action, status: &RunStatus) -> Vec<String> {
    match action {
        Action::Resume { provider, merge, .. } => resume_prompt(provider, merge),
        Action::Kickoff(tasks) => {
            tasks.iter().map(|task| format!("git orchestrate brief {}", task.short())).collect()
        }
        Action::BreakCircle(circle) => {
            circle.get(1).map(|next| format!("git worker merge {}", next.short())).into_iter().collect()
        }
        Action::Continue(task) => vec![format!("git orchestrate brief {} --as continue", task.short())],
        Action::Review(_) => vec!["git orchestrate verify".into()],
        Action::Tidy(task) => in_worktree(status.task(task), "status"),
        Action::Catch(task, flag) => in_worktree(status.task(task), &catch(status.task(task), flag)),
        Action::Restore(_) => vec!["git orchestrate start".into()],
        Action::Switch(task) => {
            in_worktree(status.task(task), &format!("switch {}", branch(status.task(task))))
        }
        Action::Conclude(_) | Action::GoOn => vec!["git orchestrate integrate --continue".into()],
        Action::Mend { commands, .. } | Action::Integrate(commands) => vec![integrate_with(commands)],
        Action::CleanUp => vec!["git orchestrate cleanup".into()],
        Action::WaitToUnblock { .. } | Action::WaitToMerge { .. } | Action::Answer { .. } | Action::Land => {
            Vec::new()
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
        Merge::Aside => lines.push(format!("git worker merge --autostash {}", provider.short())),
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
