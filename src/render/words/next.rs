//! What a worker is to do next, in words: a line, and the commands to type.

use crate::model::status::own::Next;
use crate::render::escape;
use crate::render::words::action::{Wording, resume_prompt};
use crate::render::words::count;
use crate::render::words::phrase::Phrase;

/// The words of the next step.
pub fn wording(next: &Next) -> Wording {
    let with = |line: Phrase, command: &str| Wording { line, block: vec![command.to_owned()] };
    match next {
        Next::Finish { operation, finish, abort, unmerged } => {
            let first = if unmerged.is_empty() { "Finish" } else { "Resolve the conflicts, then finish" };
            let paths: Vec<String> = unmerged.iter().map(escape::shell_word).collect();
            let add = (!paths.is_empty()).then(|| format!("git add -- {}", paths.join(" ")));
            Wording {
                line: Phrase::new(format!("{first} the {operation}, or take it back ({abort}):")),
                block: add.into_iter().chain([(*finish).to_owned()]).collect(),
            }
        }
        Next::Restore(paths) => with(
            Phrase::new(format!(
                "Take {} out of your changes; outside of your scope nothing can be committed. Look first:",
                count(paths.len(), "path")
            )),
            &format!(
                "git diff HEAD -- {}",
                paths.iter().map(escape::shell_word).collect::<Vec<_>>().join(" ")
            ),
        ),
        Next::Mend(violations) => with(
            Phrase::new(format!("Mend your history, it has {}:", count(*violations, "violation"))),
            "git orchestrate verify",
        ),
        Next::Merge(provider, merge) => {
            let mut lines = resume_prompt(provider, merge);
            Wording { line: Phrase::new(lines.remove(0)), block: lines }
        }
        Next::Begin => with(Phrase::new("Read your brief and begin:"), "git worker brief"),
        Next::Checkpoint => {
            with(Phrase::new("Commit what is done:"), "git worker checkpoint -m '<what is done>'")
        }
        Next::GoOn(item) => Wording { line: Phrase::new("Go on with: ").data(item), block: Vec::new() },
        Next::Complete => {
            with(Phrase::new("The plan's list is done; check it, then:"), "git worker complete")
        }
        Next::Reopen => with(
            Phrase::new("The task was declared complete, and nothing may follow; if there is more to do:"),
            "git worker reopen",
        ),
        Next::Wait(Some(provider)) => {
            Wording { line: Phrase::new("Wait for ").data(provider.short()), block: Vec::new() }
        }
        Next::Wait(None) => Wording { line: Phrase::new("Wait for an answer"), block: Vec::new() },
        Next::Nothing => Wording { line: Phrase::new("Nothing; your task is finished"), block: Vec::new() },
    }
}
