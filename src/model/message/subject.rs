//! The first line of a message: one prefix, one space, a description.
//!
//! ```text
//! subject  = prefix SP description
//! prefix   = "[CHECKPOINT]" | "[COMPLETE]" | "[BLOCKED:" reason "]" | "[NEEDS:" task "/" item "]"
//! ```
//!
//! A line that is no subject comes back as everything that is wrong with it, and where a line was
//! probably meant as some subject, that one is named.

use crate::model::finding::message::{Argument, MessageViolation};
use crate::model::message::Prefix;
use crate::model::message::blank::is_blank;
use crate::model::name::ItemName;
use crate::model::portable;

/// The most characters that a subject may have.
pub const MAX_CHARACTERS: usize = 200;

/// The words of the prefixes, in the order in which they are listed to people.
pub const WORDS: [&str; 4] = ["CHECKPOINT", "COMPLETE", "BLOCKED", "NEEDS"];

/// What the first line of a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A status of the protocol.
    Status {
        /// Which one.
        prefix: Prefix,
        /// What follows it; may be empty for BLOCKED and NEEDS.
        description: String,
    },
    /// Git's own `Revert "…"`.
    Revert {
        /// The subject between the quotes.
        of: String,
    },
    /// Git's own `Reapply "…"`: the revert of a revert.
    Reapply {
        /// The subject between the quotes.
        of: String,
    },
}

/// Reads a first line; the error holds everything that is wrong with it, at least one thing.
pub fn subject(line: &str) -> Result<Subject, Vec<MessageViolation>> {
    if is_blank(line.as_bytes()) {
        return Err(vec![MessageViolation::Empty]);
    }
    let quoted = quoted(line);
    let mut wrong: Vec<MessageViolation> = deceptive(line).into_iter().collect();
    // Git's own subjects grow with what they quote.
    wrong.extend(too_long(line).filter(|_| quoted.is_none()));
    let parsed = quoted.map(Ok).unwrap_or_else(|| status(line));
    match parsed {
        Ok(subject) if wrong.is_empty() => Ok(subject),
        Ok(_) => Err(wrong),
        Err(violation) => {
            wrong.push(violation);
            Err(wrong)
        }
    }
}

/// The first character of a line that must not be in any, not in a merge's either. NUL is a matter of
/// the whole message.
pub fn deceptive(line: &str) -> Option<MessageViolation> {
    if line.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let character = line.chars().find(|&c| portable::is_deceptive(c) && c != '\0')?;
    Some(MessageViolation::Character { character })
}

fn too_long(line: &str) -> Option<MessageViolation> {
    let characters = if line.len() > MAX_CHARACTERS { line.chars().count() } else { 0 };
    (characters > MAX_CHARACTERS).then_some(MessageViolation::TooLong { characters })
}

/// Git's own subjects, which carry no status (S1-51).
fn quoted(line: &str) -> Option<Subject> {
    let inner = |word: &str| Some(line.strip_prefix(word)?.strip_suffix('"')?.to_owned());
    inner("Revert \"")
        .map(|of| Subject::Revert { of })
        .or_else(|| inner("Reapply \"").map(|of| Subject::Reapply { of }))
}

fn status(line: &str) -> Result<Subject, MessageViolation> {
    if let Some(word) = ["fixup!", "squash!", "amend!"].into_iter().find(|word| line.starts_with(word)) {
        return Err(MessageViolation::Autosquash { word });
    }
    let Some((inside, after)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Err(no_prefix(line));
    };
    let (word, argument) = match inside.split_once(':') {
        Some((word, argument)) => (word, Some(argument)),
        None => (inside, None),
    };
    if !WORDS.contains(&word) {
        return Err(no_prefix(line));
    }
    let prefix = prefix(word, argument)?;
    let description = description(&prefix, after)?;
    Ok(Subject::Status { prefix, description: description.to_owned() })
}

