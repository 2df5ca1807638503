//! Whether a message keeps the protocol, in the plan and for the change at hand.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};

use crate::model::change::PathChange;
use crate::model::finding::message::MessageViolation;
use crate::model::finding::{Finding, Severity};
use crate::model::judge::{Case, Known, Step};
use crate::model::message::blank::is_blank;
use crate::model::message::{self, Body, Prefix, Section, Subject};
use crate::model::plan::{BodyRule, Plan, Task};

/// What is wrong with a message. A merge needs no prefix (S1-47) and words itself as it likes, but in
/// characters that show what they are.
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let Some(text) = case.message else { return Vec::new() };
    let mut findings = encoding(case.known, text);
    let Ok(first) = message::first_line(text).to_str() else { return findings };
    let Step::Own(change) = case.step else {
        findings.extend(message::subject::deceptive(first).map(Finding::error));
        return findings;
    };
    match message::subject(first) {
        Err(wrong) => findings.extend(wrong.into_iter().map(Finding::error)),
        Ok(Subject::Status { prefix, .. }) => {
            findings.extend(target(case.plan, case.task, &prefix).map(Finding::error));
            findings.extend(second_line(text).map(Finding::error));
            findings.extend(sections(case, text, &prefix, change));
        }
        Ok(Subject::Revert { .. } | Subject::Reapply { .. }) => {}
    }
    findings
}

/// Another encoding, declared or not, would show other words than those that are judged.
fn encoding(known: &Known, text: &BStr) -> Vec<Finding> {
    let mut findings = Vec::new();
    if text.to_str().is_err() {
        findings.push(Finding::error(MessageViolation::Encoding));
    }
    let is_utf8 =
        |name: &BString| ["utf-8", "utf8"].iter().any(|utf8| name.eq_ignore_ascii_case(utf8.as_bytes()));
    if let Some(encoding) = known.encoding.clone().filter(|name| !name.is_empty() && !is_utf8(name)) {
        findings.push(Finding::error(MessageViolation::Declared { encoding }));
    }
    if text.contains(&0) {
        findings.push(Finding::error(MessageViolation::Nul));
    }
    findings
}

/// Git takes the whole first paragraph for the subject, so it must be one line.
fn second_line(text: &BStr) -> Option<MessageViolation> {
    let mut lines = text.lines().skip_while(|line| is_blank(line));
    let second = lines.nth(1).unwrap_or_default();
    (!is_blank(second)).then_some(MessageViolation::NoBlankLine)
}

/// A NEEDS must name another task of the plan; which item is free (S1-37).
fn target(plan: &Plan, task: &Task, prefix: &Prefix) -> Option<MessageViolation> {
    let Prefix::Needs { task: asked, .. } = prefix else { return None };
    match plan.find_task(asked) {
        Ok(found) if found.name == task.name => Some(MessageViolation::NeedsItself { task: asked.clone() }),
        Ok(_) => None,
        Err(none) if none.ambiguous => {
            Some(MessageViolation::NeedsAmbiguous { task: asked.clone(), candidates: none.candidates })
        }
        Err(none) => {
            let others = none.candidates.into_iter().filter(|candidate| *candidate != task.name);
            Some(MessageViolation::NeedsUnknown { task: asked.clone(), nearest: others.collect() })
        }
    }
}

fn sections(case: &Case<'_>, text: &BStr, prefix: &Prefix, change: &[PathChange]) -> Vec<Finding> {
    let body = Body::parse(text);
    let mut findings = Vec::new();
    let severity = match case.plan.protocol.body {
        BodyRule::Off => return findings,
        BodyRule::Warn => Severity::Warning,
        BodyRule::Require => Severity::Error,
    };
    let asked: &[Section] = match prefix {
        Prefix::Checkpoint if change.is_empty() => &[],
        Prefix::Checkpoint => &[Section::FilesChanged],
        Prefix::Complete => &[Section::Summary, Section::FilesChanged, Section::IntegrationNotes],
        Prefix::Blocked { .. } | Prefix::Needs { .. } => &[],
    };
    let missing: Vec<Section> = asked.iter().copied().filter(|one| body.items(*one).is_none()).collect();
    if !missing.is_empty() {
        let violation = MessageViolation::MissingSections { sections: missing, prefix: prefix.clone() };
        findings.push(Finding::new(severity, violation));
    }
    let Some(listed) = body.files_changed() else { return findings };
    let actual: Option<BTreeSet<&BString>> = match prefix {
        Prefix::Complete => case.known.cumulative.as_ref().map(|paths| paths.iter().collect()),
        _ => Some(change.iter().map(|one| &one.path).collect()),
    };
    findings.extend(actual.and_then(|actual| difference(&listed, &actual)).map(Finding::warning));
    findings
}

