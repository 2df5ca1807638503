//! The message of a commit that `git worker` is about to make: prefix, words, sections.
//!
//! The protocol's form is written here and read by [`message`](crate::model::message); what a
//! worker wrote by hand stays as it is, and a section that it wrote itself is not written twice.

use bstr::{BStr, BString, ByteSlice};

use crate::model::message::{Body, Prefix, Section};
use crate::model::name::TaskName;

/// The sections as the protocol orders them.
const ORDER: [Section; 6] = [
    Section::Summary,
    Section::Completed,
    Section::BlockedOn,
    Section::CannotComplete,
    Section::FilesChanged,
    Section::IntegrationNotes,
];

/// What the message will say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What the commit declares.
    pub prefix: Prefix,
    /// The worker's own words, one `-m` each: the first begins with the description.
    pub words: Vec<String>,
    /// Sections, in any order; empty ones are left out.
    pub sections: Vec<(Section, Vec<String>)>,
    /// A last paragraph, such as "Continuing with the events endpoint".
    pub closing: Option<String>,
    /// Whose commit it is, as a trailer: where nothing else of the commit tells, two workers who say the
    /// same in the same second make one commit, and it counts for one of them.
    pub whose: Option<TaskName>,
}

impl Draft {
    /// A message that only declares something.
    pub fn new(prefix: Prefix, words: &[String]) -> Draft {
        Draft { prefix, words: words.to_vec(), sections: Vec::new(), closing: None, whose: None }
    }

    /// Adds a section.
    pub fn section(mut self, section: Section, items: Vec<String>) -> Draft {
        self.sections.push((section, items));
        self
    }

    /// The whole message.
    pub fn message(&self) -> String {
        let written = self.words.join("\n\n");
        let (description, prose) = written.split_once('\n').unwrap_or((&written, ""));
        let prefix = self.prefix.to_string();
        let description = description.trim();
        let description = description.strip_prefix(&prefix).unwrap_or(description).trim_start();
        let mut paragraphs = vec![format!("{prefix} {description}").trim_end().to_owned()];
        paragraphs.extend(Some(prose.trim().to_owned()).filter(|prose| !prose.is_empty()));
        let by_hand = Body::parse(BStr::new(&format!("x\n\n{prose}")));
        for section in ORDER {
            let items = self.sections.iter().filter(|(one, _)| *one == section).flat_map(|(_, items)| items);
            let bullets: Vec<String> = items.map(|item| format!("- {item}")).collect();
            if !bullets.is_empty() && by_hand.items(section).is_none() {
                paragraphs.push(format!("{}\n{}", section.heading(), bullets.join("\n")));
            }
        }
        paragraphs.extend(self.closing.clone());
        paragraphs.extend(self.whose.as_ref().map(|task| format!("Task: {task}")));
        paragraphs.join("\n\n") + "\n"
    }

    /// Whether this is the message of a commit that was made with the draft: git tidies its lines, and
    /// hooks and whoever edits it add some.
    pub fn became(&self, message: &BStr) -> bool {
        let draft = self.message();
        let is_kept = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#");
        let mut drafted = draft.lines().map(|line| line.trim().as_bytes()).filter(is_kept);
        let mut lines = message.lines().map(|line| line.trim()).filter(is_kept);
        let begins = drafted.next().zip(lines.next()).is_some_and(|(drafted, line)| {
            let rest = line.strip_prefix(drafted);
            rest.is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
        });
        begins && drafted.all(|drafted| lines.any(|line| line == drafted))
    }
}

/// Paths as items of `Files changed:`; what would read as a remark goes between backticks.
pub fn files(paths: &[BString]) -> Vec<String> {
    let item = |path: &BString| {
        let text = path.to_str_lossy();
        let plain = !(text.contains(" (") || text.starts_with('`') || text.trim() != text);
        if plain { text.into_owned() } else { format!("`{text}`") }
    };
    paths.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(words: &[&str]) -> Draft {
        let words: Vec<String> = words.iter().map(|text| (*text).to_owned()).collect();
        Draft::new(Prefix::Checkpoint, &words).section(Section::FilesChanged, vec!["a.py".into()])
    }

    #[test]
    fn a_draft_has_the_form_of_the_protocol() {
        let check = |words: &[&str], expect: &str| assert_eq!(draft(words).message(), expect);
        check(&["Add model"], "[CHECKPOINT] Add model\n\nFiles changed:\n- a.py\n");
        check(&["[CHECKPOINT] Add model"], "[CHECKPOINT] Add model\n\nFiles changed:\n- a.py\n");
        check(&["Add model", "Why."], "[CHECKPOINT] Add model\n\nWhy.\n\nFiles changed:\n- a.py\n");
        check(&["Add model\n\nWhy."], "[CHECKPOINT] Add model\n\nWhy.\n\nFiles changed:\n- a.py\n");
        check(&["Add", "Files changed:\n- b.py"], "[CHECKPOINT] Add\n\nFiles changed:\n- b.py\n");
        check(&[], "[CHECKPOINT]\n\nFiles changed:\n- a.py\n");
    }

    #[test]
    fn what_became_of_a_draft_is_known_by_its_lines() {
        let check = |words: &[&str], message: &str, expect: bool| {
            assert_eq!(draft(words).became(message.into()), expect, "{message}");
        };
        check(&["Add"], "[CHECKPOINT] Add\n\nFiles changed:\n- a.py\n", true);
        check(&["Add", "#1 \n\n\nWhy. "], "[CHECKPOINT] Add\n\nWhy.\n\nFiles changed:\n- a.py\n", true);
        check(&["Add"], "[CHECKPOINT] Add (#1)\n\nFiles changed:\n- a.py\n\nIssue: 1\n", true);
        check(&[], "[CHECKPOINT] Typed\n\nMore.\n\nFiles changed:\n- a.py\n", true);
        check(&["Add"], "[CHECKPOINT] Added\n\nFiles changed:\n- a.py\n", false);
        check(&["Add"], "[CHECKPOINT] Add\n\nFiles changed:\n- b.py\n", false);
        check(&[], "[CHECKPOINT] Somebody else\n", false);
        check(&["Add"], "", false);
    }

    #[test]
    fn what_is_drafted_is_read() {
        let paths: Vec<BString> = ["a b.py", "c (1).py", "`d`", "é"].map(BString::from).into();
        let draft = Draft::new(Prefix::Complete, &["Done".into()])
            .section(Section::FilesChanged, files(&paths))
            .section(Section::Summary, vec!["one".into()]);
        let draft = Draft { closing: Some("Continuing.".into()), ..draft };
        let message = draft.message();
        let body = Body::parse(message.as_str().into());
        assert_eq!(body.items(Section::Summary), Some(vec!["one".into()]));
        let mut expect = paths.clone();
        expect[2] = "".into(); // A name of backticks alone cannot be written so that it reads back.
        assert_eq!(body.files_changed().map(|files| files.len()), Some(expect.len()));
        assert_eq!(body.files_changed().map(|files| files[..2].to_vec()), Some(paths[..2].to_vec()));
    }
}