/// The prefix of a known word and what stands after its colon.
fn prefix(word: &str, argument: Option<&str>) -> Result<Prefix, MessageViolation> {
    let wrong = |problem| MessageViolation::Argument {
        found: match argument {
            Some(argument) => format!("[{word}:{argument}]"),
            None => format!("[{word}]"),
        },
        problem,
    };
    match (word, argument) {
        ("CHECKPOINT", None) => Ok(Prefix::Checkpoint),
        ("COMPLETE", None) => Ok(Prefix::Complete),
        ("CHECKPOINT" | "COMPLETE", Some(_)) => Err(wrong(Argument::Superfluous)),
        ("BLOCKED", None) => Err(wrong(Argument::NoReason)),
        ("BLOCKED", Some(reason)) if reason.trim().is_empty() => Err(wrong(Argument::NoReason)),
        (_, Some(argument)) if argument.contains('[') => Err(wrong(Argument::Bracket)),
        ("BLOCKED", Some(reason)) => Ok(Prefix::Blocked { reason: reason.to_owned() }),
        (_, None) => Err(wrong(Argument::NoItem)),
        (_, Some(argument)) => match argument.split_once('/') {
            None => Err(wrong(Argument::NoItem)),
            Some(("", _)) => Err(wrong(Argument::NoTask)),
            Some((_, "")) => Err(wrong(Argument::NoItem)),
            Some((task, item)) if task.trim() != task || item.trim() != item => Err(wrong(Argument::Space)),
            Some((task, item)) => match ItemName::new(item) {
                Ok(item) => Ok(Prefix::Needs { task: task.to_owned(), item }),
                Err(invalid) => Err(wrong(Argument::Item(invalid))),
            },
        },
    }
}

/// What follows a prefix, after exactly one space.
fn description<'a>(prefix: &Prefix, after: &'a str) -> Result<&'a str, MessageViolation> {
    let may_stand_alone = matches!(prefix, Prefix::Blocked { .. } | Prefix::Needs { .. });
    let text = after.trim();
    if text.is_empty() {
        return if may_stand_alone {
            Ok("")
        } else {
            Err(MessageViolation::NoDescription { prefix: prefix.to_string() })
        };
    }
    if let Some(second) = second_prefix(text) {
        return Err(MessageViolation::SecondPrefix { first: prefix.to_string(), second });
    }
    match after.strip_prefix(' ') {
        Some(rest) if !rest.starts_with(char::is_whitespace) => Ok(rest.trim_end()),
        _ => {
            let text = or(text.trim_start_matches(|c: char| c == ':' || c.is_whitespace()), "<description>");
            Err(MessageViolation::Spacing { nearest: format!("{prefix} {text}") })
        }
    }
}

/// The status that a description starts with, which is one too many.
fn second_prefix(description: &str) -> Option<String> {
    let (inside, _) = description.strip_prefix('[')?.split_once(']')?;
    let word = inside.split(':').next().unwrap_or_default().to_ascii_uppercase();
    WORDS.contains(&word.as_str()).then(|| format!("[{inside}]"))
}

/// A line without a known prefix, with the subject that it was probably meant to be.
fn no_prefix(line: &str) -> MessageViolation {
    let found =
        line.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inside, _)| format!("[{inside}]"));
    MessageViolation::NoPrefix { found, nearest: nearest(line) }
}

