//! The result of an evidence command, as a journal keeps it: for which tree, and whether it passed.
//!
//! COMPLETE asks for commands that passed on exactly the tree that is declared complete. Whoever
//! runs one writes an entry of [`Event::Evidence`] with the tree's id; the newest entry for a command and
//! a tree counts. The first line of its text is `passed: <command>` or `failed: <command>`, the
//! rest is for people.

use gix_hash::ObjectId;

use crate::model::journal::{Entry, Event};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// With exit code 0.
    Passed,
    /// In any other way.
    Failed,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed: ",
            Verdict::Failed => "failed: ",
        }
    }
}

/// An entry of `writer` that says how `command` ended on a tree; `remark` is for people.
pub fn entry(writer: &str, tree_id: ObjectId, command: &str, verdict: Verdict, remark: &str) -> Entry {
    let text = format!("{}{}\n{remark}", verdict.word(), one_line(command));
    Entry { commit_id: Some(tree_id), text, ..Entry::new(Event::Evidence, writer) }
}

/// Those of `commands` that have not passed for this tree, in their order; `journal` is oldest first.
pub fn outstanding(commands: &[String], journal: &[Entry], tree_id: ObjectId) -> Vec<String> {
    let of_tree = |entry: &&Entry| entry.event == Event::Evidence && entry.commit_id == Some(tree_id);
    let newest = |command: &str| {
        let verdicts = journal.iter().rev().filter(of_tree);
        verdicts.filter_map(|entry| verdict(entry, command)).next()
    };
    let open = commands.iter().filter(|command| newest(command) != Some(Verdict::Passed));
    open.cloned().collect()
}

/// The command that an entry speaks of, on one line.
pub fn command(entry: &Entry) -> Option<&str> {
    let first = entry.text.lines().next()?;
    [Verdict::Passed, Verdict::Failed].into_iter().find_map(|verdict| first.strip_prefix(verdict.word()))
}

/// How an entry says that a command ended, if it speaks of that one.
pub fn verdict(entry: &Entry, command: &str) -> Option<Verdict> {
    let first = entry.text.lines().next()?;
    let command = one_line(command);
    [Verdict::Passed, Verdict::Failed].into_iter().find(|v| first.strip_prefix(v.word()) == Some(&command))
}

/// A command of several lines on one.
pub fn one_line(command: &str) -> String {
    command.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_verdict_for_the_tree_counts() {
        let here = ObjectId::from_bytes_or_panic(&[1; 20]);
        let there = ObjectId::from_bytes_or_panic(&[2; 20]);
        let check = |journal: &[(ObjectId, &str, Verdict)], expect: &[&str]| {
            let journal: Vec<Entry> = journal
                .iter()
                .map(|(id, command, verdict)| entry("w", *id, command, *verdict, "why"))
                .collect();
            let commands = ["cargo test".to_owned(), "cd a\ncargo fmt".to_owned()];
            assert_eq!(outstanding(&commands, &journal, here), expect, "{journal:?}");
        };
        use Verdict::{Failed, Passed};
        let both = &["cargo test", "cd a\ncargo fmt"];
        check(&[], both);
        check(&[(here, "cargo test", Passed)], &["cd a\ncargo fmt"]);
        check(&[(here, "cargo test", Passed), (here, "cd a\ncargo fmt", Passed)], &[]);
        check(&[(there, "cargo test", Passed)], both);
        check(&[(here, "cargo test --quiet", Passed)], both);
        check(&[(here, "cargo test", Passed), (here, "cargo test", Failed)], both);
        check(&[(here, "cargo test", Failed), (here, "cargo test", Passed)], &["cd a\ncargo fmt"]);
    }
}
