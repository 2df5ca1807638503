//! Who a worker waits for, in a person's words: "Needs API endpoints from task-1 for testing".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::fields::Written;
use super::lines::Piece;
use crate::model::name::ItemName;
use crate::model::plan::draft::DraftNeed;
use crate::model::plan::finding::Needs;
use crate::model::plan::place::{Located, Place};
use crate::model::plan::report::Report;

/// How the workers of one proposal are named in its prose.
pub(super) struct References(Regex);

/// The words with which a need may begin.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    let verbs = r"needs?|requires?|depends?\s+on|waits?\s+(for|on)|blocked\s+by|after|uses?";
    pattern(&format!(r"(?i)^[\[(`&\s]*((you|and|plus|also|it)\b\s*)*(({verbs})\b[\s:]*)?"))
});

/// The word before the worker's name.
static FROM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(^|\s+)(from|of|by|in|on|via|the)?[\s:(\[`]*$"));

/// What parts one need from the next.
static PARTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[;,.]\s|[;,]$|\s(and|plus|&)\s"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant expression")
}

impl References {
    /// The references to workers of these names, and to any `Worker 2` and `task-2`.
    pub fn to(names: &[&str]) -> References {
        let mut names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
        // The longest first, because the first that fits is taken.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.push(r"(?:worker|agent|workstream)[\s\u{a0}-]*#?\d+(?:\s*\([^)]*\))?".to_owned());
        names.push(r"task-[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?".to_owned());
        let any = format!(r"(?i)\b(?:{})(?:/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)?", names.join("|"));
        References(Regex::new(&any).unwrap_or_else(|_| pattern(r"(?i)\btask-\d+")))
    }

    /// "Worker 1 (API) needs models from Worker 2": who, and whom.
    pub fn edge(&self, line: &Piece<'_>) -> Option<(Located<String>, Located<String>)> {
        let mut found = self.0.find_iter(line.text);
        let (worker, needs) = (found.next()?, found.next()?);
        let between = line.text[worker.end()..needs.start()].to_lowercase();
        let is_need = ["need", "depend", "require", "wait"].iter().any(|verb| between.contains(verb));
        let located = |found: regex::Match<'_>| {
            Located::new(found.as_str().to_owned(), line.place_of(&line.text[found.range()]))
        };
        is_need.then(|| (located(worker), located(needs)))
    }
}

/// The needs that a field names.
pub(super) fn needs(field: &Written<'_>, references: &References, report: &mut Report<'_>) -> Vec<DraftNeed> {
    let mut needs: Vec<DraftNeed> = Vec::new();
    for item in field.items() {
        if is_none(&item.value) {
            continue;
        }
        if let Some(last) = needs.last_mut()
            && is_advice(&item.value)
        {
            advise(last, &item.value, references);
            continue;
        }
        let found = clauses(&item.value, references);
        if found.is_empty() {
            report.error(item.place, Needs::NoWorker(item.value.clone()));
        }
        needs.extend(found.into_iter().map(|range| need(&item.value, range, item.place)));
    }
    needs
}

/// "None", "None - you have no dependencies on other workers.", "n/a", a dash.
fn is_none(text: &str) -> bool {
    let text = text.trim().trim_matches(['*', '_', '.']).to_lowercase();
    let first = text.split(|c: char| !c.is_alphanumeric() && c != '/').next().unwrap_or_default();
    let negated =
        matches!(first, "none" | "nothing" | "n/a" | "no") || matches!(text.as_str(), "-" | "–" | "—" | "");
    negated && !text.contains("except") && !text.contains(" but ")
}

/// What the kickoff says below a need is about that need, not another one.
fn is_advice(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["if ", "you can ", "until ", "meanwhile", "build ", "stub ", "use ", "mock "]
        .iter()
        .any(|opening| lower.starts_with(opening))
}

fn advise(need: &mut DraftNeed, text: &str, references: &References) {
    let item = references.0.find_iter(text).find_map(|found| found.as_str().split_once('/'));
    if let (None, Some((_, item))) = (&need.item, item) {
        need.item = Some(Located::new(item.to_owned(), need.task.place));
    }
    if let Some((_, contract)) = text.split_once("contract:") {
        need.contract = Some(contract.trim().to_owned());
    } else if item.is_none() {
        let text = super::strip_words(text, &["until then"])
            .map_or(text, |rest| rest.trim_start_matches([':', ' ']));
        let before = need.until_then.take().map(|before| format!("{before}; "));
        need.until_then = Some(format!("{}{}", before.unwrap_or_default(), text.trim_end_matches('.')));
    }
}

/// One need of a text: all of its words, and where in it the worker is named.
struct Clause {
    words: Range<usize>,
    worker: Range<usize>,
    /// How many characters stand before the worker.
    column: usize,
}

/// The needs of a text, one for each worker that it names.
fn clauses(text: &str, references: &References) -> Vec<Clause> {
    let workers: Vec<Range<usize>> = references.0.find_iter(text).map(|found| found.range()).collect();
    let mut clauses = Vec::new();
    let mut start = 0;
    let (mut counted, mut column) = (0, 0);
    for (at, worker) in workers.iter().enumerate() {
        let next = workers.get(at + 1).map_or(text.len(), |next| next.start);
        let parted = PARTS.find(&text[worker.end..next]).map(|found| worker.end + found.start());
        let end = match (parted, at + 1 == workers.len()) {
            (_, true) => text.len(),
            (Some(parted), false) => parted,
            (None, false) => worker.end,
        };
        column += text[counted..worker.start].chars().count();
        counted = worker.start;
        clauses.push(Clause { words: start..end, worker: worker.clone(), column });
        start = end;
    }
    clauses
}

fn need(text: &str, clause: Clause, place: Place) -> DraftNeed {
    let trim = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || ",;.".contains(c)).to_owned();
    let before = trim(&text[clause.words.start..clause.worker.start]);
    let before = OPENING.replace(&before, "").into_owned();
    let before = FROM.replace(&before, "").into_owned();
    let after = text[clause.worker.end..clause.words.end].trim_start_matches([')', ']', '`']);
    let purpose = super::strip_words(after.trim(), &["for"]).map(trim).filter(|words| !words.is_empty());
    let words = Some(trim(&before)).filter(|words| !words.is_empty());

    let named = &text[clause.worker.clone()];
    let worker = Place { column: place.column + clause.column, ..place };
    let (task, item) = match named.split_once('/') {
        Some((task, item)) => (task, Some(item.to_owned())),
        None => (named, None),
    };
    // "Depends on task-2 for AnalyticsEvent" names what is needed last.
    let (words, purpose) = match (words, purpose) {
        (None, Some(purpose)) if item.is_none() => (Some(purpose), None),
        other => other,
    };
    let quoted = words.as_deref().and_then(|words| words.strip_prefix('`')?.strip_suffix('`'));
    let item = item.or_else(|| quoted.filter(|word| ItemName::new(word).is_ok()).map(str::to_owned));
    DraftNeed {
        task: Located::new(task.to_owned(), worker),
        item: item.map(|item| Located::new(item, worker)),
        text: words.map(|words| words.trim_matches('`').to_owned()),
        purpose,
        until_then: None,
        contract: None,
    }
}