/// Whether a hand-written list differs from what really changed (S1-43).
fn difference(listed: &[BString], actual: &BTreeSet<&BString>) -> Option<MessageViolation> {
    let listed: BTreeSet<&BString> = listed.iter().collect();
    if listed == *actual {
        return None;
    }
    let only = |one: &BTreeSet<&BString>, other| one.difference(other).map(|path| (*path).clone()).collect();
    let (unlisted, unchanged) = (only(actual, &listed), only(&listed, actual));
    Some(MessageViolation::FilesChanged { unlisted, unchanged })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::judge::sample;

    fn check(rule: BodyRule, message: &str, expect: &[&str]) {
        let mut plan = sample::plan();
        plan.protocol.body = rule;
        let change = [sample::change("api/a.py", 1, 2)];
        let known =
            Known { cumulative: Some(vec!["api/a.py".into(), "api/old.py".into()]), ..Known::default() };
        let case = sample::case(&plan, Step::Own(&change), &known, Some(message));
        let said: Vec<String> =
            judge(&case).iter().map(|one| format!("{} {}", one.severity, one.rule())).collect();
        assert_eq!(said, expect, "{message:?}");
    }

    #[test]
    fn a_needs_names_another_task_of_the_plan() {
        check(BodyRule::Off, "[NEEDS:task-2/Model]", &[]);
        check(BodyRule::Off, "[NEEDS:task-2-models/anything]", &[]);
        check(BodyRule::Off, "[NEEDS:task-1/routes]", &["error message/needs"]);
        check(BodyRule::Off, "[NEEDS:task-9/x]", &["error message/needs"]);
    }

    #[test]
    fn the_subject_is_the_first_line_alone() {
        check(BodyRule::Off, "\n\n[CHECKPOINT] a\n\n[COMPLETE] b\n", &[]);
        check(BodyRule::Off, "[CHECKPOINT] a\n[COMPLETE] b\n", &["error message/blank-line"]);
    }

    #[test]
    fn what_is_declared_must_be_what_was_read() {
        let check = |name: &str, expect: &[&str]| {
            let known = Known { encoding: Some(name.into()), ..Known::default() };
            let plan = sample::plan();
            let case = sample::case(&plan, Step::Own(&[]), &known, Some("[CHECKPOINT] a"));
            let errors = judge(&case).into_iter().filter(Finding::is_error);
            let rules: Vec<&str> = errors.map(|one| one.rule()).collect();
            assert_eq!(rules, expect, "{name}");
        };
        check("UTF-8", &[]);
        check("utf8", &[]);
        check("", &[]);
        check("UTF-7", &["message/encoding"]);
        check("ISO-8859-1", &["message/encoding"]);
    }

    #[test]
    fn a_merge_words_itself_but_shows_what_it_is() {
        let check = |text: &str, expect: &[&str]| {
            let (plan, known) = (sample::plan(), Known::default());
            let step = Step::Merge { paths: &[], sides: &[] };
            let case = sample::case(&plan, step, &known, Some(text));
            let rules: Vec<&str> = judge(&case).iter().map(Finding::rule).collect();
            assert_eq!(rules, expect, "{text:?}");
        };
        check("Merge branch 'main'", &[]);
        check("Merge \u{1b}[2J", &["message/character"]);
        check("Merge\0", &["message/character"]);
    }

    #[test]
    fn sections_are_asked_for_as_the_plan_says() {
        let bare = "[CHECKPOINT] a";
        check(BodyRule::Off, bare, &[]);
        check(BodyRule::Warn, bare, &["warning message/section"]);
        check(BodyRule::Require, bare, &["error message/section"]);
        check(BodyRule::Require, "[BLOCKED:x] a", &[]);
        check(BodyRule::Require, "[NEEDS:task-2/Model] a", &[]);
        check(BodyRule::Require, "[CHECKPOINT] a\n\nFiles changed:\n- api/a.py\n", &[]);
        check(
            BodyRule::Warn,
            "[CHECKPOINT] a\n\nFiles changed:\n- b.py\n",
            &["warning message/files-changed"],
        );
        let complete = "[COMPLETE] a\n\nSummary of changes:\n- all\n\nIntegration notes:\n- none\n";
        check(BodyRule::Require, &format!("{complete}\nFiles changed:\n- api/a.py\n- api/old.py\n"), &[]);
        check(
            BodyRule::Require,
            &format!("{complete}\nFiles changed:\n- api/a.py\n"),
            &["warning message/files-changed"],
        );
    }
}
