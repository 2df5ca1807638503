//! The commands of `--exec` in the orchestrator's journal: which an integration runs, and who fails one.
//!
//! What a command said of a tree stands there as well ([evidence](crate::model::evidence)). This is what a
//! later call needs that was told no command: what to run again, and who is not to be merged without it.

use gix_hash::ObjectId;

use crate::model::journal::{self, Entry, Event};
use crate::model::name::TaskName;

/// The word for the commands that an integration runs from now on.
const COMMANDS: &str = "commands";
/// The word for a task that was left out because a command fails on its step.
const CULPRIT: &str = "culprit";
/// Before each command, so that none of them looks like anything else. What follows is a JSON string where
/// the command has several lines, or could be taken for one: people are told to type it as it was.
const RUN: &str = "run: ";
/// Before the exit code of a command that fails; a signal has none.
const CODE: &str = "exit code ";

/// A command that fails on the step of a task, which has not changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// The command.
    pub command: String,
    /// Its exit code; `None` for a signal.
    pub code: Option<i32>,
}

/// The entry for the commands of an integration.
pub fn entry(commands: &[String]) -> Entry {
    let lines: Vec<String> = commands.iter().map(|command| line(command)).collect();
    Entry { text: lines.join("\n"), ..Entry::new(Event::Other(COMMANDS.into()), journal::ORCHESTRATOR) }
}

/// The entry for a task that is to blame; `tip` is what was merged.
pub fn culprit(task: &TaskName, tip: ObjectId, failing: &Failing) -> Entry {
    let how = failing.code.map_or("a signal".to_owned(), |code| format!("{CODE}{code}"));
    Entry {
        task: Some(task.clone()),
        commit_id: Some(tip),
        text: format!("{}\n{how}", line(&failing.command)),
        ..Entry::new(Event::Other(CULPRIT.into()), journal::ORCHESTRATOR)
    }
}

/// The commands that an integration was told last; `journal` is oldest first.
pub fn last<'a>(journal: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<String> {
    let found = journal.rev().find(|entry| is(entry, COMMANDS));
    let lines = found.map_or("", |entry| &entry.text).lines();
    lines.filter_map(command).collect()
}

/// How the task fails, if it was blamed for a failure with this tip and was not merged since; `journal` is
/// the task's.
pub fn failing(journal: &[Entry], tip: ObjectId) -> Option<Failing> {
    let is_merged = |entry: &Entry| entry.writer == journal::ORCHESTRATOR && entry.event == Event::Integrated;
    let counts = |entry: &&Entry| is(entry, CULPRIT) || is_merged(entry);
    let newest = journal.iter().rfind(counts).filter(|entry| is(entry, CULPRIT))?;
    if newest.commit_id != Some(tip) {
        return None;
    }
    let mut lines = newest.text.lines();
    let command = lines.next().and_then(command)?;
    Some(Failing { command, code: lines.next()?.strip_prefix(CODE).and_then(|code| code.parse().ok()) })
}

/// A worker's own journal says nothing about it.
fn is(entry: &Entry, word: &str) -> bool {
    entry.writer == journal::ORCHESTRATOR && matches!(&entry.event, Event::Other(known) if known == word)
}

fn line(command: &str) -> String {
    let is_plain = !command.contains(char::is_control) && !command.starts_with('"');
    match is_plain && command.trim() == command {
        true => format!("{RUN}{command}"),
        false => format!("{RUN}{}", serde_json::Value::from(command)),
    }
}

fn command(line: &str) -> Option<String> {
    let command = line.strip_prefix(RUN)?;
    let told = command.starts_with('"').then(|| serde_json::from_str(command).ok()).flatten();
    Some(told.unwrap_or_else(|| command.to_owned()))
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice;

    use super::*;

    #[test]
    fn only_the_newest_word_of_the_orchestrator_counts() {
        let commands =
            ["make", "if a\nthen b # c\nfi", "\"my tool\" -x", " x", "\u{1b}[2J"].map(str::to_owned);
        let first = entry(&commands);
        let forged = Entry { writer: "task-1".into(), ..entry(&["true".into()]) };
        let message = Entry::from_message(first.to_message().as_bytes().as_bstr(), 0).expect("an entry");
        assert_eq!(last([&message, &forged].into_iter()), commands, "as they were, from a journal");
        assert_eq!(last([&first, &entry(&["ls".into()])].into_iter()), ["ls"]);
        assert_eq!(last([].into_iter()), [""; 0]);
    }

    #[test]
    fn a_task_fails_until_it_moves_or_is_merged() {
        let task = TaskName::new("task-1").expect("a name");
        let (here, there) =
            (ObjectId::from_bytes_or_panic(&[1; 20]), ObjectId::from_bytes_or_panic(&[2; 20]));
        for code in [Some(3), None] {
            let fails = Failing { command: "make".into(), code };
            let mut journal = vec![culprit(&task, here, &fails)];
            assert_eq!(failing(&journal, here), Some(fails));
            assert_eq!(failing(&journal, there), None);
            journal.push(Entry::new(Event::Integrated, "task-1"));
            assert!(failing(&journal, here).is_some(), "who is blamed cannot take it back");
            journal.push(Entry::new(Event::Integrated, journal::ORCHESTRATOR));
            assert_eq!(failing(&journal, here), None);
        }
    }
}
