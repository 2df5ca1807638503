//! What is fuzzed: for each parser of text that others write, what must hold whatever the bytes are.
//!
//! One body each, for two ways to run it: the short run in every test of the project
//! (`tests/suite/fuzz.rs`) and the long one with cargo-fuzz (`tests/fuzz/README.md`). Nothing here
//! reads a file, so an input alone tells the whole story. Besides what is asserted, no body may
//! panic or take long.

use bstr::{BStr, BString, ByteSlice};
use orchestrate::git::overrides;
use orchestrate::model::integration::progress::Progress;
use orchestrate::model::journal::Entry;
use orchestrate::model::judge::links;
use orchestrate::model::message::file::{Cleanup, Comment, clean};
use orchestrate::model::message::{self, Body, Subject};
use orchestrate::model::overlap::{Budget, Overlap, overlap};
use orchestrate::model::pattern::Pattern;
use orchestrate::model::plan::read::{Reading, Source, read};
use orchestrate::model::plan::{self, Plan};
use orchestrate::model::push::Update;
use orchestrate::model::record::Record;
use orchestrate::model::{agent, hook_input, portable};
use orchestrate::render::escape;

/// A body, by the name of its directory of seeds and of its program for cargo-fuzz.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 12] = [
    ("agent_event", agent_event),
    ("config_parameters", config_parameters),
    ("escaping", escaping),
    ("hook_lines", hook_lines),
    ("journal_entry", journal_entry),
    ("message", message),
    ("paths", paths),
    ("pattern", pattern),
    ("plan_markdown", plan_markdown),
    ("plan_toml", plan_toml),
    ("progress", progress),
    ("record", record),
];

/// A plan in TOML: what is understood of it is written so that it reads as the same plan, byte for
/// byte the same each time.
pub fn plan_toml(data: &[u8]) {
    if let Ok(text) = data.to_str() {
        survives(read(&Source { name: "plan.toml", text, run: None }));
    }
}

/// The same for a proposal in Markdown.
pub fn plan_markdown(data: &[u8]) {
    if let Ok(text) = data.to_str() {
        survives(read(&Source { name: "PLAN.md", text, run: Some("demo") }));
    }
}

fn survives(reading: Reading) {
    for finding in &reading.findings {
        assert!(!finding.rule().is_empty() && !finding.to_string().is_empty(), "a finding says what it is");
        finding.remedy();
    }
    let Some(plan) = reading.usable() else { return };
    let written = plan::write::toml(plan);
    let again: Plan =
        plan::toml::read("plan.toml", &written).unwrap_or_else(|wrong| panic!("{wrong:?}\n{written}"));
    assert_eq!(again, *plan, "what is written reads as the same plan:\n{written}");
    assert_eq!(plan::write::toml(&again), written, "the same plan is written the same");
}

/// A commit message, and the file that it comes from.
pub fn message(data: &[u8]) {
    let text = data.as_bstr();
    if let Some(Subject::Status { prefix, description }) = message::read(text) {
        let line = format!("{prefix} {description}");
        assert_eq!(message::status(line.as_str().into()), Some(prefix), "a status survives: {line}");
    }
    message::reverts_complete(text);
    Body::parse(text).files_changed();
    if let Ok(line) = message::first_line(text).to_str()
        && let Err(wrong) = message::subject(line)
    {
        assert!(!wrong.is_empty(), "what is no subject breaks a rule: {line:?}");
        assert!(wrong.iter().all(|one| !one.to_string().is_empty() && !one.rule().is_empty()));
    }
    for mark in ["#", ";", "auto"] {
        let comment = Comment::from_config(mark);
        for cleanup in [Cleanup::Strip, Cleanup::Whitespace, Cleanup::Scissors, Cleanup::Verbatim] {
            let cleaned = clean(text, &comment, cleanup);
            assert!(cleaned.len() <= text.len() + 1, "nothing is added but a line's end");
            if mark != "auto" && cleanup == Cleanup::Whitespace {
                assert_eq!(
                    clean(cleaned.as_bstr(), &comment, cleanup),
                    cleaned,
                    "what is clean stays as it is"
                );
            }
        }
    }
}

/// A note: what is read of it is written so that it reads the same.
pub fn record(data: &[u8]) {
    let Some(record) = Record::parse(data.as_bstr()) else { return };
    let again = Record::parse(record.to_note().as_bytes().into()).expect("what is written can be read");
    assert_eq!((&again.run, &again.task, again.tree_id), (&record.run, &record.task, record.tree_id));
    assert_eq!(again.findings.len(), record.findings.len(), "no finding is lost or forged");
    assert_eq!(Record::parse(again.to_note().as_bytes().into()), Some(again), "and stays so");
}

/// A journal's commit message.
pub fn journal_entry(data: &[u8]) {
    let Some(entry) = Entry::from_message(data.as_bstr(), 7) else { return };
    let again =
        Entry::from_message(entry.to_message().as_bytes().into(), 7).expect("what is written can be read");
    assert_eq!((&again.event, &again.task, &again.writer), (&entry.event, &entry.task, &entry.writer));
    assert_eq!(again.commit_id, entry.commit_id);
    assert_eq!(Entry::from_message(again.to_message().as_bytes().into(), 7), Some(again), "and stays so");
}

