//! Where in a document the proposal is, and where in the proposal each worker.

use super::fields::Section;
use super::lines::{Fence, Piece, after_dash, heading, lines};
use crate::model::name::TaskName;
use crate::model::plan::finding::Form;
use crate::model::plan::place::{Lines, Place};
use crate::model::plan::report::Report;

/// A proposal, taken apart by its headings.
#[derive(Default)]
pub(super) struct Proposal<'t> {
    /// The document's title, if it has one before the proposal.
    pub title: Option<&'t str>,
    /// What stands before the first worker.
    pub preamble: Section<'t>,
    /// In the order of the document.
    pub workers: Vec<Worker<'t>>,
    /// The lines of "Cross-Dependencies Detected".
    pub summary: Vec<Piece<'t>>,
}

/// One worker's part of a proposal.
pub(super) struct Worker<'t> {
    pub heading: Heading<'t>,
    pub section: Section<'t>,
}

/// `### Worker 1: task-1-api-endpoints`.
#[derive(Debug)]
pub(super) struct Heading<'t> {
    /// Without the number signs.
    pub text: &'t str,
    pub place: Place,
    pub number: u32,
    pub name: Option<(&'t str, Place)>,
    /// What follows the name in parentheses or after a dash.
    pub title: Option<&'t str>,
}

/// What a heading opens.
enum Opens<'t> {
    Worker(Heading<'t>),
    /// It says "Worker" and is not understood.
    Broken(&'t str),
    Summary,
    Other,
}

impl<'t> Proposal<'t> {
    /// The first proposal of a document that has workers, whether it stands in a fence or not.
    pub fn find(document: &'t Lines<'t>, report: &mut Report<'_>) -> Option<Proposal<'t>> {
        let lines = lines(document);
        let mut found: Option<(Proposal<'t>, usize)> = None;
        for (start, level) in starts(&lines) {
            let end = end(&lines, start, level);
            match found {
                Some((_, end_of_first)) if start <= end_of_first => {}
                Some(_) => {
                    if opens_worker(&lines[start..end]) {
                        report.warning(lines[start].place(), Form::SecondProposal);
                    }
                }
                None => {
                    let mut proposal = Proposal { title: title(&lines[..start]), ..Proposal::default() };
                    let mut own = Report::on("");
                    proposal.read(&lines[start..end], &mut own);
                    if !proposal.workers.is_empty() || own.has_error() {
                        report.take(own);
                        found = Some((proposal, end));
                    }
                }
            }
        }
        found.map(|(proposal, _)| proposal)
    }

    fn read(&mut self, lines: &[Piece<'t>], report: &mut Report<'_>) {
        let mut fence = Fence::default();
        let mut part: Option<Opens<'t>> = None;
        let mut body = Vec::new();
        for line in lines {
            let is_fence = fence.read(line.text);
            match heading(line.text) {
                Some((_, text)) if !fence.is_open() => {
                    self.close(part.take(), std::mem::take(&mut body));
                    let opens = opens(*line, text);
                    if let Opens::Broken(text) = opens {
                        report.error(line.place_of(text), Form::WorkerHeading { text: text.to_owned() });
                    }
                    part = Some(opens);
                }
                _ if is_fence => {}
                _ => body.push(*line),
            }
        }
        self.close(part, body);
    }

    fn close(&mut self, part: Option<Opens<'t>>, body: Vec<Piece<'t>>) {
        match part {
            None => self.preamble = Section::read(&body),
            Some(Opens::Worker(heading)) => {
                self.workers.push(Worker { heading, section: Section::read(&body) });
            }
            Some(Opens::Summary) => self.summary.extend(body),
            Some(Opens::Broken(_) | Opens::Other) => {}
        }
    }
}

/// Whether a text has a heading of a worker.
pub(super) fn has_worker(text: &str) -> bool {
    opens_worker(&lines(&Lines::of(text)))
}

/// Where the part that begins at `start` ends: with the fence that it stands in, or before the next
/// heading of its level.
fn end(lines: &[Piece<'_>], start: usize, level: usize) -> usize {
    let mut before = Fence::default();
    for line in &lines[..start] {
        before.read(line.text);
    }
    let mut fence = before;
    let ends = |line: &Piece<'_>| {
        fence.read(line.text);
        let left_fence = before.is_open() && !fence.is_open();
        let same_part = fence.is_open() == before.is_open();
        left_fence || same_part && heading(line.text).is_some_and(|(other, _)| other <= level)
    };
    lines[start..].iter().position(ends).map_or(lines.len(), |length| start + length)
}

/// Whether a worker's heading is among the lines.
fn opens_worker(lines: &[Piece<'_>]) -> bool {
    let worker = |line: &Piece<'_>, text| matches!(opens(*line, text), Opens::Worker(_));
    lines.iter().any(|line| heading(line.text).is_some_and(|(_, text)| worker(line, text)))
}

/// The lines after each heading that may open a proposal, with the level of the heading. A document
/// without such a heading has a proposal where its first worker's heading is.
fn starts(lines: &[Piece<'_>]) -> Vec<(usize, usize)> {
    let headings = || lines.iter().enumerate().filter_map(|(at, line)| Some((at, heading(line.text)?)));
    let named = headings().filter(|(_, (_, text))| text.to_lowercase().contains("workstream split"));
    let named: Vec<(usize, usize)> =
        named.map(|(at, (level, _))| (at + 1, level)).filter(|(at, _)| *at < lines.len()).collect();
    if !named.is_empty() {
        return named;
    }
    let first = headings().find(|(at, _)| opens_worker(&lines[*at..=*at]));
    first.map(|(at, (level, _))| (at, level - 1)).into_iter().collect()
}

fn title<'t>(lines: &[Piece<'t>]) -> Option<&'t str> {
    let mut fence = Fence::default();
    lines.iter().find_map(|line| {
        fence.read(line.text);
        heading(line.text).filter(|(level, _)| *level == 1 && !fence.is_open()).map(|(_, text)| text)
    })
}

fn opens<'t>(line: Piece<'t>, text: &'t str) -> Opens<'t> {
    let text = text.trim_matches('*').trim();
    let lower = text.to_lowercase();
    if lower.contains("dependenc") && lower.contains("cross") {
        return Opens::Summary;
    }
    let Some(rest) = ["worker", "workstream", "agent"].iter().find_map(|word| lower.strip_prefix(word))
    else {
        return Opens::Other;
    };
    // Lower case may have another length than the text itself, but not of these letters.
    let rest = &text[text.len().saturating_sub(rest.len())..];
    worker(line, text, rest).map_or(Opens::Broken(text), Opens::Worker)
}

fn worker<'t>(line: Piece<'t>, text: &'t str, rest: &'t str) -> Option<Heading<'t>> {
    let rest = rest.trim_start_matches([' ', '-', '#', '\u{a0}']);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest[..digits].parse().ok()?;
    let named = after_dash(&rest[digits..])?.trim();
    let (name, title) = name_and_title(named);
    let name = (!name.is_empty()).then(|| (name, line.place_of(name)));
    Some(Heading { text, place: line.place_of(text), number, name, title })
}

/// `task-1-api (Analytics API)` and `task-1-api — Analytics API` are a name and a title.
fn name_and_title(text: &str) -> (&str, Option<&str>) {
    let bare = text.trim_matches('`');
    let Some((name, rest)) = text.split_once(char::is_whitespace) else { return (bare, None) };
    let name = name.trim_matches('`');
    let title =
        rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).or_else(|| after_dash(rest));
    match title {
        Some(title) if TaskName::new(name).is_ok() => (name, Some(title.trim())),
        _ => (bare, None),
    }
}
