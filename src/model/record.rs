//! The note on an own commit: what the checkpoint was and how it was judged.
//!
//! A record is a cache of what the commit itself says, plus who wrote it; nothing here is believed
//! over the commit (design.md section 3). The text is meant for `git log --notes`: lines of
//! `Key: value` in a fixed order; a reader skips the keys that it does not know.

use bstr::{BStr, ByteSlice};
use gix_hash::ObjectId;

use crate::model::finding::Severity;
use crate::model::name::{RunName, TaskName};

/// What a note says of its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The run that the commit belongs to.
    pub run: RunName,
    /// The task that it was made for; decides whose own commit it is after a fast-forward (S1-66).
    pub task: TaskName,
    /// The prefix as the subject has it, such as `[NEEDS:task-2/AnalyticsEvent]`; `None` for a
    /// merge, a revert, or a subject that has none.
    pub status: Option<String>,
    /// The tree that was judged.
    pub tree_id: ObjectId,
    /// How many paths the commit changed.
    pub paths: usize,
    /// What the judge found, in its order.
    pub findings: Vec<RecordedFinding>,
    /// The hook or command that wrote the record, such as `post-commit`.
    pub recorded_by: String,
    /// The commit that an amend or rebase replaced by this one.
    pub rewritten_from: Option<ObjectId>,
}

/// A finding as far as a record keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFinding {
    /// Whether it refuses.
    pub severity: Severity,
    /// The rule's name, such as `scope/outside`.
    pub rule: String,
    /// The finding's own words, on one line.
    pub text: String,
}

impl Record {
    /// The text of the note.
    pub fn to_note(&self) -> String {
        let mut lines = vec![format!("Run: {}", self.run), format!("Task: {}", self.task)];
        lines.extend(self.status.as_ref().map(|status| format!("Status: {}", one_line(status))));
        lines.push(format!("Tree: {}", self.tree_id));
        lines.push(format!("Paths: {}", self.paths));
        lines.extend(self.findings.iter().map(|finding| {
            format!("Finding: {} {} {}", finding.severity, finding.rule, one_line(&finding.text))
        }));
        lines.push(format!("Recorded-by: {}", one_line(&self.recorded_by)));
        lines.extend(self.rewritten_from.map(|id| format!("Rewritten-from: {id}")));
        lines.join("\n") + "\n"
    }

    /// Reads a note; `None` if it is no record, or lacks what every record has.
    pub fn parse(note: &BStr) -> Option<Record> {
        let text = note.to_str().ok()?;
        let pairs: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once(": ")).collect();
        let value = |key: &str| pairs.iter().find(|(one, _)| *one == key).map(|(_, value)| value.trim());
        let id = |key: &str| value(key).and_then(|text| ObjectId::from_hex(text.as_bytes()).ok());
        let findings = pairs.iter().filter(|(key, _)| *key == "Finding");
        Some(Record {
            run: RunName::new(value("Run")?).ok()?,
            task: TaskName::new(value("Task")?).ok()?,
            status: value("Status").map(str::to_owned),
            tree_id: id("Tree")?,
            paths: value("Paths")?.parse().ok()?,
            findings: findings.filter_map(|(_, text)| RecordedFinding::parse(text)).collect(),
            recorded_by: value("Recorded-by").unwrap_or_default().to_owned(),
            rewritten_from: id("Rewritten-from"),
        })
    }
}

impl RecordedFinding {
    fn parse(text: &str) -> Option<RecordedFinding> {
        let mut words = text.splitn(3, ' ');
        let severity = match words.next()? {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => return None,
        };
        let rule = words.next()?.to_owned();
        Some(RecordedFinding { severity, rule, text: words.next().unwrap_or_default().to_owned() })
    }
}

/// A note is lines; a value that is none would let a subject forge the next one.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(digit: u8) -> ObjectId {
        ObjectId::from_hex(&[digit; 40]).expect("hex")
    }

    fn record() -> Record {
        Record {
            run: RunName::new("analytics").expect("a name"),
            task: TaskName::new("task-2-models").expect("a name"),
            status: Some("[NEEDS:task-1/api]".into()),
            tree_id: id(b'a'),
            paths: 2,
            findings: vec![RecordedFinding {
                severity: Severity::Error,
                rule: "scope/outside".into(),
                text: "api/x.py is outside the scope".into(),
            }],
            recorded_by: "post-commit".into(),
            rewritten_from: Some(id(b'b')),
        }
    }

    #[test]
    fn a_record_reads_as_it_was_written() {
        let bare = Record { status: None, findings: Vec::new(), rewritten_from: None, ..record() };
        for record in [record(), bare] {
            assert_eq!(Record::parse(record.to_note().as_bytes().into()), Some(record));
        }
    }

    #[test]
    fn no_value_can_forge_a_line() {
        let mut forged = record();
        forged.findings[0].text = "x\nTask: task-1\u{2028}y".into();
        let read = Record::parse(forged.to_note().as_bytes().into()).expect("a record");
        assert_eq!(read.task, record().task);
        assert_eq!(read.findings[0].text, "x Task: task-1 y");
    }

    #[test]
    fn what_is_no_record_is_not_read() {
        let newer = format!("Flavour: new\n{}", record().to_note());
        assert_eq!(Record::parse(newer.as_bytes().into()), Some(record()), "unknown keys are skipped");
        for note in ["", "Reviewed-by: Ada", "Run: a\nTask: b\nTree: zz\nPaths: 1\n"] {
            assert_eq!(Record::parse(note.into()), None, "{note:?}");
        }
    }
}