/// Two scope patterns and a path, each on a line.
pub fn pattern(data: &[u8]) {
    let mut lines = data.splitn_str(3, "\n").map(|line| line.to_str().ok());
    let mut next = || lines.next().flatten().map(Pattern::parse);
    let (Some(Ok(one)), Some(Ok(other))) = (next(), next()) else { return };
    assert_eq!(Pattern::parse(one.as_str()).as_ref(), Ok(&one), "a pattern reads as it is written");
    if let Some(path) = one.literal() {
        assert!(one.matches(path), "a literal matches itself");
    }
    let path = lines.next().flatten().unwrap_or_default();
    let both = |path: &BStr| one.matches(path) && other.matches(path);
    let mut budget = Budget { states: 5_000 };
    match overlap(&one, &other, &mut budget) {
        Overlap::Path(witness) => assert!(both(witness.as_bstr()), "{one} and {other}: no witness {witness}"),
        Overlap::None => assert!(!is_path(path) || !both(path.into()), "{one} and {other} both match {path}"),
        Overlap::Undecided => {}
    }
}

/// Whether git could have it in a tree.
fn is_path(path: &str) -> bool {
    let is_name = |name: &str| !matches!(name, "" | "." | "..") && !name.eq_ignore_ascii_case(".git");
    !path.contains('\0') && path.split('/').all(is_name)
}

/// A path, and what a link there leads to.
pub fn paths(data: &[u8]) {
    let (path, target) = data.split_once_str("\n").unwrap_or((data, b""));
    let flaws = portable::flaws(path.as_bstr());
    assert!(flaws.iter().all(|flaw| !flaw.to_string().is_empty()));
    if let Some(folded) = portable::fold(path.as_bstr()) {
        assert_eq!(
            portable::fold(folded.as_str().into()),
            Some(folded.clone()),
            "what is folded stays as it is"
        );
    }
    let none = |_: &BStr| Ok::<_, std::convert::Infallible>(None);
    if let Ok(Ok(inside)) = links::follow(path.as_bstr(), target.as_bstr(), none) {
        let leaves = inside.split_str("/").any(|part| part == b".." || part.eq_ignore_ascii_case(b".git"));
        let own = path.split_str("/").any(|part| part == b".." || part.eq_ignore_ascii_case(b".git"));
        assert!(!leaves || own, "{inside:?} is inside");
    }
}

/// The lines that git hands to hooks.
pub fn hook_lines(data: &[u8]) {
    let pushed = hook_input::pushed(data).unwrap_or_default();
    assert!(pushed.len() <= data.lines().count(), "a line is one update at most");
    let hex = |id: &Option<gix_hash::ObjectId>| id.map_or("0".repeat(40), |id| id.to_string());
    let lines: String = pushed
        .iter()
        .map(|Update { name, old, new }| format!("HEAD^{{/two words}} {} {name} {}\n", hex(new), hex(old)))
        .collect();
    assert_eq!(hook_input::pushed(lines.as_bytes()), Ok(pushed), "what git writes is read");
    if let Ok(received) = hook_input::received(data) {
        assert_eq!(received.len(), data.lines().count(), "no line is passed over");
    }
    assert!(hook_input::rewritten(data).keys().all(|id| !id.is_null()));
}

/// `GIT_CONFIG_PARAMETERS`: what git would write of the entries reads as the same entries.
pub fn config_parameters(data: &[u8]) {
    let entries = overrides::parse(data);
    let quoted: Vec<BString> = entries.iter().map(|entry| quoted(entry)).collect();
    assert_eq!(overrides::parse(&bstr::join(" ", quoted)), entries);
}

/// As git's `sq_quote` does it.
fn quoted(text: &[u8]) -> BString {
    let mut out = BString::from("'");
    for &byte in text {
        match byte {
            b'\'' | b'!' => out.extend_from_slice(&[b'\'', b'\\', byte, b'\'']),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// The event of an agent's tool hook.
pub fn agent_event(data: &[u8]) {
    if let Ok(event) = serde_json::from_slice(data) {
        agent::read(&event);
    }
    if let Ok(text) = data.to_str() {
        agent::patch::paths(text);
        agent::patch::in_command(text);
    }
}

/// What an integration remembers of itself.
pub fn progress(data: &[u8]) {
    let Some(progress) = data.to_str().ok().and_then(|text| Progress::parse(text).ok()) else { return };
    assert_eq!(Progress::parse(&progress.to_text()).as_ref(), Ok(&progress));
}

/// Text that is shown.
pub fn escaping(data: &[u8]) {
    let steers = |c: char| portable::is_deceptive(c);
    let shown = escape::terminal(data);
    assert!(!shown.contains(steers), "a terminal is not steered by {shown:?}");
    let markdown = escape::markdown(data);
    assert!(!markdown.contains(steers) && !markdown.contains(['<', '>']), "no markup: {markdown:?}");
    let span = escape::code_span(data);
    assert!(!span.contains(steers) && span.starts_with('`') && span.ends_with('`'));
    let word = escape::shell_word(data);
    assert!(!word.contains(steers) && (!word.starts_with('-')), "one word: {word:?}");
    let text = data.to_str_lossy();
    let json = escape::json(serde_json::to_string(&text).expect("a string"));
    assert!(!json.contains(steers), "{json:?}");
    let read: String = serde_json::from_str(&json).expect("it is still JSON");
    assert_eq!(read, text, "a program reads the same");
}
