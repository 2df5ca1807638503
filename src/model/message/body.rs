//! The sections of a message's body: which files changed, what was done, what is missing
//! (S1-39 to S1-43).
//!
//! A section is a heading, what follows it on its line, and the lines below it, up to the next heading
//! or to a paragraph that is no list. Everything is optional; unknown headings are prose.

use bstr::{BStr, BString, ByteSlice};

use super::blank::is_blank;

/// A heading of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// `Files changed:`
    FilesChanged,
    /// `Summary of changes:`, or `Summary:`
    Summary,
    /// `Integration notes:`
    IntegrationNotes,
    /// `Completed:`
    Completed,
    /// `Blocked on:`
    BlockedOn,
    /// `Cannot complete:`
    CannotComplete,
}

impl Section {
    /// The heading as the protocol writes it, with its colon.
    pub fn heading(self) -> &'static str {
        match self {
            Section::FilesChanged => "Files changed:",
            Section::Summary => "Summary of changes:",
            Section::IntegrationNotes => "Integration notes:",
            Section::Completed => "Completed:",
            Section::BlockedOn => "Blocked on:",
            Section::CannotComplete => "Cannot complete:",
        }
    }

    /// The section that a line begins, and what stands behind the heading.
    fn of(line: &[u8]) -> Option<(Section, &[u8])> {
        let line = line.trim_end().trim_start_with(|c| "*# ".contains(c));
        let (heading, rest) = line.split_at(line.find_byte(b':')? + 1);
        let rest = rest.trim_start_with(|c| c == '*');
        if !rest.is_empty() && !is_blank(&rest[..1]) {
            return None;
        }
        let all = [
            Section::FilesChanged,
            Section::Summary,
            Section::IntegrationNotes,
            Section::Completed,
            Section::BlockedOn,
            Section::CannotComplete,
        ];
        let is = |name: &str| heading.eq_ignore_ascii_case(name.as_bytes());
        let section = match is("Summary:") {
            true => Section::Summary,
            false => all.into_iter().find(|section| is(section.heading()))?,
        };
        Some((section, rest.trim()))
    }

    /// What stands behind the heading on its line: several paths are separated by commas.
    fn items(self, text: &[u8]) -> Vec<BString> {
        match self {
            _ if text.is_empty() => Vec::new(),
            Section::FilesChanged => text.split_str(", ").map(|path| path.trim().into()).collect(),
            _ => vec![text.into()],
        }
    }
}

/// The sections of one message, in the order in which they stand there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    sections: Vec<(Section, Vec<BString>)>,
}

impl Body {
    /// Reads everything after the message's first line.
    pub fn parse(message: &BStr) -> Body {
        let mut body = Body::default();
        let mut open = false;
        let mut after_blank = false;
        for line in message.lines().skip_while(|line| is_blank(line)).skip(1) {
            if let Some((section, text)) = Section::of(line) {
                body.sections.push((section, section.items(text)));
                open = true;
            } else if is_blank(line) {
                after_blank = true;
                continue;
            } else if open {
                let bullet = bullet(line);
                let ends = after_blank && bullet.is_none() && !body.is_last_empty();
                open = !ends;
                if open {
                    body.add(line, bullet);
                }
            }
            after_blank = false;
        }
        body
    }

    /// The items of a section, without their bullets; `None` if the message has no such section.
    pub fn items(&self, section: Section) -> Option<Vec<&BStr>> {
        let mut found = self.sections.iter().filter(|(one, _)| *one == section).peekable();
        found.peek()?;
        Some(found.flat_map(|(_, items)| items.iter().map(|item| item.as_bstr())).collect())
    }

    /// The paths under `Files changed:`; `None` if there is no such section. Backticks around a
    /// path and a remark in parentheses behind it are not part of it.
    pub fn files_changed(&self) -> Option<Vec<BString>> {
        Some(self.items(Section::FilesChanged)?.into_iter().map(path_of).collect())
    }

    fn is_last_empty(&self) -> bool {
        self.sections.last().is_none_or(|(_, items)| items.is_empty())
    }

    /// Adds a line to the section that is open: a bullet starts an item, other text continues one.
    fn add(&mut self, line: &[u8], bullet: Option<&[u8]>) {
        let Some((_, items)) = self.sections.last_mut() else { return };
        match (bullet, items.last_mut()) {
            (Some(text), _) => items.push(text.into()),
            (None, Some(last)) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                last.push(b' ');
                last.extend_from_slice(line.trim());
            }
            (None, _) => items.push(line.trim().into()),
        }
    }
}

/// The text of a list item, if the line starts one.
fn bullet(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_start();
    ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark.as_bytes())).map(|text| text.trim())
}

fn path_of(item: &BStr) -> BString {
    if let Some((path, _)) = item.strip_prefix(b"`").and_then(|rest| rest.split_once_str("`")) {
        return path.into();
    }
    match item.rfind(" (") {
        Some(at) if item.ends_with(b")") => item[..at].trim_end().into(),
        _ => item.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(message: &str, section: Section, expect: Option<&[&str]>) {
        let body = Body::parse(message.into());
        let items = body.items(section);
        assert_eq!(items, expect.map(|items| items.iter().map(BStr::new).collect()), "{message}");
    }

    const NEEDS: &str = "[NEEDS:task-2/AnalyticsEvent] Summary endpoint needs Analytics model

Started implementing GET /api/analytics/summary but need AnalyticsEvent model
for database queries.

Completed:
- Endpoint route definition
- Request parameter
  parsing

Blocked on:
- Actual database queries (need model)

Continuing with mock implementation for other endpoints...
";

    #[test]
    fn sections_end_where_prose_begins() {
        check(NEEDS, Section::Completed, Some(&["Endpoint route definition", "Request parameter parsing"]));
        check(NEEDS, Section::BlockedOn, Some(&["Actual database queries (need model)"]));
        check(NEEDS, Section::FilesChanged, None);
        check("x\n\nfiles CHANGED:\r\n- a b.py\r\n", Section::FilesChanged, Some(&["a b.py"]));
        check("x\n\nFiles changed:\n\n* a.py\n", Section::FilesChanged, Some(&["a.py"]));
        check("x\n\n**Summary:**\nAll of it.\n", Section::Summary, Some(&["All of it."]));
        check("Files changed:\n- a.py\n", Section::FilesChanged, None);
        check("x\n\nFiles changed:a.py\n", Section::FilesChanged, None);
        check("x\n\nThe files changed: a.py\n", Section::FilesChanged, None);
        check("x\n\nFiles changed: a.py, `b.py`\n", Section::FilesChanged, Some(&["a.py", "`b.py`"]));
        check("x\n\n**Files changed:** a.py\n- b.py\n", Section::FilesChanged, Some(&["a.py", "b.py"]));
        check("x\n\nSummary: All of it,\n  twice.\n\nx", Section::Summary, Some(&["All of it, twice."]));
        check("x\n\nFiles changed:\n", Section::FilesChanged, Some(&[]));
    }

    #[test]
    fn a_path_is_taken_out_of_its_bullet() {
        let body = Body::parse("x\n\nFiles changed:\n- `a b.py` (new)\n- c.py (moved)\n- d (1).py\n".into());
        assert_eq!(body.files_changed(), Some(vec!["a b.py".into(), "c.py".into(), "d (1).py".into()]));
    }
}