/// The well-formed subject that is nearest to a line: its first word, whatever brackets, case and
/// punctuation it has, is compared with the words of the protocol.
fn nearest(line: &str) -> Option<String> {
    let text = line.trim().trim_start_matches(['[', '(', '{', '<', '*', '#', '`', '\u{feff}']).trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let bracketed = line.trim_start().starts_with(['[', '(', '{', '<']);
    let word = nearest_word(word, bracketed)?;
    const CLOSING: [char; 4] = [']', ')', '}', '>'];
    let (argument, description) = match rest.starts_with(CLOSING) {
        false if bracketed => rest.split_once(CLOSING).unwrap_or((rest, "")),
        _ => ("", rest),
    };
    let argument = argument.trim_matches([':', ' ', '-', '=']);
    let noise = |c: char| CLOSING.contains(&c) || matches!(c, ':' | '-' | '*' | '`') || c.is_whitespace();
    let description = description.trim_start_matches(noise);
    let prefix = match word {
        "BLOCKED" => format!("[BLOCKED:{}]", or(argument, "<reason>")),
        "NEEDS" => format!("[NEEDS:{}]", or(argument, "<task>/<item>")),
        word => format!("[{word}]"),
    };
    let description = match word {
        "BLOCKED" | "NEEDS" => description,
        _ => or(description, "<description>"),
    };
    Some(format!("{prefix} {description}").trim_end().to_owned())
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

/// The word of the protocol that a word was probably meant to be. Outside of brackets only
/// spelling in another case counts: most sentences start with some word.
fn nearest_word(word: &str, bracketed: bool) -> Option<&'static str> {
    let upper = word.to_ascii_uppercase();
    if let Some(same) = WORDS.into_iter().find(|&known| known == upper) {
        return Some(same);
    }
    if !bracketed {
        return None;
    }
    let related = match upper.as_str() {
        "WIP" | "PROGRESS" | "CP" | "CHECK" => Some("CHECKPOINT"),
        "DONE" | "FINISHED" | "FINAL" | "COMPLETED" => Some("COMPLETE"),
        "BLOCK" | "BLOCKER" | "STUCK" => Some("BLOCKED"),
        "NEED" | "WAITING" => Some("NEEDS"),
        _ => None,
    };
    related.or_else(|| {
        let close = |known: &&str| strsim::damerau_levenshtein(&upper, known) <= known.len() / 3;
        WORDS.into_iter().filter(close).min_by_key(|known| strsim::damerau_levenshtein(&upper, known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Result<(&str, &str), &[&str]>) {
        let said = match subject(line) {
            Ok(Subject::Status { prefix, description }) => Ok((prefix.to_string(), description)),
            Ok(other) => panic!("{line:?} is {other:?}, no status"),
            Err(wrong) => Err(wrong.iter().map(|one| one.rule()).collect::<Vec<_>>()),
        };
        let expect = expect.map(|(prefix, text)| (prefix.to_owned(), text.to_owned()));
        assert_eq!(said, expect.map_err(<[&str]>::to_vec), "{line:?}");
    }

    #[test]
    fn the_four_prefixes_are_read() {
        check("[CHECKPOINT] Add model", Ok(("[CHECKPOINT]", "Add model")));
        check("[COMPLETE] Analytics models with tests", Ok(("[COMPLETE]", "Analytics models with tests")));
        check(
            "[BLOCKED:api-response-format] Cannot go on",
            Ok(("[BLOCKED:api-response-format]", "Cannot go on")),
        );
        check("[BLOCKED:no key: ask Ada]", Ok(("[BLOCKED:no key: ask Ada]", "")));
        check("[NEEDS:task-2/AnalyticsEvent]", Ok(("[NEEDS:task-2/AnalyticsEvent]", "")));
        check("[NEEDS:task-2-models/v1.2_x] Query", Ok(("[NEEDS:task-2-models/v1.2_x]", "Query")));
        check("[CHECKPOINT] [api] route", Ok(("[CHECKPOINT]", "[api] route")));
        check(
            "[CHECKPOINT] Zähler für 日本語 👩\u{200d}💻",
            Ok(("[CHECKPOINT]", "Zähler für 日本語 👩\u{200d}💻")),
        );
    }

    #[test]
    fn what_is_no_subject_says_which_rule_it_breaks() {
        check("", Err(&["message/empty"]));
        check("Add model", Err(&["message/prefix"]));
        check(" [CHECKPOINT] Add model", Err(&["message/prefix"]));
        check("[checkpoint] Add model", Err(&["message/prefix"]));
        check("[WIP] Add model", Err(&["message/prefix"]));
        check("[CHECKPOINT]Add model", Err(&["message/prefix"]));
        check("[CHECKPOINT]  Add model", Err(&["message/prefix"]));
        check("[CHECKPOINT]\u{a0}Add model", Err(&["message/prefix"]));
        check("[CHECKPOINT] [COMPLETE] Add", Err(&["message/prefix"]));
        check("[CHECKPOINT][complete] Add", Err(&["message/prefix"]));
        check("[CHECKPOINT]", Err(&["message/description"]));
        check("[COMPLETE] ", Err(&["message/description"]));
        check("[CHECKPOINT:3] Add", Err(&["message/argument"]));
        check("[BLOCKED]", Err(&["message/argument"]));
        check("[BLOCKED:]", Err(&["message/argument"]));
        check("[BLOCKED: ] x", Err(&["message/argument"]));
        check("[BLOCKED:a[b]c] x", Err(&["message/argument"]));
        check("[NEEDS:x]", Err(&["message/argument"]));
        check("[NEEDS:/y]", Err(&["message/argument"]));
        check("[NEEDS:task-2/]", Err(&["message/argument"]));
        check("[NEEDS:task-2/a/b]", Err(&["message/argument"]));
        check("[NEEDS:task-2/a b]", Err(&["message/argument"]));
        check("[NEEDS:task-2/x]] y", Err(&["message/prefix"]));
        check("fixup! [CHECKPOINT] Add", Err(&["message/autosquash"]));
        check("squash! [CHECKPOINT] Add", Err(&["message/autosquash"]));
        check("amend! [CHECKPOINT] Add", Err(&["message/autosquash"]));
        check("[CHECKPOINT] a\u{1b}[31m", Err(&["message/character"]));
        check("[CHECKPOINT] a\u{202e}b", Err(&["message/character"]));
        check("[CHECKPOINT] a\u{2028}b", Err(&["message/character"]));
        check("[CHECKPOINT] a\tb", Err(&["message/character"]));
        check("\u{2028}", Err(&["message/character", "message/prefix"]));
        check("\u{feff}[CHECKPOINT] a", Err(&["message/character", "message/prefix"]));
        check(&format!("[CHECKPOINT] {}", "ü".repeat(188)), Err(&["message/length"]));
        check(&format!("[CHECKPOINT] {}", "ü".repeat(187)), Ok(("[CHECKPOINT]", &"ü".repeat(187))));
    }

    #[test]
    fn gits_own_subjects_carry_no_status() {
        assert_eq!(
            subject("Revert \"[COMPLETE] Models\""),
            Ok(Subject::Revert { of: "[COMPLETE] Models".into() })
        );
        assert_eq!(
            subject("Reapply \"[COMPLETE] Models\""),
            Ok(Subject::Reapply { of: "[COMPLETE] Models".into() })
        );
        assert!(subject("Revert the models").is_err(), "only git's own form is let through");
        let long = format!("Revert \"[CHECKPOINT] {}\"", "x".repeat(187));
        assert!(subject(&long).is_ok(), "what git quotes may have had its full length");
    }

    #[test]
    fn the_nearest_subject_is_named() {
        let check = |line: &str, expect: Option<&str>| {
            let wrong = subject(line).expect_err("no subject");
            let nearest = wrong.iter().find_map(|one| match one {
                MessageViolation::NoPrefix { nearest, .. } => nearest.as_deref(),
                MessageViolation::Spacing { nearest } => Some(nearest),
                _ => None,
            });
            assert_eq!(nearest, expect, "{line:?}");
            if let Some(nearest) = nearest.filter(|nearest| !nearest.contains('<')) {
                assert!(subject(nearest).is_ok(), "what is proposed would be accepted: {nearest:?}");
            }
        };
        check("[checkpoint] Add model", Some("[CHECKPOINT] Add model"));
        check("[Checkpoint]: Add model", Some("[CHECKPOINT] Add model"));
        check(" [CHECKPOINT] Add model", Some("[CHECKPOINT] Add model"));
        check("CHECKPOINT: Add model", Some("[CHECKPOINT] Add model"));
        check("(complete) All done", Some("[COMPLETE] All done"));
        check("[CHEKPOINT] Add model", Some("[CHECKPOINT] Add model"));
        check("[DONE] All", Some("[COMPLETE] All"));
        check("[WIP] Half", Some("[CHECKPOINT] Half"));
        check("[blocked: no key] Stuck", Some("[BLOCKED:no key] Stuck"));
        check("[needs task-2/Model]", Some("[NEEDS:task-2/Model]"));
        check("[CHECKPOINT]Add", Some("[CHECKPOINT] Add"));
        check("[CHECKPOINT]: Add", Some("[CHECKPOINT] Add"));
        check("[COMPLETE]:", Some("[COMPLETE] <description>"));
        check("blocked", Some("[BLOCKED:<reason>]"));
        check("feat: add model", None);
        check("[JIRA-12] add model", None);
    }
}
