//! The demonstration as it is told at a terminal.

use crate::ops::demo::{Event, Outcome};
use crate::render::escape;

/// Columns that prose is wrapped at.
const WIDTH: usize = 88;

/// One event, set off from the one before; what somebody does stands right below their last edit.
pub fn event(event: &Event, before: Option<&Event>) -> String {
    let gap = match (before, event) {
        (Some(Event::Edited { .. }), Event::Edited { .. } | Event::Ran { .. }) => "",
        (None, _) => "",
        _ => "\n",
    };
    format!("{gap}{}", alone(event))
}

fn alone(event: &Event) -> String {
    match event {
        Event::Scene(title) => format!("\n{title}\n{}\n", "=".repeat(title.chars().count())),
        Event::Says(text) => format!("{}\n", wrap(text)),
        Event::Edited { who, path } => format!("    {who} edits {}\n", escape::terminal(path)),
        Event::Ran { who, line, said, code } => {
            let mut text = format!("    {who} $ {}\n", escape::terminal(line));
            for line in said {
                text.push_str(format!("    {}", escape::terminal(line)).trim_end());
                text.push('\n');
            }
            if *code != 0 {
                text.push_str(&format!("    [exit {code}]\n"));
            }
            text
        }
    }
}

/// The last lines.
pub fn outcome(outcome: &Outcome) -> String {
    let mut text = format!("\n\nThat was the whole story, in {} real commands", outcome.commands);
    match &outcome.kept {
        Some(folder) => {
            let folder = escape::terminal(folder.as_os_str().as_encoded_bytes());
            text.push_str(&format!(". The repository is in {folder}\n"));
        }
        None => text.push_str("; the repository is gone again (`--keep <dir>` keeps it).\n"),
    }
    text.push_str("Next: `git orchestrate plan` on a plan of your own; README.md has a five-minute tour.\n");
    text
}

fn wrap(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_between_words() {
        let wrapped = wrap(&"word ".repeat(40));
        assert!(wrapped.lines().all(|line| line.len() <= WIDTH), "{wrapped}");
        assert_eq!(wrapped.split_whitespace().count(), 40);
    }

    #[test]
    fn a_refusal_shows_its_exit_code() {
        let said = vec!["refused: \x1b[2J".to_owned()];
        let ran = Event::Ran { who: "worker 1", line: "git commit".into(), said, code: 1 };
        let told = "    worker 1 $ git commit\n    refused: \\x1b[2J\n    [exit 1]\n";
        assert_eq!(event(&ran, Some(&Event::Edited { who: "worker 1", path: "a" })), told);
        assert_eq!(event(&ran, Some(&ran)), format!("\n{told}"));
    }
}
